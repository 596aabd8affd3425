"""Tables of the fleet."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from transport.kernel.db import one_of


class VehicleClass(StrEnum):
    """By which rules of rest the driver lives: cars and vans to 9 seats, or buses (more than 9 seats)."""

    CAR = "car"
    BUS = "bus"


class Provider(SQLModel, table=True):
    """Who runs vehicles under a contract."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    phone: str = ""


class Depot(SQLModel, table=True):
    """Where shifts start and end."""

    id: int | None = Field(default=None, primary_key=True)
    provider_id: int = Field(foreign_key="provider.id")
    name: str
    place_id: int = Field(foreign_key="place.id")


class Vehicle(SQLModel, table=True):
    """A vehicle; what it can carry stands in its layouts. `features` are words parted by spaces (`ramp lift`)."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    provider_id: int = Field(foreign_key="provider.id")
    depot_id: int = Field(foreign_key="depot.id")
    kind: str
    vehicle_class: VehicleClass = Field(default=VehicleClass.CAR, sa_type=one_of(VehicleClass))
    features: str = ""
    low_emission: bool = False
    active: bool = True


class Layout(SQLModel, table=True):
    """One arrangement of a vehicle's places; a run uses exactly one. Mass of chair with person in kg."""

    __table_args__ = (
        UniqueConstraint("vehicle_id", "name"),
        CheckConstraint("seats >= 0 AND wheelchairs >= 0 AND seats + wheelchairs > 0", name="has_places"),
    )

    id: int | None = Field(default=None, primary_key=True)
    vehicle_id: int = Field(foreign_key="vehicle.id", index=True)
    name: str
    seats: int
    wheelchairs: int
    max_chair_mass: int = 0


class Driver(SQLModel, table=True):
    """Who drives; `user_id` is the log-in, if there is one."""

    id: int | None = Field(default=None, primary_key=True)
    provider_id: int = Field(foreign_key="provider.id")
    user_id: int | None = Field(default=None, foreign_key="user.id", unique=True)
    name: str
    phone: str = ""
    active: bool = True


class Shift(SQLModel, table=True):
    """A vehicle and its crew on duty on a service day, from–until in seconds of that day."""

    __table_args__ = (CheckConstraint("ends > starts", name="ends_after_start"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(index=True)
    vehicle_id: int = Field(foreign_key="vehicle.id")
    driver_id: int = Field(foreign_key="driver.id")
    starts: int
    ends: int
    crew: int = 1

    @property
    def minutes(self) -> int:
        """Vehicle minutes of the shift, as the contract counts them."""
        return (self.ends - self.starts) // 60
