"""What a driver's device says, read and tidied: every fact by its name, what cannot be read kept as it came. Pure."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from transport.kernel.errors import Invalid
from transport.operations.driving.models import DriverReport, ReportKind
from transport.routing.planning.models import StopKind

EVIDENCE = ("rang", "called")
"""What a driver must have tried before saying that nobody is there."""
CHECKS = ("lift", "belts", "lights", "first_aid", "fuel", "phone")
"""What is looked at before the first ride: lift or ramp, belts and anchors, lights, first aid, fuel, telephone."""
PAID = ("cash", "invoice", "unpaid")
"""What became of the price of a ride."""
PROBLEMS = ("late", "breakdown", "lift", "unwell", "road", "other")
"""What may go wrong on the road, in one tap."""
FORM = "form"
"""The device of a report that came by a plain form: no clock and no count of its own."""
LONGEST = {"handed_to": 80, "note": 500, "lost": 500}
CLOCK = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
NUMBERS = 2**31
"""The databases count no further."""


@dataclass(frozen=True, slots=True)
class Said:
    """One report as it was sent. `at` and `sent_at` are read off the clock of the device, right or wrong.

    `about`: the key of the report that is taken back or gets another time. `facts`: as sent, not yet tidied.
    """

    key: str
    device: str
    seq: int
    shift: int
    kind: str
    promise: int | None
    stop: str | None
    at: datetime
    sent_at: datetime
    about: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def read(raw: object, *, device: str, sent_at: datetime) -> Said:
    """One report of a parcel. Raises Invalid("report.unreadable") where something is missing or of another kind."""
    if not isinstance(raw, Mapping):
        raise Invalid("report.unreadable")
    facts = raw.get("facts")
    return Said(
        key=str(raw.get("key", "")),
        device=device,
        seq=_number(raw.get("seq")),
        shift=_number(raw.get("shift")),
        kind=str(raw.get("kind", "")),
        promise=None if raw.get("promise") in (None, "") else _number(raw.get("promise")),
        stop=str(raw["stop"]) if raw.get("stop") else None,
        at=instant(raw.get("at")),
        sent_at=sent_at,
        about=str(raw.get("about") or ""),
        facts=facts if isinstance(facts, Mapping) else {},
    )


def instant(text: object) -> datetime:
    """A moment with its zone, as devices write it; Invalid("report.unreadable")."""
    try:
        found = datetime.fromisoformat(str(text))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Invalid("report.unreadable", field="at") from None


def uuid(text: str) -> str:
    """A key as it is kept; Invalid("report.unreadable") for what no device makes."""
    try:
        return str(UUID(text))
    except ValueError:
        raise Invalid("report.unreadable", field="key") from None


def kind(word: str) -> ReportKind:
    """The kind of a report; Invalid("report.unreadable")."""
    if word not in set(ReportKind):
        raise Invalid("report.unreadable", field="kind")
    return ReportKind(word)


def stop(word: str | None) -> StopKind | None:
    """Where somebody gets on or off; None where nothing, or nothing of this kind, is said."""
    return StopKind(word) if word in (StopKind.PICKUP, StopKind.DROPOFF) else None


def tidied(facts: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The facts that can be read, and as text those that cannot. What is empty was not said."""
    found: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for name, value in facts.items():
        if name not in READERS or value in (None, "", []):
            continue
        try:
            found[name] = READERS[name](value)
        except (ValueError, TypeError, KeyError, ArithmeticError):
            unread[name] = str(value)[:100]
    return found, unread


def facts_of(report: DriverReport) -> dict[str, Any]:
    """The facts of a report that is kept."""
    found: dict[str, Any] = json.loads(report.facts)
    return found


def _number(value: object) -> int:
    try:
        found = int(str(value))
    except ValueError:
        raise Invalid("report.unreadable") from None
    if not 0 <= found < NUMBERS:
        raise Invalid("report.unreadable")
    return found


def _one_of(words: tuple[str, ...]) -> Callable[[Any], str]:
    return lambda value: words[words.index(str(value))]


def _text(name: str) -> Callable[[Any], str]:
    return lambda value: "".join(each for each in str(value).strip() if each.isprintable())[: LONGEST[name]]


def _whole(most: int) -> Callable[[Any], int]:
    def reader(value: Any) -> int:  # noqa: ANN401 - whatever JSON holds
        number = int(re.sub(r"\s", "", str(value)))
        if not 0 <= number <= most:
            raise ValueError
        return number

    return reader


def _haler(value: Any) -> int:  # noqa: ANN401
    """A number is haléře; text is crowns, as people write them."""
    if isinstance(value, str):
        value = round(float(re.sub(r"\s|Kč", "", value).replace(",", ".")) * 100)
    return _whole(10_000_000)(value)


def _some_of(words: tuple[str, ...]) -> Callable[[Any], list[str]]:
    def reader(value: Any) -> list[str]:  # noqa: ANN401 - whatever JSON holds
        given = [value] if isinstance(value, str) else list(value)
        return [each for each in words if each in given]

    return reader


def _checks(value: Any) -> list[str]:  # noqa: ANN401
    """What was ticked of a list, by its words."""
    given = [value] if isinstance(value, str) else list(value)
    return sorted({str(each) for each in given if re.fullmatch(r"[a-z_]{1,20}", str(each))})[:20]


def _moment(value: Any) -> str:  # noqa: ANN401
    """A time of the wall stays as it is; a moment of the device's clock is written with its zone."""
    clock = CLOCK.fullmatch(str(value).strip())
    try:
        return f"{int(clock[1]):02}:{clock[2]}" if clock else instant(value).isoformat()
    except Invalid:
        raise ValueError from None


def _position(value: Any) -> dict[str, float]:  # noqa: ANN401
    limits = {"lat": 90.0, "lon": 180.0}
    found = {name: float(value[name]) for name in ("lat", "lon")}
    if not all(abs(each) <= limits[name] for name, each in found.items()):
        raise ValueError
    accuracy = float(value.get("accuracy") or 0)
    return found | ({"accuracy": accuracy} if math.isfinite(accuracy) else {})


READERS: dict[str, Callable[[Any], Any]] = {
    "evidence": _some_of(EVIDENCE),
    "checks": _some_of(CHECKS),
    "handed_to": _text("handed_to"),
    "paid": _one_of(PAID),
    "problem": _one_of(PROBLEMS),
    "minutes": _whole(600),
    "note": _text("note"),
    "lost": _text("lost"),
    "odometer": _whole(5_000_000),
    "cash": _haler,
    "happened": _moment,
    "position": _position,
}
"""By the name of a fact what reads it. Distances in kilometres, money in haléře, spans in minutes."""
