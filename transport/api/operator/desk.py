"""Doors: finding a client while they are on the telephone, and the card with all that is needed to answer."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.client.sheet import known_place
from transport.api.deps import Me, Now, Reading, require
from transport.api.render import page
from transport.booking.clients import queries as clients
from transport.booking.rides import queries
from transport.kernel.actor import Role
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN)])
LONGEST = 80


@router.get("/op", name="op:desk")
def desk(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """Search by name, telephone or code; a ride's number finds its client too."""
    asked = request.query_params.get("q", "").strip()[:LONGEST]
    found = clients.search(session, asked)
    ride = None
    if asked and not found:
        try:
            ride = queries.visible(session, asked, me, now=now)
        except NotFound:
            ride = None
    return page(request, "operator/desk.html", q=asked, found=found, ride=ride)


@router.get("/op/klient/{code}", name="op:client")
def card(request: Request, code: str, session: Reading, now: Now) -> Response:
    """What is recorded about the client, with the rides to come and those that are over."""
    client = clients.coded(session, code)
    profile = clients.profile(session, client)
    coming, over = queries.of_client(session, client.id or 0, now=now)
    today = local_day(now)
    return page(
        request,
        "operator/client.html",
        client=client,
        profile=profile,
        places=[(own, known_place(session, own.place_id)) for own in profile.places],
        mandates=[mandate for mandate in profile.mandates if mandate.in_force(today)],
        coming=coming,
        over=over[:10],
        today=today,
    )
