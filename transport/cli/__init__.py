"""The door for a person at a terminal: each command parses, calls one use case and prints."""

import typer

from transport.cli import (
    bench,
    complaints,
    database,
    geo,
    importing,
    notice,
    planning,
    report,
    rules,
    serving,
    standing,
    user,
)
from transport.cli.demo import command as demo

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Assisted individual transport.")
app.add_typer(demo.app)
app.add_typer(serving.app)
app.add_typer(planning.app)
app.add_typer(database.app)
app.add_typer(geo.app, name="geo")
app.add_typer(rules.app, name="policy")
app.add_typer(standing.app, name="standing")
app.add_typer(user.app, name="user")
app.add_typer(bench.app, name="bench")
app.add_typer(importing.app, name="import")
app.add_typer(report.app, name="report")
app.add_typer(notice.app, name="notice")
app.add_typer(complaints.app, name="complaints")
