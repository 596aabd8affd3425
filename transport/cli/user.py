"""`transport user`: who may log in."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from transport.accounts import users
from transport.accounts.models import User
from transport.cli.refusals import refused
from transport.kernel import actor, clock, db
from transport.kernel.actor import Role
from transport.kernel.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Who may log in.")

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Login = Annotated[str, typer.Argument(help="Name the user logs in with, or an e-mail address.")]
Password = Annotated[
    str,
    typer.Option(
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        help="Asked for when left out, which is safer.",
    ),
]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help="First and last name.")],
    role: Annotated[Role, typer.Option(help="What the user may be here.")],
    password: Password,
    language: Annotated[str, typer.Option(help="Language of pages and messages.")] = "cs",
    as_json: AsJson = False,
) -> None:
    """Let somebody log in."""
    with _database() as engine, db.writing(engine) as session:
        user = users.add(session, login, name, role, password, by=actor.SYSTEM, now=clock.utc_now(), language=language)
    _show([user], as_json=as_json)


@app.command("list")
def show_all(as_json: AsJson = False) -> None:
    """Show all users, disabled ones too."""
    with _database() as engine, db.reading(engine) as session:
        _show(users.everybody(session), as_json=as_json)


@app.command("password")
def change_password(login: Login, password: Password, as_json: AsJson = False) -> None:
    """Give a user a new password; all their sessions end."""
    with _database() as engine, db.writing(engine) as session:
        user = users.named(session, login)
        users.change_password(session, user, password, by=actor.SYSTEM, now=clock.utc_now())
    _show([user], as_json=as_json)


@app.command()
def disable(login: Login, as_json: AsJson = False) -> None:
    """Shut a user out at once; what they did stays."""
    with _database() as engine, db.writing(engine) as session:
        user = users.named(session, login)
        users.disable(session, user, by=actor.SYSTEM, now=clock.utc_now())
    _show([user], as_json=as_json)


@app.command()
def enable(login: Login, as_json: AsJson = False) -> None:
    """Let a user in again who was shut out."""
    with _database() as engine, db.writing(engine) as session:
        user = users.named(session, login)
        users.enable(session, user, by=actor.SYSTEM, now=clock.utc_now())
    _show([user], as_json=as_json)


@app.command()
def role(
    login: Login,
    to: Annotated[Role, typer.Argument(help="What the user may be here from now on.")],
    as_json: AsJson = False,
) -> None:
    """Give a user other work; clients keep their log-ins, staff have their own."""
    with _database() as engine, db.writing(engine) as session:
        user = users.named(session, login)
        users.change_role(session, user, to, by=actor.SYSTEM, now=clock.utc_now())
    _show([user], as_json=as_json)


@contextmanager
def _database() -> Iterator[Engine]:
    with refused():
        engine = db.connect(Settings().database)
        try:
            yield engine
        finally:
            engine.dispose()


def _show(found: Sequence[User], *, as_json: bool) -> None:
    rows = [
        {
            "id": user.id,
            "login": user.login,
            "name": user.name,
            "role": user.role.value,
            "active": user.active,
            "language": user.language,
        }
        for user in found
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    table = Table("login", "name", "role", "active", "language")
    for user in found:
        table.add_row(user.login, user.name, user.role.value, "yes" if user.active else "no", user.language)
    Console().print(table)
