"""Doors: what lets drivers in: the code of a shift as a picture to scan, and the PIN of a driver, shown once."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.accounts import pins
from transport.api import scanning, security
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import FormData, one
from transport.api.render import see_other
from transport.bootstrap import Services
from transport.kernel.db import writing
from transport.kernel.errors import NotFound
from transport.operations.driving import passes
from transport.routing.fleet import keeping, logins
from transport.routing.fleet.queries import Shift

router = APIRouter()
MADE = "made_pin"
"""Cookie that carries a new PIN to the page that shows it, once."""
SHOWN_WITHIN = 60


@router.get("/disp/smeny/{shift_id}/qr.svg", name="fleet:shift.qr")
def picture(shift_id: int, session: Reading, services: Plugged) -> Response:
    """The code of a shift for a camera: the address where its driver logs in."""
    shift = session.get(Shift, shift_id)
    if shift is None or shift.dropped_at is not None:
        raise NotFound("shift")
    code = passes.of(shift, key=services.key, policies=services.policies)
    return Response(scanning.svg(scanning.address(services, code)), media_type="image/svg+xml")


@router.post("/disp/smeny/{shift_id}/kod", name="fleet:shift.code")
def renew(shift_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """Make the code of a shift anew: paper that was lost opens nothing."""
    with writing(services.database) as session:
        shift = session.get(Shift, shift_id)
        if shift is None:
            raise NotFound("shift")
        passes.renew(session, shift, by=me, now=now)
    return see_other(f"/disp/smeny/{shift_id}?hotovo=kod#kod")


@router.post("/disp/ridici/{driver_id}/pin/povolit", name="fleet:driver.pin.lift")
def lift(driver_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """Let a driver try again at once after too many wrong PINs."""
    with writing(services.database) as session:
        user = logins.user_of(session, keeping.driver(session, driver_id))
        if user is not None:
            pins.lift(session, user, by=me, now=now)
    return see_other(f"/disp/ridici/{driver_id}?hotovo=povoleno#pin")


def give(driver_id: int, me: Me, now: Now, services: Services, data: FormData) -> Response:
    """A new PIN; the page that follows shows it once. Raises what `pins.give` raises."""
    with writing(services.database) as session:
        driver = keeping.driver(session, driver_id)
        made = logins.give_pin(session, driver, one(data, "wished"), by=me, now=now)
    response = see_other(f"/disp/ridici/{driver_id}?hotovo=pin#pin")
    https = services.settings.https
    security.set_cookie(response, MADE, f"{driver_id}.{made}", https=https, seconds=SHOWN_WITHIN)
    return response


def made(request: Request, driver_id: int | None) -> str:
    """The PIN that was just made for this driver; empty if none was."""
    whose, _, pin = request.cookies.get(MADE, "").partition(".")
    return pin if whose == str(driver_id) else ""
