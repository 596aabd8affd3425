"""The one form of a ride: what stands in it to begin with, and how what is typed becomes the answers of a draft."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from transport.api.client import different, needing, steps
from transport.api.client.sheet import Sheet
from transport.api.forms import Fields, one, several
from transport.api.operator import placing
from transport.booking.clients import queries as clients
from transport.booking.clients.needs import Mobility
from transport.booking.rides import repeating, trips
from transport.bootstrap import Services
from transport.kernel.clock import local_day, wall
from transport.kernel.errors import Invalid
from transport.routing.planning.wishes import Anchor

PLACES = ("origin", "destination")
CHANGED = ("stairs", "walker_rigid", "guide_dog", "child_seat", "oxygen", "luggage")
"""Needs that may be otherwise on one ride, beside the way of getting in."""
STAY = 120
"""Minutes until somebody wants to go home, where no ride before tells."""
FIELDS = (
    *PLACES, *(f"{name}_place" for name in PLACES), "day", "time", "anchor", "back", "return_time", "return_day",
    "companions", "purpose", "mobility",
)  # fmt: skip


def typed(data: Fields) -> dict[str, Any]:
    """The fields as they were sent."""
    return {**{name: one(data, name) for name in FIELDS}, "needs": several(data, "needs"), "before": ()}


def begun(session: Session, services: Services, client_id: int, now: datetime) -> dict[str, Any]:
    """The form for a client who is on the telephone: the last trip, to be taken with Enter, or home."""
    usual = clients.needs_now(session, client_id)
    found: dict[str, Any] = {**dict.fromkeys(FIELDS, ""), **_needs(usual), "anchor": Anchor.ARRIVE_BY.value}
    found |= {"companions": str(usual.companions if usual else 0), "before": ()}
    found["back"] = "call" if services.policies.on(local_day(now)).will_call.offered else "no"
    last = _last(session, client_id)
    if last is None:
        home = next((each for each in clients.places(session, client_id) if each.is_home), None)
        return found if home is None else found | {"origin": home.label, "origin_place": f"p{home.place_id}"}
    for name in PLACES:
        found[name], found[f"{name}_place"] = placing.shown(session, client_id, last[name])
    before = last["last"]
    found |= {"time": before["clock"], "anchor": before["anchor"], "back": before["back"]}
    found |= {"companions": str(len(last["companions"])), "purpose": last["purpose"] or ""}
    return found | {"before": (*PLACES, "time")}


def written(sheet: Sheet) -> dict[str, Any]:
    """The form as the draft has it."""
    said, day = sheet.said, sheet.day
    found = {**dict.fromkeys(FIELDS, ""), **_needs(steps.needs_of(sheet)), "before": ()}
    for name in PLACES:
        if said.get(name) is not None:
            shown = placing.shown(sheet.session, sheet.draft.client_id or 0, int(said[name]))
            found[name], found[f"{name}_place"] = shown
    found["companions"] = str(len(said.get("companions") or ()))
    found |= {name: said.get(name) or "" for name in ("anchor", "back", "purpose")}
    if day is not None:
        back = sheet.return_day or day
        found |= {"day": _short(day), "time": _clock(day, said.get("seconds"))}
        found |= {"return_time": _clock(back, said.get("return_seconds")), "return_day": ""}
        if back != day:
            found["return_day"] = _short(back)
    return found


def take(sheet: Sheet, services: Services, data: Fields) -> dict[str, Invalid]:
    """Note every answer in the draft; what cannot be is said by field, and the rest need not be kept."""
    wrong: dict[str, Invalid] = {}

    def tried(field: str, answer: Callable[[], None]) -> bool:
        try:
            answer()
        except Invalid as error:
            wrong[error.field if error.field in FIELDS else field] = error
            return False
        return True

    tried("origin", lambda: _place(sheet, services, data, "origin"))
    tried("destination", lambda: _place(sheet, services, data, "destination"))
    tried("companions", lambda: _company(sheet, services, data))
    if tried("day", lambda: _answer(sheet, services, "den", other_day=one(data, "day"))):
        if sheet.said.get("asks_purpose"):
            tried("purpose", lambda: _answer(sheet, services, "ucel", purpose=one(data, "purpose")))
        asked = {"time": one(data, "time"), "anchor": one(data, "anchor")}
        if tried("time", lambda: _answer(sheet, services, "cas", **asked)):
            tried("back", lambda: _back(sheet, services, data))
    return wrong


def _answer(sheet: Sheet, services: Services, step: str, **said: str) -> None:
    steps.ANSWERS[step](sheet, services, said)


def _place(sheet: Sheet, services: Services, data: Fields, field: str) -> None:
    place_id = placing.settled(sheet, services, field, one(data, field), one(data, f"{field}_place"))
    steps.settle_place(sheet, services, field, place_id)


def _company(sheet: Sheet, services: Services, data: Fields) -> None:
    """How many travel along, and what is otherwise on this ride alone."""
    _answer(sheet, services, "pomoc", companions=one(data, "companions") or "0")
    mobility = one(data, "mobility")
    if not mobility:
        return
    if mobility not in set(Mobility):
        raise Invalid("needs.mobility_missing", field="mobility")
    told = needing.kept(clients.needs_now(sheet.session, sheet.draft.client_id or 0))
    told |= {name: name in several(data, "needs") for name in CHANGED}
    told |= {"mobility": Mobility(mobility), "companions": len(sheet.said.get("companions") or ())}
    different.keep(sheet, told)


def _back(sheet: Sheet, services: Services, data: Fields) -> None:
    """The way back; without a time it is as long after the way there as last time."""
    back, time = one(data, "back"), one(data, "return_time")
    last = _last(sheet.session, sheet.draft.client_id or 0)
    stay = 0 if last is None else int(last["last"].get("stay", 0))
    if not time and (back == "call" or (back == "yes" and stay)):
        time = _later(sheet, services, stay or STAY)
    _answer(sheet, services, "zpet", back=back, return_time=time, return_day=one(data, "return_day"))


def _later(sheet: Sheet, services: Services, minutes: int) -> str:
    """So many minutes after the wish, but while we still drive."""
    day = sheet.day or sheet.today
    there = wall(day, int(sheet.said["seconds"])).replace(tzinfo=None)
    closes = datetime.combine(there.date(), services.policies.on(day).booking.closes)
    return f"{min(there + timedelta(minutes=minutes), closes):%H:%M}"


def _last(session: Session, client_id: int) -> dict[str, Any] | None:
    """What was answered for the last trip."""
    views = trips.lately(session, client_id)
    return repeating.answers(session, views[0].ride) if views else None


def _needs(known: needing.Recorded | None) -> dict[str, Any]:
    said = needing.kept(known)
    mobility = said.get("mobility")
    return {"mobility": mobility.value if mobility else "", "needs": [name for name in CHANGED if said.get(name)]}


def _short(day: date) -> str:
    return f"{day.day}. {day.month}."


def _clock(day: date, seconds: int | None) -> str:
    if seconds is None:
        return ""
    shown = wall(day, int(seconds))
    return f"{shown.hour}:{shown.minute:02}"
