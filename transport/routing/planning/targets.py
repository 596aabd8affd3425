"""Where a ride could go, as values: what is shown of a move, and what somebody chose of it. Pure."""

from dataclasses import dataclass

from transport.kernel.errors import Invalid
from transport.routing import engine
from transport.routing.planning.pricing import Price
from transport.routing.planning.wishes import Option


@dataclass(frozen=True, slots=True)
class Target:
    """A vehicle (by its shift) that could take the ride: the promise then, the planned times, the price.

    `stays`: the ride is there already and nothing changes. `stranger`: the client rides with a driver of choice, and
    it is another one. `request` and `plan` are what the move would make of the day.
    """

    shift: int
    option: Option
    within_promise: bool
    stranger: bool
    stays: bool
    pickup: int
    dropoff: int
    price: Price
    request: engine.Request
    plan: engine.Plan

    @property
    def needs_consent(self) -> bool:
        """Whether the client's side has to agree before anything is moved."""
        return self.stranger or not self.within_promise

    @property
    def key(self) -> str:
        """What a form calls this target: what was shown, so that another thing is never done."""
        shown = (self.shift, self.option.window.start, self.option.arrive_by, self.pickup, self.price.metres)
        return ".".join(map(str, shown))


@dataclass(frozen=True, slots=True)
class Impossible:
    """A vehicle that cannot take the ride near its time, and why: a word of the engine, `driver`, `out_of_service`."""

    shift: int
    reason: str


@dataclass(frozen=True, slots=True)
class Choices:
    """All vehicles: with a place within the promise by cost, then those with one at another time, the nearest first."""

    targets: tuple[Target, ...]
    impossible: tuple[Impossible, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a form chose: a target as it was shown (see `Target.key`), or a vehicle and perhaps a time, by hand."""

    shift: int
    pickup: int | None = None
    shown: tuple[int, ...] = ()

    @classmethod
    def read(cls, key: str) -> "Wanted":
        """The target with this key; Invalid("move.no_target") for anything else."""
        try:
            shown = tuple(map(int, key.split(".")))
        except ValueError:
            shown = ()
        if len(shown) != len(("shift", "start", "arrive_by", "pickup", "metres")):
            raise Invalid("move.no_target", field="target")
        return cls(shown[0], shown=shown)
