"""`transport bench denials`: wishes turned away on a crowded day, and whether what is offered instead can be had."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from sqlmodel import Session, SQLModel, select

from transport import jobs
from transport.accounts import users
from transport.booking.rides import alternatives, asking, booking, drafts
from transport.booking.rides.models import Denial
from transport.booking.rides.wishing import Answer
from transport.bootstrap import Services, plug
from transport.cli.demo import fleet, orders, people
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.kernel.errors import ServiceError
from transport.kernel.settings import Settings
from transport.routing import engine
from transport.routing.geo import places, versions
from transport.routing.geo.travel import AirLine

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
CLIENTS = 600
AROUND = (-2, -1, 1, 2)
"""The days beside the crowded one, which have half as many orders."""
BATCH = 100
"""Wishes invented at once, each of another client; there are as many batches at most as denials are asked for."""
ALONE = 0.12
"""The share of wishes to ride with nobody else, which can be met by sharing."""

app = typer.Typer()


@dataclass
class Tally:
    """What was asked, denied and offered instead; milliseconds of asking."""

    asked: int = 0
    denied_orders: int = 0
    helped: int = 0
    offered: Counter[str] = field(default_factory=Counter)
    bookable: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    near_ms: list[float] = field(default_factory=list)
    denied_ms: list[float] = field(default_factory=list)


@app.command()
def denials(
    *,
    count: Annotated[int, typer.Option(help="How many denials.", min=1)] = 500,
    crowd: Annotated[
        int, typer.Option("--orders", help="Orders taken before that for the day.", min=10, max=400)
    ] = 160,
    seed: Annotated[int, typer.Option(help="Another number makes other people and other orders.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Crowd a day of an invented city, ask for more until so many wishes are denied, and book all that is offered.

    Every alternative is booked on its own through the usual steps, and rolled back: all of them should be bookable.
    """
    engine.warm_up()  # compiling is no asking
    tally = Tally()
    with TemporaryDirectory() as folder, _services(Path(folder)) as services:
        random = Random(seed)
        made = _build(services, random)
        by = users.actor(made.logins["dana"])
        with Progress(console=Console(stderr=True), disable=as_json, transient=True) as bars:
            task = bars.add_task("orders come in")
            _fill(services, made, by, crowd, random)
            bars.update(task, description="wishes denied", total=count)
            wishes = (wish for _ in range(count) for wish in _wishes(services, made, BATCH, random))
            while (denied := _denied(services)) < count and (wish := next(wishes, None)) is not None:
                bars.update(task, completed=denied)
                _ask(services, wish, by, tally, random)
        result = _result(tally, _denied(services))
    if as_json:
        typer.echo(json.dumps(result))
    else:
        _print(result)


@contextmanager
def _services(folder: Path) -> Iterator[Services]:
    services = plug(Settings(database_url=f"sqlite:///{folder / 'denials.db'}", local_dir=folder))
    try:
        SQLModel.metadata.create_all(services.database)
        yield services
    finally:
        services.database.dispose()


def _build(services: Services, random: Random) -> people.People:
    settings, policy = services.settings, services.policies.on(DAY)
    with writing(services.database) as session:
        places.seed(session, settings.data_dir / "plzen" / "places.csv")
        versions.register_air_line(session, AirLine(policy.travel.detour_factor, policy.travel.speed_kmh), now=NOW)
        made = people.build(session, CLIENTS, random, settings.data_dir / "demo" / "names.toml", NOW)
        fleet.build(session, [], NOW.date(), policy.booking.horizon_days, NOW)
    jobs.open_days(services, NOW)
    return made


def _fill(services: Services, made: people.People, by: Actor, crowd: int, random: Random) -> None:
    """Orders of the crowded day and of those beside it; who is denied stays at home."""
    for ahead, number in ((0, crowd), *((ahead, crowd // 2) for ahead in AROUND)):
        for said in _wishes(services, made, number, random, DAY + timedelta(days=ahead)):
            try:
                with writing(services.database) as session:
                    draft = drafts.start(session, client_id=said.client_id, by=by, now=NOW)
                    drafts.note(session, draft, now=NOW, **said.said)
                    order = drafts.order(draft)
                    found = asking.answers(session, order, world=services.world, by=by, now=NOW)
                    if any(answer.denied for answer in found):
                        continue
                    drafts.show(session, draft, found, now=NOW)
                    _book(session, services, draft.key, found, by)
            except ServiceError:  # an impossible wish, or two windows that fit, but not together
                continue


def _wishes(
    services: Services, made: people.People, number: int, random: Random, day: date = DAY
) -> Iterator[orders.Asked]:
    with reading(services.database) as session:
        yield from orders.invent(session, made, day, number, random)


def _ask(services: Services, wish: orders.Asked, by: Actor, tally: Tally, random: Random) -> None:
    with writing(services.database) as session:
        draft = drafts.start(session, client_id=wish.client_id, by=by, now=NOW)
        drafts.note(session, draft, now=NOW, **wish.said, solo=random.random() < ALONE)
    begin = time.perf_counter()
    try:
        with reading(services.database) as session:
            found = booking.look(session, draft, world=services.world, by=by, now=NOW)
    except ServiceError:
        return
    took = (time.perf_counter() - begin) * 1000
    tally.asked += 1
    denied = [answer for answer in found if answer.denied]
    (tally.denied_ms if denied else tally.near_ms).append(took)
    if not denied:
        return
    with writing(services.database) as session:
        draft = drafts.get(session, draft.key, by=by, now=NOW)
        booking.remember(session, draft, found, world=services.world, by=by, now=NOW)
    tally.denied_orders += 1
    tally.helped += bool(denied[0].alternatives)
    for number, alternative in enumerate(denied[0].alternatives):
        tally.offered[alternative.kind.value] += 1
        reason = _tried(services, draft.key, number, found, by)
        if reason is None:
            tally.bookable[alternative.kind.value] += 1
        else:
            tally.refused[f"{alternative.kind.value}: {reason}"] += 1


def _tried(services: Services, key: str, number: int, found: list[Answer], by: Actor) -> str | None:
    """Book one alternative and take it all back; why it could not be booked, None if it could."""
    with Session(services.database) as session:
        try:
            draft = drafts.get(session, key, by=by, now=NOW)
            alternatives.take(session, draft, number, now=NOW)
            _book(session, services, key, found, by)
        except ServiceError as error:
            return error.code
        finally:
            session.rollback()
    return None


def _book(session: Session, services: Services, key: str, found: list[Answer], by: Actor) -> None:
    draft = drafts.get(session, key, by=by, now=NOW)
    numbers = {answer.wish.leg: 0 for answer in found}
    booking.choose(session, draft, numbers, world=services.world, by=by, now=NOW)
    booking.book(session, draft, world=services.world, by=by, now=NOW)


def _denied(services: Services) -> int:
    with reading(services.database) as session:
        return len(session.exec(select(Denial.id)).all())


def _result(tally: Tally, denied: int) -> dict[str, Any]:
    offered, bookable = tally.offered.total(), tally.bookable.total()
    return {
        "asked": tally.asked,
        "denied": denied,
        "denied_orders": tally.denied_orders,
        "with_an_alternative": tally.helped,
        "offered": offered,
        "bookable": bookable,
        "all_bookable": offered == bookable,
        "offered_by_kind": dict(tally.offered),
        "bookable_by_kind": dict(tally.bookable),
        "refused": dict(tally.refused),
        "denied_ms": _quantiles(tally.denied_ms),
        "near_ms": _quantiles(tally.near_ms),
    }


def _quantiles(took: list[float]) -> dict[str, float]:
    if not took:
        return {}
    return {name: round(float(np.quantile(took, share)), 1) for name, share in (("p50", 0.5), ("p95", 0.95))}


def _print(result: dict[str, Any]) -> None:
    table = Table("figure", "value")
    for name, value in result.items():
        words = ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else str(value)
        table.add_row(name.replace("_", " "), words or "–")
    Console().print(table)
