"""Doors: what is sent from the desk: the form of the ride, the choice, the yes, or that nothing fits."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import spoken
from transport.api.client.offer import give_back, number_of, seen
from transport.api.client.sheet import Sheet
from transport.api.deps import Me, Now, Plugged, csrf_checked, require
from transport.api.forms import Fields, FormData, one
from transport.api.operator import desk, placing, rideform
from transport.api.render import errors_of, say, see_other
from transport.booking.clients import queries as clients
from transport.booking.rides import alternatives, booking, drafts, phoning, requests, waiting
from transport.bootstrap import Services
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import wall_seconds
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Exhausted, Invalid, ServiceError

router = APIRouter(
    dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)],
)
AT_THE_DAY = ("day.not_open", "day.closed")
"""Refusals that another day mends."""


@router.post("/op/nabidky", name="op:offers")
def offers(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Understand the form and look for windows; with `dny` also on the days around."""
    with writing(services.database) as session:
        sheet = _sheet(session, data, me, now)
        give_back(sheet, services)
        wrong = rideform.take(sheet, services, data)
        if wrong:
            session.rollback()
            return _again(request, session, services, me, now, data, {f: say(request, e) for f, e in wrong.items()})
        key = sheet.key
    around = bool(data.get("dny"))
    try:
        _look(services, key, me, now, days_around=around)
    except ServiceError as error:
        if not isinstance(error, Invalid) and error.code not in AT_THE_DAY:
            raise
        errors = errors_of(request, error, "day" if error.code in AT_THE_DAY else "order")
        with reading(services.database) as session:
            return _again(request, session, services, me, now, {**data, "navrh": key}, errors)
    return see_other(desk.address(data, now, navrh=key))


@router.post("/op/vyber", name="op:choose")
def choose(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep what the client chooses, and go back to all offers, or book at once, as the button says."""
    key = one(data, "navrh")
    try:
        with writing(services.database) as session:
            sheet = Sheet(session, key, by=me, now=now)
            if sheet.draft.request_id is None and data.get("krok") == "zpet":
                give_back(sheet, services)
                return see_other(desk.address(data, now, navrh=key))
            if sheet.draft.request_id is None:
                try:
                    _hold(sheet, services, data)
                except Invalid as error:
                    session.rollback()
                    return _again(
                        request, session, services, me, now, data, errors_of(request, error, "order"), kept=True
                    )
            if data.get("krok") == "objednat":
                _book(sheet, services, data)
    except (Exhausted, Conflict):
        _look(services, key, me, now)
        return see_other(desk.address(data, now, navrh=key, obsazeno="1"))
    return see_other(desk.address(data, now, navrh=key))


@router.post("/op/objednat", name="op:book")
def book(services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Make what is kept an order; another offer than was read out is shown again. Twice is once."""
    key = one(data, "navrh")
    try:
        with writing(services.database) as session:
            sheet = Sheet(session, key, by=me, now=now)
            chosen = drafts.chosen(sheet.draft)
            if sheet.draft.request_id is None and chosen and data.get("seen") == seen(chosen):
                _book(sheet, services, data)
    except (Exhausted, Conflict):
        _look(services, key, me, now)
        return see_other(desk.address(data, now, navrh=key, obsazeno="1"))
    return see_other(desk.address(data, now, navrh=key))


@router.post("/op/nic", name="op:nothing")
def nothing(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Remember why none of the times is taken; whoever was denied may wait for a place."""
    with writing(services.database) as session:
        sheet = Sheet(session, one(data, "navrh"), by=me, now=now)
        if sheet.draft.request_id is not None or not drafts.shown(sheet.draft):
            return see_other(desk.address(data, now, navrh=sheet.key))
        try:
            give_back(sheet, services)
            if data.get("cekat"):
                _wait(sheet, services, data)
                said = "ceka"
            else:
                phoning.turned_down(session, sheet.draft, one(data, "reason"), by=sheet.by, now=now)
                said = "nic"
        except Invalid as error:
            session.rollback()
            errors = errors_of(request, error, "reason")
            return _again(request, session, services, me, now, {**data, "nic": "1"}, errors, kept=True)
        code = sheet.client.code if sheet.client else ""
    return see_other(desk.address(data, now, klient=code, hotovo=said))


def _sheet(session: Session, data: Fields, me: Actor, now: datetime) -> Sheet:
    """The order that the form belongs to; a new one if it has none yet, or that one is booked."""
    key = one(data, "navrh")
    if key:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is None:
            return sheet
    client = clients.coded(session, one(data, "klient"))
    return Sheet(session, drafts.start(session, client_id=client.id, by=me, now=now).key, by=me, now=now)


def _look(services: Services, key: str, me: Actor, now: datetime, *, days_around: bool = False) -> None:
    """Look for windows, as everybody's orders do, and remember what is shown. Nothing is locked while thinking."""
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        draft, by, world = sheet.draft, sheet.by, services.world
        found = booking.look(session, draft, world=world, by=by, now=now, days_around=days_around)
    with writing(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        booking.remember(session, sheet.draft, found, world=services.world, by=sheet.by, now=now)


def _hold(sheet: Sheet, services: Services, data: Fields) -> None:
    shown = drafts.shown(sheet.draft)
    instead = one(data, "instead")
    if instead:
        alternatives.take(sheet.session, sheet.draft, int(instead) if instead.isdecimal() else -1, now=sheet.now)
        numbers = dict.fromkeys(drafts.shown(sheet.draft), 0)
    else:
        for leg, options in shown.items():
            if options and not data.get(leg.value):
                raise Invalid("offer.choose", field=leg.value)
        numbers = {leg: number_of(options, one(data, leg.value)) for leg, options in shown.items()}
    booking.choose(sheet.session, sheet.draft, numbers, world=services.world, by=sheet.by, now=sheet.now)


def _book(sheet: Sheet, services: Services, data: Fields) -> None:
    """Book, and remember how long the call took: not of people to whom we give all the time they need."""
    if sheet.draft.request_id is not None:
        return
    booking.book(sheet.session, sheet.draft, world=services.world, by=sheet.by, now=sheet.now)
    began, needs = one(data, "od"), clients.needs_now(sheet.session, sheet.draft.client_id or 0)
    if began.isdecimal() and len(began) <= len("9999999999") and not (needs and (needs.speaks_hard or needs.board)):
        phoning.took(sheet.session, datetime.fromtimestamp(int(began), UTC), now=sheet.now)


def _wait(sheet: Sheet, services: Services, data: Fields) -> None:
    for denial in requests.denials_of(sheet.session, drafts.order(sheet.draft)):
        ends = []
        for end in ("from", "to"):
            field = f"{end}_{denial.leg.value}"
            clock = spoken.time_of_day(one(data, field))
            if clock is None:
                raise Invalid("book.time_unclear", field=field)
            ends.append(wall_seconds(denial.day, *clock))
        waiting.join(
            sheet.session, sheet.draft, denial, earliest=ends[0], latest=ends[1],
            world=services.world, by=sheet.by, now=sheet.now,
        )  # fmt: skip


def _again(
    request: Request,
    session: Session,
    services: Services,
    me: Actor,
    now: datetime,
    data: Fields,
    errors: dict[str, str],
    *,
    kept: bool = False,
) -> Response:
    """The desk with what is wrong; what was typed stays, unless the form was not what was sent (`kept`)."""
    asked: dict[str, Any] = {**data}
    choices: dict[str, Any] = {}
    if not kept:
        client = clients.coded(session, one(data, "klient"))
        for field in rideform.PLACES:
            if field in errors:
                words = one(data, field)
                choices[field] = placing.suggestions(session, services, client.id or 0, words) if words else []
    values = None if kept else rideform.typed(data)
    return desk.shown(request, session, services, me, now, asked=asked, errors=errors, values=values, choices=choices)
