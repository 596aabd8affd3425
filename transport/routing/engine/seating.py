"""Who is in the vehicle together, and who sits where: the judge's own answer, and nobody else's.

The search asks whether a load fits by counting places (Hall's condition); here each rider is led to one, so that a
fault in either way of thinking shows as a difference between the two.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from transport.routing.engine.plan import PlannedRun, StopKind
from transport.routing.engine.problem import Layout, Request


def boardings(
    requests: Mapping[str, Request], already: Iterable[Request], run: PlannedRun
) -> Iterator[tuple[float, list[Request], Request]]:
    """Whenever somebody joins: the time, who is on board then, and the newcomer; those on board already join first."""
    aboard: list[Request] = []
    for rider in already:
        yield run.leaves, list(aboard), rider
        aboard.append(rider)
    for stop in run.stops:
        request = requests.get(str(stop.request))
        if stop.kind is StopKind.BREAK or request is None:
            continue
        if stop.kind is StopKind.PICKUP:
            yield stop.start, list(aboard), request
            aboard.append(request)
        else:
            aboard = [each for each in aboard if each.id != request.id]


def load(aboard: Iterable[Request]) -> Counter[str]:
    """How many riders of each kind these requests bring along."""
    total: Counter[str] = Counter()
    for request in aboard:
        total.update(request.riders)
    return total


def everybody_sits(riders: Mapping[str, int], layout: Layout) -> bool:
    """Does every rider find a place that holds the kind? One after the other takes a place, others move up."""
    sitting: list[Counter[str]] = [Counter() for _ in layout.places]
    return all(_sits(kind, layout, sitting, set()) for kind, count in riders.items() for _ in range(count))


def _sits(kind: str, layout: Layout, sitting: list[Counter[str]], asked: set[int]) -> bool:
    """Seat one more rider in some row of places that holds the kind: a free one, or one that a rider can leave."""
    for row, places in enumerate(layout.places):
        if kind not in places.holds or row in asked:
            continue
        asked.add(row)
        if sitting[row].total() < places.count:
            sitting[row][kind] += 1
            return True
        for other in [each for each, count in sitting[row].items() if count]:
            if _sits(other, layout, sitting, asked):
                sitting[row][other] -= 1
                sitting[row][kind] += 1
                return True
    return False
