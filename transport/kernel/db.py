"""The only place that begins, commits and rolls back; what differs between the two databases ends here.

SQLite: WAL, foreign keys on, `BEGIN IMMEDIATE` for writers, so that a writer waits at the start and never
fails in the middle. PostgreSQL: READ COMMITTED with lock and statement timeouts. Row locks are an UPDATE of the
row that is to be locked, which both understand.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    DateTime,
    Dialect,
    Engine,
    MetaData,
    String,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, SQLModel

from transport.kernel.errors import Conflict

E = TypeVar("E", bound=StrEnum)

BUSY_SECONDS = 20
"""How long a writer waits for another one before it gives up."""

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values on the way in, is always UTC on the way out (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: an aware instant, as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive datetime {value!r}"
            raise ValueError(message)
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: always aware, always UTC."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class OneOf(TypeDecorator[E], Generic[E]):
    """A Python enum kept as its text, so that no database type ever needs altering."""

    impl = String(40)
    cache_ok = True

    def __init__(self, kind: type[E]) -> None:
        """Remember which enum comes back."""
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        """To the database: the enum's text; a word outside the enum is a programming error."""
        del dialect
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """From the database: the enum again."""
        del dialect
        return None if value is None else self.kind(value)


def one_of(kind: type[E]) -> OneOf[E]:
    """The column type of a status or kind: `Field(sa_type=one_of(Status))`."""
    return OneOf(kind)


def connect(url: str) -> Engine:
    """An engine for SQLite or PostgreSQL, set up as the house needs it; creates the folder of a SQLite file."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, connect_args={"timeout": BUSY_SECONDS})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    options = f"-c lock_timeout={BUSY_SECONDS}s -c statement_timeout=60s -c timezone=UTC"
    return create_engine(parsed, pool_pre_ping=True, connect_args={"options": options})


def _prepare_sqlite(connection: Any, record: object) -> None:  # noqa: ANN401 - the driver's own connection
    del record
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:  # noqa: ANN401
    reading_only = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reading_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading_only else "BEGIN IMMEDIATE")


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """One use case: returning commits everything, raising rolls everything back.

    Raises Conflict("database.busy") when another writer held the database longer than BUSY_SECONDS.
    """
    with Session(engine, expire_on_commit=False) as session:
        try:
            yield session
            session.commit()
        except OperationalError as error:
            session.rollback()
            if _is_waiting_too_long(error):
                raise Conflict("database.busy") from error
            raise
        except BaseException:
            session.rollback()
            raise


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A look that never waits for a writer and cannot write: the database itself refuses."""
    with engine.connect().execution_options(reading=True) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        with Session(connection, expire_on_commit=False) as session:
            yield session


def _is_waiting_too_long(error: OperationalError) -> bool:
    return "database is locked" in str(error) or getattr(error.orig, "sqlstate", None) in {"55P03", "40P01"}
