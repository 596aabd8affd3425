"""Whether a ride may be asked for at all: the rules of the policy, before anybody looks for a vehicle. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from transport.booking.rides.wishing import LegWish, Order
from transport.kernel.calendar import Calendar
from transport.kernel.clock import at, local_day, second_at, seconds_of, wall
from transport.kernel.errors import Invalid
from transport.kernel.policy import Policy
from transport.kernel.values import Point, Window
from transport.routing.planning.wishes import Anchor, Wish


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What the rules of the area need to know of a place."""

    name: str
    municipality: str
    point: Point


@dataclass(frozen=True, slots=True)
class Door:
    """When a place lets people in on one day, in seconds of that day; `spans` None: always.

    `closed`: not at all, and nobody is picked up there either; `moved_to` names where the place is meanwhile.
    """

    name: str
    spans: tuple[Window, ...] | None
    closed: bool = False
    moved_to: str | None = None

    def meant(self, wish: Wish) -> Window | None:
        """The span in which somebody with this wish would arrive; None: any time, or there is no such span.

        Who wants to be there by nine comes while the door is open at nine, who leaves at nine before it next closes.
        """
        for span in self.spans or ():
            if wish.anchor is Anchor.ARRIVE_BY and span.start <= wish.seconds <= span.end:
                return span
            if wish.anchor is Anchor.LEAVE_AT and wish.seconds < span.end:
                return span
        return None


def opening(policy: Policy, day: date) -> Window:
    """The seconds of the day between which we pick up and drop off."""
    return Window(second_at(day, policy.booking.opens), second_at(day, policy.booking.closes))


def latest_order(policy: Policy, day: date, seconds: int, calendar: Calendar) -> datetime:
    """The last moment at which a ride at this second of the day may be ordered."""
    booking = policy.booking
    soonest = at(day, seconds) - timedelta(minutes=booking.min_notice_minutes)
    if not booking.notice_days:
        return soonest
    early = booking.notice_from is not None and seconds < second_at(day, booking.notice_from)
    last = booking.last_day_for(day, calendar, early=early)
    until = booking.notice_until
    end = at(last + timedelta(days=1), 0) if until is None else at(last, second_at(last, until))
    return min(soonest, end)


def first_second(policy: Policy, day: date, now: datetime, calendar: Calendar) -> int:
    """The first second of the day that may still be ordered now; after its last one if none may."""
    booking = policy.booking
    soonest = max(0, seconds_of(day, now) + booking.min_notice_minutes * 60)
    if not booking.notice_days:
        return soonest
    begins = [0] if booking.notice_from is None else [0, second_at(day, booking.notice_from)]
    for begin in begins:
        if now <= latest_order(policy, day, max(begin, soonest), calendar):
            return max(begin, soonest)
    return seconds_of(day, at(day + timedelta(days=1), 0))


def about_time(policy: Policy, day: date, wish: Wish, now: datetime, calendar: Calendar) -> list[Invalid]:
    """Reasons against the time of a wish: past, too soon, too far ahead, at night."""
    hours = opening(policy, day)
    instant = at(day, wish.seconds)
    if instant <= now:
        return [Invalid("ride.in_the_past", field="time", day=day)]
    latest = latest_order(policy, day, wish.seconds, calendar)
    found = []
    if now > latest:
        found.append(Invalid("ride.too_soon", field="time", day=local_day(latest), time=latest))
    if not hours.start <= wish.seconds <= hours.end:
        opens, closes = policy.booking.opens, policy.booking.closes
        found.append(Invalid("ride.outside_hours", field="time", opens=f"{opens:%H:%M}", closes=f"{closes:%H:%M}"))
    return found


def about_day(policy: Policy, day: date, now: datetime) -> list[Invalid]:
    """Reasons against the day itself: past, or beyond the horizon."""
    today = local_day(now)
    if day < today:
        return [Invalid("ride.day_in_the_past", field="day", day=day)]
    last = today + timedelta(days=policy.booking.horizon_on(day))
    return [Invalid("ride.beyond_horizon", field="day", last=last)] if day > last else []


def about_places(policy: Policy, origin: Whereabouts, destination: Whereabouts) -> list[Invalid]:
    """Reasons against the places: the same one twice, or outside the area of the service."""
    if (origin.name, origin.municipality) == (destination.name, destination.municipality):
        return [Invalid("ride.same_place", field="destination")]
    outside = [place for place in (origin, destination) if not in_city(policy, place)]
    if len(outside) > 1 and policy.area.one_end_in_city:
        return [Invalid("ride.outside_area", field="destination", place=outside[0].name)]
    return [
        Invalid("ride.outside_area", field="destination", place=place.name)
        for place in outside
        if not _served_outside(policy, place)
    ]


def about_hours(day: date, wish: Wish, origin: Door, destination: Door) -> list[Invalid]:
    """Reasons against the doors: nobody is brought before one opens or after it closes, or to a place that is away."""
    for door, field in ((origin, "origin"), (destination, "destination")):
        if door.closed and door.moved_to is not None:
            return [Invalid("ride.place_moved", field=field, place=door.name, moved_to=door.moved_to)]
        if door.closed:
            return [Invalid("ride.place_away", field=field, place=door.name)]
    if destination.spans is None or destination.meant(wish) is not None:
        return []
    if not destination.spans:
        return [Invalid("ride.place_shut", field="day", place=destination.name)]
    hours = ", ".join(f"{wall(day, span.start):%H:%M}–{wall(day, span.end):%H:%M}" for span in destination.spans)
    return [Invalid("ride.place_closed", field="time", place=destination.name, hours=hours)]


def about_order(policy: Policy, order: Order, leg: LegWish, help_needed: str) -> list[Invalid]:
    """Reasons against who travels and how: companions, help, riding alone, calling for the way back, the purpose."""
    booking = policy.booking
    found = []
    if len(order.companions) > booking.max_companions:
        found.append(Invalid("ride.too_many_companions", field="companions", most=booking.max_companions))
    if help_needed not in policy.assistance.levels:
        found.append(Invalid("ride.help_not_given", field="help"))
    if order.solo and policy.tariff.solo is None:
        found.append(Invalid("tariff.no_solo", field="solo"))
    if leg.will_call and not policy.will_call.offered:
        found.append(Invalid("ride.no_will_call", field="return_time"))
    if booking.purposes and order.purpose not in booking.purposes:
        found.append(Invalid("ride.purpose_not_served", field="purpose"))
    return found


def about_numbers(policy: Policy, to_come: int, on_day: int) -> list[Invalid]:
    """Reasons against so many rides to come, and so many on one day, those of the order included."""
    booking = policy.booking
    found = []
    if booking.max_open is not None and to_come > booking.max_open:
        found.append(Invalid("ride.too_many_open", field="day", most=booking.max_open))
    if booking.max_per_day is not None and on_day > booking.max_per_day:
        found.append(Invalid("ride.too_many_on_day", field="day", most=booking.max_per_day))
    return found


def about_others(window: Window, others: Sequence[Window]) -> list[Invalid]:
    """A client cannot sit in two vehicles at once."""
    clash = any(window.start < other.end and other.start < window.end for other in others)
    return [Invalid("ride.overlaps", field="time")] if clash else []


def in_city(policy: Policy, place: Whereabouts) -> bool:
    """Whether the place lies in the city that buys the service."""
    return place.municipality == policy.area.city


def _served_outside(policy: Policy, place: Whereabouts) -> bool:
    area = policy.area
    if area.outside_mode == "list":
        return bool({place.name, place.municipality} & set(area.outside_places))
    if area.outside_mode == "radius":
        return km(Point(area.centre_lat, area.centre_lon), place.point) <= area.radius_km
    return False


def km(a: Point, b: Point) -> float:
    """Great-circle distance (haversine) on a sphere of 6371 km."""
    half = sin(radians(b.lat - a.lat) / 2) ** 2
    half += cos(radians(a.lat)) * cos(radians(b.lat)) * sin(radians(b.lon - a.lon) / 2) ** 2
    return 2 * 6371.0 * asin(sqrt(half))
