"""Two plans of one day beside each other, in words and figures. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from transport.routing import engine
from transport.routing.planning import runs

NOTICED = 60
"""A planned time that differs by less is the same to people."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A ride with another vehicle or another planned time; None where it has none. Seconds of the day."""

    ride: str
    was_duty: str | None
    now_duty: str | None
    was: int | None
    now: int | None


@dataclass(frozen=True, slots=True)
class Lane:
    """What a duty does: how many rides, how far, how long; and which rides, in order, with their planned pickup."""

    rides: int
    metres: int
    seconds: int
    stops: tuple[tuple[str, int], ...]


IDLE = Lane(0, 0, 0, ())


@dataclass(frozen=True, slots=True)
class Difference:
    """What one plan does otherwise than another: rides, and by duty the lane before and after where it differs."""

    moved: tuple[Moved, ...]
    lanes: dict[str, tuple[Lane, Lane]]


def difference(
    before: tuple[engine.Problem, engine.Plan],
    after: tuple[engine.Problem, engine.Plan],
) -> Difference:
    """What `after` does otherwise; both are plans of one day by problems with the same locations."""
    was, now = _pickups(before[1]), _pickups(after[1])
    moved = []
    for ride in sorted(was.keys() | now.keys(), key=lambda each: (was.get(each) or now[each])[1]):
        old, new = was.get(ride), now.get(ride)
        if old is None or new is None or old[0] != new[0] or abs(old[1] - new[1]) >= NOTICED:
            moved.append(
                Moved(
                    ride,
                    was_duty=old[0] if old else None,
                    now_duty=new[0] if new else None,
                    was=old[1] if old else None,
                    now=new[1] if new else None,
                )
            )
    old_lanes, new_lanes = lanes(*before), lanes(*after)
    both = {
        duty: (old_lanes.get(duty, IDLE), new_lanes.get(duty, IDLE)) for duty in old_lanes.keys() | new_lanes.keys()
    }
    return Difference(tuple(moved), {duty: both[duty] for duty in sorted(both) if both[duty][0] != both[duty][1]})


def lanes(problem: engine.Problem, plan: engine.Plan) -> dict[str, Lane]:
    """What each duty does."""
    return {
        run.duty: Lane(
            rides=sum(1 for stop in run.stops if stop.kind is engine.StopKind.DROPOFF),
            metres=runs.metres(problem, run),
            seconds=round(run.returns - run.leaves),
            stops=tuple(
                (stop.request, round(stop.start))
                for stop in run.stops
                if stop.request and stop.kind is engine.StopKind.PICKUP
            ),
        )
        for run in plan.runs
    }


def _pickups(plan: engine.Plan) -> Mapping[str, tuple[str, int]]:
    return {
        stop.request: (run.duty, round(stop.start))
        for run in plan.runs
        for stop in run.stops
        if stop.request and stop.kind is engine.StopKind.PICKUP
    }
