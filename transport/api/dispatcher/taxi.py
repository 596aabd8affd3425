"""Doors: the taxi as the last resort, called for a ride, answered, driven; and what the taxis of a day cost."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, ride_of, version
from transport.api.forms import Fields, FormData, one
from transport.api.lists import as_csv
from transport.api.render import page, say, see_other, words_of
from transport.booking.rides import taxis
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import at, parse_wall
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound, ServiceError
from transport.kernel.i18n import mark as _
from transport.operations.dispatch import taxi

router = APIRouter()
LIST = "/disp/{day}/taxi"
CALL = "/disp/{day}/jizda/{code}/taxi"
SAID = ("called", "accepted", "refused", "off", "back", "driven", "missed")
"""What the page may say that has just been done."""
COLUMNS = (
    *("ride", "client", "provider", "phone", "ordered_at", "ordered_by", "pickup_at", "from", "to"),
    *("state", "answered_at", "answered_by", "price_czk"),
)
NOT_DRIVEN = _("The taxi that was to come did not come. We are sorry.")


@router.get(f"{LIST}.csv", name="disp:taxis.csv")
def as_file(day: Day, session: Reading) -> Response:
    """The taxis of the day as a list for a spreadsheet; prices in whole crowns."""
    rows = [
        (
            *(each.view.ride.code, each.view.client.name, each.order.provider, each.order.phone),
            *(f"{each.order.ordered_at:%Y-%m-%d %H:%M}", each.order.ordered_by),
            *(f"{each.order.pickup_at:%Y-%m-%d %H:%M}", each.place.name, each.view.destination.name),
            each.order.state.value,
            "" if each.order.answered_at is None else f"{each.order.answered_at:%Y-%m-%d %H:%M}",
            *(each.order.answered_by, each.order.price // 100),
        )
        for each in taxi.of_day(session, day)
    ]
    return as_csv(f"taxi-{day}", COLUMNS, rows)


@router.get(LIST, name="disp:taxis")
def taxis_page(
    request: Request,
    day: Day,
    session: Reading,
    now: Now,
    services: Plugged,
    hotovo: Annotated[str, Query()] = "",
) -> Response:
    """The taxis of a day: what is still to be heard of each, and what they cost together."""
    return _list_page(request, day, session, now, services, hotovo if hotovo in SAID else "", {}, {})


@router.post(f"{LIST}/{{order_id}}", name="disp:taxi.answer")
def answer(request: Request, day: Day, order_id: int, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """What was heard of a taxi: it comes, it does not, it has driven, we need it no more."""
    try:
        with writing(services.database) as session:
            said = _answer(request, session, taxis.get(session, order_id, day), me, now, services, data)
    except Invalid as error:
        values: Fields = {f"{name}-{order_id}": one(data, name) for name in ("fetched", "arrived", "price")}
        errors = {f"{error.field or 'price'}-{order_id}": say(request, error)}
        with reading(services.database) as session:
            return _list_page(request, day, session, now, services, "", errors, values)
    return see_other(f"/disp/{day}/taxi?hotovo={said}")


@router.get(CALL, name="disp:taxi")
def call_page(request: Request, day: Day, code: str, me: Me, session: Reading, now: Now, services: Plugged) -> Response:
    """Who could be called for this ride, and what it costs about."""
    return _call_page(request, session, ride_of(session, day, code, me, now), now, services, None, {})


@router.post(CALL, name="disp:taxi.call")
def call(request: Request, day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Hand the ride on."""
    try:
        with writing(services.database) as session:
            ride = ride_of(session, day, code, me, now).ride
            taxi.call(
                session,
                ride,
                one(data, "provider"),
                version=version(data),
                price=_price(data),
                world=services.world,
                by=me,
                now=now,
            )
    except Invalid as error:
        with reading(services.database) as session:
            return _call_page(request, session, ride_of(session, day, code, me, now), now, services, error, data)
    return see_other(f"/disp/{day}/taxi?hotovo=called")


def _answer(
    request: Request,
    session: Session,
    order: taxis.TaxiOrder,
    me: Actor,
    now: datetime,
    services: Services,
    data: Fields,
) -> str:
    """Do what was pressed; answers the word for it."""
    match one(data, "deed"):
        case "accepted":
            taxis.accept(session, order, by=me, now=now)
        case "refused":
            taxis.refuse(session, order, by=me, now=now)
        case "off":
            taxis.call_off(session, order, by=me, now=now)
        case "back":
            taxis.take_back(session, order, world=services.world, by=me, now=now)
        case "called":
            provider = services.world.policies.taxi.named(one(data, "provider"))
            if provider is None:
                raise Invalid("taxi.provider", field="price")
            taxis.again(session, order, provider, by=me, now=now)
        case "driven":
            day = taxi.day_of(session, order)
            fetched, arrived = (_moment(day, data, name) for name in ("fetched", "arrived"))
            taxis.driven(session, order, fetched=fetched, arrived=arrived, price=_price(data), by=me, now=now)
        case "missed":
            reason = words_of(request).text(NOT_DRIVEN)
            taxis.not_driven(session, order, reason=reason, world=services.world, by=me, now=now)
        case _:
            raise NotFound("page")
    return one(data, "deed")


def _moment(day: date, data: Fields, name: str) -> datetime:
    try:
        return at(day, parse_wall(day, one(data, name)))
    except ValueError:
        raise Invalid("book.time_unclear", field=name) from None


def _price(data: Fields) -> int:
    """Whole crowns as they were written, in haléře."""
    text = "".join(one(data, "price").split()).removesuffix("Kč")
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise Invalid("taxi.price", field="price")
    return 100 * int(text)


def _list_page(
    request: Request,
    day: date,
    session: Session,
    now: datetime,
    services: Services,
    said: str,
    errors: dict[str, str],
    values: Fields,
) -> Response:
    found = taxi.of_day(session, day)
    latest = {each.order.ride_id: each.order.id for each in found}
    return page(
        request,
        "dispatcher/taxis.html",
        status_code=422 if errors else 200,
        errors=errors,
        values=values,
        day=day,
        now=now,
        said=said,
        orders=[(each, latest[each.order.ride_id] == each.order.id) for each in found],
        costs=taxi.costs(found),
        offered=services.world.policies.taxi,
    )


def _call_page(
    request: Request,
    session: Session,
    view: RideView,
    now: datetime,
    services: Services,
    error: ServiceError | None,
    values: Fields,
) -> Response:
    world = services.world
    may = taxi.may_be_called(session, view.ride, policies=world.policies, now=now)
    price = one(values, "price") or (taxi.price(session, view.ride, world=world, now=now) // 100 if may else "")
    return page(
        request,
        "dispatcher/taxi.html",
        status_code=422 if error else 200,
        errors={error.field or "price": say(request, error)} if error else {},
        day=view.ride.day,
        view=view,
        may=may,
        price=price,
        chosen=one(values, "provider"),
        offered=world.policies.taxi,
        providers=taxi.providers(view.promise, world.policies),
    )
