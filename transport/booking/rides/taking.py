"""What every decision about a ride begins and ends with: taken as it was shown, a step of its life, written down."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, col, select

from transport.booking.rides.lifecycle import MOVES, Move, possible
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor
from transport.kernel.errors import Conflict, Forbidden
from transport.kernel.events import record


def lock(session: Session, *which: ColumnElement[bool]) -> list[Ride]:
    """Lock all rides that one of the conditions means, in the order of their ids, and read them anew.

    Whoever decides about several rides calls it first, once: two who lock the same rides one by one, in another order,
    would wait for each other for ever.
    """
    mine = select(Ride).where(or_(*which)).order_by(col(Ride.id)).with_for_update(key_share=True)
    return list(session.exec(mine.execution_options(populate_existing=True)))


def take(session: Session, ride: Ride, *, version: int) -> Ride:
    """Lock a ride for a decision made on what a page showed at `version`.

    Raises Conflict("ride.changed_meanwhile") if somebody decided after that page was shown.
    """
    mine = (
        update(Ride)
        .where(col(Ride.id) == ride.id, col(Ride.version) == version)
        .values(version=version + 1)
        .execution_options(synchronize_session=False)
    )
    if session.connection().execute(mine).rowcount != 1:
        raise Conflict("ride.changed_meanwhile", ride=ride.code)
    session.refresh(ride)
    return ride


def step(ride: Ride, move: Move, by: Actor) -> None:
    """Let a ride go on in its life, if this person may; Conflict or Forbidden("ride.not_possible")."""
    if move not in possible(ride.status, by.role):
        kind = Conflict if by.role in MOVES[move].by else Forbidden
        raise kind("ride.not_possible", move=move.value, status=ride.status.value)
    ride.status = MOVES[move].end


def save(session: Session, ride: Ride, event: str, by: Actor, now: datetime, **facts: object) -> None:
    """Write the ride down with what happened to it."""
    session.add(ride)
    session.flush()
    record(session, event, subject=("ride", ride.id), by=by, now=now, facts={"day": ride.day, **facts})
