"""What a ride must provide for a client: places, time at the door, equipment, crew. Pure."""

from enum import StrEnum
from typing import Protocol, TypedDict

from transport.kernel.policy import Policy
from transport.kernel.values import Load


class Mobility(StrEnum):
    """How the client gets in. Who stays in a wheelchair, electric or reclining, rides in it; a scooter rides beside."""

    WALKS = "walks"
    CANE = "cane"
    WALKER = "walker"
    WHEELCHAIR_TRANSFER = "wheelchair_transfer"
    WHEELCHAIR_STAYS = "wheelchair_stays"
    ELECTRIC_WHEELCHAIR = "electric_wheelchair"
    RECLINING_WHEELCHAIR = "reclining_wheelchair"
    SCOOTER = "scooter"


class Assistance(StrEnum):
    """How far the crew helps, each kind including those before it; from `STAIRS` on it takes two people."""

    NONE = "none"
    VEHICLE = "vehicle"
    DOOR = "door"
    STAIRS = "stairs"
    ROOM = "room"


class Elbow(StrEnum):
    """Which elbow to offer to somebody who sees badly."""

    EITHER = "either"
    LEFT = "left"
    RIGHT = "right"


class Told(TypedDict, total=False):
    """What somebody tells of a client's needs; never a diagnosis. Sizes in centimetres, the opening in wall minutes."""

    mobility: Mobility
    chair_mass_kg: int | None
    chair_width_cm: int | None
    chair_length_cm: int | None
    chair_height_cm: int | None
    walker_rigid: bool
    stairs: bool
    assistance: Assistance
    blind: bool
    low_vision: bool
    elbow: Elbow
    deaf: bool
    speaks_hard: bool
    board: bool
    guide_dog: bool
    calm: bool
    never_alone: bool
    hand_over_to: str
    companions: int
    child_seat: bool
    oxygen: bool
    luggage: bool
    rides_alone: bool
    same_driver: bool
    door_opens: int | None
    note: str


class Profile(Protocol):
    """The part of recorded needs that decides about a ride (the `Needs` row is one)."""

    @property
    def mobility(self) -> Mobility:
        """How the client gets in."""

    @property
    def chair_mass_kg(self) -> int | None:
        """Mass of the chair with the person, if it has been weighed or told."""

    @property
    def stairs(self) -> bool:
        """Must be carried or taken over stairs."""

    @property
    def assistance(self) -> Assistance:
        """How far the crew helps."""

    @property
    def blind(self) -> bool:
        """Is guided from the door."""

    @property
    def calm(self) -> bool:
        """Needs calm and time."""

    @property
    def hand_over_to(self) -> str:
        """Person the client is handed over to; empty if nobody."""

    @property
    def never_alone(self) -> bool:
        """Is handed over at both ends."""

    @property
    def chair_width_cm(self) -> int | None:
        """Widest part of the chair, hands included."""

    @property
    def chair_length_cm(self) -> int | None:
        """Longest part of the chair, feet included."""

    @property
    def child_seat(self) -> bool:
        """Sits in a child seat."""

    @property
    def boarding_extra(self) -> int:
        """Minutes this person takes beyond the rules for getting in, or less; measured on rides."""

    @property
    def alighting_extra(self) -> int:
        """The same for getting out."""


LEAST_AT_DOOR = 60
"""Seconds: nobody is ever planned to be faster, whatever was measured."""

RAMP = "ramp"
SECOND_PERSON = "second_person"
LARGE_CHAIR = "large_chair"
CHILD_SEAT = "child_seat"

_IN_CHAIR = frozenset({Mobility.WHEELCHAIR_STAYS, Mobility.ELECTRIC_WHEELCHAIR, Mobility.RECLINING_WHEELCHAIR})
_ON_WHEELS = _IN_CHAIR | {Mobility.WHEELCHAIR_TRANSFER, Mobility.SCOOTER}
_TWO_PEOPLE = frozenset({Assistance.STAIRS, Assistance.ROOM})


def on_wheels(mobility: Mobility) -> bool:
    """Whether the client comes in a wheelchair or on a scooter."""
    return mobility in _ON_WHEELS


def rides_in_chair(needs: Profile) -> bool:
    """Whether the client takes a wheelchair place instead of a seat."""
    return needs.mobility in _IN_CHAIR


def load(needs: Profile, companions: int) -> Load:
    """Places the party takes: the client a seat or a wheelchair place, each companion a seat; a scooter stands on one.

    Who comes on a scooter moves to a seat, and the scooter takes the floor of a wheelchair.
    """
    return Load(seats=companions + (not rides_in_chair(needs)), wheelchairs=int(_takes_floor(needs)))


def chair_mass(needs: Profile) -> int:
    """Kilograms on the ramp: the chair with the person; 0 when no chair is loaded or its mass is unknown."""
    return (needs.chair_mass_kg or 0) if _takes_floor(needs) else 0


def features(needs: Profile, policy: Policy, steps: int = 0) -> frozenset[str]:
    """What vehicle and crew must have: `ramp` (or lift), `second_person`, `large_chair`, `child_seat`.

    `steps`: the most steps at either door; one person of the crew manages a few of them with a wheelchair.
    """
    limits = policy.assistance
    wanted = set()
    if _takes_floor(needs):
        wanted.add(RAMP)
        if (needs.chair_width_cm or 0) > limits.chair_width_cm or (needs.chair_length_cm or 0) > limits.chair_length_cm:
            wanted.add(LARGE_CHAIR)
    carried = needs.mobility in _ON_WHEELS and steps > limits.steps_alone
    if needs.stairs or carried or needs.assistance in _TWO_PEOPLE:
        wanted.add(SECOND_PERSON)
    if needs.child_seat:
        wanted.add(CHILD_SEAT)
    return frozenset(wanted)


def dwell(needs: Profile, policy: Policy, companions: int = 0, steps: int = 0) -> tuple[int, int]:
    """Seconds at the door for getting in and for getting out; never less for a heavier need.

    What was measured of a person and accepted comes on top.
    """
    table = policy.dwell
    base = {
        Mobility.WALKS: table.walking,
        Mobility.CANE: table.cane,
        Mobility.WALKER: table.walker,
        Mobility.WHEELCHAIR_TRANSFER: table.wheelchair_transfer,
        Mobility.WHEELCHAIR_STAYS: table.wheelchair,
        Mobility.ELECTRIC_WHEELCHAIR: table.electric_wheelchair,
        Mobility.RECLINING_WHEELCHAIR: table.electric_wheelchair,
        Mobility.SCOOTER: table.electric_wheelchair,
    }[needs.mobility]
    if SECOND_PERSON in features(needs, policy, steps):
        base = max(base, table.stairs)
    extra = table.blind * needs.blind + table.calm * needs.calm + table.companion * companions
    taken_over = table.hand_over * (needs.never_alone or bool(needs.hand_over_to))
    boarding = base + extra + table.hand_over * needs.never_alone + needs.boarding_extra * 60
    alighting = base + extra + taken_over + needs.alighting_extra * 60
    return max(boarding, LEAST_AT_DOOR), max(alighting, LEAST_AT_DOOR)


def _takes_floor(needs: Profile) -> bool:
    """Whether something on wheels goes up the ramp and stands on the floor during the ride."""
    return rides_in_chair(needs) or needs.mobility is Mobility.SCOOTER
