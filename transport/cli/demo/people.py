"""The demo's people: 600 clients all over the city, a handful of log-ins. Nobody of them exists."""

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import clients, entering, mandates
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client, MandateKind, Power
from transport.booking.clients.needs import Mobility
from transport.kernel.actor import SYSTEM, Role
from transport.kernel.clock import local_day
from transport.routing.geo.models import Place

PASSWORD = "plzen-ukazka"  # noqa: S105 - printed by the demo, which serves this machine only
PINS = {"emil": "2468", "marta": "1357"}
"""Of the drivers: beside it they need the code of a shift."""
LOGINS = (
    ("anna", "Anna Veselá", Role.CLIENT, "klientka na vozíku"),
    ("cyril", "Cyril Veselý", Role.REPRESENTATIVE, "syn, jedná za Annu; za tetu už ne"),
    ("bozena", "Božena Klidná", Role.CLIENT, "klientka s podpůrcem, čeká na ni souhlas"),
    ("tomas", "Tomáš Rádce", Role.REPRESENTATIVE, "podpůrce Boženy, jen připravuje"),
    ("vera", "Věra Horská", Role.REPRESENTATIVE, "matka, dcera a opatrovnice: jedná za tři lidi"),
    ("jarmila", "Jarmila Pilná", Role.REPRESENTATIVE, "koordinátorka denního centra, 12 lidí"),
    ("lenka", "Lenka Vlídná", Role.REPRESENTATIVE, "sociální pracovnice odboru města"),
    ("olga", "Olga Malá", Role.OPERATOR, "operátorka"),
    ("dana", "Dana Tichá", Role.DISPATCHER, "dispečerka"),
    ("emil", "Emil Rychlý", Role.DRIVER, "řidič vozu P1"),
    ("marta", "Marta Jistá", Role.DRIVER, "řidička vozu P3"),
    ("frantiska", "Františka Pečlivá", Role.MANAGER, "správkyně smlouvy"),
    ("iva", "Iva Správná", Role.ADMIN, "správkyně systému"),
    ("gustav", "Gustav Cizí", Role.CLIENT, "nikdo: nesmí vidět nic"),
)
MOBILITY = (
    (Mobility.WALKS, 0.22),
    (Mobility.CANE, 0.22),
    (Mobility.WALKER, 0.22),
    (Mobility.WHEELCHAIR_TRANSFER, 0.12),
    (Mobility.WHEELCHAIR_STAYS, 0.15),
    (Mobility.ELECTRIC_WHEELCHAIR, 0.07),
)
"""Shares of clients; a third use a wheelchair, most of those stay in it during the ride."""

CHAIR_MASS = {Mobility.WHEELCHAIR_STAYS: (80, 130), Mobility.ELECTRIC_WHEELCHAIR: (150, 240)}
"""Kilograms of chair and person, from–to."""


@dataclass(frozen=True, slots=True)
class People:
    """Who has been invented: log-ins by name, clients in the order they were made, and those with a story by name."""

    logins: dict[str, User]
    clients: list[int]
    known: dict[str, int] = field(default_factory=dict)


def build(session: Session, count: int, random: Random, names_file: Path, now: datetime) -> People:
    """Log-ins, Anna with her son's mandate, and `count` clients with home, entitlement and needs."""
    logins = {
        login: users.add(session, login, name, role, PASSWORD, by=SYSTEM, now=now) for login, name, role, _ in LOGINS
    }
    for number, user in enumerate(logins.values()):
        if user.role in entering.BY_CODE:
            phone, email = f"+4206903{number:05d}", f"{user.login}@example.org"
            users.reach(session, user, phone=phone, email=email, by=SYSTEM, now=now)
    names = tomllib.loads(names_file.read_text(encoding="utf-8"))
    homes = list(
        session.exec(select(Place).where(Place.category == "street", col(Place.in_city)).order_by(col(Place.id)))
    )
    made = [_anna(session, logins, homes[0], now)]
    made += [_client(session, random, names, homes[index % len(homes)], index, now) for index in range(1, count)]
    anna = made[0]
    return People(logins, [client.id or 0 for client in made], {anna.name: anna.id or 0})


def _anna(session: Session, logins: dict[str, User], home: Place, now: datetime) -> Client:
    client = clients.register(
        session,
        first_name="Anna",
        last_name="Veselá",
        born=date(1961, 5, 4),
        phone="+420690100000",
        email="anna@example.org",
        municipality="Plzeň",
        user_id=logins["anna"].id,
        by=SYSTEM,
        now=now,
    )
    today = local_day(now)
    clients.entitle(session, client, Ground.ZTP_P, valid_from=today - timedelta(days=900), by=SYSTEM, now=now)
    clients.record_needs(
        session, client, mobility=Mobility.WHEELCHAIR_STAYS, chair_mass_kg=115, companions=1, by=SYSTEM, now=now
    )
    clients.add_place(
        session, client, home.id or 0, label="Domů", door_note="zvonek Veselá", is_home=True, by=SYSTEM, now=now
    )
    mandates.grant(
        session,
        client.id or 0,
        logins["cyril"].id or 0,
        kind=MandateKind.POWER_OF_ATTORNEY,
        powers=(Power.SEE, Power.BOOK, Power.CANCEL),
        valid_from=today - timedelta(days=30),
        valid_until=today + timedelta(days=400),
        by=SYSTEM,
        now=now,
    )
    return client


def _client(
    session: Session, random: Random, names: dict[str, list[str]], home: Place, index: int, now: datetime
) -> Client:
    today = local_day(now)
    women = random.random() < 0.62
    first = random.choice(names["women" if women else "men"])
    last = random.choice(names["last_women" if women else "last_men"])
    mobility = random.choices([kind for kind, _ in MOBILITY], [share for _, share in MOBILITY])[0]
    old = random.random() < 0.7
    born = today - timedelta(days=int(365.25 * (random.uniform(71, 94) if old else random.uniform(8, 69))))
    client = clients.register(
        session,
        first_name=first,
        last_name=last,
        born=born,
        phone=f"+420690{100000 + index}",
        municipality="Plzeň",
        by=SYSTEM,
        now=now,
    )
    if not old:
        ground = Ground.ZTP_P if mobility in (Mobility.WHEELCHAIR_STAYS, Mobility.ELECTRIC_WHEELCHAIR) else Ground.ZTP
        clients.entitle(session, client, ground, valid_from=today - timedelta(days=700), by=SYSTEM, now=now)
    mass = CHAIR_MASS.get(mobility)
    clients.record_needs(
        session,
        client,
        mobility=mobility,
        chair_mass_kg=None if mass is None else random.randint(*mass),
        blind=random.random() < 0.06,
        deaf=random.random() < 0.05,
        calm=random.random() < 0.08,
        companions=int(random.random() < 0.25),
        by=SYSTEM,
        now=now,
    )
    clients.add_place(session, client, home.id or 0, label="Domů", is_home=True, by=SYSTEM, now=now)
    return client
