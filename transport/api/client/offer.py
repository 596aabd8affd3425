"""Doors: what we can promise, the choice, the check and the booking."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api.client import acting
from transport.api.client.book import address, frame, question, question_at
from transport.api.client.sheet import CHECK, OFFER, Sheet, step_of
from transport.api.deps import Me, Now, Plugged, csrf_checked
from transport.api.forms import FormData
from transport.api.render import errors_of, page, see_other
from transport.booking.rides import alternatives, asking, booking, checking, consents, drafts, queries, requests
from transport.booking.rides.wishing import Answer, Order, Priced
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Exhausted, Invalid, ServiceError

router = APIRouter(dependencies=[Depends(csrf_checked)])
PATH = "/objednat/{key}"


@router.get(f"{PATH}/nabidka", name="client:book.offer")
def offer(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """Look for windows and show them. A refusal of the rules is shown at the question that can mend it."""
    with writing(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is not None or not sheet.may_see(OFFER):
            return see_other(address(request, key, "hotovo" if sheet.draft.request_id else sheet.open_step()))
        if sheet.asked is not None:
            return see_other(question_at(request, sheet.asked))
        give_back(sheet, services)
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        try:
            found = booking.look(session, sheet.draft, world=services.world, by=sheet.by, now=now)
        except ServiceError as error:
            return _refused(request, sheet, services, error)
    with writing(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        booking.remember(session, sheet.draft, found, world=services.world, by=sheet.by, now=now)
        return _offered(request, sheet, services, found)


@router.post(f"{PATH}/nabidka", name="client:book.choose")
def choose(request: Request, key: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Hold what was chosen; if it was taken meanwhile, look again and say so."""
    if data.get("nothing"):
        with writing(services.database) as session:
            give_back(Sheet(session, key, by=me, now=now), services)
        return see_other(address(request, key, "nevyslo"))
    try:
        with writing(services.database) as session:
            sheet = Sheet(session, key, by=me, now=now)
            if sheet.draft.request_id is not None:
                return see_other(address(request, key, "hotovo"))
            shown = drafts.shown(sheet.draft)
            if not shown:
                return see_other(address(request, key, OFFER))
            if data.get("take") == "half":
                return _half(request, sheet, data)
            if data.get("take") == "instead":
                return _instead(request, sheet, services, shown, data)
            missing = [leg.value for leg in shown if not data.get(leg.value)]
            if missing:
                error = Invalid("offer.choose", field=missing[0])
                return _offered_before(request, sheet, services, shown, errors_of(request, error, missing[0]), data)
            numbers = {leg: number_of(options, str(data[leg.value])) for leg, options in shown.items()}
            booking.choose(session, sheet.draft, numbers, world=services.world, by=sheet.by, now=now)
    except (Exhausted, Conflict):
        return see_other(address(request, key, f"{OFFER}?obsazeno=1"))
    return see_other(address(request, key, CHECK))


@router.get(f"{PATH}/kontrola", name="client:book.check")
def check(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """The whole order once more, with a way to change each answer."""
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is not None:
            return see_other(address(request, key, "hotovo"))
        if sheet.asked is not None:
            return see_other(question_at(request, sheet.asked))
        chosen = drafts.chosen(sheet.draft)
        if not sheet.may_see(OFFER) or not chosen:
            return see_other(address(request, key, sheet.open_step()))
        wishes = drafts.order(sheet.draft).legs
        return page(
            request,
            "client/book/check.html",
            origin=sheet.spot("origin"),
            destination=sheet.spot("destination"),
            legs=[(leg, chosen[leg.leg]) for leg in wishes],
            purpose=sheet.said.get("purpose") if sheet.said.get("asks_purpose") else "",
            companions=len(sheet.said.get("companions") or ()),
            total_price=sum(priced.price for priced in chosen.values()),
            until=held_until(sheet, services),
            seen=seen(chosen),
            confirmed_at_once=_confirmed_at_once(sheet, services),
            needs_consent=sheet.needs_consent,
            **frame(request, sheet, CHECK),
        )


@router.post(f"{PATH}/kontrola", name="client:book.book")
def book(request: Request, key: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Make it an order. A page that shows something else than what is held is shown anew; twice is once."""
    try:
        with writing(services.database) as session:
            sheet = Sheet(session, key, by=me, now=now)
            if sheet.draft.request_id is None:
                chosen = drafts.chosen(sheet.draft)
                if not chosen:
                    return see_other(address(request, key, OFFER))
                if data.get("seen") != seen(chosen):
                    return see_other(address(request, key, CHECK))
                if sheet.needs_consent:
                    asked = consents.ask(session, sheet.draft, world=services.world, by=sheet.by, now=now)
                    return see_other(question_at(request, asked.id))
                booking.book(session, sheet.draft, world=services.world, by=sheet.by, now=now)
    except (Exhausted, Conflict):
        return see_other(address(request, key, f"{OFFER}?obsazeno=1"))
    return see_other(address(request, key, "hotovo"))


@router.get(f"{PATH}/hotovo", name="client:book.done")
def done(request: Request, key: str, services: Plugged, me: Me, now: Now) -> Response:
    """The numbers to keep, and what happens next."""
    with reading(services.database) as session:
        sheet = Sheet(session, key, by=me, now=now)
        if sheet.draft.request_id is None:
            return see_other(address(request, key, sheet.open_step()))
        rides = queries.of_request(session, sheet.draft.request_id)
        return page(
            request,
            "client/book/done.html",
            key=key,
            rides=rides,
            changes=sheet.changes,
            policy=services.policies.named(rides[0].ride.policy_id),
            **acting.of_order(request, sheet),
        )


def _offered(request: Request, sheet: Sheet, services: Services, found: list[Answer]) -> Response:
    legs = [(answer.wish, answer.shown, answer.reason if answer.denied else None, answer.denied) for answer in found]
    return page(request, "client/book/offer.html", legs=legs, **_around(request, sheet, services))


def _offered_before(
    request: Request,
    sheet: Sheet,
    services: Services,
    shown: Mapping[Any, tuple[Priced, ...]],
    errors: dict[str, str],
    data: Mapping[str, Any],
) -> Response:
    """The same windows again: nothing was chosen for one of the legs."""
    legs = [(leg, shown.get(leg.leg, ()), None, False) for leg in drafts.order(sheet.draft).legs]
    around = _around(request, sheet, services)
    return page(request, "client/book/offer.html", status_code=422, errors=errors, values=data, legs=legs, **around)


def _around(request: Request, sheet: Sheet, services: Services) -> dict[str, Any]:
    order = drafts.order(sheet.draft)
    day = order.legs[0].day
    return {
        "alternatives": drafts.alternatives(sheet.draft),
        "balances": checking.balances(sheet.session, order.client_id, day, services.policies.on(day)),
        "origin": sheet.spot("origin"),
        "destination": sheet.spot("destination"),
        "taken_meanwhile": "obsazeno" in request.query_params,
        "change_time": address(request, sheet.key, "cas"),
        "change_day": address(request, sheet.key, "den"),
        "change_back": address(request, sheet.key, "zpet"),
        **frame(request, sheet, OFFER),
    }


def _refused(request: Request, sheet: Sheet, services: Services, error: ServiceError) -> Response:
    """The refusal where it can be mended: for the way back, at the question about the way back."""
    about_day = error.code in {"day.not_open", "day.closed"}
    if not isinstance(error, Invalid) and not about_day:
        raise error
    errors = errors_of(request, error, "day" if about_day else "order")
    step = step_of(errors)
    if step in {"den", "cas"} and _is_about_the_way_back(sheet, services):
        step, errors = "zpet", {"return_time": next(iter(errors.values()))}
    if step is not None:
        return question(request, sheet, step, services, errors=errors)
    context: dict[str, Any] = {
        "change_day": address(request, sheet.key, "den"),
        "change_time": address(request, sheet.key, "cas"),
        "here": address(request, sheet.key, "nevyslo"),
        "waiting_legs": [],
        "first": "",
        "changes": sheet.changes,
    }
    return page(
        request,
        "client/book/nothing.html",
        status_code=422,
        errors=errors,
        key=sheet.key,
        **acting.of_order(request, sheet),
        **context,
    )


def _is_about_the_way_back(sheet: Sheet, services: Services) -> bool:
    order = drafts.order(sheet.draft)
    if len(order.legs) == 1:
        return False
    there = replace(order, legs=order.legs[:1])
    try:
        asking.answers(sheet.session, there, world=services.world, by=sheet.by, now=sheet.now)
    except Invalid:
        return False
    return True


def give_back(sheet: Sheet, services: Services) -> None:
    """Places held for an earlier choice are free before we look again: nobody stands in one's own way."""
    held = tuple(drafts.held(sheet.draft).values())
    if not held or sheet.draft.request_id is not None:
        return
    order = Order(sheet.key, sheet.draft.client_id or 0, ())
    requests.hold(sheet.session, order, {}, instead_of=held, world=services.world, by=sheet.by, now=sheet.now)
    drafts.hold(sheet.session, sheet.draft, {}, now=sheet.now)
    drafts.choose(sheet.session, sheet.draft, {}, now=sheet.now)


def _half(request: Request, sheet: Sheet, data: Mapping[str, Any]) -> Response:
    """Only the way there, for somebody who has said so; whoever has not is shown what else can be done."""
    if data.get("half") != "yes":
        return see_other(address(request, sheet.key, "nevyslo"))
    sheet.note(back="no", will_call=False, return_seconds=None, return_day=None, last=None)
    return see_other(address(request, sheet.key, OFFER))


def _instead(
    request: Request,
    sheet: Sheet,
    services: Services,
    shown: Mapping[Any, tuple[Priced, ...]],
    data: Mapping[str, Any],
) -> Response:
    """Take the alternative with this number, and keep its windows."""
    number = str(data.get("instead") or "")
    if not number.isdigit():
        error = Invalid("offer.choose", field="instead")
        return _offered_before(request, sheet, services, shown, errors_of(request, error, "instead"), data)
    alternatives.take(sheet.session, sheet.draft, int(number), now=sheet.now)
    numbers = dict.fromkeys(drafts.shown(sheet.draft), 0)
    booking.choose(sheet.session, sheet.draft, numbers, world=services.world, by=sheet.by, now=sheet.now)
    return see_other(address(request, sheet.key, CHECK))


def number_of(options: tuple[Priced, ...], said: str) -> int:
    """Which of the shown windows begins at the second that was chosen; Conflict if others are shown by now."""
    for number, priced in enumerate(options):
        if said == str(priced.option.window.start):
            return number
    raise Conflict("offer.changed")


def seen(chosen: Mapping[Any, Priced]) -> str:
    """What a page has shown, to compare with what is held."""
    return ",".join(f"{leg.value}:{each.option.window.start}:{each.price}" for leg, each in chosen.items())


def held_until(sheet: Sheet, services: Services) -> datetime | None:
    """Until when the windows are kept; None when that time is over, or nothing is kept as a ride is being changed."""
    if sheet.changes is not None:
        return None
    minutes = min(services.policies.on(leg.day).booking.hold_minutes for leg in drafts.order(sheet.draft).legs)
    until = sheet.draft.updated_at + timedelta(minutes=minutes)
    return until if until > sheet.now else None


def _confirmed_at_once(sheet: Sheet, services: Services) -> bool:
    by_phone = sheet.by.role.value == "operator"
    return by_phone or services.policies.on(sheet.day or sheet.today).booking.confirm == "automatic"
