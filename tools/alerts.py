"""Measure how many late stops are warned of in time for how many warnings in vain, on simulated days.

    python -m tools.alerts --first 2001 --days 40 --json docs/evidence/alerts.json
    python -m tools.plot_alerts docs/evidence/alerts.json > docs/alerts.svg

Every three minutes it is noted what is planned and expected of each stop; afterwards rules are tried on these notes:
the one in force, for chances from which it warns, and the one before it, for its margins.
"""

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlmodel import Session, SQLModel, select

from tests.simulation.day import played
from tests.simulation.devices import Gateway
from tests.simulation.witness import Witness, limit_of
from transport.bootstrap import plug
from transport.kernel.db import reading
from transport.kernel.settings import Settings
from transport.operations.dispatch import watching
from transport.operations.driving.accuracy import CHANCE, PRIOR, Spread, is_late
from transport.routing.planning.estimates import LEAST, Door
from transport.routing.planning.models import Promise, PromiseKind, StopKind

KINDS = (StopKind.PICKUP, StopKind.DROPOFF)
CHANCES = (0.05, 0.1, 0.15, 0.2, CHANCE, 0.33, 0.4, 0.5, 0.6, 0.75)
MARGINS = (0, 60, 120, 180, 240, 300, 420, 600, 900)
BEFORE = 300
IN_TIME = 600
"""Seconds before the end of the window."""

Look = tuple[int, int, int]
"""The second of the day, and the seconds for which a stop is expected and planned."""
Rule = Callable[[int, int, int, int], bool]
"""Whether to warn, of what is expected, planned and promised, at a second."""


@dataclass
class Noting(Witness):
    """A witness who notes what the house knows of each stop that is still to come."""

    looks: dict[Door, list[Look]] = field(default_factory=dict)

    def _late(self, session: Session) -> None:
        super()._late(session)
        day, second = self.street.day, int(self.street.second)
        seen = watching.street(session, day, watching.rides_of(session, day))
        for ride in seen.rides:
            for kind, _ in watching.ahead(seen, ride) if ride.kind is PromiseKind.FIXED else ():
                door = ride.promise_id, kind
                if door in seen.stops:
                    planned = seen.stops[door][0]
                    expected = max(seen.expected.get(door, planned), second)
                    self.looks.setdefault(door, []).append((second, expected, planned))


@dataclass(frozen=True, slots=True)
class Noted:
    """What was said of one stop, by when it was promised, and when a vehicle was really there."""

    kind: StopKind
    limit: int
    begun: float
    looks: Sequence[Look]


def main() -> int:
    """Play, try the rules, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=2001, help="seed of the first day")
    parser.add_argument("--days", type=int, default=40)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    importlib.import_module("transport.schema")
    noted: list[Noted] = []
    for seed in range(asked.first, asked.first + asked.days):
        with tempfile.TemporaryDirectory() as folder:
            noted += play(Path(folder), seed)
        print(f"day {seed}", file=sys.stderr)
    figures = {
        "days": asked.days,
        "first_seed": asked.first,
        **{kind.value: compared([each for each in noted if each.kind is kind], asked.days) for kind in KINDS},
    }
    text = json.dumps(figures, indent=2, sort_keys=True)
    print(text)
    if asked.json:
        asked.json.write_text(f"{text}\n", encoding="utf-8")
    return 0


def play(folder: Path, seed: int) -> list[Noted]:
    """One day, and what was noted of each of its stops at which a vehicle really was."""
    plugged = plug(Settings(database_url=f"sqlite:///{folder}/day.db", local_dir=folder))
    SQLModel.metadata.create_all(plugged.database)
    witness = played(plugged.database, plugged, Gateway(Random(seed)), seed, Noting)
    begun = witness.truly()
    with reading(witness.street.services.database) as session:
        promises = {each.id: each for each in session.exec(select(Promise))}
        found = [
            Noted(door[1], limit_of(promises[door[0]], door[1]), begun[door], looks)
            for door, looks in witness.looks.items()
            if door in begun
        ]
    plugged.database.dispose()
    return found


def compared(noted: Sequence[Noted], days: int) -> dict[str, Any]:
    """Both rules at all their thresholds, on the stops of one kind."""
    return {
        "stops": len(noted),
        "late": sum(_late(each) for each in noted),
        "chance": {f"{chance:.2f}": judged(noted, _now(chance), days) for chance in CHANCES},
        "in_force": f"{CHANCE:.2f}",
        "margin": {str(margin): judged(noted, _before(margin), days) for margin in MARGINS},
        "before": str(BEFORE),
    }


def judged(noted: Sequence[Noted], rule: Rule, days: int) -> Mapping[str, float]:
    """Late stops warned of, those in time (share of all late ones), and warnings in vain a day."""
    warned = in_time = in_vain = late = 0
    for each in noted:
        late += _late(each)
        first = next((look[0] for look in each.looks if rule(look[1], look[2], each.limit, look[0])), None)
        warned += first is not None and _late(each)
        in_time += first is not None and _late(each) and first <= each.limit - IN_TIME
        in_vain += first is not None and not _late(each)
    return {"warned": warned, "in_time": in_time, "share": round(in_time / max(late, 1), 3), "in_vain": in_vain / days}


def _late(each: Noted) -> bool:
    return each.begun > each.limit + LEAST


def _now(chance: float) -> Rule:
    """The rule in force with another chance, before anything has been learned."""
    sure = Spread({1: PRIOR})
    return lambda expected, _, limit, now: is_late(expected, limit, now) or sure.soon(expected, limit, now, chance)


def _before(margin: int) -> Rule:
    """What slips and is closer than a margin, longer if it is overdue, within an hour; whatever is late."""

    def warns(expected: int, planned: int, limit: int, now: int) -> bool:
        overdue = expected - planned if expected <= now else 0
        near = limit - now <= 3600 and expected - planned >= LEAST and 0 <= limit - expected <= margin + overdue
        return near or expected - limit >= LEAST

    return warns


if __name__ == "__main__":
    sys.exit(main())
