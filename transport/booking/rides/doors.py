"""What the rules need to know about the door at the end of a ride."""

from datetime import date

from sqlmodel import Session

from transport.booking.rides import rules
from transport.routing.geo import closures
from transport.routing.geo.models import Place


def door(session: Session, place_id: int, day: date) -> rules.Door:
    """When the place lets people in on the day, and where it is if it is closed."""
    name = session.get_one(Place, place_id).name
    closure = closures.on(session, place_id, day)
    if closure is not None:
        moved = None if closure.moved_to_id is None else session.get_one(Place, closure.moved_to_id).name
        return rules.Door(name, (), closed=True, moved_to=moved)
    return rules.Door(name, closures.open_on(session, place_id, day))
