"""The door of the gateway for text messages: it hands over what people send us, once each.

    POST /brana/sms
    Authorization: Bearer <token>
    {"id": "…", "from": "+420777123456", "text": "…", "received_at": "2026-11-22T08:31:00+01:00"}

`received_at` may be left out. 200: kept, also for the second time; 403: another token; 422: without an id or a sender.
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
from transport.operations.messages import inbox

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
