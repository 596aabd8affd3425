"""Measure how long it takes to look at a big day anew: 60 vehicles, 1,200 rides, reports of half of them.

    python -m tools.progress                    builds the day in a folder of its own; a minute
    python -m tools.progress --json FILE        keeps the figures there

Watched every half minute, so that it must be far below five seconds.
"""

import argparse
import json
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, func, select

from tests.api.client.conftest import House
from tools import bigday
from transport.kernel.clock import at
from transport.kernel.db import writing
from transport.operations.dispatch import exceptions
from transport.operations.driving import expecting
from transport.routing.planning.models import Estimate, Promise, Run, Stop, StopKind, Visit, VisitAction

NOON = 12 * 3600
ROUNDS = 20
LIMIT = 5.0
"""Seconds that one look may take."""


def main() -> int:
    """Build, look, print; 1 if a look takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(bigday.build(Path(folder)))
    print(json.dumps(figures, indent=2))
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=2))
    return int(figures["slowest_seconds"] > LIMIT)


def measure(house: House) -> dict[str, float]:
    """Look at the day every half minute from noon on, while a quarter of the vehicles are silent and late."""
    day = house.town.day
    with writing(house.database) as session:
        _driven_until_noon(session, house)
    spans, listed, made = [], [], 0
    for number in range(ROUNDS):
        now = at(day, NOON + 600) + timedelta(seconds=30 * number)
        began = time.perf_counter()
        with writing(house.database) as session:
            made += expecting.watch(session, day, world=house.town.world, now=now)
        spans.append(time.perf_counter() - began)
        listed.append(_listed(house, now))
    with writing(house.database) as session:
        stops = session.exec(select(func.count()).select_from(Stop)).one()
        rows = session.exec(select(func.count()).select_from(Estimate)).one()
    return {
        "stops": stops,
        "estimates": rows,
        "looks": ROUNDS,
        "median_seconds": round(sorted(spans)[ROUNDS // 2], 3),
        "slowest_seconds": round(max(spans), 3),
        "exceptions_median_seconds": round(sorted(listed)[ROUNDS // 2], 3),
    }


def _listed(house: House, now: datetime) -> float:
    began = time.perf_counter()
    with writing(house.database) as session:
        policy = house.town.world.policies.on(house.town.day)
        exceptions.found(session, house.town.day, policy=policy, now=now)
    return time.perf_counter() - began


def _driven_until_noon(session: Session, house: House) -> None:
    """Everything before noon happened as planned; three vehicles in four also told of what came after it."""
    rows = session.exec(
        select(Stop, Run.shift_id)
        .join(Run, col(Run.id) == Stop.run_id)
        .join(Promise, col(Promise.id) == Stop.promise_id)
    )
    for stop, shift_id in rows:
        if stop.start > NOON + (900 if shift_id % 4 else -1800):
            continue
        for action, second in ((VisitAction.ARRIVED, stop.start), (VisitAction.DONE, stop.departure)):
            moment = at(house.town.day, second)
            visit = Visit(
                promise_id=stop.promise_id or 0,
                kind=StopKind(stop.kind),
                action=action,
                shift_id=shift_id,
                occurred_at=moment,
                recorded_at=moment,
                actor="driver:1",
            )
            session.add(visit)


if __name__ == "__main__":
    sys.exit(main())
