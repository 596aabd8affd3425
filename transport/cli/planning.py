"""`transport plan` and `transport check`: think about a day in place; look for the impossible."""

import json
from datetime import date, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from transport.booking.contracts import capacity
from transport.bootstrap import Services
from transport.cli.refusals import plugged
from transport.kernel import clock
from transport.kernel.actor import SYSTEM
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import proposals

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command()
def plan(
    *,
    day: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The service day.")],
    seconds: Annotated[int, typer.Option(help="How long to think.", min=1, max=3600)] = 30,
    as_json: AsJson = False,
) -> None:
    """Improve the live plan of a day. Every promise stays as it is; a published day gets its next version."""
    with plugged() as services:
        before, after = _improve(services, day.date(), seconds, quiet=as_json)
    result = {"before": json.loads(before), "after": json.loads(after)}
    if as_json:
        typer.echo(json.dumps(result))
        return
    for name, value in result["after"].items():
        typer.echo(f"{name.replace('_', ' '):<14} {result['before'][name]:>12} -> {value:>12}")


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Walk the live database for the impossible; exit code 1 if anything is found."""
    with plugged() as services, reading(services.database) as session:
        faults = invariants.faults(session, world=services.world, now=clock.utc_now())
    if as_json:
        rows = [{"code": f.code, "subject": f.subject, "facts": f.facts, "sentence": f.sentence} for f in faults]
        typer.echo(json.dumps({"faults": rows}, ensure_ascii=False, default=str))
    else:
        for fault in faults:
            typer.echo(f"{fault.code}  {fault.subject}  {fault.sentence}")
        typer.echo("Nothing impossible found." if not faults else f"{len(faults)} faults.")
    if faults:
        raise typer.Exit(1)


def _improve(services: Services, day: date, seconds: int, *, quiet: bool) -> tuple[str, str]:
    now = clock.utc_now()
    if now >= clock.day_start(day):
        raise Conflict("plan.day_has_begun", day=day)
    with reading(services.database) as session:
        book = days.load(session, day, world=services.world, now=now)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        bar.add_task(f"thinking about {day} for {seconds} s: {len(book.promises)} promises, {len(book.shifts)} shifts")
        better = engine.solve(book.problem, seconds=seconds, start=book.plan)
    with writing(services.database) as session:
        row = days.lock(session, day)
        if not proposals.improve(session, book, better, row=row, by=SYSTEM, now=now):
            raise Conflict("plan.day_has_moved_on", day=day)
        capacity.settle(session, day, by=SYSTEM, now=now)
    return proposals.summary(book.problem, book.plan), proposals.summary(book.problem, better)
