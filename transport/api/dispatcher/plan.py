"""Doors: asking for a better plan, comparing it, putting it in force, giving it to the drivers."""

import json
from collections.abc import Callable
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.forms import Fields, FormData, one
from transport.api.render import page, say, see_other
from transport.booking.contracts.ledger import Override
from transport.bootstrap import Services
from transport.kernel.db import writing
from transport.kernel.errors import Exhausted, Invalid, NotFound, ServiceError
from transport.operations.dispatch import plans
from transport.routing.planning import day as days
from transport.routing.planning import proposals

router = APIRouter()
BUDGETS = ("10", "30", "60")
"""How many seconds the planner may think, as the form offers them."""
SIGNATURE = {"contract.no_capacity": 409, "contract.override_needs_name_and_reason": 422}
"""Refusals that somebody may answer for by name, with the status of the page that asks for it."""


@router.post("/disp/{day}/planovat", name="disp:ask")
def ask(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Ask for a better plan; a worker thinks about it while the dispatcher goes on."""
    if one(data, "seconds") not in BUDGETS:
        raise Invalid("offer.choose", field="seconds")
    with writing(services.database) as session:
        proposals.ask(session, day, seconds=int(one(data, "seconds")), by=me, now=now)
    return see_other(f"/disp/{day}/navrh")


@router.get("/disp/{day}/navrh", name="disp:proposal")
def proposal_page(request: Request, day: Day, session: Reading) -> Response:
    """The last proposal of the day: thought about, ready to be compared, or over."""
    proposal = plans.latest_proposal(session, day)
    if proposal is None:
        raise NotFound("proposal")
    return page(
        request,
        "dispatcher/proposal.html",
        day=day,
        proposal=proposal,
        before=json.loads(proposal.before or "{}"),
        after=json.loads(proposal.after or "{}"),
        moved_on=proposal.base_version is not None and proposal.base_version != days.get(session, day).version,
    )


@router.post("/disp/{day}/navrh/{proposal_id}/pouzit", name="disp:apply")
def apply(
    request: Request, day: Day, proposal_id: int, me: Me, now: Now, services: Plugged, data: FormData
) -> Response:
    """Make the proposal the live plan."""

    def put_in_force(session: Session, override: Override | None) -> None:
        _of_day(session, day, proposal_id)
        plans.apply(session, proposal_id, world=services.world, by=me, now=now, override=override)

    return _signed(request, day, services, data, put_in_force)


@router.post("/disp/{day}/navrh/{proposal_id}/zahodit", name="disp:discard")
def discard(day: Day, proposal_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """Put the proposal away; the plan stays as it is."""
    with writing(services.database) as session:
        _of_day(session, day, proposal_id)
        proposals.discard(session, proposal_id, by=me, now=now)
    return see_other(f"/disp/{day}")


@router.post("/disp/{day}/vydat", name="disp:publish")
def publish(request: Request, day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Give the drivers the plan as it stands."""

    def give_out(session: Session, override: Override | None) -> None:
        plans.publish(session, day, by=me, now=now, override=override)

    return _signed(request, day, services, data, give_out)


def _signed(
    request: Request,
    day: date,
    services: Services,
    data: Fields,
    act: Callable[[Session, Override | None], object],
) -> Response:
    """Do it; where the contract is too small, ask who answers for going beyond it, and do it under that name."""
    name, reason = one(data, "name"), one(data, "reason")
    override = Override(name, reason) if "name" in data or "reason" in data else None
    try:
        with writing(services.database) as session:
            act(session, override)
    except (Exhausted, Invalid) as error:
        if error.code not in SIGNATURE:
            raise
        return _ask_for_signature(request, day, error, name, reason)
    return see_other(f"/disp/{day}")


def _ask_for_signature(request: Request, day: date, error: ServiceError, name: str, reason: str) -> Response:
    fields = {"name": name, "reason": reason}
    missing = [field for field, text in fields.items() if not text] if isinstance(error, Invalid) else []
    return page(
        request,
        "dispatcher/override.html",
        status_code=SIGNATURE[error.code],
        day=day,
        action=request.url.path,
        refusal=say(request, error),
        errors=dict.fromkeys(missing, say(request, error)),
        values=fields,
    )


def _of_day(session: Session, day: date, proposal_id: int) -> None:
    latest = plans.latest_proposal(session, day)
    if latest is None or latest.id != proposal_id:
        raise NotFound("proposal")
