"""Finding a place by what somebody types: at most ten to choose from, kept once one is chosen."""

from collections.abc import Mapping
from typing import Any

from transport.api.client.sheet import Sheet
from transport.api.client.steps import settle_place
from transport.bootstrap import Services
from transport.kernel.errors import Invalid, NotFound
from transport.routing.geo import places

SHOWN = 10
LONGEST = 120
FIELD_OF = {"odkud": "origin", "kam": "destination"}
Posted = Mapping[str, str | list[str]]


def shown(sheet: Sheet, services: Services, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What was looked for and what was found; streets without a number are shown apart, to be completed."""
    step, words = _asked(asked)
    hits = _search(sheet, services, words)
    return {
        "key": sheet.key,
        "changes": sheet.changes,
        "pro": step,
        "q": words,
        "exact": [(mark(hit), hit) for hit in hits if hit.precise],
        "streets": [hit for hit in hits if not hit.precise],
    }


def take(sheet: Sheet, services: Services, data: Posted) -> None:
    """Keep the chosen find and answer its step with it."""
    step, words = _asked(data)
    chosen = str(data.get("pick", ""))
    for hit in _search(sheet, services, words):
        if hit.precise and mark(hit) == chosen:
            place = places.keep(sheet.session, hit)
            settle_place(sheet, services, FIELD_OF[step], place.id or 0)
            return
    raise Invalid("book.place_missing", field="pick")


def _asked(asked: Mapping[str, Any]) -> tuple[str, str]:
    step = str(asked.get("pro", ""))
    if step not in FIELD_OF:
        raise NotFound("page")
    return step, str(asked.get("q", "")).strip()[:LONGEST]


def _search(sheet: Sheet, services: Services, words: str) -> list[places.Hit]:
    if not words:
        return []
    return places.search(sheet.session, services.addresses, words, SHOWN)


def mark(hit: places.Hit) -> str:
    """What names a find between two searches for the same words."""
    if hit.place_id is not None:
        return f"p{hit.place_id}"
    return f"r{hit.ruian}" if hit.ruian is not None else f"g{hit.point.lat:.6f},{hit.point.lon:.6f}"
