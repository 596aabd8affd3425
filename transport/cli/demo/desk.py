"""What waits at the demo's call centre: calls, text messages, registrations."""

from datetime import datetime, timedelta

from sqlmodel import Session

from transport.accounts import users
from transport.booking.clients import calls, intake
from transport.booking.clients.calls import CallReason
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client
from transport.booking.clients.needs import Assistance, Mobility
from transport.bootstrap import Services
from transport.cli.demo.people import People
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.operations.messages import inbox

TEXTS = (
    ("Anna Veselá", "Dobrý den, kde je prosím auto? Stojím před domem."),
    ("Karel Mach", "zitra nepojedu jsem nemocny"),
    ("", "Dobrý den, můžete mě zítra odvézt k lékaři? Nemluvím, pište prosím."),
)
NEW = (
    ("Oksana", "Melnyk", "1987-03-14", "uk", Ground.ZTP, "Klatovská 12", 4),
    ("Jaroslav", "Kučera", "1962-09-30", "cs", Ground.ZTP_P, "", 0),
)
"""Who was entered and how many days ago: the first one has waited too long."""


def live(services: Services, people: People, now: datetime) -> None:
    """Everything in one go, as the operator finds it."""
    olga = users.actor(people.logins["olga"])
    with writing(services.database) as session:
        _calls(session, people, olga, now)
        _texts(session, people, now)
        for number, told in enumerate(NEW):
            _registration(session, number, told, services, olga, now)


def _calls(session: Session, people: People, olga: Actor, now: datetime) -> None:
    anna, mach = (session.get_one(Client, people.known[name]) for name in ("Anna Veselá", "Karel Mach"))
    ten = timedelta(minutes=10)
    order, note = CallReason.ORDER, "Objednávka na pátek do divadla, nabídka trvala dlouho."
    calls.ask(session, reason=order, client=anna, due_at=now - 4 * ten, note=note, by=olga, now=now - 5 * ten)
    ride = CallReason.RIDE
    calls.ask(session, reason=ride, client=mach, due_at=now + 6 * ten, note="Volat po obědě.", by=olga, now=now)
    calls.ask(
        session,
        reason=CallReason.OTHER,
        phone="+420603123456",
        name="Petra Nováková",
        note="Kdo smí jezdit? Pro maminku.",
        due_at=now - ten,
        by=olga,
        now=now - ten,
    )


def _texts(session: Session, people: People, now: datetime) -> None:
    for number, (name, text) in enumerate(TEXTS):
        sender = session.get_one(Client, people.known[name]).phone if name else "+420604987654"
        at = now - timedelta(minutes=7 * (number + 1))
        inbox.receive(session, gateway_id=f"demo-{number}", sender=sender, text=text, received_at=at, now=at)


def _registration(
    session: Session,
    number: int,
    told: tuple[str, str, str, str, Ground, str, int],
    services: Services,
    olga: Actor,
    now: datetime,
) -> None:
    first, last, born, language, ground, address, ago = told
    said = {
        "first_name": first,
        "last_name": last,
        "born": born,
        "phone": f"+42060500000{number}",
        "channel": "sms",
        "home": None,
        "address": address,
        "ground": ground.value,
        "card_number": f"A {number}2345",
        "valid_until": f"{local_day(now).year + 2}-12-31",
        "card_to_driver": True,
        "municipality": services.policies.on(local_day(now)).eligibility.residence,
        "needs": {"mobility": Mobility.WHEELCHAIR_TRANSFER, "assistance": Assistance.DOOR, "companions": 1},
    }
    intake.enter(session, said, language=language, by=olga, now=now - timedelta(days=ago))
