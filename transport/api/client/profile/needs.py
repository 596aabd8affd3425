"""Doors: what help rides must provide, in three pages; rides already ordered keep what was told then."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.client import needing
from transport.api.client.profile.person import Whose, editing, whose
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import Fields, FormData
from transport.api.render import say
from transport.booking.clients import clients, queries
from transport.booking.rides import queries as rides
from transport.bootstrap import Services
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.kernel.errors import Invalid, NotFound

router = APIRouter(prefix="/profil/potreby")


@router.get("/{part}", name="client:profile.needs")
def ask(request: Request, part: str, session: Reading, services: Plugged, me: Me, now: Now) -> Response:
    """One page of the questions, with what is known."""
    return _question(editing(request, session, me, now), _part(part), services)


@router.post("/{part}", name="client:profile.needs.answer")
def answer(request: Request, part: str, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Keep a new version if anything has changed; sent twice it is kept once."""
    with writing(services.database) as session:
        there = whose(request, session, me, now, data)
        told, wrong = needing.asked(_part(part), data, services.policies.on(local_day(now)))
        if wrong:
            return _question(there, part, services, wrong, data)
        client = there.person.client
        before = queries.needs_now(session, client.id or 0)
        everything = {**needing.kept(before), **told}
        if before is None or everything != needing.kept(before):
            clients.record_needs(session, client, by=me, now=now, **everything)
        return there.saved()


def _question(
    there: Whose, part: str, services: Services, wrong: dict[str, Invalid] | None = None, data: Fields | None = None
) -> Response:
    client_id = there.person.client.id or 0
    needs = queries.needs_now(there.session, client_id)
    coming, _over = rides.of_client(there.session, client_id, now=there.now)
    return there.page(
        "needs",
        errors={field: say(there.request, error) for field, error in (wrong or {}).items()},
        part=part,
        form=needing.form(needing.kept(needs)) if data is None else needing.typed(data),
        options=needing.options(services.policies.on(local_day(there.now))),
        coming=coming,
    )


def _part(part: str) -> str:
    if part not in needing.PARTS:
        raise NotFound("page")
    return part
