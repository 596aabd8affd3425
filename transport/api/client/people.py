"""Doors: whom one acts for."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api.deps import Me, Now, Reading, csrf_checked
from transport.api.render import page
from transport.booking.clients import mandates
from transport.kernel.clock import local_day

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/moje/za-koho", name="client:people")
def people(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """Whom one may act for, to choose from."""
    found = mandates.people(session, me, on=local_day(now))
    return page(request, "client/people.html" if found else "client/nobody.html", people=found)
