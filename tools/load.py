"""Many people order at once: how long the promising pages take, and whether anything is oversold.

    python -m tools.load                    SQLite, 20 people, five seconds of thinking between pages
    python -m tools.load --postgres         the same on a PostgreSQL of its own (needs the tools of the tests)

A service is made in a folder of its own: the demo's people, five times its fleet, a day with 300 rides. A real server
answers; each person goes through all pages of an order, again and again. Timed are the two pages that promise: keeping
the chosen windows, and making them an order.
"""

import argparse
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any, Self

import httpx
from sqlmodel import col, func, select

from transport import jobs
from transport.accounts import login, users
from transport.api import security
from transport.booking.clients import mandates
from transport.booking.clients.models import MandateKind, Power
from transport.booking.rides.lifecycle import LIVE
from transport.booking.rides.models import Ride
from transport.bootstrap import Services, plug
from transport.cli.demo import fleet, orders, people
from transport.kernel import clock
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.db import reading, writing
from transport.kernel.settings import Settings
from transport.migrations import chain
from transport.operations.quality import invariants
from transport.routing.geo import places, versions
from transport.routing.geo.travel import AirLine

TARGET = 500.0
"""Milliseconds within which 95 of 100 promising pages answer."""
FLEETS = 5
PASSWORD = "heslo na zkoušku"  # noqa: S105 - of a service that lives for a few minutes
TIMED = {"nabidka": "hold", "kontrola": "book"}


@dataclass
class Tally:
    """What happened to everybody, in milliseconds by page, and how many orders ended how."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    ended: Counter[str] = field(default_factory=Counter)


def main() -> int:
    """Print the figures; 1 when the target is missed or anything is impossible afterwards."""
    parser = argparse.ArgumentParser(description="Many people order at once.")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5, help="orders of each person")
    parser.add_argument("--rides", type=int, default=300, help="rides of the day before anybody begins")
    parser.add_argument("--think", type=float, default=5.0, help="seconds between two pages")
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="transport-load-"))
        address = postgres(stack) if asked.postgres else ""
        settings = Settings(local_dir=Path(folder), database_url=address)
        services = plug(settings)
        tokens, day = build(services, asked.people, asked.rides)
        base = stack.enter_context(Server(folder, address)).base
        tally = Tally()
        threads = [
            threading.Thread(target=order_again_and_again, args=(base, token, day, number, asked, tally))
            for number, token in enumerate(tokens)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        result = figures(services, tally, day, "postgresql" if asked.postgres else "sqlite")
    print(json.dumps(result))
    return 0 if result["held_target"] and not result["impossible"] else 1


def build(services: Services, people_count: int, rides: int) -> tuple[list[str], date]:
    """A service with a full day tomorrow; the log-ins of people who may order for three clients each."""
    now, random = clock.utc_now(), Random(1)
    today = clock.local_day(now)
    day = today + timedelta(days=1)
    travel = services.policies.on(today).travel
    chain.upgrade(services.database)
    with writing(services.database) as session:
        places.seed(session, services.settings.data_dir / "plzen" / "places.csv")
        versions.register_air_line(session, AirLine(travel.detour_factor, travel.speed_kmh), now=now)
        made = people.build(session, 600, random, services.settings.data_dir / "demo" / "names.toml", now)
        fleet.build(session, [], today, 2, now, fleets=FLEETS)
        tokens = []
        for number in range(people_count):
            user = users.add(
                session, f"load{number}", f"Zástupce {number}", Role.REPRESENTATIVE, PASSWORD, by=SYSTEM, now=now
            )
            for client_id in made.clients[-3 * (number + 1) : len(made.clients) - 3 * number]:
                mandates.grant(
                    session, client_id, user.id or 0, kind=MandateKind.POWER_OF_ATTORNEY,
                    powers=(Power.SEE, Power.BOOK, Power.CANCEL), valid_from=today, by=SYSTEM, now=now,
                )  # fmt: skip
            tokens.append(login.sign_in(session, user.login, PASSWORD, now=now).granted()[1])
    jobs.open_days(services, now)
    clerk, tally = users.actor(made.logins["dana"]), orders.Tally()
    with reading(services.database) as session:
        asked = orders.invent(session, made, day, 400, random)
    for wish in asked:
        orders.arrive_one(services, wish, clerk, now, tally)
        if len(tally.promises) >= rides:
            break
    return tokens, day


def order_again_and_again(
    base: str, token: str, day: date, number: int, asked: argparse.Namespace, tally: Tally
) -> None:
    """One person at one browser."""
    random = Random(number)
    fresh = httpx.Limits(max_keepalive_connections=0)  # while somebody thinks, the server closes the connection
    cookies = {security.SESSION: token}
    with httpx.Client(base_url=base, follow_redirects=True, timeout=60, cookies=cookies, limits=fresh) as browser:
        time.sleep(random.uniform(0, asked.think * 2))
        for _ in range(asked.rounds):
            page = browser.get("/cs/objednat")
            for _ in range(20):
                said = answers(page, day, random)
                if said is None:
                    break
                time.sleep(random.uniform(0.5, 1.5) * asked.think)
                step = page.url.path.rsplit("/", 1)[-1]
                began = time.perf_counter()
                page = browser.post(action(page), data=said)
                if step in TIMED:
                    tally.took[TIMED[step]].append(1000 * (time.perf_counter() - began))
            tally.ended[page.url.path.rsplit("/", 1)[-1] if page.is_success else str(page.status_code)] += 1


def action(page: httpx.Response) -> str:
    """Where the first form of the page that is not the log-out goes."""
    found = [each for each in re.findall(r'<form[^>]*action="([^"]*)"', page.text) if "odhlas" not in each]
    return found[0] if found else page.url.path


def answers(page: httpx.Response, day: date, random: Random) -> dict[str, Any] | None:
    """What this person answers on this page; None when there is nothing more to answer."""
    step = page.url.path.rsplit("/", 1)[-1]
    hidden = [each for each in re.findall(r"<input[^>]*>", page.text) if 'type="hidden"' in each]
    said: dict[str, Any] = {
        name[1]: value[1]
        for each in hidden
        if (name := re.search(r'name="([^"]*)"', each)) and (value := re.search(r'value="([^"]*)"', each))
    }
    if "csrf" not in said or step in ("hotovo", "nevyslo"):
        return None
    if step == "za-koho":
        said["client"] = random.choice(radios(page, "client"))
    elif step == "odkud":
        said["origin"] = radios(page, "origin")[0]
    elif step == "kam":
        said |= {"destination": "other", "words": random.choice(("nemocnice Lochotín", "Poliklinika Bory", "radnice"))}
    elif step == "misto":
        said["pick"] = radios(page, "pick")[0]
    elif step == "den":
        said["day"] = day.isoformat()
    elif step == "cas":
        said |= {"anchor": "arrive_by", "time": f"{random.randrange(8, 15)}:{random.choice(('00', '15', '30'))}"}
    elif step == "zpet":
        said |= {"back": random.choice(("yes", "no")), "return_time": f"{random.randrange(16, 19)}:00"}
    elif step == "pomoc":
        said["companions"] = "0"
    elif step == "nabidka":
        legs = {leg: radios(page, leg) for leg in ("outbound", "return")}
        said |= {leg: random.choice(times) for leg, times in legs.items() if times}
        if not any(legs.values()):
            said["nothing"] = "1"
    return said


def radios(page: httpx.Response, name: str) -> list[str]:
    """The values of the radio buttons of a question."""
    inputs = re.findall(r"<input[^>]*>", page.text)
    mine = [each for each in inputs if f'name="{name}"' in each and 'type="radio"' in each]
    return [found[1] for each in mine if (found := re.search(r'value="([^"]*)"', each)) and found[1] != "other"]


def figures(services: Services, tally: Tally, day: date, database: str) -> dict[str, Any]:
    """How long the promising pages took, how the orders ended, and whatever is impossible now."""
    with reading(services.database) as session:
        faults = invariants.faults(session, world=services.world, now=clock.utc_now())
        live = session.exec(
            select(func.count()).select_from(Ride).where(Ride.day == day, col(Ride.status).in_(LIVE))
        ).one()
    pages = {}
    for name, took in sorted(tally.took.items()):
        cuts = quantiles(took, n=20) if len(took) > 1 else [*took] * 19
        pages[name] = {"count": len(took), "p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}
    return {
        "database": database,
        "cores": os.cpu_count(),
        "rides_of_the_day": live,
        "pages": pages,
        "orders": dict(tally.ended),
        "impossible": [fault.code for fault in faults],
        "target_p95_ms": TARGET,
        "held_target": all(page["p95_ms"] < TARGET for page in pages.values()),
    }


class Server:
    """A real server on a free port of this machine, with its worker."""

    def __init__(self, folder: str, address: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self._where = {
            **os.environ,
            "TRANSPORT_LOCAL_DIR": folder,
            "TRANSPORT_DATABASE_URL": address,
            "TRANSPORT_HOST": "127.0.0.1",
            "TRANSPORT_PORT": str(port),
        }

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "transport", "serve", "--with-worker"]
        self._process = subprocess.Popen(command, env=self._where, stdout=subprocess.DEVNULL)
        for _ in range(600):
            try:
                httpx.get(f"{self.base}/healthz", timeout=2).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.5)
            else:
                return self
        raise SystemExit("load: the server does not answer")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def postgres(stack: ExitStack) -> str:
    """The address of a database on a PostgreSQL that lives as long as the block."""
    from tests import postgres as servers  # noqa: PLC0415 - only with --postgres

    server = servers.Postgres()
    stack.callback(server.stop)
    return servers.create(server.address, "load")


if __name__ == "__main__":
    sys.exit(main())
