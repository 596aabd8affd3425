"""What we remember of clients and their representatives. A ride points to one version of the needs."""

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel, UniqueConstraint

from transport.booking.clients.eligibility import Ground
from transport.booking.clients.needs import Assistance, Elbow, Mobility
from transport.booking.clients.speaking import MessageChannel
from transport.kernel.db import UtcDateTime, one_of

__all__ = [
    "Assistance",
    "CallBack",
    "CallReason",
    "CallResult",
    "Client",
    "ClientPlace",
    "ContactPreferences",
    "Deputy",
    "Elbow",
    "Eligibility",
    "Ground",
    "Incompatibility",
    "Mandate",
    "MandateKind",
    "Membership",
    "MessageChannel",
    "Mobility",
    "Needs",
    "Organisation",
    "OrganisationKind",
    "Power",
    "Registration",
    "RegistrationDecision",
    "RegistrationTry",
    "Suspension",
]


class Power(StrEnum):
    """What a representative may do: look, write orders down, decide on them, cancel, change the profile, complain."""

    SEE = "see"
    PREPARE = "prepare"
    BOOK = "book"
    CANCEL = "cancel"
    MANAGE = "manage"
    COMPLAIN = "complain"


class MandateKind(StrEnum):
    """The legal form of acting for somebody (Civil Code sections 45 to 66, 441, 892).

    A supporter advises and does not decide; only beside a guardian of limited capacity may a client be unable to act.
    """

    PARENT = "parent"
    POWER_OF_ATTORNEY = "power_of_attorney"
    HOUSEHOLD_MEMBER = "household_member"
    GUARDIAN = "guardian"
    GUARDIAN_LIMITED = "guardian_limited"
    SUPPORTER = "supporter"


class OrganisationKind(StrEnum):
    """Who acts for clients as a body: a day centre or home, or a department of the city under powers of attorney."""

    CARE = "care"
    DEPARTMENT = "department"


class CallReason(StrEnum):
    """What somebody is to be telephoned about."""

    ORDER = "order"
    RIDE = "ride"
    WAITING = "waiting"
    REGISTRATION = "registration"
    CARD = "card"
    MANDATE = "mandate"
    LETTER = "letter"
    HELP = "help"
    OTHER = "other"


class CallResult(StrEnum):
    """How the last call ended; after `NOT_REACHED` there is another one."""

    SETTLED = "settled"
    NOT_REACHED = "not_reached"
    UNWANTED = "unwanted"
    WRONG_NUMBER = "wrong_number"
    GIVEN_UP = "given_up"


class RegistrationDecision(StrEnum):
    """What our staff decided about a registration; one that was `ASKED` back about still waits."""

    VERIFIED = "verified"
    ASKED = "asked"
    NOT_ENTITLED = "not_entitled"


class Client(SQLModel, table=True):
    """A person we carry. `code` is read out over the phone; `search_name` has no diacritics, and `sounds_like` is the
    same in whatever alphabet the name is written.

    `number` is what the client is called in a list that was brought in. `contact_phone` is whom to call when the
    client does not answer.
    """

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=12)
    number: str | None = Field(default=None, unique=True, max_length=40)
    user_id: int | None = Field(default=None, foreign_key="user.id", unique=True)
    first_name: str = Field(max_length=80)
    last_name: str = Field(max_length=80)
    search_name: str = Field(index=True, max_length=170)
    sounds_like: str = Field(default="", max_length=340)
    born: date
    phone: str = Field(default="", index=True, max_length=20)
    contact_name: str = Field(default="", max_length=100)
    contact_phone: str = Field(default="", index=True, max_length=20)
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
    """A place the client goes to often, with how to find the door and the number of steps to it.

    `bell` is the name on the bell, `floor` the storey (0 is the ground floor), `lift` None: nobody has said.
    """

    __tablename__ = "client_place"
    __table_args__ = (UniqueConstraint("client_id", "label"),)

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    place_id: int = Field(foreign_key="place.id", index=True)
    label: str = Field(max_length=60)
    bell: str = Field(default="", max_length=60)
    floor: int | None = None
    lift: bool | None = None
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
    recorded_on: date


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
    chair_width_cm: int | None = None
    chair_length_cm: int | None = None
    chair_height_cm: int | None = None
    """From the floor to the top of the head."""
    walker_rigid: bool = False
    """The walking frame does not fold."""
    child_seat: bool = False
    oxygen: bool = False
    low_vision: bool = False
    elbow: Elbow = Field(default=Elbow.EITHER, sa_type=one_of(Elbow))
    speaks_hard: bool = False
    board: bool = False
    """Speaks by pointing at a communication board."""
    luggage: bool = False
    """Shopping or luggage that the driver carries."""
    never_alone: bool = False
    """Must not be left without somebody who takes over, at either end."""
    rides_alone: bool = False
    """Nobody else on board: recorded by staff, as it costs other people their places."""
    same_driver: bool = False
    door_opens: int | None = None
    """Minutes of the wall clock before which nobody lets the client in at the destination."""
    boarding_extra: int = 0
    """Minutes added to what the rules give for getting in; measured on rides, and accepted by a person."""
    alighting_extra: int = 0
    """The same for getting out."""
    one_off: bool = False
    """For one ride only: the profile goes on as it was."""
    note: str = Field(default="", max_length=160)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class ContactPreferences(SQLModel, table=True):
    """How to speak with a client; without a row the best way their contacts allow (`preferences.of`).

    `optional`: also messages nobody needs to get, such as a question for an opinion; `day_before`, `near` and `arrived`
    are reminders that may be unwanted one by one. `no_calls`: write, never call.
    """

    __tablename__ = "contact_preferences"

    client_id: int = Field(primary_key=True, foreign_key="client.id")
    channel: MessageChannel = Field(sa_type=one_of(MessageChannel))
    optional: bool = True
    diacritics: bool = False
    """Texts with Czech accents: twice as long, but a telephone reads them out rightly."""
    no_calls: bool = False
    slowly: bool = False
    to_representative: bool = False
    """Call the contact person first."""
    day_before: bool = True
    near: bool = True
    arrived: bool = True
    representatives: bool = False
    """Representatives read along, not only those who ordered the ride."""
    delivered: bool = False
    """Representatives are told when the client has got there."""
    letters: bool = False
    """What can wait comes by letter."""


class Registration(SQLModel, table=True):
    """A registration being written on some browser; once sent, what our staff still has to do with it.

    `key_hash` is the SHA-256 of the secret in the browser's cookie. Sent, it points to the client and keeps of the
    `answers` only what is recorded nowhere else.
    """

    id: int | None = Field(default=None, primary_key=True)
    key_hash: str = Field(unique=True, max_length=64)
    person: str | None = Field(default=None, unique=True, max_length=64)
    """SHA-256 of name and birth, once sent: the same person cannot be sent from two browsers at once."""
    answers: str = "{}"
    client_id: int | None = Field(default=None, foreign_key="client.id", unique=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decision: RegistrationDecision | None = Field(default=None, sa_type=one_of(RegistrationDecision))
    decision_note: str = Field(default="", max_length=300)
    """Why the person is not entitled, or what we asked for."""
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: int | None = Field(default=None, foreign_key="user.id")


class CallBack(SQLModel, table=True):
    """Somebody whom we promised to telephone, from `due_at` on.

    `name` and `language` are of whoever answers the telephone; `client_id` only if it is about a client. `source`
    names what it comes from (`complaint:12`), so that nobody is called twice for the same. `taken_by`: who calls now.
    """

    __tablename__ = "call_back"

    id: int | None = Field(default=None, primary_key=True)
    client_id: int | None = Field(default=None, foreign_key="client.id", index=True)
    name: str = Field(default="", max_length=170)
    phone: str = Field(default="", max_length=20)
    language: str = Field(default="cs", max_length=8)
    reason: CallReason = Field(sa_type=one_of(CallReason))
    note: str = Field(default="", max_length=300)
    source: str | None = Field(default=None, unique=True, max_length=60)
    due_at: datetime = Field(sa_type=UtcDateTime, index=True)
    asked_at: datetime = Field(sa_type=UtcDateTime)
    asked_by: int | None = Field(default=None, foreign_key="user.id")
    taken_by: int | None = Field(default=None, foreign_key="user.id")
    taken_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    attempts: int = 0
    result: CallResult | None = Field(default=None, sa_type=one_of(CallResult))
    done_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)


class RegistrationTry(SQLModel, table=True):
    """Somebody asked whether we know a person: counted per network address, so that asking for many gets slow."""

    __tablename__ = "registration_try"

    id: int | None = Field(default=None, primary_key=True)
    origin: str = Field(index=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class Organisation(SQLModel, table=True):
    """A body that acts for clients; its members see those who gave it a mandate, and nobody else."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=120)
    kind: OrganisationKind = Field(sa_type=one_of(OrganisationKind))


class Membership(SQLModel, table=True):
    """A user works for an organisation, from–until (both days included)."""

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    valid_from: date
    valid_until: date | None = None


class Deputy(SQLModel, table=True):
    """A colleague takes over everybody a user acts for as a member of their organisation, for some days."""

    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="user.id", index=True)
    deputy_id: int = Field(foreign_key="user.id", index=True)
    valid_from: date
    valid_until: date


class Mandate(SQLModel, table=True):
    """Somebody may act for a client, from–until (both days included), unless revoked.

    `user_id` alone: that person. `organisation_id` alone: every member. Both: the member in charge (caseload).
    `scope` are powers parted by spaces. `joint`: two joint representatives decide together. `exclusive`: the client
    cannot act alone in this scope. `invited_contact`: offered to whoever logs in by it; without a `user_id` nobody has
    accepted yet, and it allows nothing.
    """

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    user_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    invited_contact: str = Field(default="", index=True, max_length=200)
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    kind: MandateKind = Field(sa_type=one_of(MandateKind))
    scope: str
    joint: bool = False
    exclusive: bool = False
    evidence: str = Field(default="", max_length=160)
    """The document: what, of which day, kept where. Never a diagnosis or a copy."""
    valid_from: date
    valid_until: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)

    @property
    def powers(self) -> frozenset[Power]:
        """What this mandate allows while it is in force."""
        return frozenset(Power(power) for power in self.scope.split())

    def in_force(self, day: date) -> bool:
        """Whether it may be used on the day."""
        begun = self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
        return begun and self.revoked_at is None


class Suspension(SQLModel, table=True):
    """The city suspended a client for some days, after a hearing; no ride may be ordered for them."""

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    valid_from: date
    valid_until: date
    reason: str = Field(max_length=300)
    decided_by: int = Field(foreign_key="user.id")
    decided_at: datetime = Field(sa_type=UtcDateTime)
    lifted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Incompatibility(SQLModel, table=True):
    """Two clients never ride together, or a driver never drives a client; the reason only staff see."""

    id: int | None = Field(default=None, primary_key=True)
    client_id: int = Field(foreign_key="client.id", index=True)
    other_client_id: int | None = Field(default=None, foreign_key="client.id", index=True)
    driver_id: int | None = Field(default=None, foreign_key="driver.id", index=True)
    reason: str = Field(max_length=300)
    recorded_by: int | None = Field(default=None, foreign_key="user.id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
