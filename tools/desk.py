"""How long the operator waits while somebody is on the telephone: for a client, for offers.

    python -m tools.desk                    SQLite: 20,000 clients, 300 rides on the day
    python -m tools.desk --postgres         the same on a PostgreSQL of its own (needs the tools of the tests)

A service is made in a folder of its own, and a real server answers. Timed are whole pages: the one that the field of
the search asks for its proposals, and the form of the ride up to the page with the offers. Nothing is booked.
"""

import argparse
import json
import os
import re
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

import httpx
from sqlmodel import select

from tools import load
from transport.accounts import login, users
from transport.api import security
from transport.booking.clients import clients
from transport.booking.clients.models import Client, Needs
from transport.bootstrap import Services, plug
from transport.kernel import clock
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.db import writing
from transport.kernel.settings import Settings

SEARCH, OFFERS = 100.0, 500.0
"""Milliseconds within which 95 of 100 pages answer."""
WARM_UP = 5
PLACES = ("nemocnice Lochotín", "Poliklinika Bory", "radnice", "hlavní nádraží")
FIRST = ("Anna", "Jan", "Marie", "Petr", "Olena", "Karel", "Eva", "Jiří", "Božena", "Michal")
BEGINS = ("Nov", "Dvoř", "Svobod", "Čern", "Procház", "Kučer", "Vesel", "Hor", "Němc", "Pokorn", "Ševč", "Mar", "Růž")
ENDS = ("ák", "áček", "ský", "ý", "ka", "ová", "enko", "ík", "ec", "ina", "ová-Malá", "íček")


@dataclass(frozen=True, slots=True)
class Person:
    """What a caller says of the client."""

    name: str
    born: date
    phone: str
    code: str


def main() -> int:
    """Print the figures; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description="How long the operator waits.")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--clients", type=int, default=20_000)
    parser.add_argument("--rides", type=int, default=300, help="rides of the day")
    parser.add_argument("--searches", type=int, default=300)
    parser.add_argument("--calls", type=int, default=100)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="transport-desk-"))
        address = load.postgres(stack) if asked.postgres else ""
        services = plug(Settings(local_dir=Path(folder), database_url=address))
        _, day = load.build(services, 1, asked.rides)
        token, callers = operator(services)
        crowd = register(services, asked.clients, Random(2))
        base = stack.enter_context(load.Server(folder, address)).base
        cookies = {security.SESSION: token}
        browser = stack.enter_context(httpx.Client(base_url=base, follow_redirects=True, timeout=60, cookies=cookies))
        found = search(browser, crowd, asked.searches)
        offered, ended = offers(browser, callers, day, asked.calls)
    result = {
        "database": "postgresql" if asked.postgres else "sqlite",
        "cores": os.cpu_count(),
        "clients": asked.clients,
        "rides_of_the_day": asked.rides,
        "search": {**spread(found), "target_p95_ms": SEARCH},
        "offers": {**spread(offered), "target_p95_ms": OFFERS, "ended": ended},
    }
    print(json.dumps(result))
    return 0 if result["search"]["p95_ms"] < SEARCH and result["offers"]["p95_ms"] < OFFERS else 1


def operator(services: Services) -> tuple[str, list[str]]:
    """The log-in of somebody at the telephone, and the codes of clients who may call."""
    now = clock.utc_now()
    with writing(services.database) as session:
        user = users.add(session, "desk", "Iva Hlasitá", Role.OPERATOR, load.PASSWORD, by=SYSTEM, now=now)
        token = login.sign_in(session, user.login, load.PASSWORD, now=now).granted()[1]
        known = set(session.exec(select(Needs.client_id)))
        codes = [each.code for each in session.exec(select(Client)) if each.id in known]
    return token, codes


def register(services: Services, count: int, random: Random) -> list[Person]:
    """So many people more, with names that sound alike."""
    now, made = clock.utc_now(), []
    with writing(services.database) as session:
        for number in range(count):
            last = random.choice(BEGINS) + random.choice(ENDS)
            client = clients.register(
                session, first_name=random.choice(FIRST), last_name=f"{last}{'a' * (number % 3)}",
                born=date(random.randrange(1925, 2010), random.randrange(1, 13), random.randrange(1, 29)),
                phone=f"+4207{10_000_000 + number}", municipality="Plzeň", by=SYSTEM, now=now,
            )  # fmt: skip
            made.append(Person(client.name, client.born, client.phone, client.code))
    return made


def search(browser: httpx.Client, crowd: list[Person], count: int) -> list[float]:
    """Milliseconds of each search: parts of names, names with a year of birth, numbers, codes."""
    random = Random(3)
    took: list[float] = []
    for number in range(count + WARM_UP):
        person = random.choice(crowd)
        first, last = person.name.split(" ", 1)
        said = random.choice(
            (
                last[: random.randrange(2, 7)],
                f"{last} {person.born.year % 100:02}",
                f"{last} {first[0]}",
                person.phone[-random.randrange(4, 10) :],
                person.code,
            )
        )
        began = time.perf_counter()
        browser.get("/op", params={"q": said}).raise_for_status()
        if number >= WARM_UP:
            took.append(1000 * (time.perf_counter() - began))
    return took


def offers(browser: httpx.Client, codes: list[str], day: date, count: int) -> tuple[list[float], dict[str, int]]:
    """Milliseconds from F8 to the page with offers, and how the calls ended."""
    random, ended = Random(4), {"offers": 0, "denied": 0, "refused": 0}
    took: list[float] = []
    while len(took) < count + WARM_UP:
        page = browser.get("/op", params={"klient": random.choice(codes)})
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        origin = re.search(r'id="origin" name="origin" type="text" value="([^"]*)"', page.text)
        said: dict[str, Any] = {
            **hidden, "origin": origin[1] if origin else "", "destination": random.choice(PLACES),
            "destination_place": "", "day": f"{day.day}. {day.month}.", "anchor": "arrive_by",
            "time": f"{random.randrange(8, 16)}{random.choice(('00', '15', '30'))}", "companions": "0",
            "back": random.choice(("no", "call")),
        }  # fmt: skip
        began = time.perf_counter()
        answer = browser.post("/op/nabidky", data=said)
        passed = 1000 * (time.perf_counter() - began)
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            ended["refused"] += 1
            continue
        answer.raise_for_status()
        ended["offers" if 'data-key="1"' in answer.text else "denied"] += 1
        took.append(passed)
    return took[WARM_UP:], ended


def spread(took: list[float]) -> dict[str, float]:
    """The figures of a list of times."""
    cuts = quantiles(took, n=20)
    return {"count": len(took), "p50_ms": round(cuts[9], 1), "p95_ms": round(cuts[18], 1)}


if __name__ == "__main__":
    sys.exit(main())
