"""Doors: whom we promised to telephone. Somebody takes a call, and one key says how it ended."""

from collections.abc import Mapping
from datetime import datetime, time

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import spoken, written
from transport.api.deps import Me, Now, Plugged, Reading, Writing, csrf_checked, require
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other
from transport.booking.clients import calls, queries
from transport.booking.clients.calls import CallReason, CallResult, CallView
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import LOCAL, local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, ServiceError
from transport.kernel.i18n import LANGUAGES

router = APIRouter(
    prefix="/op/hovory", dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)]
)
FIELDS = ("klient", "phone", "name", "reason", "note", "day", "at", "language")
ENDS = (CallResult.SETTLED, CallResult.NOT_REACHED, CallResult.UNWANTED, CallResult.WRONG_NUMBER, CallResult.GIVEN_UP)
"""How a call ends, in the order of the keys 1 to 5."""
ABOUT = {
    "complaint": "/op/stiznosti/{}",
    "feedback": "/op/nazory/{}",
    "registration": "/op/registrace/{}",
    "sms": "/op/sms/{}",
    "waiting": "/op/uvolnena",
    "card": "/op/konci",
    "mandate": "/op/konci",
}
"""Where what a call is about can be read, by the first word of its source."""


@router.get("", name="op:calls")
def listed(request: Request, session: Reading, now: Now, me: Me) -> Response:
    """Whoever waits longest first; those to be called later stand below."""
    waiting = calls.waiting(session)
    return page(
        request,
        "operator/calls.html",
        due=[each for each in waiting if each.call.due_at <= now],
        later=[each for each in waiting if each.call.due_at > now],
        now=now,
        mine=me.user,
        done=request.query_params.get("hotovo", ""),
    )


@router.get("/novy", name="op:calls.new")
def ask(request: Request, session: Reading, klient: str = "", proc: str = "") -> Response:
    """Promise somebody a call; from a client's card the client is known already."""
    values = {**dict.fromkeys(FIELDS, ""), "klient": klient, "reason": proc}
    return _form(request, session, values)


@router.post("/novy", name="op:calls.add")
def add(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Put the call on the list."""
    try:
        with writing(services.database) as session:
            code = one(data, "klient")
            client = queries.coded(session, code) if code else None
            calls.ask(
                session,
                reason=one(data, "reason"),
                due_at=_when(data, now, "day", "at") or now,
                client=client,
                phone=written.phone(one(data, "phone")),
                name=one(data, "name"),
                note=one(data, "note"),
                language=one(data, "language"),
                by=me,
                now=now,
            )
    except Invalid as error:
        with reading(services.database) as session:
            return _form(
                request, session, {name: one(data, name) for name in FIELDS}, errors_of(request, error, "phone")
            )
    return see_other("/op/hovory?hotovo=slibeno")


@router.get("/{call_id:int}", name="op:call")
def show(request: Request, call_id: int, session: Reading, me: Me, now: Now) -> Response:
    """One call: whom, about what, and how it ended."""
    return _page(request, calls.get(session, call_id), me, now)


@router.post("/{call_id:int}/vzit", name="op:call.take")
def take(call_id: int, session: Writing, me: Me, now: Now, data: FormData) -> Response:
    """Take the call, from a colleague too if the page named them."""
    said = one(data, "instead_of")
    calls.take(session, call_id, by=me, now=now, instead_of=int(said) if said.isdecimal() else None)
    return see_other(f"/op/hovory/{call_id}")


@router.post("/{call_id:int}/pustit", name="op:call.let_go")
def let_go(call_id: int, session: Writing, me: Me, now: Now) -> Response:
    """Give the call back to the others."""
    calls.let_go(session, call_id, by=me, now=now)
    return see_other("/op/hovory?hotovo=pusteno")


@router.post("/{call_id:int}/vysledek", name="op:call.note")
def note(request: Request, call_id: int, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Say how the call ended; after a call that was not answered there is another one."""
    try:
        with writing(services.database) as session:
            again = _when(data, now, "day", "again")
            calls.note(session, call_id, one(data, "result"), again_at=again, by=me, now=now)
    except Invalid as error:
        with reading(services.database) as session:
            values = {name: one(data, name) for name in ("day", "again")}
            return _page(request, calls.get(session, call_id), me, now, errors_of(request, error, "result"), values)
    return see_other(f"/op/hovory?hotovo={'znovu' if one(data, 'result') == CallResult.NOT_REACHED else 'hotovo'}")


def begin(session: Session, call_id: int, *, me: Actor, now: datetime) -> Response:
    """Take a call that another page has prepared, and go to it; one that is over only shows how it ended."""
    if calls.get(session, call_id).call.done_at is None:
        calls.take(session, call_id, by=me, now=now)
    return see_other(f"/op/hovory/{call_id}")


def _page(
    request: Request,
    view: CallView,
    me: Actor,
    now: datetime,
    errors: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> Response:
    kind, _, number = (view.call.source or "").partition(":")
    about = ABOUT.get(kind, "").format(number.partition(":")[0])
    return page(
        request,
        "operator/call.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values={"day": "", "again": "", **(values or {})},
        view=view,
        about=about,
        mine=view.call.taken_by == me.user,
        ends=ENDS,
        again=now + calls.AGAIN,
        now=now,
    )


def _form(
    request: Request, session: Session, values: Mapping[str, str], errors: Mapping[str, str] | None = None
) -> Response:
    client = None
    if values["klient"]:
        try:
            client = queries.coded(session, values["klient"])
        except ServiceError as error:
            errors = {"klient": errors_of(request, error, "klient")["klient"], **(errors or {})}
    return page(
        request,
        "operator/call_new.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values=values,
        client=client,
        reasons=list(CallReason),
        spoken_in=LANGUAGES,
        longest=calls.LONGEST_NOTE,
    )


def _when(data: Fields, now: datetime, day_field: str, time_field: str) -> datetime | None:
    """When to call: a day and a time as people write them; None if neither is said. A day alone means its morning."""
    day_said, time_said = one(data, day_field), one(data, time_field)
    if not day_said and not time_said:
        return None
    today = local_day(now)
    day = spoken.day_named(day_said, today) if day_said else today
    if day is None:
        raise Invalid("book.day_unclear", field=day_field)
    heard = spoken.time_of_day(time_said) if time_said else (8, 0)
    if heard is None:
        raise Invalid("book.time_unclear", field=time_field)
    return datetime.combine(day, time(*heard), LOCAL)
