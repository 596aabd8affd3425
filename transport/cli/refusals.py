"""How the command line says no: one line on standard error and an exit code by the kind of refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import OperationalError, ProgrammingError

from transport.bootstrap import Services, plug
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, NotFound, ServiceError
from transport.kernel.policy import PolicyError
from transport.kernel.settings import Settings

EXIT_CODES = {Invalid: 2, NotFound: 3, Forbidden: 4, Conflict: 5, Exhausted: 6}

SENTENCES = {
    "demo.not_a_demo": "This database has clients of its own: a demo is built in an empty one only.",
    "day.not_open": "The day {day} has not been opened for promises.",
    "day.closed": "The day {day} is closed.",
    "plan.day_has_begun": "The day {day} has begun: it is changed ride by ride, not planned anew.",
    "plan.day_has_moved_on": "The day {day} has changed meanwhile; ask for a plan again.",
    "plan.rides_wait": "{count} orders still wait for a yes or no; decide them before publishing.",
    "plan.breaks_promises": "The plan breaks {count} rules, the first: {first}",
    "contract.none": "No contract covers {day}.",
    "contract.no_capacity": "The contract has {free} {unit} left and {needed} are needed.",
    "database.busy": "The database is busy with somebody else's change; try again.",
    "database.not_upgraded": "The database has an older shape than this program; run: transport db upgrade",
    "places.file_missing": "There is no file {file}.",
    "places.not_utf8": "{file}, line {line}: the text is not in UTF-8.",
    "places.column_missing": "{file}, line {line}: the column “{column}” is missing.",
    "places.key_twice": "{file}, line {line}, column “{column}”: “{value}” is there twice.",
    "places.broken": "{file}, line {line}: the row cannot be read ({reason}).",
    "places.value_missing": "{file}, line {line}, column “{column}”: the value is missing.",
    "places.value_broken": "{file}, line {line}, column “{column}”: “{value}” is not what belongs there.",
    "geocoder.url_broken": "The address of the geocoder is not an http address: {url}",
}
"""What a person at a terminal reads; `{…}` are the facts of the refusal."""


@contextmanager
def plugged() -> Iterator[Services]:
    """The services for one command, closed when it ends; refusals are said in one line."""
    with refused():
        services = plug(Settings())
        try:
            yield services
        finally:
            services.database.dispose()


@contextmanager
def refused() -> Iterator[None]:
    """Turn a refusal into its sentence and exit code; programming errors pass through."""
    try:
        yield
    except ServiceError as error:
        known = SENTENCES.get(error.code)
        typer.echo(known.format(**error.facts) if known else str(error), err=True)
        raise typer.Exit(EXIT_CODES[type(error)]) from error
    except PolicyError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).splitlines()[0]
        typer.echo(f"The database cannot be used ({reason}); is it there, and has it been upgraded?", err=True)
        raise typer.Exit(7) from error
