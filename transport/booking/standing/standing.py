"""Standing orders: a pattern asked for once, then changed for one day, from a day on, or as a whole.

What a day has room for is decided for all orders together (`allocation`); here dates are asked for and given up. A
date that is asked anew keeps its old rides until then. Order of locks: standing order, ride, day, contract.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import update
from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Client, Power
from transport.booking.rides import checking, requests, rides, rules
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import TripRequest
from transport.booking.standing import recurrence, regular
from transport.booking.standing.models import (
    DateState,
    StandingChange,
    StandingDate,
    StandingOrder,
    StandingPause,
    StandingState,
    StandingTime,
)
from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Wanted
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid, NotFound, ServiceError
from transport.kernel.events import record
from transport.routing.planning.day import World

LONGEST_DAYS = 366
MINUTES = 24 * 60
DAY = timedelta(days=1)
OWN = {"id", "standing_order_id"}
LATER = ("ride.beyond_horizon", "ride.too_soon", "ride.too_many_open", "ride.too_many_on_day", "allowance.")
"""Beginnings of refusals that say nothing against the order as a whole: each date is judged when it is answered."""


def preview(wanted: Wanted, *, world: World, count: int = 10) -> list[tuple[date, Times]]:
    """The first dates the order would ride on, to be read before asking."""
    return list(islice(recurrence.dates(wanted.pattern, world.calendar), count))


def check(session: Session, wanted: Wanted, *, world: World, by: Actor, now: datetime) -> list[ServiceError]:
    """All reasons against a standing order; empty means it can be asked for. Room is not looked for yet."""
    mandates.require(session, wanted.client_id, by, Power.BOOK, on=local_day(now))
    return _about_span(wanted, world, now) or _about_dates(session, wanted, world, by, now)


def ask(session: Session, wanted: Wanted, *, world: World, by: Actor, now: datetime) -> StandingOrder:
    """Write a standing order down, with every date it asks for. The same key a second time finds the first one.

    When it is asked makes no difference to what it gets. Raises the first reason of `check`.
    """
    earlier = _keyed(session, wanted.key, by, now)
    if earlier is not None:
        return earlier
    for reason in check(session, wanted, world=world, by=by, now=now):
        raise reason
    order = _add(session, wanted, by, now)
    asked = [day for day, _ in recurrence.dates(wanted.pattern, world.calendar)]
    session.add_all(StandingDate(standing_order_id=order.id or 0, day=day) for day in asked)
    _record(session, order, "standing_order_asked", by, now, dates=len(asked))
    return order


def get(session: Session, order_id: int, power: Power, *, by: Actor, now: datetime) -> StandingOrder:
    """The order, if this person may do this for its client; otherwise there is no such order (NotFound)."""
    order = session.get(StandingOrder, order_id)
    if order is None:
        raise NotFound("standing_order")
    mandates.require(session, order.client_id, by, power, on=local_day(now))
    return order


def skip(session: Session, order: StandingOrder, day: date, *, world: World, by: Actor, now: datetime) -> None:
    """No ride on this one day; rides placed for it are cancelled."""
    _take(session, order, Power.CANCEL, by, now)
    _require_within(order, day, local_day(now))
    _change(session, order, StandingChange(standing_order_id=order.id or 0, day=day))
    row = _date(session, order, day)
    if row is not None:
        _drop(session, [row], "skipped", world, by, now)
    _record(session, order, "standing_date_skipped", by, now, day=day)


def pause(
    session: Session, order: StandingOrder, first: date, last: date, *, world: World, by: Actor, now: datetime
) -> None:
    """No rides from `first` to `last`, both included; single days changed before are part of the pause.

    Said twice it is one pause.
    """
    _take(session, order, Power.CANCEL, by, now)
    if last < first:
        raise Invalid("span.ends_before_start", field="last")
    if any((known.first, known.last) == (first, last) for known in regular.pauses(session, order)):
        return
    session.add(StandingPause(standing_order_id=order.id or 0, first=first, last=last))
    for change in regular.changes(session, order):
        if first <= change.day <= last:
            session.delete(change)
    rows = regular.dates(session, order, after=max(local_day(now), first - DAY))
    _drop(session, [row for row in rows if row.day <= last], "paused", world, by, now)
    _record(session, order, "standing_order_paused", by, now, first=first, last=last)


def end(session: Session, order: StandingOrder, last: date, *, world: World, by: Actor, now: datetime) -> None:
    """Ride on `last` for the last time; later rides are cancelled."""
    _take(session, order, Power.CANCEL, by, now)
    _end(session, order, last)
    _drop(session, regular.dates(session, order, after=max(local_day(now), last)), "ended", world, by, now)
    _record(session, order, "standing_order_ended", by, now, last=last)


def change_day(
    session: Session, order: StandingOrder, day: date, times: Times, *, world: World, by: Actor, now: datetime
) -> None:
    """Other times on this one day. They are asked anew; what was placed for the day stands until they are firm."""
    _take(session, order, Power.BOOK, by, now)
    require_to_come(order, day, now)
    wanted = replace(regular.wanted(session, order), first=day, last=day, times={day.isoweekday(): times})
    for reason in _about_times(session, wanted, [(day, times)], world, by, now):
        raise reason
    change = StandingChange(
        standing_order_id=order.id or 0, day=day, anchor=times.anchor, minute=times.minute, return_minute=times.back
    )
    _change(session, order, change)
    row = _date(session, order, day) or StandingDate(standing_order_id=order.id or 0, day=day)
    row.state, row.reason = DateState.ASKED, ""
    session.add(row)
    _record(session, order, "standing_date_changed", by, now, day=day)


def change_from(
    session: Session,
    order: StandingOrder,
    day: date,
    times: Mapping[int, Times],
    *,
    key: str,
    world: World,
    by: Actor,
    now: datetime,
) -> StandingOrder:
    """Other times from this day on: the order ends the day before, and a new one with this key follows it.

    A date whose times stay the same keeps its answer; one with other times is asked anew, and its old rides stand
    until the new ones are firm; one that is not ridden any more is given up.
    """
    earlier = _keyed(session, key, by, now)
    if earlier is not None:
        return earlier
    _take(session, order, Power.BOOK, by, now)
    require_to_come(order, day, now)
    before = regular.pattern_of(session, order)
    wanted = replace(regular.wanted(session, order), key=key, first=_in_ridden_week(order, day), times=times)
    for reason in _about_dates(session, wanted, world, by, now):
        raise reason
    new = _add(session, wanted, by, now, follows=order)
    _copy_exceptions(session, order, new)
    old = {row.day: row for row in regular.dates(session, order, after=day - DAY)}
    _end(session, order, day - DAY)
    for on, asked in recurrence.dates(regular.pattern_of(session, new), world.calendar):
        row = StandingDate(standing_order_id=new.id or 0, day=on)
        known = old.pop(on, None)
        if known is not None:
            row.request_id, known.request_id = known.request_id, None
            if recurrence.times_on(before, on, world.calendar) == asked:
                row.state, row.reason, row.answered_at = known.state, known.reason, known.answered_at
            known.state, known.reason = DateState.DROPPED, "changed"
            session.add(known)
        session.add(row)
    _drop(session, old.values(), "changed", world, by, now)
    _record(session, new, "standing_order_changed", by, now, follows=order.id)
    return new


def change_all(
    session: Session,
    order: StandingOrder,
    times: Mapping[int, Times],
    *,
    key: str,
    world: World,
    by: Actor,
    now: datetime,
) -> StandingOrder:
    """Other times for all that is still to come: from tomorrow, or from the first day of the order."""
    first = max(order.valid_from, local_day(now) + DAY)
    return change_from(session, order, first, times, key=key, world=world, by=by, now=now)


def require_to_come(order: StandingOrder, day: date, now: datetime) -> None:
    """The day is one of the order's and not today: today is not answered anew (Invalid("standing.not_on_that_day"))."""
    _require_within(order, day, local_day(now) + DAY)


def _about_span(wanted: Wanted, world: World, now: datetime) -> list[ServiceError]:
    found: list[ServiceError] = []
    if wanted.last < wanted.first:
        return [Invalid("span.ends_before_start", field="last")]
    if wanted.first <= local_day(now):
        found.append(Invalid("standing.begins_too_soon", field="first"))
    days = (wanted.last - wanted.first).days + 1
    least = world.policies.on(wanted.first).regular.min_weeks
    if days < 7 * least:
        found.append(Invalid("standing.too_short", field="last", weeks=least))
    if days > LONGEST_DAYS:
        found.append(Invalid("standing.too_long", field="last"))
    return found


def _about_dates(session: Session, wanted: Wanted, world: World, by: Actor, now: datetime) -> list[ServiceError]:
    """Reasons against the times, each weekday judged on its first date."""
    if wanted.every_weeks not in (1, 2):
        return [Invalid("standing.weeks_unclear", field="every_weeks")]
    firsts: dict[int, tuple[date, Times]] = {}
    for day, times in recurrence.dates(wanted.pattern, world.calendar):
        firsts.setdefault(day.isoweekday(), (day, times))
    if not firsts:
        return [Invalid("standing.no_dates", field="weekdays")]
    return _about_times(session, wanted, firsts.values(), world, by, now)


def _about_times(
    session: Session, wanted: Wanted, asked: Iterable[tuple[date, Times]], world: World, by: Actor, now: datetime
) -> list[ServiceError]:
    seen: dict[str, ServiceError] = {}
    for day, times in asked:
        if not all(0 <= minute <= MINUTES for minute in (times.minute, times.back or 0)):
            return [Invalid("book.time_unclear", field="time")]
        order = wanted.on(day, times)
        opening = rules.opening(world.policies.on(day), day)
        found = checking.check(session, order, world=world, by=by, now=now)
        if not all(opening.start <= leg.wish.seconds <= opening.end for leg in order.legs):
            hours = world.policies.on(day).booking
            found.append(
                Invalid(
                    "ride.outside_hours", field="time", opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}"
                )
            )
        for error in found:
            seen.setdefault(error.code, error)
    return [error for code, error in seen.items() if not code.startswith(LATER)]


def _add(
    session: Session, wanted: Wanted, by: Actor, now: datetime, follows: StandingOrder | None = None
) -> StandingOrder:
    order = StandingOrder(
        key=wanted.key,
        client_id=wanted.client_id,
        origin_place_id=wanted.origin,
        destination_place_id=wanted.destination,
        valid_from=wanted.first,
        valid_until=wanted.last,
        every_weeks=wanted.every_weeks,
        public_holidays=wanted.public_holidays,
        school_holidays=wanted.school_holidays,
        companions=" ".join(kind.value for kind in wanted.companions),
        follows_id=None if follows is None else follows.id,
        channel=requests.channel_of(by),
        asked_by=by.user,
        asked_at=now,
    )
    session.add(order)
    session.flush()
    for weekday, times in sorted(wanted.times.items()):
        session.add(
            StandingTime(
                standing_order_id=order.id or 0,
                weekday=weekday,
                anchor=times.anchor,
                minute=times.minute,
                return_minute=times.back,
            )
        )
    session.flush()
    return order


def _in_ridden_week(order: StandingOrder, day: date) -> date:
    """The day, or, if an order of every other week does not ride in its week, the Monday after: weeks stay the same."""
    monday = day - timedelta(days=day.weekday())
    begun = order.valid_from - timedelta(days=order.valid_from.weekday())
    return monday + 7 * DAY if (monday - begun).days // 7 % order.every_weeks else day


def _copy_exceptions(session: Session, order: StandingOrder, new: StandingOrder) -> None:
    """Pauses and changed days of the one hold for the other, which follows it."""
    for pause in regular.pauses(session, order):
        session.add(StandingPause(standing_order_id=new.id or 0, first=pause.first, last=pause.last))
    for change in regular.changes(session, order):
        if change.day >= new.valid_from:
            session.add(StandingChange(standing_order_id=new.id or 0, **change.model_dump(exclude=OWN)))
    session.flush()


def _end(session: Session, order: StandingOrder, last: date) -> None:
    order.valid_until, order.state = min(order.valid_until, last), StandingState.ENDED
    session.add(order)
    session.flush()


def _drop(session: Session, rows: Iterable[StandingDate], reason: str, world: World, by: Actor, now: datetime) -> None:
    """Give dates up; their rides, if they still stand, are cancelled as by the client."""
    for row in rows:
        if row.state is DateState.DROPPED:
            continue
        request = None if row.request_id is None else session.get_one(TripRequest, row.request_id)
        for ride in [] if request is None else requests.of_request(session, request):
            if ride.status in (Status.REQUESTED, Status.CONFIRMED):
                rides.cancel(session, ride, version=ride.version, reason=reason, world=world, by=by, now=now)
        row.state, row.reason = DateState.DROPPED, reason
        session.add(row)
    session.flush()


def _change(session: Session, order: StandingOrder, change: StandingChange) -> None:
    """What is said of a day last is what holds."""
    for earlier in regular.changes(session, order):
        if earlier.day == change.day:
            session.delete(earlier)
    session.flush()
    session.add(change)
    session.flush()


def _date(session: Session, order: StandingOrder, day: date) -> StandingDate | None:
    mine = select(StandingDate).where(StandingDate.standing_order_id == order.id, StandingDate.day == day)
    return session.exec(mine.execution_options(populate_existing=True)).first()


def _require_within(order: StandingOrder, day: date, soonest: date) -> None:
    if not max(order.valid_from, soonest) <= day <= order.valid_until:
        raise Invalid("standing.not_on_that_day", field="day")


def _keyed(session: Session, key: str, by: Actor, now: datetime) -> StandingOrder | None:
    found = session.exec(select(StandingOrder).where(StandingOrder.key == key)).first()
    return None if found is None else get(session, found.id or 0, Power.BOOK, by=by, now=now)


def _take(session: Session, order: StandingOrder, power: Power, by: Actor, now: datetime) -> None:
    """Be the only one who decides about the order until the transaction ends."""
    get(session, order.id or 0, power, by=by, now=now)
    mine = (
        update(StandingOrder)
        .where(col(StandingOrder.id) == order.id)
        .values(version=StandingOrder.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.connection().execute(mine)
    session.refresh(order)


def _record(session: Session, order: StandingOrder, kind: str, by: Actor, now: datetime, **facts: object) -> None:
    session.flush()
    by = mandates.acting_for(session.get_one(Client, order.client_id), by)
    record(session, kind, subject=("standing_order", order.id), by=by, now=now, facts=facts)
