"""Bring a database to the shape that this code expects, and say how far it is from it."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

import transport.schema  # noqa: F401 - its import completes the metadata

FOLDER = Path(__file__).resolve().parent


def upgrade(engine: Engine, *, to: str = "head") -> None:
    """Apply the steps that are missing, all or none; a fresh database gets every table."""
    command.upgrade(_config(engine), to)


def downgrade(engine: Engine, *, to: str) -> None:
    """Take steps back to the named one (`base`: an empty database); what the steps had added is lost."""
    command.downgrade(_config(engine), to)


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the shape this code expects."""
    with engine.connect() as connection:
        return current(connection) == newest()


def current(connection: Connection) -> str | None:
    """The step the database is at; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The last step of the chain."""
    return ScriptDirectory(str(FOLDER)).get_current_head()


def differences(engine: Engine) -> list[Any]:
    """What the models say and the database does not have, or the other way round; [] when they agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        return list(compare_metadata(context, SQLModel.metadata))


def write(engine: Engine, message: str) -> Path:
    """Write the next numbered step from the difference between the models and an up-to-date database.

    It is a draft, to be read and mended; `make revision` puts its style in order.
    """
    config = _config(engine)
    steps = list(ScriptDirectory(str(FOLDER)).walk_revisions())
    made = command.revision(config, message, autogenerate=True, rev_id=f"{len(steps) + 1:04d}")
    assert made is not None
    assert not isinstance(made, list)
    path = Path(made.path)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.strip().startswith("# ###")), encoding="utf-8")
    return path


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["engine"] = engine
    return config
