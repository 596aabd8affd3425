"""Places that change: closed for some days, moved meanwhile, or open at certain hours only."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, delete, or_, select

from transport.kernel.clock import wall_seconds
from transport.kernel.errors import Conflict, Invalid
from transport.kernel.values import Window
from transport.routing.geo.models import Place, PlaceClosure, PlaceHours

FULL_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Hours:
    """One span of a weekday (1 Monday to 7) in which a place lets people in, in minutes of the wall clock."""

    weekday: int
    opens: int
    closes: int


def close(
    session: Session,
    place_id: int,
    *,
    first: date,
    last: date | None,
    moved_to: int | None,
    reason: str,
    now: datetime,
) -> PlaceClosure:
    """Remember that nobody can be brought to a place on these days (both included; None: until further notice)."""
    if session.get(Place, place_id) is None or (moved_to is not None and session.get(Place, moved_to) is None):
        raise Invalid("place.unknown", field="place")
    if moved_to == place_id:
        raise Invalid("closure.moved_nowhere", field="moved_to")
    if last is not None and last < first:
        raise Invalid("span.ends_before_start", field="last")
    if not reason.strip():
        raise Invalid("closure.reason_missing", field="reason")
    overlapping = select(PlaceClosure.id).where(
        PlaceClosure.place_id == place_id, or_(col(PlaceClosure.last).is_(None), col(PlaceClosure.last) >= first)
    )
    if last is not None:
        overlapping = overlapping.where(PlaceClosure.first <= last)
    if session.exec(overlapping).first() is not None:
        raise Conflict("closure.already", field="first")
    closure = PlaceClosure(
        place_id=place_id, first=first, last=last, moved_to_id=moved_to, reason=reason.strip()[:160], recorded_at=now
    )
    session.add(closure)
    session.flush()
    return closure


def reopen(session: Session, closure: PlaceClosure, *, last: date) -> None:
    """The place is closed until `last` only, the day before its first one if it is not closed at all."""
    closure.last = last
    session.add(closure)
    session.flush()


def on(session: Session, place_id: int, day: date) -> PlaceClosure | None:
    """The closure of a place that covers the day, if any."""
    return session.exec(
        select(PlaceClosure).where(
            PlaceClosure.place_id == place_id,
            PlaceClosure.first <= day,
            or_(col(PlaceClosure.last).is_(None), col(PlaceClosure.last) >= day),
        )
    ).first()


def set_hours(session: Session, place_id: int, hours: list[Hours]) -> None:
    """When the place lets people in from now on; an empty list: always. The old hours are forgotten."""
    for span in hours:
        if not (1 <= span.weekday <= 7 and 0 <= span.opens < span.closes <= FULL_DAY):
            raise Invalid("place.hours_unusable", field="hours")
    session.exec(delete(PlaceHours).where(col(PlaceHours.place_id) == place_id))
    session.add_all(
        PlaceHours(place_id=place_id, weekday=span.weekday, opens=span.opens, closes=span.closes) for span in hours
    )
    session.flush()


def open_on(session: Session, place_id: int, day: date) -> tuple[Window, ...] | None:
    """The seconds of the day between which the place lets people in, in order; None: always, empty: not at all.

    A place with hours on some weekdays is shut on the others.
    """
    rows = list(session.exec(select(PlaceHours).where(PlaceHours.place_id == place_id)))
    if not rows:
        return None
    spans = sorted((row.opens, row.closes) for row in rows if row.weekday == day.isoweekday())
    return tuple(
        Window(wall_seconds(day, *divmod(opens, 60)), wall_seconds(day, *divmod(closes, 60))) for opens, closes in spans
    )
