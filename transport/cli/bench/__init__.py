"""`transport bench`: how good and how fast the planner is, on public instances and made-up cities."""

import typer

from transport.cli.bench import darp, denials, explain, scale, season

app = typer.Typer(no_args_is_help=True, help="Measure the planner.")
app.add_typer(darp.app)
app.add_typer(denials.app)
app.add_typer(explain.app)
app.add_typer(scale.app)
app.add_typer(season.app)
