"""What pages show of standing orders. `visible` is the one answer to whose they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Client, Power
from transport.booking.standing import regular, standing
from transport.booking.standing.models import DateState, StandingDate, StandingOrder, StandingPause, StandingState
from transport.booking.standing.regular import Answered, Wanted
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Forbidden, NotFound
from transport.kernel.policy import Policies
from transport.routing.geo.models import Place
from transport.routing.planning.day import World


@dataclass(frozen=True, slots=True)
class StandingView:
    """One standing order with what a page prints of it.

    `word`: `asked`, `answered` (at least one date is), `ending` (its last day is fixed) or `over`.
    """

    order: StandingOrder
    client: Client
    origin: Place
    destination: Place
    wanted: Wanted
    pauses: tuple[StandingPause, ...]
    powers: frozenset[Power]
    word: str
    followed_by: int | None
    """The order that goes on with other times."""


def visible(session: Session, order_id: int, *, by: Actor, now: datetime) -> StandingView:
    """The order, if this person may see it; otherwise there is no such order (NotFound)."""
    try:
        order = standing.get(session, order_id, Power.SEE, by=by, now=now)
    except (NotFound, Forbidden):
        raise NotFound("standing_order") from None
    return _view(session, order, by, now)


def of_client(session: Session, client_id: int, *, by: Actor, now: datetime) -> list[StandingView]:
    """The standing orders of a client, those that still ride first. Doors decide who may ask."""
    found = [_view(session, order, by, now) for order in regular.of_client(session, client_id)]
    return sorted(found, key=lambda view: view.word == "over")


def answers(session: Session, order: StandingOrder, *, world: World, since: date) -> list[Answered]:
    """What was answered for each date from this day on."""
    found = regular.answer(session, order, calendar=world.calendar)
    return [each for each in found if each.day >= since]


def line(session: Session, order: StandingOrder) -> list[int]:
    """The order and those it continues, the latest first."""
    found = [order.id or 0]
    while order.follows_id is not None:
        order = session.get_one(StandingOrder, order.follows_id)
        found.append(order.id or 0)
    return found


def answered_on(day: date, asked: date, policies: Policies) -> date:
    """The day on whose morning a date is answered: as soon as its day opens for orders, the next one at the earliest.

    It is so if by then the vehicles of the day are known.
    """
    opens = day - timedelta(days=policies.on(asked).booking.horizon_days)
    return max(opens, asked + timedelta(days=1))


def _view(session: Session, order: StandingOrder, by: Actor, now: datetime) -> StandingView:
    following = select(col(StandingOrder.id)).where(StandingOrder.follows_id == order.id)
    origin, destination = (session.get_one(Place, key) for key in (order.origin_place_id, order.destination_place_id))
    today = local_day(now)
    return StandingView(
        order=order,
        client=session.get_one(Client, order.client_id),
        origin=origin,
        destination=destination,
        wanted=regular.wanted(session, order),
        pauses=tuple(regular.pauses(session, order)),
        powers=mandates.powers(session, order.client_id, by, on=today),
        word=_word(order, regular.dates(session, order), today),
        followed_by=session.exec(following).first(),
    )


def _word(order: StandingOrder, dates: Sequence[StandingDate], today: date) -> str:
    if order.valid_until < max(today, order.valid_from):
        return "over"
    if order.state is StandingState.ENDED:
        return "ending"
    answered = any(each.state in {DateState.PLACED, DateState.DENIED} for each in dates)
    return "answered" if answered else "asked"
