"""Which log-in belongs to which driver: by it the driver sees the own shifts, and nobody else's."""

from datetime import datetime

from sqlmodel import Session, col, select

from transport.accounts import pins, users
from transport.accounts.users import User
from transport.kernel import events
from transport.kernel.actor import Actor, Role
from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.routing.fleet.models import Driver

__all__ = ["Driver", "driver_of", "give_pin", "link", "unlink", "user_of", "without"]


def driver_of(session: Session, user_id: int) -> Driver | None:
    """The driver who logs in as this user."""
    return session.exec(select(Driver).where(Driver.user_id == user_id)).first()


def without(session: Session) -> list[Driver]:
    """Drivers who cannot log in yet, by name."""
    waiting = select(Driver).where(col(Driver.user_id).is_(None), col(Driver.active))
    return list(session.exec(waiting.order_by(col(Driver.name), col(Driver.id))))


def user_of(session: Session, driver: Driver) -> User | None:
    """Who the driver logs in as; None if they cannot yet."""
    return None if driver.user_id is None else session.get(User, driver.user_id)


def give_pin(session: Session, driver: Driver, wished: str = "", *, by: Actor, now: datetime) -> str:
    """A new PIN for a driver, told this once; whoever had no log-in has one from now on.

    Refuses a PIN as `pins.give` does, and a log-in that is no driver's any more (`driver.other_role`).
    """
    user = user_of(session, driver)
    if user is None:
        user = users.employ(session, name=driver.name, role=Role.DRIVER, by=by, now=now)
        link(session, user, driver.id or 0, by=by, now=now)
    if user.role is not Role.DRIVER:
        raise Invalid("driver.other_role", field="wished")
    return pins.give(session, user, wished, by=by, now=now)


def link(session: Session, user: User, driver_id: int, *, by: Actor, now: datetime) -> None:
    """Let a driver log in as this user, and as nobody else.

    Refuses a user who is no driver (`driver.other_role`), an unknown driver (`driver.unknown`) and one who has a log-in
    (`driver.has_login`).
    """
    if user.role is not Role.DRIVER:
        raise Invalid("driver.other_role", field="driver")
    driver = session.get(Driver, driver_id)
    if driver is None:
        raise NotFound("driver.unknown", field="driver")
    if driver.user_id == user.id:
        return
    if driver.user_id is not None:
        raise Conflict("driver.has_login", field="driver")
    unlink(session, user, by=by, now=now)
    driver.user_id = user.id
    session.add(driver)
    facts = {"user": user.id}
    events.record(session, "driver_linked", subject=("driver", driver.id), by=by, now=now, facts=facts)


def unlink(session: Session, user: User, *, by: Actor, now: datetime) -> None:
    """The driver of this user, if there is one, cannot log in any more."""
    driver = driver_of(session, user.id or 0)
    if driver is None:
        return
    driver.user_id = None
    session.add(driver)
    session.flush()
    facts = {"user": user.id}
    events.record(session, "driver_unlinked", subject=("driver", driver.id), by=by, now=now, facts=facts)
