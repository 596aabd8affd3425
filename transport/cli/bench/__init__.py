"""`transport bench`: how good and how fast the planner is, on public instances and made-up cities."""

import typer

from transport.cli.bench import darp, explain, scale

app = typer.Typer(no_args_is_help=True, help="Measure the planner.")
app.add_typer(darp.app)
app.add_typer(explain.app)
app.add_typer(scale.app)
