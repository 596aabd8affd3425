"""`transport demo`: build it, take a day's orders, plan, publish, show the figures, serve."""

import json
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from random import Random
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlmodel import Session, SQLModel, select

from transport import jobs
from transport.accounts import pins, users
from transport.booking.clients.models import Client
from transport.bootstrap import Services
from transport.cli import serving
from transport.cli.demo import (
    circle,
    desk,
    figures,
    fleet,
    happenings,
    history,
    life,
    orders,
    past,
    people,
    post,
    regular,
    under_way,
)
from transport.cli.refusals import plugged
from transport.kernel import clock, events
from transport.kernel.actor import SYSTEM
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict
from transport.migrations import chain
from transport.operations.dispatch import plans
from transport.operations.messages.demo import BUILT
from transport.routing.geo import places, versions
from transport.routing.geo.models import TravelVersion
from transport.routing.geo.travel import AirLine

CLIENTS = 600
FINAL_SECONDS = 15
AFTERNOONS = 13, 21
"""Hours of the present day from–until which the drivers with a log-in have the later shift, as it is theirs then."""
KEPT_TABLES = frozenset({TravelVersion.__tablename__})

app = typer.Typer()


@app.command()
def demo(
    *,
    serve: Annotated[bool, typer.Option(help="Serve the pages when everything is built.")] = True,
    fresh: Annotated[bool, typer.Option(help="Delete the demo that is in the database and build it anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    hindsight: Annotated[
        bool | None,
        typer.Option(help="Solve the day once more with all wishes known (a minute); default: if not serving."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another number makes other people and other orders.")] = 1,
    count: Annotated[int, typer.Option("--orders", help="How many orders arrive for tomorrow.", min=1, max=400)] = 80,
) -> None:
    """Build a believable service from a seed, take tomorrow's orders one by one, plan and publish the day."""
    with plugged() as services:
        chain.upgrade(services.database)
        shown = _earlier(services, fresh=fresh)
        if shown is None:
            wanted = hindsight if hindsight is not None else not serve
            shown = _build(services, seed, count, hindsight=wanted, quiet=as_json)
        if as_json:
            typer.echo(json.dumps(shown, ensure_ascii=False))
        else:
            _print(shown, services)
        if serve:
            serving.run(services, with_worker=True)


def _earlier(services: Services, *, fresh: bool) -> dict[str, Any] | None:
    """The figures of the demo that is already there; None if there is none (any more).

    A database with real clients is never touched: Conflict("demo.not_a_demo").
    """
    with writing(services.database) as session:
        built = session.exec(select(events.Event).where(events.Event.kind == BUILT)).first()
        if built is not None and not fresh:
            return {**json.loads(built.facts)["figures"]}
        if session.exec(select(Client.id)).first() is not None:
            if built is None:
                raise Conflict("demo.not_a_demo")
            _empty(session)
    return None


def _empty(session: Session) -> None:
    for table in reversed(SQLModel.metadata.sorted_tables):
        if table.name not in KEPT_TABLES:
            session.connection().execute(table.delete())


def _build(services: Services, seed: int, count: int, *, hindsight: bool, quiet: bool) -> dict[str, Any]:
    random = Random(seed)
    now = clock.utc_now()
    today = clock.local_day(now)
    day = today + timedelta(days=1)
    bars = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=quiet,
    )
    with bars:
        task = bars.add_task("places, people, vehicles, yesterday", total=count + 5)
        made, asked = _prepare(services, random, now, count)
        bars.update(task, description="standing orders of three weeks", advance=1)
        regular.live(services, made, today, now)
        bars.advance(task)

        def progress(text: str) -> None:
            bars.update(task, description=text, advance=1)

        tally = orders.arrive(services, asked, made, now, progress)
        bars.update(task, description="planning and publishing tomorrow", advance=1)
        clerk = users.actor(made.logins["dana"])
        orders.improve(services, day, FINAL_SECONDS, clerk, now)
        with writing(services.database) as session:
            plans.publish(session, day, by=clerk, now=now)
        bars.update(task, description="the days after tomorrow", advance=1)
        happenings.live(services, made, today, now)
        desk.live(services, made, now)
        post.live(services, made, today, now)
        with reading(services.database) as session:
            regular.count(session, tally, day, world=services.world)
            around = asdict(life.of(session))
        if hindsight:
            bars.update(task, description="the same day in hindsight, all wishes known")
        measured = asdict(figures.of(services, tally, day, now, hindsight=hindsight)) | around
        bars.advance(task)
    with writing(services.database) as session:
        facts = {"figures": measured, "seed": seed, "given_up": tally.given_up}
        events.record(session, BUILT, subject=("service_day", day.isoformat()), by=SYSTEM, now=now, facts=facts)
    return measured


def _prepare(services: Services, random: Random, now: datetime, count: int) -> tuple[people.People, list[orders.Asked]]:
    """All there is before tomorrow's first order: people who came weeks ago and rode, yesterday as driven, today."""
    settings, today = services.settings, clock.local_day(now)
    policy = services.policies.on(today)
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    first, week_ago = yesterday - timedelta(days=past.DAYS + 7), today - timedelta(days=6)
    began = clock.at(first, clock.wall_seconds(first, 9))
    asked_at = clock.at(week_ago, clock.wall_seconds(week_ago, 9))
    with writing(services.database) as session:
        places.seed(session, settings.data_dir / "plzen" / "places.csv")
        versions.register_air_line(session, AirLine(policy.travel.detour_factor, policy.travel.speed_kmh), now=began)
        made = people.build(session, CLIENTS, random, settings.data_dir / "demo" / "names.toml", began)
        circle.build(session, made, began)
        drivers = [made.logins["emil"], None, made.logins["marta"]]
        afternoons = AFTERNOONS[0] <= now.astimezone(clock.LOCAL).hour < AFTERNOONS[1]
        fleet.build(session, drivers, yesterday, policy.booking.horizon_days + 1, began, afternoons=afternoons)
        for login, pin in people.PINS.items():
            pins.give(session, made.logins[login], pin, by=SYSTEM, now=began)
    regular.ask(services, made, tomorrow, asked_at, apart=happenings.weekdays_of_anna(today))
    with reading(services.database) as session:
        asked = orders.invent(session, made, tomorrow, count, random)
    past.live(services, made, yesterday)
    history.live(services, made, yesterday, random)
    jobs.learn(services, now)
    under_way.live(services, made, today, random, now)
    return made, asked


def _print(shown: dict[str, Any], services: Services) -> None:
    console = Console()
    around = {field.name for field in fields(life.Life)}
    for title, names in (
        ("Tomorrow, as it was ordered, promised and planned", [name for name in shown if name not in around]),
        ("What else there is", [name for name in shown if name in around]),
    ):
        table = Table(title=title)
        table.add_column("figure")
        table.add_column("value", justify="right")
        for name in names:
            value = shown[name]
            table.add_row(name.replace("_", " "), "not measured" if value is None else str(value))
        console.print(table)
    logins = Table(title=f"Log-ins (password of all: {people.PASSWORD})")
    for column in ("log-in", "name", "role", "who"):
        logins.add_column(column)
    for login, name, role, who in people.LOGINS:
        logins.add_row(login, name, role.value, who)
    console.print(logins)
    address = f"http://{services.settings.host}:{services.settings.port}"
    for what, path in serving.DOORS:
        console.print(f"{what:<22} {address}{path}", highlight=False)
    for line in under_way.codes(services, clock.utc_now()):
        console.print(f"{'driver on a phone':<22} {address}/ridic/prihlaseni  {line}", highlight=False, soft_wrap=True)
