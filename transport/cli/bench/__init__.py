"""`transport bench`: how good and how fast the planner is, on public instances and made-up cities."""

import typer

from transport.cli.bench import darp

app = typer.Typer(no_args_is_help=True, help="Measure the planner.")
app.add_typer(darp.app)
