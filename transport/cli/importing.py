"""`transport import`: the lists that an operator has today, checked row by row and brought in whole or not at all."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from transport.booking.clients import importing as clients
from transport.booking.standing import importing as standing
from transport.bootstrap import Services
from transport.cli import tables
from transport.cli.refusals import plugged, said
from transport.kernel import clock, events
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.sheets import Outcome, Sheet
from transport.kernel.values import Point
from transport.routing.geo import importing as places

app = typer.Typer(no_args_is_help=True, help="Bring in the lists an operator has (see docs/import.md).")

AT_TERMINAL = Actor(user=None, role=Role.ADMIN, name="import")
"""Who brings a list in answers for it, as our staff do who have seen the cards."""

File = Annotated[Path, typer.Argument(help="The list, .csv or .xlsx.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")]
SkipBad = Annotated[bool, typer.Option("--skip-bad", help="Write the rows that are well although others are not.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]

Writer = Callable[[Session], Outcome]


@dataclass(frozen=True, slots=True)
class _How:
    """What was asked for on the command line."""

    file: Path
    dry_run: bool
    skip_bad: bool
    as_json: bool


class _NothingWrittenError(Exception):
    """Takes everything back that a list has written; carries what is to be said."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("nothing is written")
        self.outcome = outcome


@app.command("clients")
def import_clients(file: File, *, dry_run: DryRun = False, skip_bad: SkipBad = False, as_json: AsJson = False) -> None:
    """People with their cards, needs, homes, and whom to call."""

    def prepare(session: Session, sheet: Sheet, services: Services) -> Writer:
        batch, homes = clients.prepare(session, sheet, addresses=services.addresses)
        return lambda writer: clients.bring(writer, batch, homes, by=AT_TERMINAL, now=clock.utc_now())

    _import("clients", prepare, _How(file, dry_run, skip_bad, as_json))


@app.command("places")
def import_places(file: File, *, dry_run: DryRun = False, skip_bad: SkipBad = False, as_json: AsJson = False) -> None:
    """Places people go to, with their entrances."""

    def prepare(session: Session, sheet: Sheet, services: Services) -> Writer:
        area = services.policies.on(clock.local_day(clock.utc_now())).area
        near = Point(area.centre_lat, area.centre_lon)
        batch, points = places.prepare(session, sheet, addresses=services.addresses, near=near)
        return lambda writer: places.bring(writer, batch, points, source=f"import of {file.name}"[:200])

    _import("places", prepare, _How(file, dry_run, skip_bad, as_json))


@app.command("standing-orders")
def import_standing_orders(
    file: File, *, dry_run: DryRun = False, skip_bad: SkipBad = False, as_json: AsJson = False
) -> None:
    """Regular rides; their clients and places are brought in before."""

    def prepare(session: Session, sheet: Sheet, services: Services) -> Writer:
        batch, ends = standing.prepare(session, sheet, addresses=services.addresses)
        return lambda writer: standing.bring(
            writer, batch, ends, world=services.world, by=AT_TERMINAL, now=clock.utc_now()
        )

    _import("standing-orders", prepare, _How(file, dry_run, skip_bad, as_json))


def _import(kind: str, prepare: Callable[[Session, Sheet, Services], Writer], how: _How) -> None:
    """Check all of it, then write all of it in one transaction, and take it back where that was not wanted."""
    with plugged() as services:
        sheet = tables.load(how.file)
        with reading(services.database) as session:
            write = prepare(session, sheet, services)
        written = True
        try:
            with writing(services.database) as session:
                outcome = _written(session, kind, write, how)
        except _NothingWrittenError as stop:
            outcome, written = stop.outcome, False
    _say(outcome, written=written, how=how)
    if outcome.faults and not how.skip_bad:
        raise typer.Exit(2)


def _written(session: Session, kind: str, write: Writer, how: _How) -> Outcome:
    outcome = write(session)
    if how.dry_run or (outcome.faults and not how.skip_bad):
        raise _NothingWrittenError(outcome)
    if outcome.added:
        facts = {"added": outcome.added, "known": outcome.known, "faults": len(outcome.faults)}
        events.record(
            session, "list_imported", subject=("list", kind), by=AT_TERMINAL, now=clock.utc_now(), facts=facts
        )
    return outcome


def _say(outcome: Outcome, *, written: bool, how: _How) -> None:
    faults = [{"row": each.row, "column": each.column, "fault": said(each.error)} for each in outcome.faults]
    if how.as_json:
        counts = {"written": written, "added": outcome.added, "known": outcome.known}
        result = {**counts, "faults": faults, "columns_not_read": outcome.unknown}
        typer.echo(json.dumps(result, ensure_ascii=False, indent=2))
        return
    if faults:
        table = Table("row", "column", "what is wrong")
        for fault in faults:
            table.add_row(str(fault["row"]), str(fault["column"]), str(fault["fault"]))
        Console().print(table)
    if outcome.unknown:
        typer.echo(f"Columns that are not read: {', '.join(outcome.unknown)}.")
    wrong = len({fault["row"] for fault in faults})
    added = "added" if written else "would be added"
    typer.echo(f"{outcome.added} {added}, {outcome.known} known before, {wrong} rows with faults.")
    if not written:
        typer.echo("Nothing is written." if how.dry_run else "Nothing is written: mend the rows, or use --skip-bad.")
