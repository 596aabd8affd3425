"""Doors: telling us of a card, new or renewed; it counts until somebody of the service has looked at it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.client import cards
from transport.api.client.profile.person import Whose, editing, whose
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import FormData, one
from transport.api.render import say
from transport.booking.clients import clients, queries
from transport.booking.clients.eligibility import Ground
from transport.bootstrap import Services
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import Invalid

router = APIRouter(prefix="/profil")


@router.get("/prukaz", name="client:profile.card")
def ask(request: Request, session: Reading, services: Plugged, me: Me, now: Now) -> Response:
    """Which card, its number, until when."""
    form = {"ground": "", "card_number": "", "valid_until": ""}
    return _question(editing(request, session, me, now), services, form)


@router.post("/prukaz", name="client:profile.card.add")
def add(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Record the card; the same card told twice is recorded once."""
    today = local_day(now)
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        ground = one(data, "ground")
        number, last, wrong = cards.read(data, today, number_needed=True)
        if ground not in {card.value for card in services.policies.on(today).eligibility.cards}:
            wrong = {"ground": Invalid("registration.ground_missing", field="ground"), **wrong}
        if last is not None and last < today:
            wrong["valid_until"] = Invalid("eligibility.card_over", field="valid_until")
        if wrong:
            form = {name: one(data, name) for name in ("ground", "card_number", "valid_until")}
            return _question(there, services, form, wrong)
        client = there.person.client
        told = (ground, number, last)
        known = queries.evidence(session, client.id or 0)
        if told not in {(each.ground.value, each.card_number, each.valid_until) for each in known}:
            clients.entitle(
                session,
                client,
                Ground(ground),
                valid_from=today,
                valid_until=last,
                card_number=number,
                by=me,
                now=now,
            )
        return there.saved()


def _question(
    there: Whose, services: Services, form: dict[str, str], wrong: dict[str, Invalid] | None = None
) -> Response:
    errors = {field: say(there.request, error) for field, error in (wrong or {}).items()}
    rules = services.policies.on(local_day(there.now)).eligibility
    return there.page("card", errors=errors, form=form, rules=rules)
