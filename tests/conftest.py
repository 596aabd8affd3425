"""What every test may ask for: a database with the whole schema, a session that leaves no trace.

`--database sqlite` (default) or `--database postgres` says where; what touches a database runs on both.

    session    for use cases: everything is rolled back afterwards, even what was flushed or nested
    database   for doors, jobs and races, which commit by themselves: the engine; emptied afterwards
    page       a tab of a real browser, for tests marked `browser`
"""

import importlib
import itertools
import sys
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel

from tests import postgres
from tests.chromium import opened
from transport.kernel import db

hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.register_profile("long", deadline=None, print_blob=True, max_examples=3000)
hypothesis.settings.load_profile("suite")

SERVER = pytest.StashKey[postgres.Postgres]()
ADDRESS = "postgres_address"
NUMBERS = itertools.count(1)
LONGEST = "test_gate.py"
"""Whoever begins with the longest tests waits for no other worker at the end."""
DATABASES = frozenset({"database_url", "empty_database_url", "module_database_url"})
"""Whoever asks for none of these, not even through others, touches no database."""
LOOPBACK = ("127.", "localhost", "::1")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite", help="where the tests run")


def pytest_configure(config: pytest.Config) -> None:
    """Start the one server of this run, in the process that distributes the tests."""
    if config.getoption("--database") == "postgres" and not hasattr(config, "workerinput"):
        config.stash[SERVER] = postgres.Postgres()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the server is."""
    if SERVER in node.config.stash:
        node.workerinput[ADDRESS] = node.config.stash[SERVER].address


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].stop()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first; on PostgreSQL only what touches a database: all others have run with SQLite already."""
    items.sort(key=lambda item: item.path.name != LONGEST)
    if config.getoption("--database") == "sqlite":
        return
    here: list[pytest.Item] = []
    elsewhere: list[pytest.Item] = []
    for item in items:
        (here if DATABASES & set(getattr(item, "fixturenames", ())) else elsewhere).append(item)
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = here


def pytest_report_header(config: pytest.Config) -> str:
    return f"database: {config.getoption('--database')}"


@pytest.fixture(scope="session")
def database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Where this worker's own database is; other processes may connect to it as well."""
    return new_database(request, tmp_path_factory.mktemp("database"), "suite")


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with nothing in it, not even tables: for migrations and for the command line."""
    return new_database(request, tmp_path, "empty")


@pytest.fixture(scope="module")
def module_database_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """As `empty_database_url`, but one for all tests of a file, which only look at what the first has built."""
    return new_database(request, tmp_path_factory.mktemp("database"), "module")


def new_database(request: pytest.FixtureRequest, folder: Path, name: str) -> str:
    if request.config.getoption("--database") == "sqlite":
        return f"sqlite:///{folder / name}.db"
    worker: dict[str, str] = getattr(request.config, "workerinput", {})
    address = worker.get(ADDRESS) or request.config.stash[SERVER].address
    return postgres.create(address, f"{name}_{worker.get('workerid', 'only')}_{next(NUMBERS)}")


@pytest.fixture(scope="session")
def engine(database_url: str) -> Iterator[Engine]:
    """The database with all tables and no rows. Tests ask for `session` or `database` instead."""
    importlib.import_module("transport.schema")  # only here, so that tests of pure rules start without it
    engine = db.connect(database_url)
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One use case after another, then all of it is rolled back."""
    with engine.connect() as connection, connection.begin() as everything:
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        everything.rollback()


@pytest.fixture
def database(engine: Engine) -> Iterator[Engine]:
    """The engine, for code that opens its own transactions; every table is emptied afterwards."""
    yield engine
    with engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser, for tests marked `browser`."""
    with opened() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new tab with its own cookies, as a Czech reader has it; a script or file that fails is a failure."""
    context = chromium.new_context(locale="cs-CZ", timezone_id="Europe/Prague")
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if _is_complaint(said) else None)
    page.on("response", lambda got: errors.append(f"{got.status} {got.url}") if _is_missing(got) else None)
    yield page
    context.close()
    assert errors == []


def _is_complaint(said: ConsoleMessage) -> bool:
    return said.type == "error" and not said.text.startswith("Failed to load resource")


def _is_missing(got: Response) -> bool:
    """A page itself may well answer 404 or 422; its style and scripts may not."""
    return got.status >= HTTPStatus.BAD_REQUEST and got.request.resource_type != "document"


def refuse_the_network(event: str, arguments: tuple[Any, ...]) -> None:
    """No test talks to anything but this machine; a forgotten fake shows at once."""
    if event != "socket.connect":
        return
    address = arguments[1]
    if isinstance(address, tuple) and not str(address[0]).startswith(LOOPBACK):
        message = f"a test wanted to talk to {address[0]}"
        raise PermissionError(message)


sys.addaudithook(refuse_the_network)
