"""Places at the desk: which have hours or are closed, changing the hours, and whom a closure touches."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, or_, select

from transport.booking.rides import closures as closing
from transport.booking.rides import queries
from transport.booking.rides.closures import Prepared, Remedy
from transport.booking.rides.queries import RideView
from transport.booking.standing import overview, regular
from transport.booking.standing.overview import OrderView
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Forbidden
from transport.kernel.events import record
from transport.routing.geo import closures
from transport.routing.geo.closures import Hours
from transport.routing.geo.models import Place, PlaceClosure, PlaceHours
from transport.routing.planning.day import World

__all__ = ["Place", "PlaceClosure", "Remedy"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A place that is not always open: its hours by weekday, its closures that are not over."""

    place: Place
    hours: dict[int, list[Hours]]
    closures: list[PlaceClosure]


@dataclass(frozen=True, slots=True)
class TouchedRide:
    """A ride whose place is closed, with what can be done for it."""

    view: RideView
    prepared: Prepared


def listed(session: Session, now: datetime) -> list[Listed]:
    """All places with hours or a closure that is not over, by name."""
    today = local_day(now)
    closed: dict[int, list[PlaceClosure]] = {}
    coming = or_(col(PlaceClosure.last).is_(None), col(PlaceClosure.last) >= today)
    for closure in session.exec(select(PlaceClosure).where(coming).order_by(col(PlaceClosure.first))):
        if closure.last is None or closure.last >= closure.first:
            closed.setdefault(closure.place_id, []).append(closure)
    with_hours = set(session.exec(select(PlaceHours.place_id).distinct()))
    wanted = select(Place).where(col(Place.id).in_(with_hours | set(closed))).order_by(col(Place.name))
    return [
        Listed(place, hours(session, place.id or 0), closed.get(place.id or 0, [])) for place in session.exec(wanted)
    ]


def closures_of(session: Session, place_id: int) -> list[PlaceClosure]:
    """All closures of a place, the latest first."""
    of_place = select(PlaceClosure).where(PlaceClosure.place_id == place_id)
    return list(session.exec(of_place.order_by(col(PlaceClosure.first).desc())))


def hours(session: Session, place_id: int) -> dict[int, list[Hours]]:
    """The hours of a place by weekday (1 Monday); a place without any is always open."""
    found: dict[int, list[Hours]] = {}
    rows = select(PlaceHours).where(PlaceHours.place_id == place_id).order_by(col(PlaceHours.opens))
    for row in session.exec(rows):
        found.setdefault(row.weekday, []).append(Hours(row.weekday, row.opens, row.closes))
    return found


def set_hours(session: Session, place_id: int, spans: list[Hours], *, by: Actor, now: datetime) -> None:
    """When the place lets people in from now on; none: always. Rides that are promised stand.

    Raises Forbidden("role.missing") and Invalid("place.hours_unusable").
    """
    if by.role not in STAFF:
        raise Forbidden("role.missing")
    closures.set_hours(session, place_id, spans)
    facts = {"spans": len(spans)}
    record(session, "place_hours_set", subject=("place", place_id), by=by, now=now, facts=facts)


def touched(session: Session, closure: PlaceClosure, *, world: World, now: datetime) -> list[TouchedRide]:
    """Every ride to come that the closure touches, with what can be done for it, soonest first. Reads only."""
    prepared = closing.prepare(session, closure, world=world, now=now)
    views = {view.ride.id: view for view in queries.views(session, [each.ride for each in prepared])}
    return [TouchedRide(views[each.ride.id], each) for each in prepared]


def regular_ones(session: Session, closure: PlaceClosure, *, today: date) -> list[OrderView]:
    """Standing orders that would take people there on the closed days: their dates are asked about one by one."""
    found = regular.going_to(session, closure.place_id, closure.first, closure.last)
    return overview.going_to(session, found, since=max(closure.first, today))
