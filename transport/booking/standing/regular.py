"""What stands in a standing order: its pattern, its dates and what was answered for each. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, or_, select

from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import KindOfPlace, Leg, Ride
from transport.booking.rides.wishing import LegWish, Order
from transport.booking.standing import recurrence
from transport.booking.standing.models import (
    DateState,
    OnHolidays,
    StandingChange,
    StandingDate,
    StandingOrder,
    StandingPause,
    StandingState,
    StandingTime,
)
from transport.booking.standing.recurrence import Pattern, Times
from transport.kernel.calendar import Calendar
from transport.kernel.values import Window
from transport.routing.planning.models import Promise


@dataclass(frozen=True, slots=True)
class Wanted:
    """A standing order as it is asked for; `key` is the form's one-time key, `times` are by weekday (1 Monday)."""

    key: str
    client_id: int
    origin: int
    destination: int
    first: date
    last: date
    times: Mapping[int, Times]
    every_weeks: int = 1
    public_holidays: OnHolidays = OnHolidays.PAUSE
    school_holidays: OnHolidays = OnHolidays.PAUSE
    companions: tuple[KindOfPlace, ...] = ()

    @property
    def pattern(self) -> Pattern:
        """The rule of its dates, before there are pauses and changed days."""
        return Pattern(
            first=self.first,
            last=self.last,
            weekdays=self.times,
            every_weeks=self.every_weeks,
            rides_on_public_holidays=self.public_holidays is OnHolidays.RIDE,
            rides_on_school_holidays=self.school_holidays is OnHolidays.RIDE,
        )

    def on(self, day: date, times: Times) -> Order:
        """What one date asks for, as any other order."""
        there, *back = recurrence.wishes_on(day, times)
        legs = [LegWish(Leg.OUTBOUND, self.origin, self.destination, day, there)]
        legs += [LegWish(Leg.RETURN, self.destination, self.origin, day, wish) for wish in back]
        return Order(key=self.key, client_id=self.client_id, legs=tuple(legs), companions=self.companions)


@dataclass(frozen=True, slots=True)
class Promised:
    """One ride of a date as it was promised, in seconds of the day."""

    code: str
    leg: Leg
    window: Window
    arrive_by: int
    status: Status


@dataclass(frozen=True, slots=True)
class Answered:
    """One date of the answer: what is asked, what became of it and why, and the rides that were promised."""

    day: date
    times: Times | None
    state: DateState
    reason: str
    rides: tuple[Promised, ...]


def answer(session: Session, order: StandingOrder, *, calendar: Calendar) -> list[Answered]:
    """The whole calendar of an order, date by date. Doors decide who may ask.

    A date that is asked anew shows the old rides, which stand until the new ones are firm.
    """
    pattern = pattern_of(session, order)
    rows = dates(session, order)
    promised = _promised(session, [row.request_id for row in rows if row.request_id is not None])
    return [
        Answered(
            day=row.day,
            times=recurrence.times_on(pattern, row.day, calendar),
            state=row.state,
            reason=row.reason,
            rides=promised.get(row.request_id or 0, ()),
        )
        for row in rows
    ]


def wanted(session: Session, order: StandingOrder) -> Wanted:
    """What the order asks for as a rule, without its pauses and changed days."""
    times = session.exec(select(StandingTime).where(StandingTime.standing_order_id == order.id))
    return Wanted(
        key=order.key,
        client_id=order.client_id,
        origin=order.origin_place_id,
        destination=order.destination_place_id,
        first=order.valid_from,
        last=order.valid_until,
        times={each.weekday: Times(each.anchor, each.minute, each.return_minute) for each in times},
        every_weeks=order.every_weeks,
        public_holidays=order.public_holidays,
        school_holidays=order.school_holidays,
        companions=tuple(KindOfPlace(kind) for kind in order.companions.split()),
    )


def pattern_of(session: Session, order: StandingOrder) -> Pattern:
    """The rule of the order's dates, with its pauses and changed days."""
    rule = wanted(session, order).pattern
    return Pattern(
        first=rule.first,
        last=rule.last,
        weekdays=rule.weekdays,
        every_weeks=rule.every_weeks,
        rides_on_public_holidays=rule.rides_on_public_holidays,
        rides_on_school_holidays=rule.rides_on_school_holidays,
        pauses=tuple((each.first, each.last) for each in pauses(session, order)),
        changes={
            each.day: None if each.minute is None else Times(each.anchor, each.minute, each.return_minute)
            for each in changes(session, order)
        },
    )


def pauses(session: Session, order: StandingOrder) -> list[StandingPause]:
    """The spans in which the client does not ride."""
    mine = select(StandingPause).where(StandingPause.standing_order_id == order.id)
    return list(session.exec(mine.order_by(col(StandingPause.first), col(StandingPause.id))))


def changes(session: Session, order: StandingOrder) -> list[StandingChange]:
    """The single days that are not like the rule."""
    mine = select(StandingChange).where(StandingChange.standing_order_id == order.id)
    return list(session.exec(mine.order_by(col(StandingChange.day))))


def dates(session: Session, order: StandingOrder, *, after: date = date.min) -> list[StandingDate]:
    """The dates of an order later than `after`, in order."""
    mine = select(StandingDate).where(StandingDate.standing_order_id == order.id, col(StandingDate.day) > after)
    return list(session.exec(mine.order_by(col(StandingDate.day))))


def of_client(session: Session, client_id: int) -> list[StandingOrder]:
    """The standing orders of a client, the newest first. Doors decide who may ask."""
    mine = select(StandingOrder).where(StandingOrder.client_id == client_id)
    return list(session.exec(mine.order_by(col(StandingOrder.valid_from).desc(), col(StandingOrder.id).desc())))


def going_to(session: Session, place_id: int, first: date, last: date | None) -> list[StandingOrder]:
    """Standing orders from or to a place that have dates between two days (both included): a closure touches them."""
    goes = or_(col(StandingOrder.origin_place_id) == place_id, col(StandingOrder.destination_place_id) == place_id)
    orders = select(StandingOrder).where(
        goes, StandingOrder.state != StandingState.ENDED, StandingOrder.valid_until >= first
    )
    if last is not None:
        orders = orders.where(StandingOrder.valid_from <= last)
    return list(session.exec(orders.order_by(col(StandingOrder.id))))


def _promised(session: Session, requests: Sequence[int]) -> dict[int, tuple[Promised, ...]]:
    """The rides of orders with the windows promised for them, outbound first."""
    found: dict[int, tuple[Promised, ...]] = {}
    rows = session.exec(
        select(Ride, Promise)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .where(col(Ride.request_id).in_(requests))
        .order_by(col(Ride.id))
    )
    for ride, promise in rows:
        window = Window(promise.window_start, promise.window_end)
        told = Promised(ride.code, ride.leg, window, promise.arrive_by, ride.status)
        found[ride.request_id] = (*found.get(ride.request_id, ()), told)
    return found
