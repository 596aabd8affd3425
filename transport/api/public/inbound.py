"""The doors of the gateways: what people send us, what became of what we sent, which key somebody pressed.

    POST /brana/sms
    Authorization: Bearer <token>
    {"id": "…", "from": "+420777123456", "text": "…", "received_at": "2026-11-22T08:31:00+01:00"}

    POST /brana/stav
    {"key": "…", "state": "delivered" | "failed" | "expired", "at": "2026-11-22T08:31:07+01:00", "reason": "…"}

    POST /brana/hlas
    {"key": "…", "pressed": "0"}

`key` is the Idempotency-Key under which we handed the message over; it may be called `id`. Times and reasons may be
left out. 200: kept, also for the second time, and for a message that is none of ours (`"known": false`); 403: another
token; 422: not to be understood.
"""

import json
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from transport.api.deps import Now, Plugged, gateway_checked
from transport.api.forms import RawBody
from transport.kernel.db import writing
from transport.kernel.errors import Invalid
from transport.operations.messages import delivery, inbox

router = APIRouter(dependencies=[Depends(gateway_checked)])


@router.post("/brana/sms", name="gateway:sms")
def receive(services: Plugged, now: Now, body: RawBody) -> JSONResponse:
    """Keep one message; a second try of the same message is the first one."""
    said = _read(body)
    with writing(services.database) as session:
        message = inbox.receive(
            session,
            gateway_id=_text(said, "id"),
            sender=_text(said, "from"),
            text=_text(said, "text"),
            received_at=_moment(said.get("received_at"), now),
            now=now,
        )
        return JSONResponse({"kept": message.id})


@router.post("/brana/stav", name="gateway:state")
def state(services: Plugged, now: Now, body: RawBody) -> JSONResponse:
    """Note whether a message was brought to its receiver."""
    said = _read(body)
    with writing(services.database) as session:
        found = delivery.report(
            session,
            key=_key(said),
            state=_text(said, "state"),
            reason=inbox.kept(_text(said, "reason")),
            at=_moment(said.get("at"), now),
            now=now,
        )
        return JSONResponse({"known": found is not None, "state": None if found is None else found.value})


@router.post("/brana/hlas", name="gateway:voice")
def voice(services: Plugged, now: Now, body: RawBody) -> JSONResponse:
    """Somebody who heard a message pressed a key."""
    said = _read(body)
    with writing(services.database) as session:
        known = delivery.pressed(session, key=_key(said), pressed=_text(said, "pressed").strip(), now=now)
        return JSONResponse({"known": known})


def _key(said: dict[str, Any]) -> str:
    """Under which name we handed it over; what no database keeps is none of ours."""
    key = _text(said, "key") or _text(said, "id")
    return key if key.isprintable() else ""


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid("sms.incomplete") from error
    if not isinstance(said, dict):
        raise Invalid("sms.incomplete")
    return said


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name) or ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _moment(said: object, now: datetime) -> datetime:
    """When the gateway had it; now, if it does not say so in a way that can be read or names a time to come."""
    try:
        moment = datetime.fromisoformat(str(said)) if said else now
    except ValueError:
        return now
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        return min(aware.astimezone(UTC), now)
    except OverflowError:
        return now
