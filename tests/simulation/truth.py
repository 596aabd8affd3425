"""What really happens in the street, whatever anybody reports: roads, doors, people, and where everybody is."""

from dataclasses import dataclass, field
from math import ceil
from random import Random

from tests.fakes import FlatEarth
from transport.kernel.policy import Policy
from transport.kernel.values import Point

HOUR = 3600


@dataclass
class Person:
    """Somebody with an order there and back. `place` is where they are: a place, or None while riding in `car`.

    `comes`: whether they are at the door for the way there. `ready`: when they want to go home, if they call for it.
    """

    client_id: int
    name: str
    home: int
    target: int
    there: int
    back: int
    will_call: bool
    comes: bool = True
    place: int | None = None
    car: int | None = None
    out_since: float | None = None
    home_at: float | None = None
    called: bool = False
    rescued: str = ""
    """How they got home if not with us."""


@dataclass
class Roads:
    """How long everything really takes: the plan's own figures, spread by chance, slower in a jam."""

    points: dict[int, Point]
    policy: Policy
    chance: Random
    spread: float = 0.12
    jams: list[tuple[float, float, float, int | None]] = field(default_factory=list)
    """From, until, how many times slower, and for which car only."""

    def drive(self, origin: int, target: int, leaves: float, car: int) -> float:
        """Seconds from one place to another."""
        if origin == target:
            return 0.0
        legs = FlatEarth().legs([self.points[origin], self.points[target]])
        pace = self.policy.travel.hour_factors[int(leaves // HOUR) % 24]
        for begins, ends, factor, whose in self.jams:
            if begins <= leaves < ends and whose in (None, car):
                pace *= factor
        return ceil(float(legs.seconds[0, 1]) * pace * self.chance.lognormvariate(0, self.spread))

    def planned(self, origin: int, target: int) -> float:
        """Seconds as the driver guesses them: an empty road."""
        if origin == target:
            return 0.0
        return float(FlatEarth().legs([self.points[origin], self.points[target]]).seconds[0, 1])

    def help(self, planned: int) -> float:
        """Seconds at a door: help takes as long as people need."""
        return max(30.0, planned * self.chance.lognormvariate(0, 0.3))
