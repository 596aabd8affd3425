"""The form of a door: where to ring, on which floor, whether there is a lift, how many steps."""

from collections.abc import Mapping
from typing import Any

from transport.api.client import written
from transport.api.forms import Fields, one
from transport.booking.clients import clients
from transport.kernel.errors import Invalid

FIELDS = ("bell", "floor", "lift", "stairs", "door_note")
_LIFT = {"yes": True, "no": False}


def door(data: Fields) -> tuple[dict[str, Any], dict[str, Invalid]]:
    """What was told of a door, all of it optional, or what is wrong by field."""
    wrong: dict[str, Invalid] = {}
    floor, steps = one(data, "floor"), one(data, "stairs")
    found: dict[str, Any] = {
        "bell": " ".join(one(data, "bell").split()),
        "floor": written.storey(floor) if floor else None,
        "lift": _LIFT.get(one(data, "lift")),
        "stairs": (written.number(steps) if steps else 0),
        "door_note": " ".join(one(data, "door_note").split()),
    }
    if floor and (found["floor"] is None or not clients.LOWEST <= found["floor"] <= clients.HIGHEST):
        wrong["floor"] = Invalid("place.floor_unlikely", field="floor")
    if found["stairs"] is None or found["stairs"] > clients.MOST_STEPS:
        wrong["stairs"] = Invalid("place.stairs_negative", field="stairs")
    for name, most in (("bell", 60), ("door_note", 160)):
        if len(found[name]) > most:
            wrong[name] = Invalid("place.text_too_long", field=name, most=most)
    return found, wrong


def form(said: Mapping[str, Any]) -> dict[str, str]:
    """A door as the fields of the form show it."""
    lift = said.get("lift")
    return {
        "bell": said.get("bell") or "",
        "floor": "" if said.get("floor") is None else str(said["floor"]),
        "lift": "" if lift is None else "yes" if lift else "no",
        "stairs": str(said.get("stairs") or ""),
        "door_note": said.get("door_note") or "",
    }


def typed(data: Fields) -> dict[str, str]:
    """The fields as they were sent."""
    return {name: one(data, name) for name in FIELDS}
