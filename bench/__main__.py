"""How good and how fast, in one run on one machine: ours, stock OR-Tools and the peers, for equally long.

    python -m bench                  a few instances, side by side on days, one wish; under 15 minutes
    python -m bench --all            every published instance; some hours
    python -m bench versus           ours and stock OR-Tools on days of the town only

A complete run writes docs/benchmarks.md; with fewer sets or solvers it only prints.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench import page, tables
from bench.published import DATA, SETS
from bench.solvers import installed
from transport.routing import engine

SIDE_BY_SIDE = {False: 30.0, True: 60.0}
"""Seconds for each day, in a short run and in one of everything."""

app = typer.Typer(add_completion=False)

Seconds = Annotated[float | None, typer.Option(help="How long to think about each problem.", min=1)]


@app.callback(invoke_without_command=True)
def measure(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every instance there is, some of them for a minute.")] = False,
    seconds: Seconds = None,
    folders: Annotated[list[str] | None, typer.Option("--set", help=f"Of {', '.join(SETS)}; several times.")] = None,
    solvers: Annotated[list[str] | None, typer.Option("--solver", help="Who takes part; several times.")] = None,
    data: Annotated[Path, typer.Option(help="Where the instances and the best known values are.")] = DATA,
) -> None:
    """Measure and compare; write docs/benchmarks.md when nothing was left out."""
    if context.invoked_subcommand:
        return
    known = installed()
    if strangers := [*(set(solvers or ()) - set(known)), *(set(folders or ()) - set(SETS))]:
        raise typer.BadParameter(f"{strangers[0]} is not among {', '.join([*known, *SETS])}")
    if not any((data / folder).is_dir() for folder in folders or SETS):
        raise typer.BadParameter(f"there are no instances in {data}; name their folder with --data")
    engine.warm_up()
    everybody = solvers or list(known)
    measured = [*tables.against_the_best(data, folders or list(SETS), everybody, seconds, every=every, say=_say)]
    if not folders and not solvers:
        measured += [tables.side_by_side(seconds or SIDE_BY_SIDE[every], _say), tables.one_wish(_say)]
    _show(measured)
    if not folders and not solvers:
        page.write(page.PAGE, measured, known, datetime.now(UTC))


@app.command()
def versus(*, seconds: Seconds = None) -> None:
    """Ours and stock OR-Tools on days of the town and of larger cities."""
    engine.warm_up()
    _show([tables.side_by_side(seconds or SIDE_BY_SIDE[False], _say)])


def _show(measured: list[page.Table]) -> None:
    for table in measured:
        table.show(Console())


def _say(what: str) -> None:
    """Tell a person who waits, or a log, what is being measured."""
    typer.echo(f"{datetime.now(UTC):%H:%M:%S}  {what}", err=True)


if __name__ == "__main__":
    app()
