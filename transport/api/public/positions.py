"""The doors of devices that tell where a vehicle is, in the formats of programs that every telephone can have.

    POST /brana/poloha/owntracks            OwnTracks, mode HTTP; any user name, the secret of the device as password
    POST /brana/poloha/traccar              Traccar Client and the OsmAnd protocol; the secret is the device identifier

The secret may also come as `Authorization: Bearer …`. 200: taken, or thrown away because the vehicle is not on duty or
the position says nothing; 403: nobody listens to this device; 422: not to be understood. The OsmAnd protocol also knows
GET with everything in the address: that is not taken (404), because here nothing changes by a GET, and because
addresses are written into logs. Traccar Client posts.
"""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from transport.api.deps import Now, Plugged
from transport.api.forms import RawBody
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.kernel.errors import Forbidden, Invalid
from transport.operations.driving import positions, trackers
from transport.operations.driving.positions import VehicleDevice
from transport.operations.driving.trackers import Fix

router = APIRouter(prefix="/brana/poloha")


def tracker(request: Request, services: Plugged) -> VehicleDevice:
    """The device that shows its secret in a header; Forbidden("gateway.token_wrong")."""
    return _device(services, _shown(request))


def tracker_by_id(request: Request, services: Plugged, body: RawBody) -> VehicleDevice:
    """The device that shows its secret as its own identifier, or in a header."""
    return _device(services, _shown(request) or trackers.device_of(request.query_params, _short(body)))


Tracker = Annotated[VehicleDevice, Depends(tracker)]
TrackerById = Annotated[VehicleDevice, Depends(tracker_by_id)]


@router.post("/owntracks", name="gateway:owntracks")
def owntracks(services: Plugged, now: Now, body: RawBody, told_by: Tracker) -> Response:
    """What OwnTracks says; it wants a list of news of others in return, and there are none."""
    _keep(services, told_by, now, lambda: trackers.owntracks(_short(body)))
    return JSONResponse([])


@router.post("/traccar", name="gateway:traccar")
def traccar(request: Request, services: Plugged, now: Now, body: RawBody, told_by: TrackerById) -> Response:
    """What Traccar Client says, as JSON, as a form or in the address."""
    _keep(services, told_by, now, lambda: trackers.traccar(request.query_params, _short(body)))
    return Response(status_code=200)


def _keep(services: Services, told_by: VehicleDevice, now: datetime, read: Callable[[], Fix | None]) -> None:
    """Keep what a device says; what it says while its vehicle is off duty is not even read."""
    with reading(services.database) as session:
        followed = positions.followed(session, told_by, now=now)
    fix = None if followed is None else read()
    if followed is not None and fix is not None:
        with writing(services.database) as session:
            positions.keep(session, followed, fix, now=now)


def _device(services: Services, token: str) -> VehicleDevice:
    with reading(services.database) as session:
        found = positions.device(session, token)
    if found is None:
        raise Forbidden("gateway.token_wrong")
    return found


def _shown(request: Request) -> str:
    """The secret in the header: after `Bearer`, or the password of `Basic`; empty if there is none."""
    kind, _, said = request.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return said.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(said, validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def _short(body: bytes) -> bytes:
    if len(body) > trackers.LONGEST:
        raise Invalid("position.unclear")
    return body
