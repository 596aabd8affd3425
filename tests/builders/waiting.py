"""Something in every queue of the call centre."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session

from tests.builders.clients import a_mandate, a_user
from tests.builders.registrations import a_registration
from tests.builders.town import NOW, Town
from transport.booking.clients import calls, registering
from transport.booking.clients.models import Client, Power
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.operations.messages import inbox
from transport.operations.quality import announcements, feedback
from transport.operations.quality.letters import AnswerBy, Opinion


def a_full_desk(session: Session, town: Town, client: Client, *, by: Actor) -> dict[str, list[str]]:
    """What the parameters of the pages of the queues may be; the first call is taken, the second is free."""
    soon = NOW.date() + timedelta(days=20)
    taken = calls.ask(session, reason="order", client=client, due_at=NOW, by=by, now=NOW)
    calls.take(session, taken.id or 0, by=by, now=NOW)
    free = calls.ask(session, reason="waiting", client=client, due_at=NOW, by=by, now=NOW)
    text = inbox.receive(session, gateway_id="7", sender=client.phone, text="Kde je auto?", received_at=NOW, now=NOW)
    card: dict[str, Any] = {"born": "1990-05-17", "ground": "ZTP", "card_number": "A 1", "valid_until": "2027-12-31"}
    told: dict[str, Any] = {
        "first_name": "Eva",
        "home": None,
        "representative": "call",
        "call": True,
        "phone": "+420777555444",
    }
    registration = a_registration(session, town, "of the desk", **card, **told)
    registering.send(session, registration, language="uk", now=NOW)
    daughter = a_user(session, Role.REPRESENTATIVE, "Dcera Vozková")
    a_mandate(session, client, daughter, Power.BOOK, valid_until=soon)
    opinion = Opinion(text="Lepší by bylo jezdit i v neděli.", answer_by=AnswerBy.PHONE, contact="777 123 456")
    feedback.give(session, opinion, key="of the desk", sender="desk", language="cs", by=SYSTEM, now=NOW)
    [said] = feedback.opinions_to_answer(session)
    until = NOW + timedelta(hours=5)
    announcements.announce(session, {"cs": "Sněží."}, starts_at=NOW, ends_at=until, by=SYSTEM, now=NOW)
    return {
        "call_id": [str(taken.id), str(free.id)],
        "message_id": [str(text.id)],
        "registration_id": [str(registration.id)],
        "opinion_id": [str(said.id)],
    }
