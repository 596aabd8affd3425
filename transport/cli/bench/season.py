"""`transport bench season`: a made-up week of standing orders, answered in one batch as the service would do it."""

import json
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from transport import jobs
from transport.cli.bench import season_people
from transport.cli.bench.season_people import NOW, WEEK
from transport.cli.standing import figures, told
from transport.kernel import policy
from transport.kernel.db import connect, reading
from transport.kernel.settings import Settings
from transport.routing import engine
from transport.routing.geo.travel import AirLine, Cached
from transport.routing.planning import day as days
from transport.routing.planning.day import World

app = typer.Typer()


@dataclass(frozen=True, slots=True)
class Task:
    """One day to be answered by one process."""

    url: str
    share: float
    day: date
    seconds: float


@app.command()
def season(
    *,
    requesters: Annotated[int, typer.Option(help="People with a standing order.", min=1)] = 400,
    rides: Annotated[int, typer.Option(help="Rides they ask for in a week.", min=1)] = 2300,
    vehicles: Annotated[int, typer.Option(help="Vehicles on duty on a working day.", min=1)] = 35,
    seconds: Annotated[float, typer.Option(help="How long to think about each day.", min=0)] = 60,
    workers: Annotated[int, typer.Option(help="How many days at once.", min=1)] = 2,
    share: Annotated[float, typer.Option(help="Most of the vehicles they may use.", min=0.01, max=1)] = 0.5,
    seed: Annotated[int, typer.Option(help="Another number makes another week.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Answer a week of standing orders with the share of the fleet they may use, and with all of it."""
    with tempfile.TemporaryDirectory(prefix="season-") as folder:
        made = Path(folder) / "asked.db"
        asked = season_people.build(f"sqlite:///{made}", world(share), requesters, rides, vehicles, seed)
        shares = dict.fromkeys((share, 1.0))
        results = [_answered(made, each, seconds, workers, asked, quiet=as_json) for each in shares]
    told_first = {"requesters": requesters, "rides": asked, "vehicles": vehicles, "seconds_per_day": seconds}
    if as_json:
        typer.echo(json.dumps({**told_first, "results": results}))
        return
    table = Table("share", "placed", "of", "%", "reasons (dates)", "seconds", "MiB", "judge")
    for row in results:
        table.add_row(
            f"{row['share']:g}",
            str(row["rides_placed"]),
            str(asked),
            f"{row['percent']}",
            told(row["reasons"]),
            str(row["seconds"]),
            str(row["peak_memory_mib"]),
            "accepts" if row["accepted"] else "REFUSES",
        )
    Console().print(table)


def world(share: float) -> World:
    """The rules as shipped, with this share for standing rides; driving by the air line, no holidays."""
    rules = policy.load(Settings().data_dir / "service.toml")
    changed = tuple(
        each.model_copy(update={"regular": each.regular.model_copy(update={"max_share": share})})
        for each in rules.policy
    )
    driving = rules.on(WEEK[0]).travel
    air_line = Cached(AirLine(driving.detour_factor, driving.speed_kmh))
    return World(policies=rules.model_copy(update={"policy": changed}), travel=lambda _: air_line)


def answer(task: Task) -> dict[str, Any]:
    """One day through the same steps as by night, judged at the end."""
    engine.warm_up()  # compiling is no thinking
    database, rules = connect(task.url), world(task.share)
    begin = time.perf_counter()
    asked, thought = jobs.answer_day(database, rules, task.day, NOW, seconds=task.seconds)
    took = time.perf_counter() - begin
    with reading(database) as session:
        book = days.load(session, task.day, world=rules, now=NOW)
    database.dispose()
    accepted = not engine.judge(book.problem, book.plan)
    return {"day": task.day.isoformat(), "seconds": round(took, 1), "accepted": accepted, **figures(asked, thought)}


def _answered(made: Path, share: float, seconds: float, workers: int, asked: int, *, quiet: bool) -> dict[str, Any]:
    """The week in a copy of the database in which nothing has been answered yet."""
    copy = made.with_name(f"share-{share:g}.db")
    shutil.copy(made, copy)
    tasks = [Task(f"sqlite:///{copy}", share, day, seconds) for day in WEEK]
    begin = time.perf_counter()
    # fresh processes, so that nothing but the day is in their memory
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as crew:
        label = f"thinking, share {share:g}"
        done = crew.map(answer, tasks)
        rows = list(track(done, label, total=len(tasks), console=Console(stderr=True), disable=quiet))
    took = time.perf_counter() - begin
    reasons: Counter[str] = Counter()
    for row in rows:
        reasons.update(row["reasons"])
    placed = sum(row["rides_placed"] for row in rows)
    own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "share": share,
        "rides_placed": placed,
        "percent": round(100 * placed / asked, 1),
        "dates_placed": sum(row["placed"] for row in rows),
        "dates_denied": sum(row["denied"] for row in rows),
        "reasons": dict(reasons.most_common()),
        "seconds": round(took, 1),
        "peak_memory_mib": round((own + workers * child) / 1024),
        "accepted": all(row["accepted"] for row in rows),
        "days": rows,
    }
