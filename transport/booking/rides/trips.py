"""Rides as people think of them: there and back together, the trips somebody makes again and again. Reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from transport.booking.rides import homeward, queries
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Leg, Ride, TripRequest
from transport.booking.rides.queries import RideView
from transport.kernel.clock import local_day

SHOWN = 5
"""So many different trips are offered to be ordered again."""


@dataclass(frozen=True, slots=True)
class Month:
    """What was driven, or came to an end otherwise, in one month; and which other months have something."""

    first: date
    others: tuple[date, ...]
    rides: tuple[RideView, ...]


def both_ways(session: Session, ride: Ride) -> list[RideView]:
    """The ride and the other way of its order as it is now, the way there first."""
    other = homeward.other_way(session, ride)
    both = [ride] if other is None else sorted((ride, other), key=lambda each: each.leg is Leg.RETURN)
    return queries.views(session, both)


def together(session: Session, views: Sequence[RideView]) -> list[tuple[RideView, ...]]:
    """Rides grouped by the order they were first part of, in the order given."""
    origin = {view.ride.id or 0: view.ride for view in views}
    while True:
        now = {ride.id: start for start, ride in origin.items()}
        earlier = list(session.exec(select(Ride).where(col(Ride.replaced_by).in_(now))))
        if not earlier:
            break
        origin |= {now[ride.replaced_by]: ride for ride in earlier}
    groups: dict[int, list[RideView]] = {}
    for view in views:
        groups.setdefault(origin[view.ride.id or 0].request_id, []).append(view)
    return [tuple(group) for group in groups.values()]


def lately(session: Session, client_id: int) -> list[RideView]:
    """The last ride of each different trip there, the latest first."""
    latest = func.max(Ride.id)
    mine = (
        select(latest)
        .where(Ride.client_id == client_id, Ride.leg == Leg.OUTBOUND, Ride.status != Status.DECLINED)
        .group_by(col(Ride.origin_place_id), col(Ride.destination_place_id))
        .order_by(latest.desc())
        .limit(SHOWN)
    )
    return queries.views(session, [session.get_one(Ride, ride_id) for ride_id in session.exec(mine)])


def month(session: Session, client_id: int, first: date | None, *, now: datetime) -> Month:
    """What is over of one client in one month (None: the latest that has something), by promised time."""
    days = session.exec(select(col(Ride.day)).where(*_over(client_id, now)).distinct().order_by(col(Ride.day).desc()))
    months = tuple(dict.fromkeys(day.replace(day=1) for day in days))
    wanted = first or (months[0] if months else local_day(now).replace(day=1))
    end = (wanted + timedelta(days=32)).replace(day=1)
    mine = select(Ride).where(*_over(client_id, now), Ride.day >= wanted, Ride.day < end)
    found = sorted(queries.views(session, list(session.exec(mine))), key=lambda view: view.pickup_at)
    return Month(wanted, months, tuple(found))


def now_and_first(session: Session, ride: Ride) -> tuple[RideView, str, int]:
    """The ride as it is now, the number it was ordered under, and how often anything was decided about it since."""
    current = homeward.current(session, ride)
    versions = [session.get_one(Ride, ride_id) for ride_id in line(session, current)]
    [view] = queries.views(session, [current])
    return view, versions[-1].code, sum(each.version for each in versions)


def line(session: Session, ride: Ride) -> list[int]:
    """Ids of the ride and of those it has taken the place of: their story is one."""
    found = [ride.id or 0]
    while (before := session.exec(select(Ride.id).where(Ride.replaced_by == found[-1])).first()) is not None:
        found.append(before)
    return found


def standing_order_of(session: Session, ride: Ride) -> int | None:
    """The standing order that asked for the ride, if one did."""
    return session.get_one(TripRequest, homeward.first(session, ride).request_id).standing_order_id


def _over(client_id: int, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A ride that was changed goes on as another one and is not told twice."""
    ended = (col(Ride.day) < local_day(now)) | col(Ride.status).not_in(LIVE)
    return (col(Ride.client_id) == client_id, col(Ride.replaced_by).is_(None), ended)
