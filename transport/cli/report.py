"""`transport report`: figures for the city and for whoever watches over the service."""

import csv
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from transport.cli import intervals
from transport.cli.refusals import plugged
from transport.kernel.db import reading
from transport.operations.quality import fairness as fair
from transport.operations.quality import queries

app = typer.Typer(no_args_is_help=True, help="Figures about the service.")


@app.callback()
def report() -> None:
    """Figures about the service."""


@app.command()
def fairness(
    start: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of the rides wished.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day of the rides wished.")],
    *,
    table: Annotated[Path | None, typer.Option("--csv", help="Write the lines into this file.")] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the intervals into this file (SVG).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Denials per wish by district, need, channel and hour; persons by how often they were denied."""
    with plugged() as services, reading(services.database) as session:
        made = queries.wishes(session, start.date(), until.date())
        found = fair.of(made, below=services.policies.service.hide_counts_below)
    title = f"Denials per wish, {start.date()} to {until.date()}"
    if table is not None:
        with table.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([HEADINGS, *lines(found)])
    if plot is not None:
        plot.write_text(intervals.drawing(found, title), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(asdict(found), ensure_ascii=False))
    else:
        _print(found, title)


HEADINGS = ("breakdown", "group", "persons", "denied", "wishes", "rate", "low", "high", "stands_out")


def lines(found: fair.Report) -> list[tuple[object, ...]]:
    """The report as lines for a spreadsheet; a hidden figure is empty."""
    rows: list[tuple[object, ...]] = [("all", "", "", *_figures(found.total), 0)]
    rows += [("persons denied", times, count, "", "", "", "", "", "") for times, count in found.persons.items()]
    for name, groups in found.breakdowns.items():
        for line in groups:
            figures = _figures(line.rate) if line.rate else ("",) * 5
            rows.append((name, line.group, line.persons, *figures, line.stands_out if line.rate else ""))
    return rows


def _figures(rate: fair.Rate) -> tuple[object, ...]:
    return rate.count, rate.of, round(rate.share, 4), round(rate.low, 4), round(rate.high, 4)


def _print(found: fair.Report, title: str) -> None:
    shown = Table("", "group", "persons", "denied", "wishes", "rate", "95 % interval", "", title=title)
    for name, group, persons, denied, made, rate, low, high, out in lines(found):
        span = f"{low}–{high}" if low != "" else ""
        words = {1: "more often than others", -1: "less often than others"}.get(out if isinstance(out, int) else 0, "")
        cells = [name, group, "hidden" if persons is None else persons, denied, made, rate, span, words]
        shown.add_row(*map(str, cells))
    Console().print(shown)
