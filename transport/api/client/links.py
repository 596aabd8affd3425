"""Doors: making and taking back the link for somebody who rides without a login."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api import security
from transport.api.client import acting, whose
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, one
from transport.api.render import page, see_other
from transport.booking.rides import links, queries
from transport.kernel.db import writing
from transport.kernel.errors import Invalid

router = APIRouter(dependencies=[Depends(csrf_checked)])

MADE = "link"
"""Cookie that carries a new link from the form to the next page, which shows it once."""
SHOWN_WITHIN = 300


@router.get("/jizdy/{code}/odkaz", name="client:ride.link")
def ask(request: Request, code: str, session: Reading, me: Me, now: Now) -> Response:
    """What the link is for, and the one just made."""
    view = queries.visible(session, code, me, now=now)
    may = "cancel" in whose.powers(session, view, me, now)
    open_links = links.of_ride(session, view.ride, now=now)
    if not may or not (open_links or whose.can_cancel(view, me)):
        return see_other(whose.address(request, view.ride.code))
    token = request.cookies.get(MADE, "")
    response = page(
        request,
        "client/ride/link_made.html",
        view=view,
        opens=len(open_links),
        made=str(request.url_for("link:ride", token=token)) if token else "",
        hours=round(links.OPEN_AFTER.total_seconds() / 3600),
        **acting.banner(request, session, view.client.code, me, now),
    )
    if token:
        response.delete_cookie(MADE)
    return response


@router.post("/jizdy/{code}/odkaz", name="client:ride.linked")
def make(request: Request, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Make a link, or let none open the ride any more."""
    token = ""
    with writing(services.database) as session:
        view = queries.visible(session, code, me, now=now)
        match one(data, "what"):
            case "make":
                token = links.make(session, view.ride, by=me, now=now)
            case "revoke":
                links.revoke(session, view.ride, by=me, now=now)
            case _:
                raise Invalid("request.unreadable")
    response = see_other(whose.address(request, view.ride.code, "odkaz"))
    if token:
        security.set_cookie(response, MADE, token, https=services.settings.https, seconds=SHOWN_WITHIN)
    return response
