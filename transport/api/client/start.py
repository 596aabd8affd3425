"""Doors: the beginning of an order."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api import security
from transport.api.client.sheet import Sheet, bookable, for_whom
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData
from transport.api.render import page, see_other
from transport.booking.rides import drafts, queries, repeating
from transport.bootstrap import Services
from transport.kernel.actor import STAFF
from transport.kernel.db import writing

ORDER = "order"
"""Cookie with the key of the order begun last on this device: “finish later” finds it again."""

router = APIRouter(dependencies=[Depends(csrf_checked)])


@router.get("/objednat", name="client:order")
def order(request: Request, session: Reading, me: Me, now: Now) -> Response:
    """What happens next, and a button to begin."""
    if me.role in STAFF:
        return see_other("/op")
    may = bookable(session, me, now)
    return page(request, "client/order.html" if may else "client/nobody.html", people=may)


@router.post("/objednat", name="client:start")
def start(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Begin an order and go to its first question; `again`: a trip made before, only its day and time are asked."""
    with writing(services.database) as session:
        again = str(data.get("again", ""))
        if again:
            earlier = queries.visible(session, again, me, now=now)
            draft = repeating.start(session, earlier.ride, by=me, now=now)
        else:
            client_id = for_whom(session, me, str(data.get("client", "")), now)
            draft = drafts.start(session, client_id=client_id, by=me, now=now)
        sheet = Sheet(session, draft.key, by=me, now=now)
        key, step = sheet.key, sheet.open_step()
    return begun(request, services, key, step)


def begun(request: Request, services: Services, key: str, step: str) -> Response:
    """Go to a step of an order just begun, which this device will find again."""
    response = see_other(f"/{request.path_params['lang']}/objednat/{key}/{step}")
    https = services.settings.https
    security.set_cookie(response, ORDER, key, https=https, seconds=int(drafts.KEPT.total_seconds()))
    return response
