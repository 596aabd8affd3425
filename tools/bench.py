"""How long a person waits for offers: one wish after another on the demo's planned day.

    python -m tools.bench                     builds a demo in a folder of its own, then measures
    python -m tools.bench --local-dir FOLDER  measures the demo that is in that folder

Timed is what a page does: read the day, apply the rules, find the windows. Nothing is booked, so every wish meets
the same day.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

from sqlmodel import col, select

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import queries
from transport.booking.clients.models import Client
from transport.booking.rides import asking
from transport.booking.rides.wishing import Leg, LegWish, Order
from transport.bootstrap import Services, plug
from transport.kernel import clock
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading
from transport.kernel.errors import Invalid
from transport.kernel.settings import Settings
from transport.routing.geo.models import Place
from transport.routing.planning.wishes import Anchor, Wish

TARGET = 300.0
"""Milliseconds within which 95 of 100 answers come."""
WARM_UP = 5
"""Answers that are not counted: the first ones load the planner's machine code and the travel times."""


def main() -> int:
    """Print how long answers take; 1 when the target is missed."""
    parser = argparse.ArgumentParser(description="How long a person waits for offers.")
    parser.add_argument("--local-dir", type=Path, help="folder of a demo that is there already")
    parser.add_argument("--wishes", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    asked = parser.parse_args()
    if asked.local_dir:
        result = measure(plug(Settings(local_dir=asked.local_dir, database_url="")), asked.wishes)
    else:
        with tempfile.TemporaryDirectory(prefix="transport-bench-") as folder:
            build(folder)
            result = measure(plug(Settings(local_dir=Path(folder), database_url="")), asked.wishes)
    if asked.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name.replace('_', ' '):>22}  {value}")
    return 0 if result["p95_ms"] < TARGET else 1


def build(folder: str) -> None:
    """Make a demo: people, vehicles, and a day full of promises."""
    print("Building a demo; this takes a minute or two ...", file=sys.stderr)
    command = [sys.executable, "-m", "transport", "demo", "--no-serve", "--no-hindsight", "--json"]
    where = {**os.environ, "TRANSPORT_LOCAL_DIR": folder, "TRANSPORT_DATABASE_URL": ""}
    if subprocess.run(command, check=False, env=where, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit("bench: the demo could not be built; it says why above")


def measure(services: Services, count: int) -> dict[str, Any]:
    """Ask for offers `count` times and say how long the answers took, in milliseconds."""
    now = clock.utc_now()
    with reading(services.database) as session:
        clerk = users.actor(session.exec(select(User).where(User.role == Role.DISPATCHER)).first() or nobody())
        clients = session.exec(select(Client.id).order_by(col(Client.id))).all()
        homes = {client: queries.places(session, client)[0].place_id for client in clients if client}
        targets = session.exec(select(Place.id).where(col(Place.in_city), Place.category != "street")).all()
    random = Random(2)
    took: list[float] = []
    offered = 0
    while len(took) < count + WARM_UP:
        client = random.choice(list(homes))
        order = a_wish(client, homes[client], random.choice(targets) or 0, random, now)
        began = time.perf_counter()
        windows = ask(services, order, clerk, now)
        if windows is not None:
            took.append(1000 * (time.perf_counter() - began))
            offered += windows
    counted = took[WARM_UP:]
    twentieths = quantiles(counted, n=20)
    return {
        "wishes": len(counted),
        "windows_offered": offered,
        "p50_ms": round(twentieths[9], 1),
        "p95_ms": round(twentieths[18], 1),
        "slowest_ms": round(max(counted), 1),
        "first_ms": round(took[0], 1),
        "target_p95_ms": TARGET,
        "cores": os.cpu_count(),
    }


def a_wish(client: int, home: int, target: int, random: Random, now: datetime) -> Order:
    """One way from home to a place of the city tomorrow between 7 and 18."""
    day = clock.local_day(now) + timedelta(days=1)
    wish = Wish(
        random.choice(list(Anchor)), clock.wall_seconds(day, random.randrange(7, 18), random.randrange(0, 60, 5))
    )
    return Order("bench", client, (LegWish(Leg.OUTBOUND, home, target, day, wish),))


def ask(services: Services, order: Order, clerk: Actor, now: datetime) -> int | None:
    """How many windows were found; None for a wish that the rules forbid (a card that has expired)."""
    try:
        with reading(services.database) as session:
            answers = asking.answers(session, order, world=services.world, by=clerk, now=now)
    except Invalid:
        return None
    return sum(len(answer.shown) for answer in answers)


def nobody() -> User:
    """There is no dispatcher, so this is no demo."""
    raise SystemExit("bench: there is no demo in this folder; leave --local-dir out to build one")


if __name__ == "__main__":
    sys.exit(main())
