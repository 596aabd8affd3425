"""The life of a ride as a table: which move leads where, and who may make it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from transport.kernel.actor import Role


class Status(StrEnum):
    """The eight stored statuses; all other words are seen from the plan and the visits."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    ON_BOARD = "on_board"
    COMPLETED = "completed"
    NO_SHOW = "no_show"
    MISSED = "missed"


class Move(StrEnum):
    """What can be done to a ride."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    CANCEL = "cancel"
    BOARD = "board"
    ALIGHT = "alight"
    NO_SHOW = "no_show"
    MISS = "miss"
    NOT_BOARDED = "not_boarded"
    NOT_ALIGHTED = "not_alighted"


LIVE = frozenset({Status.REQUESTED, Status.CONFIRMED, Status.ON_BOARD})
"""A ride that is still to be kept."""

_CLIENT_SIDE = frozenset({Role.CLIENT, Role.REPRESENTATIVE, Role.OPERATOR, Role.DISPATCHER, Role.ADMIN})
_DISPATCH = frozenset({Role.DISPATCHER, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Step:
    """From where, to where, by whom."""

    start: frozenset[Status]
    end: Status
    by: frozenset[Role]


MOVES: dict[Move, Step] = {
    Move.CONFIRM: Step(frozenset({Status.REQUESTED}), Status.CONFIRMED, _DISPATCH | {Role.OPERATOR, Role.SYSTEM}),
    Move.DECLINE: Step(frozenset({Status.REQUESTED}), Status.DECLINED, _DISPATCH),
    Move.CANCEL: Step(frozenset({Status.REQUESTED, Status.CONFIRMED}), Status.CANCELLED, _CLIENT_SIDE | {Role.SYSTEM}),
    Move.BOARD: Step(frozenset({Status.CONFIRMED}), Status.ON_BOARD, _DISPATCH | {Role.DRIVER}),
    Move.ALIGHT: Step(frozenset({Status.ON_BOARD}), Status.COMPLETED, _DISPATCH | {Role.DRIVER}),
    Move.NO_SHOW: Step(frozenset({Status.CONFIRMED}), Status.NO_SHOW, _DISPATCH),
    Move.MISS: Step(frozenset({Status.CONFIRMED}), Status.MISSED, _DISPATCH | {Role.SYSTEM}),
    Move.NOT_BOARDED: Step(frozenset({Status.ON_BOARD}), Status.CONFIRMED, _DISPATCH | {Role.DRIVER}),
    Move.NOT_ALIGHTED: Step(frozenset({Status.COMPLETED}), Status.ON_BOARD, _DISPATCH | {Role.DRIVER}),
}

CORRECTIONS = frozenset({Move.NOT_BOARDED, Move.NOT_ALIGHTED})
"""What is no decision: whoever reported the opposite takes it back."""

DECLINE_REASONS = ("not_entitled", "unsafe", "wrong_data")
"""The only reasons for a dispatcher's no. Lack of room is not one: what was promised has its witness."""


def possible(status: Status, role: Role) -> list[Move]:
    """The moves this role may make now: the page asks which buttons to show."""
    return [move for move, step in MOVES.items() if status in step.start and role in step.by]
