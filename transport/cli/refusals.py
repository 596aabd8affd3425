"""How the command line says no: one line on standard error and an exit code by the kind of refusal."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from sqlalchemy.exc import OperationalError, ProgrammingError

from transport.api import sentences
from transport.api.refusals import REFUSALS
from transport.bootstrap import Services, plug
from transport.kernel.calendar import CalendarError
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, NotFound, ServiceError
from transport.kernel.i18n import Catalogue
from transport.kernel.policy import PolicyError
from transport.kernel.settings import Settings

EXIT_CODES = {Invalid: 2, NotFound: 3, Forbidden: 4, Conflict: 5, Exhausted: 6}

ENGLISH = Catalogue("en", {})

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
    "table.file_missing": "There is no file {file}.",
    "table.unreadable": "The file {file} cannot be read.",
    "table.too_large": "{file}: the file is larger than {most} MB.",
    "table.empty": "{file}: there are no rows below the headings.",
    "table.row_broken": "{file}, row {row}: the row cannot be read; look for a quotation mark that is not closed.",
    "table.bytes_broken": "{file}, row {row}: the file is damaged there. Save it again as CSV in UTF-8.",
    "table.no_workbooks": "{file}: workbooks cannot be read here. Save it as CSV in UTF-8, or install openpyxl.",
    "table.workbook_broken": "{file}: this is not a complete .xlsx workbook. Save it again, or as CSV in UTF-8.",
    "sheet.column_missing": "The column “{column}” is missing.",
    "sheet.column_twice": "There are two columns for the same thing, the second is “{column}”.",
    "sheet.value_missing": "The cell is empty.",
    "sheet.text_too_long": "The text is longer than {most} characters.",
    "sheet.formula": "There is a formula. Put its result there.",
    "sheet.date_unclear": "This is not a date. Write it like 26. 11. 2026 or 2026-11-26.",
    "sheet.time_unclear": "This is not a time. Write it like 7:30.",
    "sheet.number_unclear": "This is not a whole number from {low} to {high}.",
    "sheet.degrees_unclear": "This is not a coordinate. Write it in degrees, like 49.7475.",
    "sheet.degrees_half": "Latitude and longitude belong together; one is missing.",
    "sheet.far_away": "This is far from the area of the service. Are latitude and longitude swapped?",
    "sheet.flag_unclear": "Write yes or no (ano or ne).",
    "sheet.word_unknown": "Write one of these: {words}.",
    "sheet.row_twice": "The same is in row {first} already.",
    "sheet.person_twice": "Somebody of this name and birth is known under another number.",
    "sheet.card_missing": "There are data of a card, but not which card it is.",
    "sheet.place_unclear": "The place was not found for certain. Write street, number and town, or a known place.",
    "sheet.home_unknown": "The home of this client is not known. Bring in the clients with their homes first.",
    "sheet.client_unknown": "There is no such client. Bring in the clients first.",
    "sheet.client_unclear": "Several clients have this name. Write the number of the client.",
    "sheet.weekdays_unclear": "Write weekdays like po, st, pá or Mon, Wed, Fri.",
    "sheet.one_time": "Write either when to leave, or when to be there.",
    "geocoder.url_broken": "The address of the geocoder is not an http address: {url}",
}
"""What a person at a terminal reads; `{…}` are the facts of the refusal."""


def said(error: ServiceError) -> str:
    """The refusal as a sentence: the terminal's own, or else that of the pages."""
    if error.code in SENTENCES:
        return SENTENCES[error.code].format(**error.facts)
    return sentences.sentence(error, ENGLISH) if error.code in REFUSALS else str(error)


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
        typer.echo(said(error), err=True)
        raise typer.Exit(EXIT_CODES[type(error)]) from error
    except (PolicyError, CalendarError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except (OperationalError, ProgrammingError) as error:
        reason = str(error.orig).splitlines()[0]
        typer.echo(f"The database cannot be used ({reason}); is it there, and has it been upgraded?", err=True)
        raise typer.Exit(7) from error
