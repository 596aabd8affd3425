"""`transport standing`: the batch answer to standing orders, day by day."""

import json
from collections import Counter
from datetime import date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from transport import jobs
from transport.booking.standing import allocation
from transport.booking.standing.batch import Batch, Outcome
from transport.cli.refusals import plugged
from transport.kernel import clock
from transport.kernel.db import reading

app = typer.Typer(no_args_is_help=True, help="Standing orders.")


@app.callback()
def main() -> None:
    """Standing orders."""


@app.command()
def answer(
    *,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (default: tomorrow).")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day (default: the last open one).")
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(help="How long to think about each day; without it, as long as it takes to be repeatable.", min=0),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Answer all dates that standing orders ask of open days with vehicles on duty: each is placed or denied."""
    begin = date.min if first is None else first.date()
    end = date.max if last is None else last.date()
    now = clock.utc_now()
    with plugged() as services:
        with reading(services.database) as session:
            waiting = [day for day in allocation.waiting(session, now) if begin <= day <= end]
        rows = [
            {"day": day.isoformat()}
            | figures(*jobs.answer_day(services.database, services.world, day, now, seconds=seconds))
            for day in track(waiting, "thinking", console=Console(stderr=True), disable=as_json)
        ]
    if as_json:
        typer.echo(json.dumps({"days": rows}))
        return
    table = Table("day", "placed", "denied", "reasons")
    for row in rows:
        table.add_row(row["day"], str(row["placed"]), str(row["denied"]), told(row["reasons"]))
    Console().print(table)


def figures(asked: Batch, thought: Outcome) -> dict[str, Any]:
    """How many dates of a day were placed and denied, the rides among them, and why not."""
    reasons = Counter([*(word for _, word in thought.denied), *(word for _, word in asked.refused)])
    return {
        "placed": len(thought.placed),
        "denied": reasons.total(),
        "rides_asked": sum(len(trip.legs) for trip in asked.trips),
        "rides_placed": sum(len(trip.legs) for trip, _ in thought.placed),
        "reasons": dict(reasons.most_common()),
    }


def told(reasons: dict[str, int]) -> str:
    """Reasons with their numbers, the most frequent first."""
    return ", ".join(f"{word} {count}" for word, count in reasons.items())
