"""How a step is run: one at a time, in one transaction; Alembic executes this file."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, text
from sqlmodel import SQLModel

from transport.kernel.db import OneOf, UtcDateTime

ONE_AT_A_TIME = 7_263_514_000
"""Key of the advisory lock that makes a second migrating process wait (SQLite has its write lock)."""


def render(kind: str, thing: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401
    """Write the house's own types as what the database sees, so that old steps need none of its code."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, OneOf):
        return "sa.String(length=40)"
    if kind == "type" and type(thing).__name__ == "AutoString":
        length = getattr(thing, "length", None)
        return f"sa.String(length={length})" if length else "sa.String()"
    del autogen
    return False


def run(engine: Engine) -> None:
    """Run what was asked for on the engine that the caller brought."""
    with engine.connect() as connection, foreign_keys_rest(connection), connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ONE_AT_A_TIME})"))
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=True,
            render_item=render,
            compare_type=True,
        )
        context.run_migrations()
        if engine.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise RuntimeError("a row would point to nothing after this step; nothing was changed")


@contextmanager
def foreign_keys_rest(connection: Connection) -> Iterator[None]:
    """On SQLite a table is altered by rebuilding it: for a moment others point to nothing.

    The switch works outside a transaction only: it is thrown on the driver's connection, which has none yet.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


run(context.config.attributes["engine"])
