"""The list of regular rides that an operator has today, brought in as standing orders."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, select

from transport.booking.clients import importing as people
from transport.booking.clients import queries
from transport.booking.clients.models import Client
from transport.booking.rides.wishing import KindOfPlace
from transport.booking.standing import standing
from transport.booking.standing.models import OnHolidays, StandingOrder
from transport.booking.standing.recurrence import Times
from transport.booking.standing.regular import Wanted
from transport.kernel import sheets
from transport.kernel.actor import Actor
from transport.kernel.errors import Invalid
from transport.kernel.sheets import Batch, Column, Outcome, Row, Sheet
from transport.routing.geo import importing as places
from transport.routing.geo import places as geo
from transport.routing.geo.places import Addresses, Hit
from transport.routing.planning.day import World
from transport.routing.planning.wishes import Anchor

WEEKDAYS = {
    "po": 1, "ut": 2, "st": 3, "ct": 4, "pa": 5, "so": 6, "ne": 7,
    "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7,
}  # fmt: skip

HOLIDAYS = {
    "jezdit": OnHolidays.RIDE,
    "ride": OnHolidays.RIDE,
    "nejezdit": OnHolidays.PAUSE,
    "pause": OnHolidays.PAUSE,
}

HOMES = frozenset({"domu", "doma", "bydliste", "home"})
"""Words for the client's own home, as `sheets.heading` writes them."""


def weekdays(cell: str) -> tuple[int, ...]:
    """`po st pá`, `Mon, Wed`, `po–pá`: weekdays from 1 (Monday) to 7, each once."""
    found: list[int] = []
    for part in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", cell)):
        ends = [WEEKDAYS.get(sheets.heading(word), 0) for word in part.split("-")]
        if not part or len(ends) > 2 or 0 in ends or ends[0] > ends[-1]:
            raise Invalid("sheet.weekdays_unclear")
        found += range(ends[0], ends[-1] + 1)
    return tuple(sorted(set(found)))


COLUMNS = (
    Column("number", ("number", "číslo"), sheets.text(40)),
    Column("client", ("client number", "client", "číslo klienta", "klient"), sheets.text(170), needed=True),
    Column("origin", ("from place", "from", "odkud"), sheets.text(300), needed=True),
    Column("destination", ("to place", "to", "kam"), sheets.text(300), needed=True),
    Column("days", ("days", "dny", "dny v týdnu"), weekdays, needed=True),
    Column("leave_at", ("leave at", "odjezd v"), sheets.minute),
    Column("arrive_by", ("arrive by", "být tam v"), sheets.minute),
    Column("back_at", ("back at", "zpět v"), sheets.minute),
    Column("first", ("first day", "valid from", "od", "platí od"), sheets.day, needed=True),
    Column("last", ("last day", "valid until", "do", "platí do"), sheets.day, needed=True),
    Column("every_weeks", ("every weeks", "po kolika týdnech"), sheets.whole(1, 2)),
    Column("public_holidays", ("public holidays", "svátky"), sheets.choice(HOLIDAYS)),
    Column("school_holidays", ("school holidays", "prázdniny"), sheets.choice(HOLIDAYS)),
    Column("companions", ("companions", "doprovod"), sheets.whole(0, 8)),
)

Ends = dict[int, tuple[Client, Hit, Hit]]
"""By row: whose order it is, and its two places."""


def prepare(session: Session, sheet: Sheet, *, addresses: Addresses | None) -> tuple[Batch, Ends]:
    """The rows that can become standing orders, with client and places; the faults of the others. Reads only."""
    batch = sheets.read(sheet, COLUMNS)
    found: Ends = {}
    faults = sheets.doubles(batch, _key)
    for row in batch.rows:
        if (row.get("leave_at") is None) == (row.get("arrive_by") is None):
            faults.append(batch.fault(row, Invalid("sheet.one_time", field="leave_at")))
        try:
            client = _client(session, row["client"])
            ends = [_place(session, client, addresses, row, field) for field in ("origin", "destination")]
        except Invalid as error:
            faults.append(batch.fault(row, error))
        else:
            found[row.number] = (client, ends[0], ends[1])
    return batch.without(faults), found


def bring(session: Session, batch: Batch, ends: Ends, *, world: World, by: Actor, now: datetime) -> Outcome:
    """Ask for the standing orders of the rows; one asked for before, from the same list, stays as it is."""

    def write(row: Row) -> bool:
        if session.exec(select(StandingOrder.id).where(StandingOrder.key == _key(row))).first() is not None:
            return False
        client, origin, destination = ends[row.number]
        wanted = Wanted(
            key=_key(row),
            client_id=client.id or 0,
            origin=geo.keep(session, origin).id or 0,
            destination=geo.keep(session, destination).id or 0,
            first=row["first"],
            last=row["last"],
            times=_times(row),
            every_weeks=row.get("every_weeks") or 1,
            public_holidays=row.get("public_holidays") or OnHolidays.PAUSE,
            school_holidays=row.get("school_holidays") or OnHolidays.PAUSE,
            companions=(KindOfPlace.SEAT,) * (row.get("companions") or 0),
        )
        standing.ask(session, wanted, world=world, by=by, now=now)
        return True

    return sheets.bring(session, batch, write)


def _times(row: Row) -> Mapping[int, Times]:
    anchor = Anchor.LEAVE_AT if row.get("arrive_by") is None else Anchor.ARRIVE_BY
    minute = row.get("leave_at") if anchor is Anchor.LEAVE_AT else row.get("arrive_by")
    return {weekday: Times(anchor, minute or 0, row.get("back_at")) for weekday in row["days"]}


def _key(row: Row) -> str:
    """What a row is recognised by: its number in the list, else everything in it."""
    content = row.get("number") or hashlib.sha256(repr(sorted(row.values.items())).encode()).hexdigest()[:32]
    return f"import:{content}"


def _client(session: Session, written: str) -> Client:
    """By number, by our code, or by first and last name."""
    has_digits = any(letter.isdigit() for letter in written)
    return people.find(session, number=written) if has_digits else people.find(session, name=written)


def _place(session: Session, client: Client, addresses: Addresses | None, row: Row, field: str) -> Hit:
    """The client's home or other own place by its label, else the place that the words mean."""
    said = sheets.heading(row[field])
    for own in queries.places(session, client.id or 0):
        if sheets.heading(own.label) == said or (own.is_home and said in HOMES):
            return geo.of_place(session, own.place_id)
    if said in HOMES:
        raise Invalid("sheet.home_unknown", field=field)
    try:
        return places.place_meant(session, addresses, row[field])
    except Invalid as error:
        raise Invalid(error.code, field=field) from error
