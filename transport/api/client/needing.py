"""The form of needs: how answers become needs, and needs the answers to begin with. One form for every page."""

from collections.abc import Mapping
from typing import Any, Protocol

from transport.api.client import written
from transport.api.forms import Fields, one, several
from transport.booking.clients.needs import Assistance, Elbow, Mobility, Told, on_wheels
from transport.kernel.errors import Invalid
from transport.kernel.policy import Policy

PARTS: dict[str, tuple[str, ...]] = {
    "pohyb": (
        "mobility", "walker_rigid", "chair_width_cm", "chair_length_cm", "chair_height_cm", "chair_mass_kg",
        "stairs", "assistance",
    ),
    "vnimani": (
        "blind", "low_vision", "elbow", "deaf", "speaks_hard", "board", "calm", "never_alone", "same_driver",
        "hand_over_to",
    ),
    "dalsi": ("companions", "child_seat", "guide_dog", "oxygen", "luggage", "note"),
}  # fmt: skip
"""The pages of the form, by the last word of their addresses, and the needs that each of them asks for."""

CHECKED = {
    "aids": ("walker_rigid", "stairs"),
    "senses": ("blind", "low_vision", "deaf", "speaks_hard", "board"),
    "orientation": ("calm", "never_alone", "same_driver"),
    "along": ("child_seat", "guide_dog"),
    "things": ("oxygen", "luggage"),
}
"""Groups of boxes to tick, and the need that each box stands for."""

SIZES = ("chair_width_cm", "chair_length_cm", "chair_height_cm", "chair_mass_kg")
LONGEST_NOTE = 160


class Recorded(Protocol):
    """Needs as they are recorded; every need of `PARTS` is a column."""

    @property
    def id(self) -> int | None:
        """The number of this version."""

    @property
    def one_off(self) -> bool:
        """Whether it counts for one order only."""

    @property
    def companions(self) -> int:
        """How many usually travel along."""

    def model_dump(self) -> dict[str, Any]:
        """All columns by name."""


def asked(part: str, data: Fields, policy: Policy) -> tuple[Told, dict[str, Invalid]]:
    """What was told on one page of the form, or what is wrong by field; both pages of one ride are asked as one."""
    told: dict[str, Any] = {}
    wrong: dict[str, Invalid] = {}
    read = {"pohyb": _movement, "vnimani": _senses, "dalsi": _company}
    for name in part.split():
        read[name](data, policy, told, wrong)
    found: Told = told  # type: ignore[assignment]  # the names are those of Told
    return found, wrong


def kept(needs: Recorded | None, part: str = "") -> dict[str, Any]:
    """Needs recorded before, without those that a page of the form asks for anew."""
    if needs is None:
        return {}
    again = {name for each in part.split() for name in PARTS[each]}
    everything = Told.__optional_keys__ - again
    return {name: value for name, value in needs.model_dump().items() if name in everything}


def form(said: Mapping[str, Any]) -> dict[str, Any]:
    """Needs as the fields of the form show them."""
    found: dict[str, Any] = {group: [name for name in names if said.get(name)] for group, names in CHECKED.items()}
    found |= {name: "" if said.get(name) is None else str(said[name]) for name in SIZES}
    found |= {name: said.get(name) or "" for name in ("hand_over_to", "note")}
    found["mobility"] = _value(said.get("mobility"))
    found["assistance"] = _value(said.get("assistance")) or Assistance.DOOR.value
    found["elbow"] = _value(said.get("elbow")) or Elbow.EITHER.value
    found["companions"] = str(said.get("companions", 0))
    return found


def typed(data: Fields) -> dict[str, Any]:
    """The fields of the form as they were sent, to be shown again beside what is wrong."""
    found: dict[str, Any] = {group: several(data, group) for group in CHECKED}
    for name in (*SIZES, "mobility", "assistance", "elbow", "companions", "hand_over_to", "note"):
        found[name] = one(data, name)
    return found


def options(policy: Policy) -> dict[str, Any]:
    """What may be chosen, in the order of the form."""
    return {
        "mobilities": [each.value for each in Mobility],
        "assistances": [each.value for each in Assistance if each.value in policy.assistance.levels],
        "elbows": [each.value for each in Elbow],
        "most": policy.booking.max_companions,
        "longest_note": LONGEST_NOTE,
    }


def _movement(data: Fields, policy: Policy, told: dict[str, Any], wrong: dict[str, Invalid]) -> None:
    mobility, assistance = one(data, "mobility"), one(data, "assistance")
    if mobility not in set(Mobility):
        wrong["mobility"] = Invalid("needs.mobility_missing", field="mobility")
        mobility = Mobility.WALKS
    if assistance not in policy.assistance.levels:
        wrong["assistance"] = Invalid("needs.assistance_missing", field="assistance")
        assistance = Assistance.DOOR
    told["mobility"], told["assistance"] = Mobility(mobility), Assistance(assistance)
    ticked = several(data, "aids")
    told["stairs"] = "stairs" in ticked
    told["walker_rigid"] = "walker_rigid" in ticked and mobility == Mobility.WALKER
    for name in SIZES:
        told[name] = None
        if one(data, name) and on_wheels(told["mobility"]):
            _size(data, name, told, wrong)


def _size(data: Fields, name: str, told: dict[str, Any], wrong: dict[str, Invalid]) -> None:
    least, most = (5, 500) if name == "chair_mass_kg" else (30, 250)
    size = written.number(one(data, name))
    if size is None or not least <= size <= most:
        wrong[name] = Invalid("needs.size_unclear", field=name, least=least, most=most)
    told[name] = size


def _senses(data: Fields, _: Policy, told: dict[str, Any], wrong: dict[str, Invalid]) -> None:
    for group in ("senses", "orientation"):
        ticked = several(data, group)
        told |= {name: name in ticked for name in CHECKED[group]}
    elbow = one(data, "elbow")
    told["elbow"] = Elbow(elbow) if elbow in set(Elbow) else Elbow.EITHER
    told["hand_over_to"] = " ".join(one(data, "hand_over_to").split())
    if len(told["hand_over_to"]) > 80:
        wrong["hand_over_to"] = Invalid("needs.name_too_long", field="hand_over_to", most=80)


def _company(data: Fields, policy: Policy, told: dict[str, Any], wrong: dict[str, Invalid]) -> None:
    for group in ("along", "things"):
        ticked = several(data, group)
        told |= {name: name in ticked for name in CHECKED[group]}
    companions = one(data, "companions")
    most = policy.booking.max_companions
    if not companions.isdecimal():
        wrong["companions"] = Invalid("book.companions_missing", field="companions")
    elif len(companions) > 2 or int(companions) > most:
        wrong["companions"] = Invalid("ride.too_many_companions", field="companions", most=most)
    else:
        told["companions"] = int(companions)
    told["note"] = " ".join(one(data, "note").split())
    if len(told["note"]) > LONGEST_NOTE:
        wrong["note"] = Invalid("needs.note_too_long", field="note", most=LONGEST_NOTE)


def _value(said: object) -> str:
    return "" if said is None else str(getattr(said, "value", said))
