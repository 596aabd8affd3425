"""Doors: asking for a better plan, comparing it, putting it in force, giving it to the drivers."""

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
        proposal = proposals.ask(session, day, seconds=int(one(data, "seconds")), by=me, now=now)
    return see_other(f"/disp/{day}/zkouska/{proposal.id}")


@router.get("/disp/{day}/navrh", name="disp:proposal")
def proposal_page(day: Day, session: Reading) -> Response:
    """Go to the last better plan that was asked for."""
    proposal = plans.latest_proposal(session, day)
    if proposal is None:
        raise NotFound("proposal")
    return see_other(f"/disp/{day}/zkouska/{proposal.id}")


@router.post("/disp/{day}/vydat", name="disp:publish")
def publish(request: Request, day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Give the drivers the plan as it stands."""

    def give_out(session: Session, override: Override | None) -> None:
        plans.publish(session, day, by=me, now=now, override=override)

    return signed(request, day, services, data, give_out)


def signed(
    request: Request,
    day: date,
    services: Services,
    data: Fields,
    act: Callable[[Session, Override | None], object],
    then: str = "",
) -> Response:
    """Do it; where the contract is too small, ask who answers for going beyond it, and do it under that name.

    `then` is the page to go to afterwards, the day if it is not said.
    """
    name, reason = one(data, "name"), one(data, "reason")
    override = Override(name, reason) if "name" in data or "reason" in data else None
    try:
        with writing(services.database) as session:
            act(session, override)
    except (Exhausted, Invalid) as error:
        if error.code not in SIGNATURE:
            raise
        return _ask_for_signature(request, day, error, name, reason)
    return see_other(then or f"/disp/{day}")


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
