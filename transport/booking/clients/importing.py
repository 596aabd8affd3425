"""The list of clients that an operator has today: people with their cards, needs, home and whom to call."""

from datetime import datetime

from sqlmodel import Session, select

from transport.booking.clients import clients, spelling
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client
from transport.booking.clients.needs import Assistance, Mobility
from transport.kernel import sheets
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid
from transport.kernel.sheets import Batch, Column, Outcome, Row, Sheet
from transport.routing.geo import importing as places
from transport.routing.geo import places as geo
from transport.routing.geo.places import Addresses, Hit

HOME = "Domů"
"""How the home of somebody from a list is called on the pages."""

CARDS = {"ZTP": Ground.ZTP, "ZTP/P": Ground.ZTP_P, "jiný": Ground.OTHER, "other": Ground.OTHER}

MOBILITIES = {
    "chodí": Mobility.WALKS,
    "walks": Mobility.WALKS,
    "hůl": Mobility.CANE,
    "cane": Mobility.CANE,
    "chodítko": Mobility.WALKER,
    "walker": Mobility.WALKER,
    "vozík, přesedá": Mobility.WHEELCHAIR_TRANSFER,
    "wheelchair, transfers": Mobility.WHEELCHAIR_TRANSFER,
    "vozík": Mobility.WHEELCHAIR_STAYS,
    "wheelchair": Mobility.WHEELCHAIR_STAYS,
    "elektrický vozík": Mobility.ELECTRIC_WHEELCHAIR,
    "electric wheelchair": Mobility.ELECTRIC_WHEELCHAIR,
}

HELP = {
    "žádná": Assistance.NONE,
    "none": Assistance.NONE,
    "do vozidla": Assistance.VEHICLE,
    "vehicle": Assistance.VEHICLE,
    "ke dveřím": Assistance.DOOR,
    "door": Assistance.DOOR,
    "po schodech": Assistance.STAIRS,
    "stairs": Assistance.STAIRS,
    "do místnosti": Assistance.ROOM,
    "room": Assistance.ROOM,
}

LANGUAGES = {name: name for name in ("cs", "en", "uk", "de")}

COLUMNS = (
    Column("number", ("number", "číslo", "číslo klienta"), sheets.text(40)),
    Column("first_name", ("first name", "jméno"), sheets.text(80), needed=True),
    Column("last_name", ("last name", "surname", "příjmení"), sheets.text(80), needed=True),
    Column("born", ("born", "date of birth", "datum narození", "narozen"), sheets.day, needed=True),
    Column("phone", ("phone", "telefon"), sheets.text(40)),
    Column("email", ("email", "e-mail"), sheets.text(200)),
    Column("language", ("language", "jazyk"), sheets.choice(LANGUAGES)),
    Column("municipality", ("municipality", "town", "obec", "trvalé bydliště v obci"), sheets.text(80)),
    Column("contact_name", ("representative", "contact", "zástupce", "kontaktní osoba"), sheets.text(100)),
    Column("contact_phone", ("representative phone", "contact phone", "telefon zástupce"), sheets.text(40)),
    Column("card", ("card", "průkaz"), sheets.choice(CARDS)),
    Column("card_number", ("card number", "číslo průkazu"), sheets.text(40)),
    Column("valid_from", ("card from", "průkaz od"), sheets.day),
    Column("valid_until", ("card until", "průkaz do", "platnost průkazu"), sheets.day),
    Column("card_seen", ("card seen", "průkaz ověřen"), sheets.flag),
    Column("mobility", ("mobility", "pohyblivost"), sheets.choice(MOBILITIES)),
    Column("chair_mass_kg", ("chair kg", "vozík kg", "hmotnost vozíku s osobou kg"), sheets.whole(5, 500)),
    Column("assistance", ("help", "pomoc"), sheets.choice(HELP)),
    Column("stairs", ("carried over stairs", "nosit po schodech"), sheets.flag),
    Column("blind", ("blind", "nevidomý"), sheets.flag),
    Column("deaf", ("deaf", "neslyšící"), sheets.flag),
    Column("guide_dog", ("dog", "vodicí pes", "asistenční pes"), sheets.flag),
    Column("calm", ("calm", "klid"), sheets.flag),
    Column("hand_over_to", ("hand over to", "předat komu"), sheets.text(80)),
    Column("companions", ("companions", "doprovod"), sheets.whole(0, 8)),
    Column("note", ("note", "poznámka"), sheets.text(160)),
    Column("home", ("home", "address", "adresa", "bydliště"), sheets.text(300)),
    Column("door_note", ("door", "dveře", "zvonek"), sheets.text(160)),
    Column("home_steps", ("steps at home", "schodů doma"), sheets.whole(0, 200)),
)

_OF_NEEDS = (
    "mobility", "chair_mass_kg", "assistance", "stairs", "blind", "deaf", "guide_dog", "calm", "hand_over_to",
    "companions", "note",
)  # fmt: skip


def prepare(session: Session, sheet: Sheet, *, addresses: Addresses | None) -> tuple[Batch, dict[int, Hit]]:
    """The rows that can become clients, and where each of them lives; the faults of the others. Reads only."""
    batch = sheets.read(sheet, COLUMNS)
    homes: dict[int, Hit] = {}
    faults = sheets.doubles(batch, lambda row: row.get("number") or None)
    faults += sheets.doubles(batch.without(faults), _person)
    for row in batch.rows:
        if row.get("home"):
            try:
                homes[row.number] = places.place_meant(session, addresses, row["home"])
            except Invalid as error:
                faults.append(batch.fault(row, Invalid(error.code, field="home")))
        if row.get("card") is None and any(row.get(field) for field in ("card_number", "valid_from", "valid_until")):
            faults.append(batch.fault(row, Invalid("sheet.card_missing", field="card")))
    return batch.without(faults), homes


def bring(session: Session, batch: Batch, homes: dict[int, Hit], *, by: Actor, now: datetime) -> Outcome:
    """Register the people of the rows; somebody known before, by number or by name and birth, stays as they are."""

    def write(row: Row) -> bool:
        if _known(session, row):
            return False
        client = _register(session, row, by, now)
        _entitle(session, row, client, by, now)
        needs = {field: row.get(field) for field in _OF_NEEDS if row.get(field) not in (None, "")}
        clients.record_needs(session, client, by=by, now=now, **needs)
        if row.number in homes:
            clients.add_place(
                session,
                client,
                geo.keep(session, homes[row.number]).id or 0,
                label=HOME,
                door_note=row.get("door_note", ""),
                stairs=row.get("home_steps") or 0,
                is_home=True,
                by=by,
                now=now,
            )
        return True

    return sheets.bring(session, batch, write)


def find(session: Session, *, number: str = "", name: str = "") -> Client:
    """The client whom another list means: by the number of the list or our code, else by the whole name.

    Raises Invalid("sheet.client_unknown") or, if several people have that name, Invalid("sheet.client_unclear").
    """
    if number:
        mine = select(Client).where((Client.number == number) | (Client.code == number))
    else:
        mine = select(Client).where(Client.search_name == spelling.plain(name))
    found = list(session.exec(mine))
    if not found:
        raise Invalid("sheet.client_unknown", field="client")
    if len(found) > 1:
        raise Invalid("sheet.client_unclear", field="client")
    return found[0]


def _register(session: Session, row: Row, by: Actor, now: datetime) -> Client:
    client = clients.register(
        session,
        first_name=row["first_name"],
        last_name=row["last_name"],
        born=row["born"],
        phone=row.get("phone", ""),
        email=row.get("email", ""),
        language=row.get("language") or "cs",
        municipality=row.get("municipality", ""),
        by=by,
        now=now,
    )
    contact = row.get("contact_phone", "")
    phone = spelling.phone(contact) if contact else ""
    if phone is None:
        raise Invalid("client.phone_unusable", field="contact_phone")
    client.number = row.get("number") or None
    client.contact_name, client.contact_phone = row.get("contact_name", ""), phone
    session.add(client)
    session.flush()
    return client


def _entitle(session: Session, row: Row, client: Client, by: Actor, now: datetime) -> None:
    """The card of the list; seen by our people unless the list says otherwise.

    Without a first day it counts from today, and one that is over already is kept as that.
    """
    if row.get("card") is None:
        return
    today = local_day(now)
    clients.entitle(
        session,
        client,
        row["card"],
        valid_from=row.get("valid_from") or min(today, row.get("valid_until") or today),
        valid_until=row.get("valid_until"),
        card_number=row.get("card_number"),
        by=by if row.get("card_seen", True) else SYSTEM,
        now=now,
    )


def _known(session: Session, row: Row) -> bool:
    """Whether the person is with us already. The same name and birth under another number is a fault to look at."""
    number = row.get("number") or None
    if number is not None and session.exec(select(Client.id).where(Client.number == number)).first() is not None:
        return True
    name = spelling.plain(f"{row['first_name']} {row['last_name']}")
    same = session.exec(select(Client).where(Client.search_name == name, Client.born == row["born"])).first()
    if same is not None and number is not None and same.number not in (None, number):
        raise Invalid("sheet.person_twice", field="number")
    return same is not None


def _person(row: Row) -> tuple[str, object]:
    return spelling.plain(f"{row['first_name']} {row['last_name']}"), row["born"]
