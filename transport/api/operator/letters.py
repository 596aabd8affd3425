"""Doors: what people write to us: complaints with the days that are left, opinions without names."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts import contacts, users
from transport.accounts.contacts import Way
from transport.api.client import written
from transport.api.deps import Me, Now, Plugged, Reading, Writing, csrf_checked, require
from transport.api.forms import FormData, one
from transport.api.lists import as_csv
from transport.api.operator import calls as call_doors
from transport.api.render import CATALOGUES, errors_of, page, see_other
from transport.booking.clients import calls
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound, ServiceError
from transport.kernel.i18n import DEFAULT, LANGUAGES
from transport.kernel.i18n import mark as _
from transport.operations.messages import posting
from transport.operations.quality import feedback, letters
from transport.operations.quality.letters import AnswerBy, ComplaintState

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)])
COMPLAINT, OPINION = "/op/stiznosti/{complaint_id:int}", "/op/nazory/{opinion_id:int}"
SHOWN = timedelta(days=90)
"""Opinions so old still stand on the list."""


SUBJECT = _("Our answer to your complaint no. {number}")


@router.get("/op/stiznosti", name="op:complaints")
def complaints(request: Request, session: Reading, now: Now) -> Response:
    """The most urgent first, with the days that are left; below them the answered ones."""
    today = local_day(now)
    return page(
        request,
        "operator/complaints.html",
        waiting=[(each, (each.due_on - today).days) for each in feedback.unanswered(session)],
        answered=feedback.answered(session, limit=30),
        done=request.query_params.get("hotovo", ""),
    )


@router.get("/op/stiznosti.csv", name="op:complaints.csv")
def complaints_csv(session: Reading) -> Response:
    """Every complaint as a line for a spreadsheet, without names and contacts."""
    rows = [*feedback.unanswered(session), *feedback.answered(session, limit=10_000)]
    return as_csv(
        "stiznosti",
        ("number", "received", "due", "state", "answered", "by_telephone", "ride", "happened", "text", "answer"),
        [
            (
                each.id, local_day(each.received_at), each.due_on, each.state.value,
                local_day(each.answered_at) if each.answered_at else "", int(each.oral),
                each.ride, each.happened, each.text, each.answer,
            )
            for each in rows
        ],
    )  # fmt: skip


@router.get(COMPLAINT, name="op:complaint")
def complaint(request: Request, complaint_id: int, session: Reading, now: Now) -> Response:
    """One complaint, how its writer wants to be answered, and the answer."""
    return _complaint(request, session, complaint_id, now)


@router.post(f"{COMPLAINT}/odpoved", name="op:complaint.answer")
def answer(request: Request, complaint_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Close it with what we said; by this an answer by e-mail is sent, and one by letter waits to be printed."""
    text = one(data, "answer")
    with reading(services.database) as session:
        row = feedback.numbered(session, complaint_id)
        waits, by_mail, to = row.state is ComplaintState.RECEIVED, _by_mail(row.answer_by, row.contact), row.contact
        by_post = posting.by_post(row)
        language = next((each for each in LANGUAGES if each == row.language), DEFAULT)
    if not waits:
        return see_other(f"/op/stiznosti/{complaint_id}")
    subject = CATALOGUES[language].text(SUBJECT).format(number=complaint_id)
    try:
        if not text:
            raise Invalid("complaint.answer_missing", field="answer")
        if len(text) > letters.LONGEST:
            raise Invalid("letter.too_long", field="answer", most=letters.LONGEST, has=len(text))
        if by_mail:
            services.channels.send(Way.EMAIL, to.strip(), text, subject, language)
    except ServiceError as error:
        with reading(services.database) as session:
            return _complaint(request, session, complaint_id, now, errors_of(request, error, "answer"), text)
    with writing(services.database) as session:
        row = feedback.numbered(session, complaint_id)
        posting.close_complaint(session, row, answer=text, subject=subject, by=me, now=now)
    simulated = by_mail and services.channels.kept is not None
    done = "nanecisto" if simulated else "odeslano" if by_mail else "dopisem" if by_post else "uzavreno"
    return see_other(f"/op/stiznosti?hotovo={done}")


@router.post(f"{COMPLAINT}/volat", name="op:complaint.call")
def call(complaint_id: int, session: Writing, me: Me, now: Now) -> Response:
    """Telephone the writer: the call that was asked for, or one made now."""
    row = feedback.numbered(session, complaint_id)
    return _call(session, f"complaint:{complaint_id}", row.contact, row.name, row.language, me, now)


@router.get("/op/nazory", name="op:opinions")
def opinions(request: Request, session: Reading, now: Now) -> Response:
    """Whoever wants an answer first; then what was said of late, without names."""
    wanted = feedback.opinions_to_answer(session)
    ids = {each.id for each in wanted}
    return page(
        request,
        "operator/opinions.html",
        wanted=wanted,
        said=[each for each in feedback.opinions(session, since=now - SHOWN) if each.id not in ids],
        days=SHOWN.days,
        done=request.query_params.get("hotovo", ""),
    )


@router.get("/op/nazory.csv", name="op:opinions.csv")
def opinions_csv(session: Reading, now: Now) -> Response:
    """What was said within a year, for a spreadsheet; nothing of who said it."""
    said = feedback.opinions(session, since=now - timedelta(days=365))
    rows = [(each.id, local_day(each.sent_at), each.rating.value if each.rating else "", each.text) for each in said]
    return as_csv("nazory", ("number", "day", "rating", "text"), rows)


@router.get(OPINION, name="op:opinion")
def opinion(request: Request, opinion_id: int, session: Reading) -> Response:
    """One opinion; who wrote it only if they want an answer."""
    return page(request, "operator/opinion.html", row=feedback.opinion(session, opinion_id))


@router.post(f"{OPINION}/vyrizeno", name="op:opinion.answered")
def opinion_answered(opinion_id: int, session: Writing, me: Me, now: Now) -> Response:
    """Say that the writer was answered."""
    feedback.mark_opinion(session, feedback.opinion(session, opinion_id), by=me, now=now)
    return see_other("/op/nazory?hotovo=vyrizeno")


@router.post(f"{OPINION}/volat", name="op:opinion.call")
def opinion_call(opinion_id: int, session: Writing, me: Me, now: Now) -> Response:
    """Telephone the writer."""
    row = feedback.opinion(session, opinion_id)
    if row.answer_by is not AnswerBy.PHONE:
        raise NotFound("feedback")
    return _call(session, f"feedback:{opinion_id}", row.contact, "", row.language, me, now)


def _call(session: Session, source: str, contact: str, name: str, language: str, me: Actor, now: datetime) -> Response:
    made = calls.ask(
        session,
        reason=calls.CallReason.LETTER,
        phone=written.phone(contact),
        name=name,
        language=language,
        source=source,
        due_at=now,
        by=me,
        now=now,
    )
    return call_doors.begin(session, made.id or 0, me=me, now=now)


def _complaint(
    request: Request,
    session: Session,
    number: int,
    now: datetime,
    errors: Mapping[str, str] | None = None,
    text: str = "",
) -> Response:
    row = feedback.numbered(session, number)
    by = users.names(session, {row.answered_by}) if row.answered_by else {}
    return page(
        request,
        "operator/complaint.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values={"answer": text},
        row=row,
        left=(row.due_on - local_day(now)).days,
        by_mail=_by_mail(row.answer_by, row.contact),
        by_post=posting.by_post(row),
        answered_by=by.get(row.answered_by or 0, ""),
        longest=letters.LONGEST,
    )


def _by_mail(answer_by: AnswerBy, contact: str) -> bool:
    return answer_by is AnswerBy.EMAIL and contacts.email(contact) is not None
