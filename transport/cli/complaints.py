"""`transport complaints`: what people wrote to us, and that it has been answered."""

import json
from datetime import timedelta
from typing import Annotated

import typer

from transport.cli.refusals import plugged
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import local_day, utc_now
from transport.kernel.db import reading, writing
from transport.operations.quality import feedback

app = typer.Typer(no_args_is_help=True, help="Complaints and opinions that people sent.")

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command("list")
def list_(*, as_json: AsJson = False) -> None:
    """Complaints that wait for an answer, the most urgent first."""
    with plugged() as services, reading(services.database) as session:
        waiting = [each.model_dump(mode="json", exclude={"key"}) for each in feedback.unanswered(session)]
    if as_json:
        typer.echo(json.dumps(waiting, ensure_ascii=False))
        return
    for each in waiting:
        how = "call" if each["oral"] else each["answer_by"]
        typer.echo(f"{each['id']}  answer by {each['due_on']}  ({how}: {each['contact'] or 'nobody'})  {each['text']}")


@app.command()
def answered(number: Annotated[int, typer.Argument(help="The number of the complaint.")]) -> None:
    """Note that the writer has been answered."""
    with plugged() as services, writing(services.database) as session:
        feedback.mark_answered(session, feedback.numbered(session, number), by=SYSTEM, now=utc_now())
    typer.echo(f"complaint {number}: answered")


@app.command()
def opinions(
    *, days: Annotated[int, typer.Option(min=1, help="Those of so many days.")] = 30, as_json: AsJson = False
) -> None:
    """What people said of the service, the newest first."""
    now = utc_now()
    with plugged() as services, reading(services.database) as session:
        said = feedback.opinions(session, since=now - timedelta(days=days))
        rows = [each.model_dump(mode="json", exclude={"key"}) for each in said]
        shown = [f"{local_day(each.sent_at)}  {each.rating or '–'}  {each.text}" for each in said]
    typer.echo(json.dumps(rows, ensure_ascii=False) if as_json else "\n".join(shown))
