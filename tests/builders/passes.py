"""What lets a driver in: the code of a shift, and a PIN."""

from sqlmodel import Session

from tests.api.client.conftest import House
from tests.builders.town import NOW, Town
from transport.kernel.clock import local_day
from transport.kernel.db import reading, writing
from transport.operations.driving import passes
from transport.operations.driving.passes import Pass
from transport.routing.fleet import fleet, logins
from transport.routing.fleet.models import Driver, Shift, Vehicle

PIN = "480 512"


def code_of(house: House, shift_id: int) -> Pass:
    """The code of a shift as it is now."""
    services = house.app.state.services
    with reading(house.database) as session:
        return passes.of(session.get_one(Shift, shift_id), key=services.key, policies=services.policies)


def a_code(session: Session, town: Town, *, key: bytes) -> str:
    """The code of a shift that is on duty now: Emil's colleague drives the van today too."""
    van, row = session.get_one(Vehicle, town.van), session.get_one(Shift, town.van_shift)
    colleague = session.get_one(Driver, row.driver_id)
    today = fleet.open_shift(
        session, day=local_day(NOW), vehicle=van, driver=colleague, starts=row.starts, ends=row.ends
    )
    return passes.of(today, key=key, policies=town.world.policies).token


def a_pin(house: House, shift_id: int, pin: str = PIN) -> None:
    """Whoever drives the shift gets this PIN."""
    with writing(house.database) as session:
        logins.give_pin(session, driver_of(session, shift_id), pin, by=house.cast.dana, now=house.clock())


def driver_of(session: Session, shift_id: int) -> Driver:
    return session.get_one(Driver, session.get_one(Shift, shift_id).driver_id)
