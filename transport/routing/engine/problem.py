"""Everything the planner may know about one service day.

Numbers are unit-free float64: any unit of time and of distance will do if it is used throughout. The service
passes whole seconds since the start of the service day, metres and kilograms. Windows include both ends.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from itertools import pairwise
from math import inf, isfinite

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


SEATED, WHEELCHAIR = "seated", "wheelchair"
"""The kinds of rider the service carries; the engine takes any names."""
MOST_KINDS = 8  # every group of them is looked at once


@dataclass(frozen=True, slots=True)
class Places:
    """`count` places, each of which holds one rider of any kind in `holds`."""

    count: int
    holds: frozenset[str]


@dataclass(frozen=True, slots=True)
class Layout:
    """One way to fit out a vehicle. A run keeps one layout from the first stop to the last.

    Who sits where may change at every stop: a load fits when every rider finds a place that holds the kind.
    """

    places: tuple[Places, ...]
    max_chair_mass: float = inf

    @classmethod
    def of(cls, seats: int, wheelchairs: int, max_chair_mass: float = inf, *, either: int = 0) -> "Layout":
        """Seats, wheelchair places, and places that serve as `either`."""
        kinds = ((seats, {SEATED}), (wheelchairs, {WHEELCHAIR}), (either, {SEATED, WHEELCHAIR}))
        return cls(tuple(Places(count, frozenset(holds)) for count, holds in kinds if count), max_chair_mass)


@dataclass(frozen=True, slots=True)
class Rest:
    """A driver's rest: counted from leaving the depot, and again from the end of every complete rest, the `parts`
    lie whole and in order within the next `max_work` of duty time, unless the run has returned by then.

    Nobody is on board during a part, and no part comes before the first ride stop or after the last. Without parts
    nobody can rest, and `max_work` is the longest run.
    """

    max_work: float
    parts: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """One vehicle with its driver: it may leave location `start` at `earliest` and is back at `end` by `latest`.

    A duty under way starts where and when it next becomes free; `worked` is then the time since it left its depot
    or ended its last complete rest.
    """

    id: str
    start: int
    end: int
    earliest: float
    latest: float
    layouts: tuple[Layout, ...]
    features: frozenset[str] = frozenset()
    rest: Rest | None = None
    worked: float = 0.0


@dataclass(frozen=True, slots=True)
class Request:
    """One ride of one rider or several. The ride time, at most `max_ride`, runs from leaving the pickup to the
    start of alighting.

    `riders` counts people by kind of place; `chair_mass` is the heaviest chair with its rider. A vehicle needs all
    of `features` and none of `forbidden`; with `solo` nobody of another request is on board. `required` marks a
    promise, which every plan contains; others are served by `weight` while there is room. `duty` pins the ride to
    one duty; another duty than those in `prefers` costs `Costs.stranger`. `aboard_since` marks riders who are in
    the vehicle of `duty` already and left their pickup then: only the drop-off is planned.
    """

    id: str
    pickup: int
    dropoff: int
    pickup_window: tuple[float, float]
    dropoff_window: tuple[float, float]
    pickup_service: float
    dropoff_service: float
    max_ride: float
    riders: Mapping[str, int]
    chair_mass: float = 0
    features: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    solo: bool = False
    required: bool = True
    weight: float = 1
    duty: str | None = None
    prefers: frozenset[str] = frozenset()
    aboard_since: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Traffic by time of day: from `starts[k]` one unit of free-flow driving takes `factors[k]` units of time.

    The first factor also holds before the first start, the last for ever. A drive that crosses a boundary
    changes its pace there, so who leaves later never arrives earlier.
    """

    starts: tuple[float, ...] = (0.0,)
    factors: tuple[float, ...] = (1.0,)


@dataclass(frozen=True, slots=True)
class Costs:
    """What we prefer, in one unit: a price per unit of distance driven, of time from leaving to returning, of
    riders' time on board beyond the direct free-flow drive, of a ride with another driver than the preferred, and
    per unit of time that a stop starts less than `margin`, stretched like the traffic, before its window closes.
    """

    distance: float = 1.0
    time: float = 0.0
    excess_ride: float = 0.0
    stranger: float = 0.0
    tight: float = 0.0
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """The day. `durations` and `distances` are locations by locations; requests and duties point into them.

    With `grain` above 0 every arrival is rounded up to a multiple of it. Durations should obey the triangle
    inequality; where they do not, the search may overlook a place, but never accepts a wrong one.
    Raises ValueError for contradictory input.
    """

    requests: tuple[Request, ...]
    duties: tuple[Duty, ...]
    durations: Matrix
    distances: Matrix
    pace: Pace = field(default_factory=Pace)
    costs: Costs = field(default_factory=Costs)
    grain: float = 0.0

    def __post_init__(self) -> None:
        """Refuse contradictory input; keep the matrices as float64."""
        for name in ("durations", "distances"):
            matrix = np.require(getattr(self, name), np.float64, ["C", "W"])
            object.__setattr__(self, name, matrix)
            if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or matrix.shape != self.durations.shape:
                raise ValueError(f"{name} must be square and of one size, not {matrix.shape}")
            if not np.isfinite(matrix).all() or (matrix < 0).any():
                raise ValueError(f"{name} must be finite and not negative")
            if matrix.diagonal().any():
                raise ValueError(f"{name} must be 0 from a location to itself")
        _check_pace(self.pace)
        kinds = {kind for request in self.requests for kind in request.riders}
        kinds |= {kind for d in self.duties for x in d.layouts for places in x.places for kind in places.holds}
        if len(kinds) > MOST_KINDS:
            raise ValueError(f"{len(kinds)} kinds of rider are too many, {MOST_KINDS} the most")
        if not 0 <= self.grain < inf or not all(0 <= price < inf for price in astuple(self.costs)):
            raise ValueError("grain and costs must be finite and not negative")
        _check_unique("duty", [duty.id for duty in self.duties])
        _check_unique("request", [request.id for request in self.requests])
        for duty in self.duties:
            check_duty(duty, len(self.durations))
        for request in self.requests:
            check_request(request, self)


def check_request(request: Request, problem: Problem) -> None:
    """ValueError when the request cannot belong to this problem."""
    label = f"request {request.id}"
    _check_locations(label, len(problem.durations), request.pickup, request.dropoff)
    for window in (request.pickup_window, request.dropoff_window):
        if not all(map(isfinite, window)) or window[0] > window[1]:
            raise ValueError(f"{label} has an impossible window {window}")
    amounts = (
        request.pickup_service,
        request.dropoff_service,
        request.max_ride,
        request.chair_mass,
        request.weight,
        *request.riders.values(),
    )
    if not all(amount >= 0 for amount in amounts):
        raise ValueError(f"{label} has a negative time, load or weight")
    if not all(map(isfinite, (request.pickup_service, request.dropoff_service, request.weight))):
        raise ValueError(f"{label} has an endless service or weight")
    if not any(request.riders.values()):
        raise ValueError(f"{label} carries nobody")
    if request.duty is not None and all(duty.id != request.duty for duty in problem.duties):
        raise ValueError(f"{label} is pinned to the unknown duty {request.duty}")
    if request.aboard_since is not None and not (isfinite(request.aboard_since) and request.duty is not None):
        raise ValueError(f"{label} is on board, but of no duty or since no time")


def check_duty(duty: Duty, locations: int) -> None:
    """ValueError when the duty is contradictory."""
    label = f"duty {duty.id}"
    _check_locations(label, locations, duty.start, duty.end)
    if not (isfinite(duty.earliest) and isfinite(duty.latest) and duty.earliest <= duty.latest):
        raise ValueError(f"{label} has impossible hours {duty.earliest} to {duty.latest}")
    if not 1 <= len(duty.layouts) <= 16:
        raise ValueError(f"{label} needs between 1 and 16 layouts")
    if any(not layout.max_chair_mass >= 0 or any(p.count < 0 for p in layout.places) for layout in duty.layouts):
        raise ValueError(f"{label} has a layout with a negative figure")
    if not 0 <= duty.worked < inf:
        raise ValueError(f"{label} has worked for {duty.worked}")
    rest = duty.rest
    if rest and (min(rest.parts, default=1) <= 0 or not sum(rest.parts) < rest.max_work < inf):
        raise ValueError(f"{label} has a rest that does not fit into its own longest work")


def _check_pace(pace: Pace) -> None:
    if not pace.starts or len(pace.starts) != len(pace.factors):
        raise ValueError("pace needs one factor for every start")
    if any(a >= b for a, b in pairwise(pace.starts)):
        raise ValueError("pace starts must rise")
    if not all(0 < factor < inf for factor in pace.factors):
        raise ValueError("pace factors must be positive")


def _check_unique(kind: str, ids: list[str]) -> None:
    twice = {each for each in ids if ids.count(each) > 1} if len(set(ids)) < len(ids) else set()
    if twice:
        raise ValueError(f"{kind} ids appear twice: {', '.join(sorted(twice))}")


def _check_locations(label: str, count: int, *locations: int) -> None:
    if not all(0 <= location < count for location in locations):
        raise ValueError(f"{label} points to a location outside the matrix")
