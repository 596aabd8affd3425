"""What the driver is told at a door, as codes: what keeps the client safe comes first; and what is said back. Pure."""

from collections.abc import Collection
from typing import Protocol

from transport.booking.clients import needs as demands
from transport.booking.clients.needs import Assistance, Elbow, Mobility, Profile
from transport.kernel.errors import NotFound
from transport.routing.planning.models import VisitAction

WALKING_AIDS = {
    Mobility.CANE: "cane",
    Mobility.WALKER: "walker",
    Mobility.WHEELCHAIR_TRANSFER: "transfer",
    Mobility.SCOOTER: "scooter",
}
HELP = {
    Assistance.VEHICLE: "help_vehicle",
    Assistance.DOOR: "help_door",
    Assistance.STAIRS: "help_door",
    Assistance.ROOM: "help_room",
}


class Told(Profile, Protocol):
    """Needs with what matters to the driver alone (the `Needs` row is one)."""

    @property
    def deaf(self) -> bool:
        """Cannot be called, has to be shown."""

    @property
    def guide_dog(self) -> bool:
        """Travels with a guide or assistance dog."""

    @property
    def low_vision(self) -> bool:
        """Sees little."""

    @property
    def speaks_hard(self) -> bool:
        """Finds it hard to speak."""

    @property
    def oxygen(self) -> bool:
        """Travels with oxygen."""

    @property
    def chair_height_cm(self) -> int | None:
        """From the floor to the top of the head."""

    @property
    def walker_rigid(self) -> bool:
        """The walking frame does not fold."""

    @property
    def elbow(self) -> Elbow:
        """Which elbow to offer."""

    @property
    def board(self) -> bool:
        """Speaks by pointing at a communication board."""

    @property
    def luggage(self) -> bool:
        """Shopping or luggage to be carried."""


def getting_on(needs: Told, features: Collection[str]) -> tuple[str, ...]:
    """What to do where the client is picked up, the most dangerous to forget first; `features` of the promise."""
    chair = demands.rides_in_chair(needs)
    found = [
        ("chair_anchor", chair),
        ("chair_motor", needs.mobility is Mobility.ELECTRIC_WHEELCHAIR),
        ("chair_reclined", needs.mobility is Mobility.RECLINING_WHEELCHAIR),
        ("chair_weight", chair and needs.chair_mass_kg is None),
        ("two_people", demands.SECOND_PERSON in features),
        ("child_seat", needs.child_seat),
        ("oxygen", needs.oxygen),
        ("blind_on", needs.blind),
        ("low_vision", needs.low_vision and not needs.blind),
        (f"elbow_{needs.elbow.value}", _is_led(needs)),
        ("deaf", needs.deaf),
        ("speaks_hard", needs.speaks_hard),
        ("board", needs.board),
        ("calm", needs.calm),
        ("dog", needs.guide_dog),
        (_walking_aid(needs), needs.mobility in WALKING_AIDS),
        ("chair_size", chair and any((needs.chair_width_cm, needs.chair_length_cm, needs.chair_height_cm))),
        (HELP.get(needs.assistance, ""), needs.assistance in HELP),
        ("luggage", needs.luggage),
    ]
    return tuple(code for code, wanted in found if wanted)


def getting_off(needs: Told, features: Collection[str]) -> tuple[str, ...]:
    """What to do where the client gets off; nobody who is to be handed over is left alone."""
    found = [
        ("hand_over", bool(needs.hand_over_to)),
        ("never_alone", needs.never_alone and not needs.hand_over_to),
        ("two_people", demands.SECOND_PERSON in features),
        ("chair_release", demands.rides_in_chair(needs)),
        ("blind_off", needs.blind),
        ("low_vision", needs.low_vision and not needs.blind),
        (f"elbow_{needs.elbow.value}", _is_led(needs)),
        ("deaf", needs.deaf),
        ("calm", needs.calm),
        (_walking_aid(needs), needs.mobility in WALKING_AIDS),
        (HELP.get(needs.assistance, ""), needs.assistance in HELP),
        ("luggage", needs.luggage),
    ]
    return tuple(code for code, wanted in found if wanted)


def _is_led(needs: Told) -> bool:
    return (needs.blind or needs.low_vision) and needs.elbow is not Elbow.EITHER


def _walking_aid(needs: Told) -> str:
    if needs.mobility is Mobility.WALKER and needs.walker_rigid:
        return "walker_rigid"
    return WALKING_AIDS.get(needs.mobility, "")


def understood(word: str) -> VisitAction:
    """The report of a driver by its word; NotFound("stop") for a word that means nothing at a stop."""
    if word not in set(VisitAction):
        raise NotFound("stop")
    return VisitAction(word)
