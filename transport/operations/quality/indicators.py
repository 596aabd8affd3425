"""What the city gets for its money, as figures: bought and used, promised and kept, denied and why. Pure.

A **wish** is one leg that somebody asked for within the rules. It became a ride (a promise was made) or was denied;
a denial whose client took another time counts as both. Minutes, metres and counts are integers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

HIDDEN = None
"""Stands in a public figure for a count so small that it might point to a person."""


@dataclass(frozen=True, slots=True)
class Count:
    """One line of a breakdown: `key` is an hour (`07`), a reason or a need; `count` None is hidden."""

    key: str
    count: int | None


@dataclass(frozen=True, slots=True)
class CapacityUse:
    """One period of a contract in its unit (minutes, metres, rides or persons)."""

    contract: str
    unit: str
    period: str
    bought: int
    reserved: int
    consumed: int
    free: int


@dataclass(frozen=True, slots=True)
class DeniedWish:
    """A denial as far as figures are concerned: the hour on the wall, why, with a wheelchair, taken all the same."""

    hour: int
    reason: str
    wheelchair: bool
    taken: bool


@dataclass(frozen=True, slots=True)
class PlannedRide:
    """Where a ride lies in the live plan: in which run, from the departure at one door to the start at the other."""

    run: int
    on_board: int
    off_board: int


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """How long and how far one vehicle is out: seconds and metres."""

    seconds: int
    metres: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The contract manager's page for a span of days, both included."""

    start: date
    until: date
    capacity: tuple[CapacityUse, ...]
    wishes: int | None
    """Legs asked for: those promised and those denied without another time being taken."""
    promised: int | None
    """Legs for which a promise was made, whatever became of them."""
    rides: tuple[Count, ...]
    """The promised legs by status, all eight, in the order of a ride's life."""
    cancellations: tuple[Count, ...]
    """The cancelled legs among them by whose doing it was: `client` and `service`."""
    denied: int | None
    denied_taken: int | None
    """Denials whose client took another time."""
    denials_by_hour: tuple[Count, ...]
    denials_by_reason: tuple[Count, ...]
    denials_by_need: tuple[Count, ...]
    """`wheelchair` and `seat`."""
    denial_rate: float | None
    """Denials per wish, from 0 to 1; None if nobody wished or a count is hidden."""
    vehicle_minutes: int
    """From leaving the depot to being back, all runs of the live plans."""
    metres: int
    shared_share: float | None
    """Part of the planned rides on which somebody else is on board for a while; None without any."""

    @property
    def km(self) -> float:
        """Planned kilometres, to a tenth."""
        return round(self.metres / 1000, 1)


def of(
    start: date,
    until: date,
    *,
    capacity: Iterable[CapacityUse],
    statuses: Mapping[str, int],
    cancelled_by_service: int = 0,
    denials: Sequence[DeniedWish],
    planned: Sequence[PlannedRide],
    runs: Sequence[PlannedRun],
) -> Figures:
    """Add it all up; `statuses` has a line for each status, also those with nobody in it."""
    promised = sum(statuses.values())
    by_client = statuses.get("cancelled", 0) - cancelled_by_service
    taken = sum(denial.taken for denial in denials)
    wishes = promised + len(denials) - taken
    needs = Counter("wheelchair" if denial.wheelchair else "seat" for denial in denials)
    return Figures(
        start=start,
        until=until,
        capacity=tuple(capacity),
        wishes=wishes,
        promised=promised,
        rides=tuple(Count(status, count) for status, count in statuses.items()),
        cancellations=(Count("client", by_client), Count("service", cancelled_by_service)),
        denied=len(denials),
        denied_taken=taken,
        denials_by_hour=_sorted(Counter(f"{denial.hour:02}" for denial in denials)),
        denials_by_reason=_sorted(Counter(denial.reason for denial in denials)),
        denials_by_need=(Count("wheelchair", needs["wheelchair"]), Count("seat", needs["seat"])),
        denial_rate=round(len(denials) / wishes, 4) if wishes else None,
        vehicle_minutes=sum(run.seconds for run in runs) // 60,
        metres=sum(run.metres for run in runs),
        shared_share=_shared_share(planned),
    )


def for_public(figures: Figures, below: int) -> Figures:
    """The same figures with counts of persons from 1 to `below` - 1 hidden, and whatever would give them away.

    In a breakdown with a single hidden line the smallest other one is hidden too, as the total tells the rest.
    """
    denied, taken = _hidden(figures.denied, below), _hidden(figures.denied_taken, below)
    told = denied is not HIDDEN and taken is not HIDDEN
    return replace(
        figures,
        rides=_covered(figures.rides, below),
        cancellations=_covered(figures.cancellations, below),
        promised=_hidden(figures.promised, below),
        wishes=_hidden(figures.wishes, below) if told else HIDDEN,
        denied=denied,
        denied_taken=taken,
        denials_by_hour=_covered(figures.denials_by_hour, below),
        denials_by_reason=_covered(figures.denials_by_reason, below),
        denials_by_need=_covered(figures.denials_by_need, below),
        denial_rate=figures.denial_rate if told else HIDDEN,
    )


BREAKDOWNS = ("rides", "cancellations", "denials_by_hour", "denials_by_reason", "denials_by_need")

Row = tuple[str, str, str, int | float | str | None]
"""One line of an export: section, key, unit, value (None: hidden)."""


def rows(figures: Figures) -> list[Row]:
    """The figures as lines for a spreadsheet."""
    found: list[Row] = [
        ("span", "start", "date", figures.start.isoformat()),
        ("span", "until", "date", figures.until.isoformat()),
    ]
    found += [
        (f"capacity {use.contract} {use.period}", key, use.unit, getattr(use, key))
        for use in figures.capacity
        for key in ("bought", "reserved", "consumed", "free")
    ]
    found += [
        ("wishes", key, "legs", getattr(figures, key)) for key in ("wishes", "promised", "denied", "denied_taken")
    ]
    for section in BREAKDOWNS:
        found += [(section, line.key, "legs", line.count) for line in getattr(figures, section)]
    found += [
        ("wishes", "denial_rate", "ratio", figures.denial_rate),
        ("plan", "vehicle_minutes", "minutes", figures.vehicle_minutes),
        ("plan", "km", "km", figures.km),
        ("plan", "shared_share", "ratio", figures.shared_share),
    ]
    return found


def as_json(figures: Figures) -> dict[str, object]:
    """The figures as plain values; days as `2026-11-22`, a breakdown as an object."""
    found: dict[str, object] = {
        **asdict(figures),
        "start": figures.start.isoformat(),
        "until": figures.until.isoformat(),
    }
    for section in BREAKDOWNS:
        found[section] = {line.key: line.count for line in getattr(figures, section)}
    found["km"] = figures.km
    return found


def _sorted(counts: Counter[str]) -> tuple[Count, ...]:
    return tuple(Count(key, counts[key]) for key in sorted(counts))


def _shared_share(planned: Sequence[PlannedRide]) -> float | None:
    together: dict[int, list[PlannedRide]] = {}
    for ride in planned:
        together.setdefault(ride.run, []).append(ride)
    shared = sum(_shared(ride, rides) for rides in together.values() for ride in rides)
    return round(shared / len(planned), 4) if planned else None


def _shared(ride: PlannedRide, same_run: Sequence[PlannedRide]) -> bool:
    return any(
        other is not ride and other.on_board < ride.off_board and ride.on_board < other.off_board for other in same_run
    )


def _hidden(count: int | None, below: int) -> int | None:
    return HIDDEN if count is None or 0 < count < below else count


def _covered(lines: Sequence[Count], below: int) -> tuple[Count, ...]:
    covered = [replace(line, count=_hidden(line.count, below)) for line in lines]
    open_lines = [line for line in covered if line.count]
    if sum(line.count is HIDDEN for line in covered) == 1 and open_lines:
        smallest = min(open_lines, key=lambda line: line.count or 0)
        covered[covered.index(smallest)] = replace(smallest, count=HIDDEN)
    return tuple(covered)
