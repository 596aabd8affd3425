"""The demo's people with a story: who acts for them, by which mandate, and where they live. Nobody of them exists."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session, select

from transport.accounts import users
from transport.booking.clients import clients, mandates, organisations
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client, MandateKind, OrganisationKind, Power
from transport.booking.clients.needs import Mobility
from transport.cli.demo.people import People
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.routing.geo.models import Place

ALL = (Power.SEE, Power.BOOK, Power.CANCEL, Power.MANAGE, Power.COMPLAIN)
RIDES = (Power.SEE, Power.BOOK, Power.CANCEL)
CENTRE = "Denní centrum U Modré lavičky"
CENTRE_STREET = "koterovska"
DEPARTMENT = "Odbor sociální péče (ukázka)"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name: as old this year, with a birthday (day, month), living in which street, getting in how.

    `mass`: of chair and person, in kilograms.
    """

    first: str
    last: str
    age: int
    birthday: tuple[int, int]
    street: str
    mobility: Mobility = Mobility.WALKS
    mass: int | None = None
    calm: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"

    def born(self, today: date) -> date:
        """When, so that the demo is as believable in ten years."""
        day, month = self.birthday
        return date(today.year - self.age, month, day)


BOZENA = Person("Božena", "Klidná", 78, (17, 9), "manesova", Mobility.WHEELCHAIR_STAYS, 98)
HEDVIKA = Person("Hedvika", "Veselá", 87, (3, 2), "lidicka", Mobility.WALKER)
SIMON = Person("Šimon", "Havel", 30, (21, 6), "gerska", calm=True)
LUDMILA = Person("Ludmila", "Horská", 82, (8, 11), "slovanska", Mobility.WALKER)
EMMA = Person("Ema", "Horská", 16, (12, 4), "slovanska", Mobility.WHEELCHAIR_STAYS, 84)
VISITORS = (
    Person("Oldřich", "Bureš", 77, (30, 1), "masarykova", Mobility.CANE),
    Person("Milada", "Tomková", 83, (2, 7), "francouzska", Mobility.WALKER),
    Person("Zdeněk", "Sova", 75, (11, 12), "uslavska"),
    Person("Růžena", "Pospíchalová", 86, (25, 3), "mohylova", Mobility.WHEELCHAIR_STAYS, 92),
    Person("Čeněk", "Dub", 79, (6, 10), "zabelska", Mobility.CANE),
    Person("Irena", "Lišková", 41, (14, 5), "rokycanska-letna", calm=True),
    Person("Vlasta", "Kopřivová", 88, (19, 8), "letkovska", Mobility.WALKER),
    Person("Bohumil", "Jež", 81, (1, 4), "na-dlouhych", Mobility.WHEELCHAIR_TRANSFER),
    Person("Libuše", "Marková", 84, (9, 6), "kyjevska", Mobility.CANE),
    Person("Antonín", "Straka", 76, (27, 2), "brojova-slovany"),
    Person("Žofie", "Bílková", 35, (5, 9), "revolucni", Mobility.WHEELCHAIR_STAYS, 110),
    Person("Jiří", "Vaněček", 80, (23, 11), "sokolska-letna", Mobility.WALKER),
)
"""The twelve people of the day centre."""

CHARGES = (
    Person("Rudolf", "Kos", 85, (29, 5), "skretova", Mobility.CANE),
    Person("Emilie", "Šťastná", 89, (14, 1), "borska", Mobility.WALKER),
    Person("Marie", "Poláčková", 82, (2, 12), "kaznejovska", Mobility.WALKER),
    Person("Karel", "Mach", 73, (18, 3), "vejprnicka", Mobility.WHEELCHAIR_STAYS, 121),
    Person("Naděžda", "Rybová", 80, (7, 7), "tachovska"),
)
"""Whom the social worker has charge of."""

ALONE = Person("Josef", "Hrabal", 86, (20, 10), "skolni-doubravka", Mobility.CANE)
EVERYBODY = (BOZENA, HEDVIKA, SIMON, LUDMILA, EMMA, *VISITORS, *CHARGES, ALONE)


def build(session: Session, people: People, now: datetime) -> None:
    """Register them all, and let those act for them who do; adds them to the people who are known by name."""
    by = users.actor(people.logins["olga"])
    made = {
        person: _register(session, person, people, 200 + number, by, now) for number, person in enumerate(EVERYBODY)
    }
    people.known.update({person.name: client.id or 0 for person, client in made.items()})
    _families(session, people, by, now)
    _centre(session, people, by, now)
    _department(session, people, by, now)


def place(session: Session, key: str) -> int:
    """The id of a known place."""
    return session.exec(select(Place).where(Place.key == key)).one().id or 0


def _register(session: Session, person: Person, people: People, number: int, by: Actor, now: datetime) -> Client:
    login = next((user for user in people.logins.values() if user.name == person.name), None)
    today = local_day(now)
    client = clients.register(
        session,
        first_name=person.first,
        last_name=person.last,
        born=person.born(today),
        phone=f"+420690200{number}",
        municipality="Plzeň",
        user_id=None if login is None else login.id,
        by=by,
        now=now,
    )
    chair = person.mobility is Mobility.WHEELCHAIR_STAYS
    clients.entitle(
        session,
        client,
        Ground.ZTP_P if chair or person.calm else Ground.ZTP,
        valid_from=today - timedelta(days=500),
        by=by,
        now=now,
    )
    clients.record_needs(
        session, client, mobility=person.mobility, chair_mass_kg=person.mass, calm=person.calm, by=by, now=now
    )
    home = place(session, person.street)
    clients.add_place(session, client, home, label="Domů", bell=person.last, is_home=True, by=by, now=now)
    return client


def _families(session: Session, people: People, by: Actor, now: datetime) -> None:
    today = local_day(now)
    aunt, over = people.known[HEDVIKA.name], today - timedelta(days=5)
    cyril, tomas, vera = (people.logins[login].id or 0 for login in ("cyril", "tomas", "vera"))
    begun, year = today - timedelta(days=365), today + timedelta(days=365)
    letter, guardian = MandateKind.POWER_OF_ATTORNEY, MandateKind.GUARDIAN_LIMITED
    mandates.grant(session, aunt, cyril, kind=letter, powers=RIDES, valid_from=begun, valid_until=over, by=by, now=now)
    supported = people.known[BOZENA.name]
    supports = (Power.SEE, Power.PREPARE)
    mandates.grant(
        session, supported, tomas, kind=MandateKind.SUPPORTER, powers=supports, valid_from=begun, by=by, now=now
    )
    mandates.grant(
        session,
        people.known[SIMON.name],
        vera,
        kind=guardian,
        powers=(*RIDES, Power.COMPLAIN),
        exclusive=True,
        evidence="usnesení okresního soudu z 12. 3. 2025, uloženo u operátorek",
        valid_from=begun,
        by=by,
        now=now,
    )
    mother, daughter = people.known[LUDMILA.name], people.known[EMMA.name]
    mandates.grant(session, mother, vera, kind=letter, powers=ALL, valid_from=begun, valid_until=year, by=by, now=now)
    born = EMMA.born(today)
    of_age, parent = born.replace(year=born.year + 18), MandateKind.PARENT
    mandates.grant(
        session, daughter, vera, kind=parent, powers=ALL, valid_from=begun, valid_until=of_age, by=by, now=now
    )


def _centre(session: Session, people: People, by: Actor, now: datetime) -> None:
    """Every member may order for all who come there; each of them has the centre among their places."""
    today = local_day(now)
    centre = organisations.found(session, name=CENTRE, kind=OrganisationKind.CARE, by=by, now=now)
    member = people.logins["jarmila"].id or 0
    organisations.join(session, centre.id or 0, member, valid_from=today - timedelta(days=300), by=by, now=now)
    there = place(session, CENTRE_STREET)
    for person in VISITORS:
        client = session.get_one(Client, people.known[person.name])
        clients.add_place(session, client, there, label="Denní centrum", door_note="modrá vrata", by=by, now=now)
        mandates.grant(
            session,
            client.id or 0,
            kind=MandateKind.POWER_OF_ATTORNEY,
            powers=RIDES,
            organisation_id=centre.id,
            valid_from=today - timedelta(days=200),
            valid_until=today + timedelta(days=165),
            by=by,
            now=now,
        )


def _department(session: Session, people: People, by: Actor, now: datetime) -> None:
    """The worker in charge orders for her people, and nobody else there unless she hands over."""
    today = local_day(now)
    office = organisations.found(session, name=DEPARTMENT, kind=OrganisationKind.DEPARTMENT, by=by, now=now)
    worker = people.logins["lenka"].id or 0
    organisations.join(session, office.id or 0, worker, valid_from=today - timedelta(days=700), by=by, now=now)
    for person in CHARGES:
        mandates.grant(
            session,
            people.known[person.name],
            worker,
            kind=MandateKind.POWER_OF_ATTORNEY,
            powers=ALL,
            organisation_id=office.id,
            valid_from=today - timedelta(days=150),
            valid_until=today + timedelta(days=215),
            by=by,
            now=now,
        )
