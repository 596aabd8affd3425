"""Doors: the devices that tell where a vehicle is: made known with a secret that is shown once, and taken back."""

import base64
import json
from datetime import datetime
from typing import Any

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import security
from transport.api.deps import Me, Now, Plugged, Writing
from transport.api.render import see_other
from transport.bootstrap import Services
from transport.kernel.clock import local_day
from transport.kernel.db import writing
from transport.operations.driving import positions
from transport.routing.fleet import keeping
from transport.routing.fleet.keeping import Vehicle

router = APIRouter()
MADE = "made_tracker"
"""Cookie that carries a new secret to the page that shows it, once."""
SHOWN_WITHIN = 300
"""Seconds: as long as it takes to set up a telephone."""
HTTP_MODE = 3
"""What OwnTracks calls posting to an address."""


@router.post("/disp/vozy/{code}/zarizeni", name="fleet:tracker.made")
def make(code: str, me: Me, now: Now, services: Plugged) -> Response:
    """Make a device known; the page that follows shows its secret."""
    with writing(services.database) as session:
        vehicle = keeping.vehicle(session, code)
        token = positions.make_device(session, vehicle, by=me, now=now)
        whose = vehicle.id
    response = see_other(f"/disp/vozy/{code}?hotovo=zarizeni#zarizeni")
    https = services.settings.https
    security.set_cookie(response, MADE, f"{whose}.{token}", https=https, seconds=SHOWN_WITHIN)
    return response


@router.post("/disp/vozy/{code}/zarizeni/{device_id}/konec", name="fleet:tracker.revoked")
def revoke(code: str, device_id: int, me: Me, now: Now, session: Writing) -> Response:
    """Listen to a device no more."""
    positions.revoke_device(session, keeping.vehicle(session, code), device_id, by=me, now=now)
    return see_other(f"/disp/vozy/{code}?hotovo=zarizeni_konec#zarizeni")


def shown(request: Request, session: Session, services: Services, vehicle: Vehicle, now: datetime) -> dict[str, Any]:
    """What the page of a vehicle shows of its devices: all of them, and how to set up the one just made."""
    whose, _, token = request.cookies.get(MADE, "").partition(".")
    known = positions.devices(session, vehicle)
    fresh = whose == str(vehicle.id) and any(positions.device(session, token) == each for each in known)
    site = services.settings.public_url.rstrip("/")
    return {
        "trackers": known,
        "tracker": {"token": token, "picture": _picture(site, vehicle, token)} if fresh else None,
        "owntracks": f"{site}/brana/poloha/owntracks",
        "traccar": f"{site}/brana/poloha/traccar",
        "positions_days": services.policies.on(local_day(now)).driving.positions_days,
    }


def _picture(site: str, vehicle: Vehicle, token: str) -> str:
    """The settings of OwnTracks as a picture that a telephone scans."""
    settings = {
        "_type": "configuration",
        "mode": HTTP_MODE,
        "url": f"{site}/brana/poloha/owntracks",
        "auth": True,
        "username": vehicle.code,
        "password": token,
        "tid": vehicle.code[:2],
    }
    inline = base64.urlsafe_b64encode(json.dumps(settings, separators=(",", ":")).encode()).decode()
    drawn = segno.make_qr(f"owntracks:///config?inline={inline}", error="l")
    return drawn.svg_data_uri(border=4, scale=3, light="#fff")
