"""What telephones and trackers say of where they are, in the words of the programs that people have. Pure.

OwnTracks in HTTP mode posts a JSON object with `_type`: only `location` says where, everything else is listened to
politely. Traccar Client posts JSON (since its version 9) or the parameters of the OsmAnd protocol, in the address or as
a form. Speeds come in kilometres an hour, metres a second and knots.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from transport.kernel.errors import Invalid

LONGEST = 20_000
"""Bytes: no telephone has more to say of one moment."""
KNOT, METRE_A_SECOND = 1.852, 3.6
"""In kilometres an hour."""
_MILLISECONDS = 100_000_000_000
"""A count of seconds since 1970 so large is one of milliseconds."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a device was: degrees, metres, kilometres an hour, degrees from the north. `at`: by its clock."""

    lat: float
    lon: float
    at: datetime
    accuracy: int | None = None
    speed: int | None = None
    heading: int | None = None


def owntracks(body: bytes) -> Fix | None:
    """A message of OwnTracks; None if it says nothing of a place. Raises Invalid("position.unclear")."""
    if not body.strip():
        return None
    said = _json(body)
    if said.get("_type") != "location":
        return None
    return _fix(said.get("lat"), said.get("lon"), said.get("tst"), said.get("acc"), said.get("vel"), said.get("cog"))


def device_of(query: Mapping[str, str], body: bytes) -> str:
    """Which device says so, in the same format as `traccar`. Raises Invalid("position.unclear")."""
    if body.lstrip()[:1] == b"{":
        device = _json(body).get("device_id")
        return device if isinstance(device, str) else ""
    said = {**_form(body), **query}
    return said.get("id") or said.get("deviceid") or ""


def traccar(query: Mapping[str, str], body: bytes) -> Fix | None:
    """A message of Traccar Client or of another program with the OsmAnd protocol.

    None if it says nothing of a place, or that its place is not valid. Raises Invalid("position.unclear").
    """
    if body.lstrip()[:1] == b"{":
        return _of_json(_json(body).get("location"))
    said = {**_form(body), **query}
    lat, lon = said.get("lat"), said.get("lon")
    if lat is None:
        lat, _, lon = said.get("location", "").partition(",")
    if not lat or said.get("valid", "").lower() in {"false", "0"}:
        return None
    heading = said.get("bearing") or said.get("heading")
    return _fix(lat, lon, said.get("timestamp"), said.get("accuracy"), said.get("speed"), heading, KNOT)


def _of_json(where: object) -> Fix | None:
    if isinstance(where, list):  # several moments at once: the last one counts
        where = where[-1] if where else None
    coords = where.get("coords") if isinstance(where, dict) else None
    if not isinstance(where, dict) or not isinstance(coords, dict):
        return None
    place = coords.get("latitude"), coords.get("longitude")
    more = coords.get("accuracy"), coords.get("speed"), coords.get("heading")
    return _fix(*place, where.get("timestamp"), *more, METRE_A_SECOND)


def _fix(lat: Any, lon: Any, at: Any, accuracy: Any, speed: Any, heading: Any, unit: float = 1.0) -> Fix:  # noqa: ANN401
    north, east, moment = _number(lat), _number(lon), _moment(at)
    if north is None or east is None or moment is None or abs(north) > 90 or abs(east) > 180:
        raise Invalid("position.unclear")
    fast = _number(speed)
    turned = _number(heading)
    return Fix(
        lat=north,
        lon=east,
        at=moment,
        accuracy=_whole(_number(accuracy), 100_000),
        speed=None if fast is None else _whole(fast * unit, 1000),
        heading=None if turned is None else _whole(turned % 360, 360),
    )


def _json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Invalid("position.unclear") from error
    if not isinstance(said, dict):
        raise Invalid("position.unclear")
    return said


def _form(body: bytes) -> dict[str, str]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), max_num_fields=60))
    except ValueError as error:
        raise Invalid("position.unclear") from error


def _number(said: object) -> float | None:
    """A number that can be reckoned with; None for anything else."""
    if isinstance(said, bool) or not isinstance(said, (int, float, str)):
        return None
    try:
        found = float(said)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _whole(said: float | None, most: int) -> int | None:
    """Programs say -1 for what they do not know."""
    return round(said) if said is not None and 0 <= said <= most else None


def _moment(said: object) -> datetime | None:
    """Seconds or milliseconds since 1970, or a date with a time; without a zone it is universal time."""
    count = _number(said)
    try:
        if count is not None:
            return datetime.fromtimestamp(count / 1000 if count > _MILLISECONDS else count, UTC)
        moment = datetime.fromisoformat(said) if isinstance(said, str) else None
        return None if moment is None else (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None
