"""Standing orders by days, for those who plan: what was asked, answered, placed, refused and why, and the quota."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from sqlmodel import Session, col, select

from transport.booking.clients.models import Client
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Ride, TripRequest
from transport.booking.standing.models import DateState, StandingDate, StandingOrder, StandingState
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, NotFound
from transport.kernel.events import Event, EventHandled, record
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Shift
from transport.routing.geo.models import Place
from transport.routing.planning.day import World
from transport.routing.planning.models import DayState, Run, ServiceDay, Stop

__all__ = [
    "ASKED",
    "HOUR",
    "DateView",
    "DayFigures",
    "HourFigures",
    "OrderView",
    "StandingState",
    "ask_for_answer",
    "by_days",
    "going_to",
    "hours",
    "of_day",
    "orders",
    "until",
    "waits_since",
    "weekdays",
]

ASKED = "standing_day_asked"
"""Somebody wants a day answered now, not in the night."""
HOUR = 3600


@dataclass(slots=True)
class DayFigures:
    """One day: dates by what was answered. `vehicles` and `may_use`: at the fullest moment, and what the quota allows.

    `ready`: the day takes promises and has vehicles, so that it can be answered.
    """

    day: date
    asked: int = 0
    placed: int = 0
    denied: int = 0
    dropped: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    vehicles: int = 0
    may_use: int = 0
    ready: bool = False

    @property
    def all(self) -> int:
        """Dates that were asked for and not given back."""
        return self.asked + self.placed + self.denied


@dataclass(frozen=True, slots=True)
class HourFigures:
    """One hour: the most vehicles on duty, how many of them standing rides may use, how many carry some."""

    hour: int
    on_duty: int
    may_use: int
    used: int


@dataclass(frozen=True, slots=True)
class DateView:
    """One date of a day, with whose it is and between which places."""

    date: StandingDate
    order: StandingOrder
    client: Client
    origin: Place
    destination: Place


@dataclass(frozen=True, slots=True)
class OrderView:
    """One standing order with how many of its dates are in which state, from a day on."""

    order: StandingOrder
    client: Client
    origin: Place
    destination: Place
    counts: dict[str, int]


def by_days(session: Session, first: date, last: date, *, world: World, now: datetime) -> list[DayFigures]:
    """The figures of each day on which anything was asked for."""
    found: dict[date, DayFigures] = {}
    rows = (
        select(col(StandingDate.day), col(StandingDate.state), col(StandingDate.reason))
        .where(StandingDate.day >= first, StandingDate.day <= last)
        .order_by(col(StandingDate.day))
    )
    counts = Counter((day, state, reason) for day, state, reason in session.exec(rows))
    for (day, state, reason), count in counts.items():
        figures = found.setdefault(day, DayFigures(day))
        setattr(figures, state.value, getattr(figures, state.value) + count)
        if state is DateState.DENIED:
            figures.reasons[reason] = figures.reasons.get(reason, 0) + count
    opened = set(session.exec(select(col(ServiceDay.day)).where(ServiceDay.state == DayState.OPEN)))
    shifts: dict[date, list[Shift]] = {}
    for shift in fleet.on_duty(session, first, last):
        shifts.setdefault(shift.day, []).append(shift)
    for day, figures in found.items():
        here = shifts.get(day, [])
        figures.vehicles = max((_at(here, shift.starts) for shift in here), default=0)
        figures.may_use = ceil(world.policies.on(day).regular.max_share * figures.vehicles)
        figures.ready = day in opened and bool(here) and day > local_day(now)
    return sorted(found.values(), key=lambda each: each.day)


def hours(session: Session, day: date, *, world: World) -> list[HourFigures]:
    """The quota of a day hour by hour, counted in vehicles."""
    shifts = fleet.on_duty(session, day)
    carrying = _carrying(session, day)
    share = world.policies.on(day).regular.max_share
    if not shifts:
        return []
    first, last = min(s.starts for s in shifts) // HOUR, ceil(max(s.ends for s in shifts) / HOUR)
    found = []
    for hour in range(first, last):
        moments = {hour * HOUR} | {s.starts for s in shifts if hour * HOUR <= s.starts < (hour + 1) * HOUR}
        most = max(_at(shifts, moment) for moment in moments)
        used = max(_at([s for s in shifts if s.id in carrying], moment) for moment in moments)
        found.append(HourFigures(hour, most, ceil(share * most), used))
    return found


def of_day(session: Session, day: date) -> list[DateView]:
    """All dates of a day: what waits first, then what was refused, then the others, by name."""
    rank = {DateState.ASKED: 0, DateState.DENIED: 1, DateState.PLACED: 2, DateState.DROPPED: 3}
    rows = session.exec(
        select(StandingDate, StandingOrder, Client)
        .join(StandingOrder, col(StandingOrder.id) == StandingDate.standing_order_id)
        .join(Client, col(Client.id) == StandingOrder.client_id)
        .where(StandingDate.day == day)
    ).all()
    places = _places(session, [order for _, order, _ in rows])
    views = [
        DateView(each, order, client, places[order.origin_place_id], places[order.destination_place_id])
        for each, order, client in rows
    ]
    return sorted(views, key=lambda view: (rank[view.date.state], view.client.search_name, view.date.id or 0))


def orders(session: Session, *, state: StandingState | None, since: date) -> list[OrderView]:
    """The standing orders that still have days to come, by name; `state` only those in it."""
    wanted = (
        select(StandingOrder, Client)
        .join(Client, col(Client.id) == StandingOrder.client_id)
        .where(StandingOrder.valid_until >= since)
        .order_by(col(Client.search_name), col(StandingOrder.id))
    )
    if state is not None:
        wanted = wanted.where(StandingOrder.state == state)
    return _with_counts(session, list(session.exec(wanted).all()), since)


def going_to(session: Session, found: Sequence[StandingOrder], *, since: date) -> list[OrderView]:
    """These standing orders as a page shows them."""
    clients = {order.client_id for order in found}
    people = {each.id: each for each in session.exec(select(Client).where(col(Client.id).in_(clients)))}
    return _with_counts(session, [(order, people[order.client_id]) for order in found], since)


def ask_for_answer(session: Session, day: date, *, by: Actor, now: datetime) -> None:
    """Have a day answered as soon as a worker is free; asking again while it waits changes nothing.

    Raises NotFound("standing.nothing_asked") or Conflict("standing.not_ready") for a day without vehicles or not open.
    """
    asked = select(StandingDate.id).where(StandingDate.day == day, StandingDate.state == DateState.ASKED)
    if session.exec(asked).first() is None:
        raise NotFound("standing.nothing_asked")
    row = session.get(ServiceDay, day)
    if row is None or row.state is not DayState.OPEN or day <= local_day(now) or not fleet.on_duty(session, day):
        raise Conflict("standing.not_ready", day=day)
    if waits_since(session, day) is None:
        record(session, ASKED, subject=("service_day", day.isoformat()), by=by, now=now, facts={"day": day})


def waits_since(session: Session, day: date) -> datetime | None:
    """Since when somebody waits for a worker to answer the day; None if nobody does."""
    handled = select(EventHandled.event_id).where(EventHandled.event_id == Event.id)
    waiting = select(Event).where(Event.kind == ASKED, Event.subject_id == day.isoformat(), ~handled.exists())
    found = session.exec(waiting.order_by(col(Event.id))).first()
    return None if found is None else found.recorded_at


def weekdays(figures: Sequence[DayFigures]) -> list[tuple[int, DayFigures]]:
    """The same figures by the day of the week (1 Monday), all its days together."""
    found: dict[int, DayFigures] = {}
    for each in figures:
        total = found.setdefault(each.day.isoweekday(), DayFigures(each.day))
        for name in ("asked", "placed", "denied", "dropped"):
            setattr(total, name, getattr(total, name) + getattr(each, name))
        for reason, count in each.reasons.items():
            total.reasons[reason] = total.reasons.get(reason, 0) + count
    return sorted(found.items())


def until(first: date, weeks: int) -> date:
    """The last day of some weeks."""
    return first + timedelta(days=7 * weeks - 1)


def _with_counts(session: Session, found: list[tuple[StandingOrder, Client]], since: date) -> list[OrderView]:
    numbers = [order.id for order, _ in found]
    counts: dict[int, dict[str, int]] = {}
    rows = (
        select(col(StandingDate.standing_order_id), col(StandingDate.state))
        .where(StandingDate.day >= since)
        .where(col(StandingDate.standing_order_id).in_(numbers))
    )
    for (number, state), count in Counter((number, state) for number, state in session.exec(rows)).items():
        counts.setdefault(number, {})[state.value] = count
    places = _places(session, [order for order, _ in found])
    return [
        OrderView(
            order,
            client,
            places[order.origin_place_id],
            places[order.destination_place_id],
            {state.value: counts.get(order.id or 0, {}).get(state.value, 0) for state in DateState},
        )
        for order, client in found
    ]


def _places(session: Session, found: Collection[StandingOrder]) -> dict[int, Place]:
    numbers = {number for order in found for number in (order.origin_place_id, order.destination_place_id)}
    return {place.id or 0: place for place in session.exec(select(Place).where(col(Place.id).in_(numbers)))}


def _carrying(session: Session, day: date) -> set[int]:
    """Shifts with at least one standing ride on board."""
    rows = (
        select(Run.shift_id)
        .join(Stop, col(Stop.run_id) == Run.id)
        .join(Ride, col(Ride.promise_id) == Stop.promise_id)
        .join(TripRequest, col(TripRequest.id) == Ride.request_id)
        .where(Run.day == day, col(Ride.status).in_(LIVE), col(TripRequest.standing_order_id).is_not(None))
        .distinct()
    )
    return set(session.exec(rows))


def _at(shifts: Sequence[Shift], moment: int) -> int:
    return len({shift.vehicle_id for shift in shifts if shift.starts <= moment < shift.ends})
