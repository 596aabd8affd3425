"""Opinions and complaints are taken once, kept whole, and say no more of the writer than the writer did."""

import json
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from tests.builders.clients import a_user, acting
from tests.builders.town import NOW
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.errors import Exhausted, Invalid, NotFound
from transport.kernel.events import Event
from transport.operations.quality import feedback
from transport.operations.quality.letters import (
    LONGEST,
    LONGEST_LINE,
    AnswerBy,
    ComplaintState,
    Grievance,
    Opinion,
    Rating,
)
from transport.operations.quality.models import Complaint, Feedback

LATE = Grievance(text="The car came an hour late.")


def complained(session: Session, grievance: Grievance = LATE, key: str = "a form", by: Actor = SYSTEM, **changes: str):
    said = {"sender": "a browser", "language": "cs", **changes}
    return feedback.complain(session, grievance, key=key, answer_within=timedelta(days=60), by=by, now=NOW, **said)


def gave(session: Session, opinion: Opinion, key: str = "a form", by: Actor = SYSTEM, later: timedelta = timedelta()):
    feedback.give(session, opinion, key=key, sender="a browser", language="cs", by=by, now=NOW + later)


def test_a_complaint_is_answered_within_the_days_of_the_rules(session: Session):
    assert complained(session).due_on == date(2027, 1, 19)


def test_a_doubled_click_is_one_complaint(session: Session):
    assert complained(session).id == complained(session, Grievance(text="")).id
    assert len(session.exec(select(Complaint)).all()) == 1


def test_a_doubled_click_is_one_opinion(session: Session):
    for _ in range(2):
        gave(session, Opinion(rating=Rating.GOOD))
    assert [each.rating for each in session.exec(select(Feedback))] == [Rating.GOOD]


def test_two_forms_are_two_complaints(session: Session):
    assert complained(session).id != complained(session, key="another form").id


@pytest.mark.parametrize(
    ("grievance", "code", "field"),
    [
        (Grievance(), "complaint.text_missing", "text"),
        (Grievance(text=" \n\x00 "), "complaint.text_missing", "text"),
        (Grievance(text="x" * (LONGEST + 1)), "letter.too_long", "text"),
        (Grievance(text="x", happened="y" * (LONGEST_LINE + 1)), "letter.too_long", "happened"),
        (Grievance(text="x", answer_by=AnswerBy.EMAIL), "letter.contact_missing", "contact"),
        (Grievance(oral=True, answer_by=AnswerBy.PHONE), "complaint.phone_missing", "contact"),
        (Grievance(oral=True, answer_by=AnswerBy.PHONE, contact="at home"), "complaint.phone_missing", "contact"),
    ],
)
def test_a_complaint_we_cannot_answer_is_refused_at_its_field(
    session: Session, grievance: Grievance, code: str, field: str
):
    with pytest.raises(Invalid) as refused:
        complained(session, grievance)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert session.exec(select(Complaint)).all() == []


def test_an_opinion_needs_a_word_or_a_sentence(session: Session):
    with pytest.raises(Invalid, match=r"opinion\.empty"):
        gave(session, Opinion(ride="1042"))
    gave(session, Opinion(text="Thank you"))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "🚐❤️\u200d🔥", "\u202eאני כועס", "line\n\nline", "x" * LONGEST]
)
def test_what_was_written_is_kept_as_it_was_written(session: Session, text: str):
    assert complained(session, Grievance(text=text)).text == text


def test_characters_that_no_database_keeps_are_left_out(session: Session):
    assert complained(session, Grievance(text="late\x00\x1b[31m again\ud800")).text == "late[31m again"


def test_whoever_wants_no_answer_stays_unknown(session: Session):
    zdena = acting(a_user(session, Role.CLIENT, "Zdena Nová"))
    kept = complained(session, Grievance(text="Late.", contact="777 123 456", name="Zdena Nová"), by=zdena)
    gave(session, Opinion(text="Late.", contact="777 123 456"), by=zdena)
    assert (kept.contact, kept.name) == ("", "")
    assert session.exec(select(Feedback.contact)).all() == [""]
    assert {each.actor for each in session.exec(select(Event))} == {"system"}


def test_events_hold_numbers_and_no_words(session: Session):
    zdena = acting(a_user(session, Role.CLIENT, "Zdena Nová"))
    complained(session, Grievance(text="Late.", contact="z@example.cz", answer_by=AnswerBy.EMAIL), by=zdena)
    event = session.exec(select(Event).where(Event.kind == "complaint_received")).one()
    assert event.actor == zdena.label
    assert json.loads(event.facts) == {"due": "2027-01-19", "oral": False}


def test_a_flood_from_one_browser_is_told_when_to_go_on(session: Session):
    for number in range(feedback.OFTEN):
        gave(session, Opinion(rating=Rating.BAD), key=f"form {number}", later=timedelta(minutes=number))
    with pytest.raises(Exhausted) as refused:
        complained(session, key="one more")
    assert refused.value.facts["until"] == NOW + feedback.PAUSE
    assert complained(session, key="one more", sender="another browser").id
    gave(session, Opinion(rating=Rating.BAD), key="later", later=feedback.PAUSE)


def test_a_complaint_is_urgent_until_it_is_answered(session: Session):
    first, second = complained(session), complained(session, key="another form")
    feedback.mark_answered(session, first, by=SYSTEM, now=NOW)
    feedback.mark_answered(session, first, by=SYSTEM, now=NOW + timedelta(days=1))
    assert feedback.unanswered(session) == [second]
    assert (first.state, first.answered_at) == (ComplaintState.ANSWERED, NOW)


def test_a_complaint_is_found_by_its_key_and_its_number_only(session: Session):
    kept = complained(session)
    assert feedback.with_key(session, "a form") == feedback.numbered(session, kept.id or 0) == kept
    with pytest.raises(NotFound):
        feedback.with_key(session, "a fo")
    with pytest.raises(NotFound):
        feedback.numbered(session, (kept.id or 0) + 1)


def test_opinions_are_read_from_the_newest(session: Session):
    for day in (0, 1):
        gave(session, Opinion(text=str(day)), key=str(day), later=timedelta(days=day))
    assert [each.text for each in feedback.opinions(session, since=NOW)] == ["1", "0"]
    assert [each.text for each in feedback.opinions(session, since=NOW + timedelta(hours=1))] == ["1"]
