"""What we remember of clients and their representatives. A ride points to one version of the needs."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint

from transport.booking.clients.eligibility import Ground
from transport.booking.clients.needs import Assistance, Mobility
from transport.kernel.db import UtcDateTime, one_of

__all__ = [
    "Assistance",
    "Client",
    "ClientPlace",
    "Eligibility",
    "Ground",
    "Mandate",
    "MandateKind",
    "Mobility",
    "Needs",
    "Power",
]


class Power(StrEnum):
    """What a representative may do: look, order and cancel, change the profile, settle money."""

    SEE = "see"
    BOOK = "book"
    MANAGE = "manage"
    PAY = "pay"


class MandateKind(StrEnum):
    """The legal form of acting for somebody; a supporter is present and advises but does not decide."""

    PARENT = "parent"
    POWER_OF_ATTORNEY = "power_of_attorney"
    HOUSEHOLD_MEMBER = "household_member"
    GUARDIAN = "guardian"
    SUPPORTER = "supporter"


class Client(SQLModel, table=True):
    """A person we carry. `code` is read out over the phone; `search_name` has no diacritics."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=12)
    user_id: int | None = Field(default=None, foreign_key="user.id", unique=True)
    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    search_name: str = Field(index=True, max_length=170)
    born: date
    phone: str = Field(default="", index=True, max_length=20)
    email: str = Field(default="", max_length=200)
    language: str = Field(default="cs", max_length=8)
    municipality: str = Field(default="", max_length=80)
    active: bool = True
    registered_at: datetime = Field(sa_type=UtcDateTime)

    @property
    def name(self) -> str:
        """First and last name, as people write it."""
        return f"{self.first_name} {self.last_name}"


class ClientPlace(SQLModel, table=True):
    """A place the client goes to often, with how to find the door and the number of steps to it."""

    __tablename__ = "client_place"
    __table_args__ = (UniqueConstraint("client_id", "label"),)

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    place_id: int = Field(foreign_key="place.id", index=True)
    label: str = Field(max_length=60)
    door_note: str = Field(default="", max_length=160)
    stairs: int = 0
    is_home: bool = False


class Eligibility(SQLModel, table=True):
    """A ground on which the client may ride; `verified` once somebody of the service has seen the card."""

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    ground: Ground = Field(sa_type=one_of(Ground))
    card_number: str | None = Field(default=None, max_length=40)
    valid_from: date
    valid_until: date | None = None
    verified: bool = False


class Needs(SQLModel, table=True):
    """What the client's rides must provide for, until the next version. Never a diagnosis."""

    __table_args__ = (UniqueConstraint("client_id", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    version: int
    mobility: Mobility = Field(default=Mobility.WALKS, sa_type=one_of(Mobility))
    chair_mass_kg: int | None = None
    """Chair with the person; None: unknown, weighed on the first ride."""
    stairs: bool = False
    """Must be carried or taken over stairs, which takes two people."""
    assistance: Assistance = Field(default=Assistance.DOOR, sa_type=one_of(Assistance))
    blind: bool = False
    deaf: bool = False
    guide_dog: bool = False
    calm: bool = False
    hand_over_to: str = Field(default="", max_length=80)
    companions: int = 0
    """How many usually travel along; each order may say otherwise."""
    note: str = Field(default="", max_length=160)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class Mandate(SQLModel, table=True):
    """A user may act for a client, from–until (both days included), unless revoked."""

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    kind: MandateKind = Field(sa_type=one_of(MandateKind))
    see: bool = True
    book: bool = False
    manage: bool = False
    pay: bool = False
    valid_from: date
    valid_until: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def powers(self) -> frozenset[Power]:
        """What this mandate allows while it is in force."""
        return frozenset(power for power in Power if getattr(self, power.value))

    def in_force(self, day: date) -> bool:
        """Whether it may be used on the day."""
        begun = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        return begun and self.revoked_at is None
