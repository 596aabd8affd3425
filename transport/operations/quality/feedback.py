"""Opinions and complaints: taken once, even from a doubled click, never from a flood, and answered in time."""

import hashlib
import re
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from transport.accounts import contacts
from transport.booking.clients import calls, queries
from transport.booking.clients.calls import CallReason
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Exhausted, Invalid, NotFound
from transport.kernel.events import record
from transport.operations.quality.letters import (
    LONGEST,
    AnswerBy,
    ComplaintState,
    Grievance,
    L,
    Opinion,
    faults,
    readable,
)
from transport.operations.quality.models import Complaint, Feedback, Posting

OFTEN = 5
"""Letters from one browser within `PAUSE`; then it rests."""
PAUSE = timedelta(hours=1)


def give(session: Session, opinion: Opinion, *, key: str, sender: str, language: str, by: Actor, now: datetime) -> None:
    """Keep an opinion. The key of its form comes once; `sender` is the secret of a browser, kept as a hash.

    Raises Invalid for the first fault of the letter, Exhausted("letter.too_often") with `until`.
    """
    if session.exec(select(Feedback.id).where(Feedback.key == key)).first() is not None:
        return
    opinion = _acceptable(opinion)
    _not_too_often(session, sender, now)
    row = Feedback(
        key=key,
        sent_at=now,
        rating=opinion.rating,
        text=opinion.text,
        ride=opinion.ride,
        answer_by=opinion.answer_by,
        contact=opinion.contact if opinion.answer_by is not AnswerBy.NONE else "",
        language=language,
    )
    if not _added(session, row):
        return
    facts = {"rating": None if row.rating is None else row.rating.value, "answer": row.answer_by is not AnswerBy.NONE}
    by = _named(opinion, by)
    record(session, "feedback_given", subject=("feedback", row.id), by=by, now=now, facts=facts)
    if row.answer_by is AnswerBy.PHONE:
        _call(session, row, f"feedback:{row.id}", "", by, now)


def complain(
    session: Session,
    grievance: Grievance,
    *,
    key: str,
    sender: str,
    language: str,
    answer_within: timedelta,
    by: Actor,
    now: datetime,
) -> Complaint:
    """Keep a complaint; the same form sent again is the same complaint.

    Raises Invalid for the first fault of the letter, Exhausted("letter.too_often") with `until`.
    """
    known = _with_key(session, key)
    if known is not None:
        return known
    grievance = _acceptable(grievance)
    _not_too_often(session, sender, now)
    wants_answer = grievance.oral or grievance.answer_by is not AnswerBy.NONE
    row = Complaint(
        key=key,
        received_at=now,
        due_on=local_day(now + answer_within),
        text=grievance.text,
        happened=grievance.happened,
        ride=grievance.ride,
        oral=grievance.oral,
        answer_by=grievance.answer_by,
        contact=grievance.contact if wants_answer else "",
        name=grievance.name if wants_answer else "",
        language=language,
    )
    if not _added(session, row):
        return with_key(session, key)
    facts = {"due": row.due_on, "oral": row.oral}
    by = _named(grievance, by)
    record(session, "complaint_received", subject=("complaint", row.id), by=by, now=now, facts=facts)
    if row.oral:
        _call(session, row, f"complaint:{row.id}", row.name, by, now)
    return row


def call_me(
    session: Session,
    *,
    phone: str,
    name: str,
    about: str,
    key: str,
    sender: str,
    language: str,
    by: Actor,
    now: datetime,
) -> None:
    """Somebody asks on our pages to be telephoned; the same form sent again is the same call.

    Raises what `calls.ask` does, Exhausted("letter.too_often") with `until`.
    """
    source = f"web:{hashlib.sha256(key.encode()).hexdigest()[:40]}"
    if calls.asked_for(session, [source]):
        return
    client = None if by.user is None else queries.of_user(session, by.user)
    calls.ask(
        session,
        reason=CallReason.OTHER,
        client=client,
        phone=phone,
        name=name,
        note=about,
        language=language,
        source=source,
        due_at=now,
        by=by,
        now=now,
    )
    _not_too_often(session, sender, now)


def with_key(session: Session, key: str) -> Complaint:
    """The complaint its writer looks at again; NotFound("complaint")."""
    found = _with_key(session, key)
    if found is None:
        raise NotFound("complaint")
    return found


def numbered(session: Session, number: int) -> Complaint:
    """The complaint with this number; NotFound("complaint")."""
    found = session.get(Complaint, number)
    if found is None:
        raise NotFound("complaint")
    return found


def unanswered(session: Session) -> list[Complaint]:
    """Complaints that wait for an answer, the most urgent first."""
    waiting = select(Complaint).where(Complaint.state == ComplaintState.RECEIVED)
    return list(session.exec(waiting.order_by(col(Complaint.due_on), col(Complaint.id))))


def opinions(session: Session, *, since: datetime) -> list[Feedback]:
    """What people said since an instant, the newest first."""
    said = select(Feedback).where(Feedback.sent_at >= since)
    return list(session.exec(said.order_by(col(Feedback.sent_at).desc(), col(Feedback.id).desc())))


def answered(session: Session, *, limit: int = 100) -> list[Complaint]:
    """Complaints that have been answered, the last one first."""
    done = select(Complaint).where(Complaint.state == ComplaintState.ANSWERED)
    return list(session.exec(done.order_by(col(Complaint.answered_at).desc(), col(Complaint.id).desc()).limit(limit)))


def opinions_to_answer(session: Session) -> list[Feedback]:
    """Opinions whose writers want an answer and have none, the oldest first."""
    waiting = select(Feedback).where(col(Feedback.answered_at).is_(None), Feedback.answer_by != AnswerBy.NONE)
    return list(session.exec(waiting.order_by(col(Feedback.sent_at), col(Feedback.id))))


def opinion(session: Session, number: int) -> Feedback:
    """One opinion; NotFound("feedback")."""
    found = session.get(Feedback, number)
    if found is None:
        raise NotFound("feedback")
    return found


def mark_answered(session: Session, complaint: Complaint, *, by: Actor, now: datetime, answer: str = "") -> None:
    """Say that the writer has been answered, and what we said; saying it twice changes nothing.

    Raises Invalid("letter.too_long").
    """
    if complaint.state is ComplaintState.ANSWERED:
        return
    if len(answer) > LONGEST:
        raise Invalid("letter.too_long", field="answer", most=LONGEST, has=len(answer))
    complaint.state, complaint.answered_at = ComplaintState.ANSWERED, now
    complaint.answered_by, complaint.answer = by.user, answer.strip()
    session.add(complaint)
    session.flush()
    record(session, "complaint_answered", subject=("complaint", complaint.id), by=by, now=now)


def mark_opinion(session: Session, row: Feedback, *, by: Actor, now: datetime) -> None:
    """Say that whoever wrote an opinion has been answered; saying it twice changes nothing."""
    if row.answered_at is not None:
        return
    row.answered_at = now
    session.add(row)
    session.flush()
    record(session, "feedback_answered", subject=("feedback", row.id), by=by, now=now)


def _call(session: Session, row: Feedback | Complaint, source: str, name: str, by: Actor, now: datetime) -> None:
    """Put the writer on the list of calls, if what they wrote is a number at all."""
    number = contacts.phone(row.contact) or contacts.phone(re.sub(r"[^\d+]", "", row.contact))
    if number is None:
        return
    calls.ask(
        session,
        reason=CallReason.LETTER,
        phone=number,
        name=name,
        language=row.language,
        source=source,
        due_at=now,
        by=by,
        now=now,
    )


def _with_key(session: Session, key: str) -> Complaint | None:
    return session.exec(select(Complaint).where(Complaint.key == key)).first()


def _acceptable(letter: L) -> L:
    letter = readable(letter)
    wrong = faults(letter)
    if wrong:
        raise wrong[0]
    return letter


def _not_too_often(session: Session, sender: str, now: datetime) -> None:
    session.exec(delete(Posting).where(col(Posting.at) <= now - PAUSE))
    digest = hashlib.sha256(sender.encode()).hexdigest()
    recent = session.exec(select(Posting.at).where(Posting.sender == digest).order_by(col(Posting.at))).all()
    if len(recent) >= OFTEN:
        raise Exhausted("letter.too_often", field="text", until=recent[0] + PAUSE)
    session.add(Posting(sender=digest, at=now))


def _added(session: Session, row: Feedback | Complaint) -> bool:
    """False when the same form was sent at the same moment by somebody quicker."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def _named(letter: Opinion | Grievance, by: Actor) -> Actor:
    """Whoever wants no answer has said nothing of themselves: not even being logged in is remembered."""
    oral = isinstance(letter, Grievance) and letter.oral
    return by if oral or letter.answer_by is not AnswerBy.NONE else SYSTEM
