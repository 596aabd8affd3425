"""What lets a driver in: the code of a shift, and a PIN."""

from sqlmodel import Session

from tests.api.client.conftest import House
from transport.kernel.db import reading, writing
from transport.operations.driving import passes
from transport.operations.driving.passes import Pass
from transport.routing.fleet import logins
from transport.routing.fleet.models import Driver, Shift

PIN = "480 512"


def code_of(house: House, shift_id: int) -> Pass:
    """The code of a shift as it is now."""
    services = house.app.state.services
    with reading(house.database) as session:
        return passes.of(session.get_one(Shift, shift_id), key=services.key, policies=services.policies)


def a_pin(house: House, shift_id: int, pin: str = PIN) -> None:
    """Whoever drives the shift gets this PIN."""
    with writing(house.database) as session:
        logins.give_pin(session, driver_of(session, shift_id), pin, by=house.cast.dana, now=house.clock())


def driver_of(session: Session, shift_id: int) -> Driver:
    return session.get_one(Driver, session.get_one(Shift, shift_id).driver_id)
