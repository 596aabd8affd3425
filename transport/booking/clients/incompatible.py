"""Who must never ride together, and who must not be driven by whom: hard rules whose reason only staff see."""

from sqlmodel import Session, col, or_, select

from transport.booking.clients.models import Incompatibility


def apart(session: Session, client_id: int) -> frozenset[int]:
    """Numbers for planning: of two clients who must never meet, one has the number, the other its negative."""
    mine = or_(col(Incompatibility.client_id) == client_id, col(Incompatibility.other_client_id) == client_id)
    rows = session.exec(
        select(Incompatibility).where(
            mine, col(Incompatibility.other_client_id).is_not(None), col(Incompatibility.ended_at).is_(None)
        )
    )
    return frozenset((row.id or 0) * (1 if row.client_id == client_id else -1) for row in rows)


def not_drivers(session: Session, client_id: int) -> frozenset[int]:
    """Ids of the drivers who must not drive the client."""
    rows = session.exec(
        select(Incompatibility.driver_id).where(
            Incompatibility.client_id == client_id,
            col(Incompatibility.driver_id).is_not(None),
            col(Incompatibility.ended_at).is_(None),
        )
    )
    return frozenset(driver for driver in rows if driver is not None)
