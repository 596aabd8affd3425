"""`transport notice`: one line for everybody on the start page."""

from datetime import datetime
from typing import Annotated

import typer

from transport.cli.refusals import plugged
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import LOCAL, utc_now
from transport.kernel.db import writing
from transport.operations.quality import announcements

app = typer.Typer(no_args_is_help=True, help="One line for everybody on the start page, such as snow.")


@app.command("set")
def set_(
    cs: Annotated[str, typer.Argument(help="The line in Czech.")],
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d %H:%M"], help="Until when, on the clock in Plzeň.")],
    *,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d %H:%M"], help="From when; now if not said.")
    ] = None,
    en: Annotated[str, typer.Option(help="The same in English.")] = "",
    uk: Annotated[str, typer.Option(help="The same in Ukrainian.")] = "",
    de: Annotated[str, typer.Option(help="The same in German.")] = "",
) -> None:
    """Say it to everybody; languages that are not given read the Czech line."""
    now = utc_now()
    starts_at = now if since is None else since.replace(tzinfo=LOCAL)
    texts = {"cs": cs, "en": en, "uk": uk, "de": de}
    with plugged() as services, writing(services.database) as session:
        ends_at = until.replace(tzinfo=LOCAL)
        announcements.announce(session, texts, starts_at=starts_at, ends_at=ends_at, by=SYSTEM, now=now)
    typer.echo(f"announced until {ends_at:%Y-%m-%d %H:%M}")


@app.command()
def clear() -> None:
    """Take back everything announced for now or later."""
    with plugged() as services, writing(services.database) as session:
        count = announcements.withdraw(session, by=SYSTEM, now=utc_now())
    typer.echo(f"withdrawn: {count}")
