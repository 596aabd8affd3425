"""What is asked for and what can be answered: plain values of an order before it is one. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from transport.routing.planning import wishes


class Leg(StrEnum):
    """There, or back."""

    OUTBOUND = "outbound"
    RETURN = "return"


class KindOfPlace(StrEnum):
    """What a companion takes in the vehicle."""

    SEAT = "seat"
    WHEELCHAIR = "wheelchair"


@dataclass(frozen=True, slots=True)
class LegWish:
    """One direction as it was asked for; `will_call`: the wish says from when, the client calls when ready."""

    leg: Leg
    origin: int
    destination: int
    day: date
    wish: wishes.Wish
    will_call: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What one client asks for: one leg, or there and back as one decision. `key` is the form's one-time key.

    `solo`: nobody else on board, where that is sold. `needs_id`: needs of this order only, instead of the profile.
    `replaces`: the ride that this order is to take the place of.
    """

    key: str
    client_id: int
    legs: tuple[LegWish, ...]
    companions: tuple[KindOfPlace, ...] = ()
    solo: bool = False
    needs_id: int | None = None
    purpose: str = ""
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class Priced:
    """A window that could be promised, what it costs the client in haléře, the metres of the direct way."""

    option: wishes.Option
    price: int
    metres: int


class AlternativeKind(StrEnum):
    """In what an alternative differs from the wish."""

    TIME = "time"
    DAY = "day"
    ENTRANCE = "entrance"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another order that could be booked at once: all its legs as they would be, and one window for each of them."""

    kind: AlternativeKind
    legs: tuple[LegWish, ...]
    priced: tuple[Priced, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What we can promise for one leg. `denied`: nothing near the wish, for the (proven) `reason`.

    `changes`: the smallest ones proven to help; `alternatives`: for a denied leg, what could be booked instead.
    """

    wish: LegWish
    near: tuple[Priced, ...]
    far: tuple[Priced, ...]
    reason: str | None
    changes: tuple[wishes.Change, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    @property
    def denied(self) -> bool:
        """Nothing within the negotiation window: this is a Denial, whatever is taken instead."""
        return not self.near

    @property
    def shown(self) -> tuple[Priced, ...]:
        """What the client may choose from."""
        return self.near or self.far
