"""A standing order while it is written page by page, or while another one is being changed.

It is kept as every order is (`rides.drafts`); here its answers become what standing orders are made of. A draft that
changes an order notes under `changes` which one, and from which day on (None: all that is still to come).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from sqlmodel import Session, col, select

from transport.booking.clients.models import Power
from transport.booking.rides import drafts
from transport.booking.rides.models import BookingDraft, KindOfPlace
from transport.booking.standing import recurrence, regular, standing
from transport.booking.standing.models import OnHolidays, StandingOrder
from transport.booking.standing.recurrence import Pattern, Times
from transport.booking.standing.regular import Wanted
from transport.kernel.actor import Actor
from transport.kernel.calendar import Calendar
from transport.kernel.clock import local_day
from transport.kernel.errors import ServiceError
from transport.routing.planning.day import World
from transport.routing.planning.wishes import Anchor

DAY = timedelta(days=1)
SUMMER_DAYS = 28
"""School holidays this long are those of the summer: the school year ends before them."""


@dataclass(frozen=True, slots=True)
class Change:
    """Which order a draft changes, and from which day on; None for all that is still to come."""

    order_id: int
    day: date | None


def begin_change(session: Session, order_id: int, day: date | None, *, by: Actor, now: datetime) -> BookingDraft:
    """Begin to write other times for an order, from this day on or for all to come; they are now as they were."""
    order = standing.get(session, order_id, Power.BOOK, by=by, now=now)
    if day is not None:
        standing.require_to_come(order, day, now)
    old = regular.wanted(session, order)
    draft = drafts.start(session, client_id=order.client_id, by=by, now=now, standing=True)
    first = next(iter(old.times.values()))
    drafts.note(
        session,
        draft,
        now=now,
        changes={"order": order_id, "day": None if day is None else day.isoformat()},
        origin=old.origin,
        destination=old.destination,
        weekdays=sorted(old.times),
        anchor=first.anchor.value,
        minutes={str(weekday): times.minute for weekday, times in old.times.items()},
        backs={str(weekday): times.back for weekday, times in old.times.items() if times.back is not None},
        back="no" if first.back is None else "yes",
        every_weeks=old.every_weeks,
        public=old.public_holidays.value,
        school=old.school_holidays.value,
        companions=[kind.value for kind in old.companions],
    )
    return draft


def change_of(draft: BookingDraft) -> Change | None:
    """What the draft changes; None if it is a new order."""
    said = drafts.answers(draft).get("changes")
    if said is None:
        return None
    return Change(int(said["order"]), None if said["day"] is None else date.fromisoformat(said["day"]))


def wanted(draft: BookingDraft, *, world: World, now: datetime) -> Wanted:
    """The draft as a standing order. What is not said yet is as it may be: from tomorrow, for the shortest time."""
    said = drafts.answers(draft)
    tomorrow = local_day(now) + DAY
    first = date.fromisoformat(said["first"]) if said.get("first") else tomorrow
    shortest = first + 7 * world.policies.on(first).regular.min_weeks * DAY - DAY
    return Wanted(
        key=draft.key,
        client_id=draft.client_id or 0,
        origin=int(said.get("origin") or 0),
        destination=int(said.get("destination") or 0),
        first=first,
        last=date.fromisoformat(said["last"]) if said.get("last") else shortest,
        times=_times(said),
        every_weeks=int(said.get("every_weeks") or 1),
        public_holidays=OnHolidays(said.get("public") or OnHolidays.PAUSE),
        school_holidays=OnHolidays(said.get("school") or OnHolidays.PAUSE),
        companions=tuple(KindOfPlace(kind) for kind in said.get("companions") or ()),
    )


def school_year_end(first: date, calendar: Calendar) -> date:
    """The last day before the summer holidays that follow; the end of June where the calendar does not reach."""
    to_come = sorted(day for day in calendar.school if day > first)
    for _, run in groupby(enumerate(to_come), key=lambda each: each[1] - each[0] * DAY):
        days = [day for _, day in run]
        if len(days) >= SUMMER_DAYS:
            return days[0] - DAY
    june = date(first.year, 6, 30)
    return june if june > first else date(first.year + 1, 6, 30)


def preview(session: Session, draft: BookingDraft, *, world: World, now: datetime) -> Iterator[tuple[date, Times]]:
    """Every date the order would ride on, to be read before asking; of a change, those from its first day on."""
    pattern, after = _pattern(session, draft, world, now)
    return recurrence.dates(pattern, world.calendar, after=after)


def left_out(session: Session, draft: BookingDraft, until: date, *, world: World, now: datetime) -> list[date]:
    """Days up to `until` that would be ridden were they no holidays."""
    pattern, after = _pattern(session, draft, world, now)
    always = replace(pattern, rides_on_public_holidays=True, rides_on_school_holidays=True)
    days = {day for day, _ in recurrence.dates(replace(always, last=until), world.calendar, after=after)}
    return sorted(days - {day for day, _ in recurrence.dates(pattern, world.calendar, after=after)})


def check(session: Session, draft: BookingDraft, *, world: World, by: Actor, now: datetime) -> list[ServiceError]:
    """All reasons against what is written so far."""
    return standing.check(session, _checked(session, draft, world, now), world=world, by=by, now=now)


def about_weekday(
    session: Session, draft: BookingDraft, weekday: int, times: Times, *, world: World, by: Actor, now: datetime
) -> list[ServiceError]:
    """The reasons against these times on one weekday, whatever the others are."""
    one = replace(_checked(session, draft, world, now), times={weekday: times}, every_weeks=1)
    return standing.check(session, one, world=world, by=by, now=now)


def about_day(
    session: Session, order: StandingOrder, day: date, times: Times, *, world: World, by: Actor, now: datetime
) -> list[ServiceError]:
    """The reasons against these times on one day to come of an order."""
    least = 7 * world.policies.on(day).regular.min_weeks
    rule = regular.wanted(session, order)
    one = replace(rule, first=day, last=day + (least - 1) * DAY, times={day.isoweekday(): times}, every_weeks=1)
    always = replace(one, public_holidays=OnHolidays.RIDE, school_holidays=OnHolidays.RIDE)
    return standing.check(session, always, world=world, by=by, now=now)


def ask(session: Session, draft: BookingDraft, *, world: World, by: Actor, now: datetime) -> StandingOrder:
    """Ask for what is written: a new order, or one that follows the order changed. Twice is once."""
    change = change_of(draft)
    if change is None:
        return standing.ask(session, wanted(draft, world=world, now=now), world=world, by=by, now=now)
    order = standing.get(session, change.order_id, Power.BOOK, by=by, now=now)
    times = _times(drafts.answers(draft))
    if change.day is None:
        return standing.change_all(session, order, times, key=draft.key, world=world, by=by, now=now)
    return standing.change_from(session, order, change.day, times, key=draft.key, world=world, by=by, now=now)


def became(session: Session, draft: BookingDraft) -> StandingOrder | None:
    """The order that was asked for by this draft, once it has been."""
    return session.exec(select(StandingOrder).where(StandingOrder.key == draft.key)).first()


def unfinished(session: Session, client_id: int, *, by: Actor, now: datetime) -> BookingDraft | None:
    """The new order this person began for the client last and has not asked for yet."""
    asked = select(StandingOrder).where(StandingOrder.key == BookingDraft.key)
    mine = (
        select(BookingDraft)
        .where(BookingDraft.user_id == by.user, BookingDraft.client_id == client_id, col(BookingDraft.standing))
        .where(BookingDraft.updated_at >= now - drafts.KEPT, ~asked.exists())
        .order_by(col(BookingDraft.updated_at).desc())
    )
    return next((draft for draft in session.exec(mine) if change_of(draft) is None), None)


def _times(said: Mapping[str, Any]) -> dict[int, Times]:
    """The times said so far by weekday; weekdays without one are left out."""
    minutes, backs = said.get("minutes") or {}, (said.get("backs") or {}) if said.get("back") == "yes" else {}
    anchor = Anchor(said.get("anchor") or Anchor.ARRIVE_BY)
    return {
        weekday: Times(anchor, int(minutes[str(weekday)]), backs.get(str(weekday)))
        for weekday in said.get("weekdays") or ()
        if minutes.get(str(weekday)) is not None
    }


def _checked(session: Session, draft: BookingDraft, world: World, now: datetime) -> Wanted:
    """What the rules are asked about: the order itself, or the days of another that are to be like this."""
    new, change = wanted(draft, world=world, now=now), change_of(draft)
    if change is None:
        return new
    old = regular.wanted(session, session.get_one(StandingOrder, change.order_id))
    first = max(old.first, change.day or new.first)
    last = first + 7 * world.policies.on(first).regular.min_weeks * DAY - DAY
    return replace(old, first=first, last=last, times=new.times)


def _pattern(session: Session, draft: BookingDraft, world: World, now: datetime) -> tuple[Pattern, date]:
    """The rule of the dates, and the day after which they count."""
    new, change = wanted(draft, world=world, now=now), change_of(draft)
    if change is None:
        return new.pattern, date.min
    old = regular.pattern_of(session, session.get_one(StandingOrder, change.order_id))
    return replace(old, weekdays=new.times), (change.day or new.first) - DAY
