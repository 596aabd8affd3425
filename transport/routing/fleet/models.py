"""Tables of the fleet."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from transport.kernel.db import UtcDateTime, one_of


class VehicleClass(StrEnum):
    """By which rules of rest the driver lives: cars and vans to 9 seats, or buses (more than 9 seats)."""

    CAR = "car"
    BUS = "bus"


class OutReason(StrEnum):
    """Why a vehicle cannot be used for a time."""

    BREAKDOWN = "breakdown"
    ACCIDENT = "accident"
    REPAIR = "repair"
    INSPECTION = "inspection"
    CLEANING = "cleaning"
    OTHER = "other"


class QualificationKind(StrEnum):
    """What a driver has learnt and can prove."""

    FIRST_AID = "first_aid"
    WHEELCHAIR_LASHING = "wheelchair_lashing"
    STAIR_CLIMBER = "stair_climber"
    SIGN_LANGUAGE = "sign_language"
    BUS = "bus"
    ENGLISH = "english"
    GERMAN = "german"
    UKRAINIAN = "ukrainian"


class AwayKind(StrEnum):
    """Why a driver is not there; nobody is asked to say more."""

    HOLIDAY = "holiday"
    ILL = "ill"
    TRAINING = "training"
    OTHER = "other"


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
    code_renewals: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How often its code to log in by was made anew; codes of before open nothing."""
    dropped_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since when the shift is taken out of the roster; its row stays, as published plans name it."""

    @property
    def minutes(self) -> int:
        """Vehicle minutes of the shift, as the contract counts them."""
        return (self.ends - self.starts) // 60


class OutOfService(SQLModel, table=True):
    """A time in which a vehicle cannot be used, or a `feature` of it; without `ends` until further notice."""

    __tablename__ = "out_of_service"
    __table_args__ = (CheckConstraint("ends IS NULL OR ends > starts", name="ends_after_start"),)

    id: int | None = Field(default=None, primary_key=True)
    vehicle_id: int = Field(foreign_key="vehicle.id", index=True)
    starts: datetime = Field(sa_type=UtcDateTime)
    ends: datetime | None = Field(default=None, sa_type=UtcDateTime)
    reason: OutReason = Field(sa_type=one_of(OutReason))
    feature: str = Field(default="", max_length=40)
    """What of the vehicle does not work, for example the ramp; empty: the vehicle as a whole."""
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class Qualification(SQLModel, table=True):
    """What a driver can prove, and until when; without `valid_until` for good."""

    __table_args__ = (UniqueConstraint("driver_id", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    driver_id: int = Field(foreign_key="driver.id", index=True)
    kind: QualificationKind = Field(sa_type=one_of(QualificationKind))
    valid_until: date | None = None


class DriverAbsence(SQLModel, table=True):
    """Days, both included, on which a driver is away."""

    __tablename__ = "driver_absence"
    __table_args__ = (CheckConstraint("last >= first", name="last_after_first"),)

    id: int | None = Field(default=None, primary_key=True)
    driver_id: int = Field(foreign_key="driver.id", index=True)
    first: date
    last: date
    kind: AwayKind = Field(sa_type=one_of(AwayKind))
