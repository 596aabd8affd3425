"""What is known of a client on the telephone: how to speak, what may be ordered, the rides before and after."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from transport.api import sentences
from transport.api.client import acting
from transport.api.client.sheet import known_place
from transport.booking.clients import clients as people
from transport.booking.clients import eligibility, preferences, queries
from transport.booking.rides import checking
from transport.booking.rides import queries as rides
from transport.bootstrap import Services
from transport.kernel.clock import local_day
from transport.kernel.errors import Invalid
from transport.kernel.i18n import Catalogue
from transport.operations.dispatch import nearest

SOON = timedelta(days=30)
"""A mandate that ends within this time is said to end."""
LAST = 10


def shown(session: Session, services: Services, code: str, words: Catalogue, now: datetime) -> dict[str, Any]:
    """Everything on the screen that is known of the client with this code."""
    client = queries.coded(session, code)
    client_id, today = client.id or 0, local_day(now)
    profile = queries.profile(session, client)
    coming, over = rides.of_client(session, client_id, now=now)
    policy = services.policies.on(today)
    codes = _against(session, services, checking.person_of(session, client), client_id, today)
    return {
        "client": client,
        "profile": profile,
        "age": eligibility.age_on(client.born, today),
        "home": next((known_place(session, own.place_id) for own in profile.places if own.is_home), None),
        "speaking": preferences.of(session, client),
        "places": [(own, known_place(session, own.place_id)) for own in profile.places],
        "representatives": [
            (each, acting.holder(each), acting.listed(words, each.mandate.powers))
            for each in queries.representatives(session, client_id)
            if each.mandate.revoked_at is None and (each.mandate.valid_until or date.max) >= today - SOON
        ],
        "kinds": acting.KINDS,
        "soon": today + SOON,
        "coming": coming,
        "over": over[:LAST],
        "against": [sentences.sentence(Invalid(code), words) for code in codes],
        "balances": checking.balances(session, client_id, today, policy),
        "nearest": nearest.of_client(session, client_id, now=now),
        "today": today,
    }


def _against(
    session: Session, services: Services, person: eligibility.Person, client_id: int, today: date
) -> list[str]:
    """The codes of why the client may not ride today; empty if they may."""
    found = list(eligibility.reasons(person, today, services.policies.on(today), companions=1))
    return [*found, "eligibility.suspended"] if people.suspended_on(session, client_id, today) else found
