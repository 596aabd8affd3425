"""Who must never ride together, and who must not be driven by whom: hard rules whose reason only staff see."""

from datetime import datetime

from sqlmodel import Session, col, or_, select

from transport.booking.clients.models import Client, Incompatibility
from transport.kernel import events
from transport.kernel.actor import STAFF, Actor
from transport.kernel.errors import Forbidden, Invalid, NotFound
from transport.routing.fleet.models import Driver

_LONGEST_REASON = 300


def record(
    session: Session,
    client_id: int,
    *,
    other_client_id: int | None = None,
    driver_id: int | None = None,
    reason: str,
    by: Actor,
    now: datetime,
) -> Incompatibility:
    """Two clients never meet on board from now on, or a driver drives a client no more; staff only.

    The same pair recorded again is the first entry. Rides promised already are kept apart by `parting.part`.
    """
    _require_staff(by)
    if (other_client_id is None) == (driver_id is None):
        raise Invalid("incompatible.with_whom", field="other")
    if other_client_id == client_id:
        raise Invalid("incompatible.oneself", field="other")
    if not reason.strip():
        raise Invalid("incompatible.reason_missing", field="reason")
    for wanted in (client_id, other_client_id):
        if wanted is not None and session.get(Client, wanted) is None:
            raise NotFound("client.unknown")
    if driver_id is not None and session.get(Driver, driver_id) is None:
        raise NotFound("driver.unknown")
    pair = {client_id, other_client_id}
    for known in _in_force(session, client_id):
        if {known.client_id, known.other_client_id} == pair and known.driver_id == driver_id:
            return known
    entry = Incompatibility(
        client_id=client_id,
        other_client_id=other_client_id,
        driver_id=driver_id,
        reason=reason.strip()[:_LONGEST_REASON],
        recorded_by=by.user,
        recorded_at=now,
    )
    session.add(entry)
    session.flush()
    events.record(session, "incompatibility_recorded", subject=("incompatibility", entry.id), by=by, now=now)
    return entry


def end(session: Session, entry: Incompatibility, *, by: Actor, now: datetime) -> None:
    """The rule holds no more for rides promised from now on; ending twice changes nothing. Staff only."""
    _require_staff(by)
    if entry.ended_at is not None:
        return
    entry.ended_at = now
    session.add(entry)
    session.flush()
    events.record(session, "incompatibility_ended", subject=("incompatibility", entry.id), by=by, now=now)


def of_client(session: Session, client_id: int, *, by: Actor) -> list[Incompatibility]:
    """The rules in force about one client with their reasons, oldest first; staff only."""
    _require_staff(by)
    return _in_force(session, client_id)


def apart(session: Session, client_id: int) -> frozenset[int]:
    """Numbers for planning: of two clients who must never meet, one has the number, the other its negative."""
    return frozenset(
        (row.id or 0) * (1 if row.client_id == client_id else -1)
        for row in _in_force(session, client_id)
        if row.other_client_id is not None
    )


def not_drivers(session: Session, client_id: int) -> frozenset[int]:
    """Ids of the drivers who must not drive the client."""
    return frozenset(row.driver_id for row in _in_force(session, client_id) if row.driver_id is not None)


def _in_force(session: Session, client_id: int) -> list[Incompatibility]:
    about = or_(col(Incompatibility.client_id) == client_id, col(Incompatibility.other_client_id) == client_id)
    rows = select(Incompatibility).where(about, col(Incompatibility.ended_at).is_(None))
    return list(session.exec(rows.order_by(col(Incompatibility.id))))


def _require_staff(by: Actor) -> None:
    if by.role not in STAFF:
        raise Forbidden("role.missing")
