"""The questions of an order: what each page shows, and what each answer becomes. Refusals name their field."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from transport.api.client import spoken
from transport.api.client.needing import Recorded
from transport.api.client.sheet import Sheet, Spot, bookable, known_place, place_of
from transport.booking.clients import eligibility
from transport.booking.rides import checking, queries, rules
from transport.booking.rides.wishing import Order
from transport.bootstrap import Services
from transport.kernel.clock import wall, wall_seconds
from transport.kernel.errors import Invalid, NotFound
from transport.routing.planning.wishes import Anchor, Wish

Posted = Mapping[str, str | list[str]]

TEMPLATES = {
    "za-koho": "who",
    "odkud": "place",
    "kam": "place",
    "den": "day",
    "ucel": "purpose",
    "cas": "time",
    "zpet": "back",
    "pomoc": "help",
}
FIELDS = {
    "za-koho": "client",
    "odkud": "origin",
    "kam": "destination",
    "den": "day",
    "ucel": "purpose",
    "cas": "time",
    "zpet": "back",
    "pomoc": "companions",
}
"""The field to which a refusal belongs that names none."""

DAYS_SHOWN = 7
PLACES_SHOWN = 7
OTHER = "other"


def shown(sheet: Sheet, step: str, services: Services) -> dict[str, Any]:
    """What the page of a step has to show beside the answers."""
    return {"said": sheet.said, "services_day": sheet.day, **_SHOWN[step](sheet, services)}


def _who(sheet: Sheet, _: Services) -> dict[str, Any]:
    return {"people": bookable(sheet.session, sheet.by, sheet.now, sheet.power)}


def _origin(sheet: Sheet, _: Services) -> dict[str, Any]:
    return {"field": "origin", "step_of_place": "odkud", "spots": _spots(sheet, "origin")}


def _destination(sheet: Sheet, _: Services) -> dict[str, Any]:
    return {"field": "destination", "step_of_place": "kam", "spots": _spots(sheet, "destination")}


def _day(sheet: Sheet, services: Services) -> dict[str, Any]:
    days = [sheet.today + timedelta(days=ahead) for ahead in range(DAYS_SHOWN)]
    open_days = [day for day in days if not rules.about_day(services.policies.on(day), day, sheet.now)]
    return {"days": open_days, "today": sheet.today}


def _purpose(sheet: Sheet, services: Services) -> dict[str, Any]:
    return {"purposes": services.policies.on(sheet.day or sheet.today).booking.purposes}


def _time(sheet: Sheet, services: Services) -> dict[str, Any]:
    day, last = sheet.day or sheet.today, sheet.said.get("last") or {}
    return {
        "day": day,
        "time": _clock(day, sheet.said.get("seconds")) or last.get("clock", ""),
        "anchor": sheet.said.get("anchor") or last.get("anchor"),
        "booking": services.policies.on(day).booking,
    }


def _back(sheet: Sheet, services: Services) -> dict[str, Any]:
    day = sheet.return_day or sheet.today
    return {
        "day": sheet.day,
        "return_day": day,
        "time": _clock(day, sheet.said.get("return_seconds")),
        "will_call": services.policies.on(day).will_call,
    }


def _help(sheet: Sheet, services: Services) -> dict[str, Any]:
    needs = needs_of(sheet)
    booking = services.policies.on(sheet.day or sheet.today).booking
    along = len(sheet.said.get("companions") or ()) if sheet.said.get("help") else (needs.companions if needs else 0)
    return {"needs": needs, "most": booking.max_companions, "companions": min(along, booking.max_companions)}


def needs_of(sheet: Sheet) -> Recorded | None:
    """What the ride counts with: said for it alone, or else usual; None if nobody has asked yet."""
    asked = Order(sheet.key, sheet.draft.client_id or 0, (), needs_id=sheet.said.get("needs_id"))
    try:
        return checking.needs_of(sheet.session, asked)
    except Invalid:
        return None


def _take_who(sheet: Sheet, _: Services, data: Posted) -> str | None:
    code = _text(data, "client")
    may = bookable(sheet.session, sheet.by, sheet.now, sheet.power)
    found = next((each for each in may if each.client.code == code), None)
    if found is None:
        raise Invalid("book.client_missing", field="client")
    sheet.belongs_to(found.client.id or 0)
    return None


def _take_origin(sheet: Sheet, services: Services, data: Posted) -> str | None:
    return _take_place(sheet, services, data, "origin", "odkud")


def _take_destination(sheet: Sheet, services: Services, data: Posted) -> str | None:
    return _take_place(sheet, services, data, "destination", "kam")


def _take_place(sheet: Sheet, services: Services, data: Posted, field: str, step: str) -> str | None:
    """A place that was offered, or on to the search for another one."""
    chosen, words = _text(data, field), _text(data, "words")
    if chosen in {"", OTHER}:
        if not words:
            raise Invalid("book.place_missing", field="words" if chosen == OTHER else field)
        return "misto?" + urlencode({"pro": step, "q": words})
    settle_place(sheet, services, field, place_of(chosen, _spots(sheet, field)))
    return None


def settle_place(sheet: Sheet, services: Services, field: str, place_id: int) -> None:
    """Note where from or where to, if the rules of the area allow it."""
    said = {**sheet.said, field: place_id}
    if said.get("origin") is not None and said.get("destination") is not None:
        policy = services.policies.on(sheet.day or sheet.today)
        origin, destination = (_whereabouts(sheet, int(said[name])) for name in ("origin", "destination"))
        for reason in rules.about_places(policy, origin, destination):
            raise Invalid(reason.code, field=field, **reason.facts)
    sheet.note(**{field: place_id})


def _take_day(sheet: Sheet, services: Services, data: Posted) -> str | None:
    chosen, words = _text(data, "day"), _text(data, "other_day")
    if words and chosen in {"", OTHER}:
        day = spoken.day_named(words, sheet.today)
        field = "other_day"
    else:
        day = _iso(chosen)
        field = "other_day" if chosen == OTHER else "day"
    if day is None:
        raise Invalid("book.day_unclear" if words or chosen == OTHER else "book.day_missing", field=field)
    _day_is_possible(sheet, services, day, field)
    _may_ride_on(sheet, services, day, field)
    said = sheet.said
    purposes = services.policies.on(day).booking.purposes
    moved: dict[str, object] = {"day": day.isoformat(), "asks_purpose": bool(purposes)}
    if said.get("purpose") not in purposes:
        moved["purpose"] = None
    old = sheet.day
    if old is not None and said.get("seconds") is not None:
        moved["seconds"] = _same_time(old, int(said["seconds"]), day)
    if old is not None and said.get("return_seconds") is not None and not said.get("return_day"):
        moved["return_seconds"] = _same_time(old, int(said["return_seconds"]), day)
    sheet.note(**moved)
    return None


def _take_purpose(sheet: Sheet, services: Services, data: Posted) -> str | None:
    purpose = _text(data, "purpose")
    if purpose not in services.policies.on(sheet.day or sheet.today).booking.purposes:
        raise Invalid("book.purpose_missing", field="purpose")
    sheet.note(purpose=purpose)
    return None


def _take_time(sheet: Sheet, services: Services, data: Posted) -> str | None:
    anchor, day = _text(data, "anchor"), sheet.day
    if day is None:
        return "den"
    if anchor not in set(Anchor):
        raise Invalid("book.anchor_missing", field="anchor")
    seconds = _heard(_text(data, "time"), day, "time")
    policy = services.policies.on(day)
    for reason in rules.about_time(policy, day, Wish(Anchor(anchor), seconds), sheet.now, services.world.calendar):
        raise reason
    sheet.note(anchor=anchor, seconds=seconds, **_back_as_last_time(sheet, services, day, seconds))
    return None


def _back_as_last_time(sheet: Sheet, services: Services, day: date, seconds: int) -> dict[str, object]:
    """For a trip ordered again: the way back as long after the way there as it was; asked if it cannot be so."""
    last = sheet.said.get("last")
    if not last or sheet.changes is not None:
        return {}
    if last["back"] == "no":
        return {"back": "no"}
    then = wall(day, seconds).replace(tzinfo=None) + timedelta(minutes=last["stay"])
    back, there = last["back"], then.date()
    if back == "call" and not services.policies.on(there).will_call.offered:
        return {"back": None}
    return {
        "back": back,
        "will_call": back == "call",
        "return_seconds": wall_seconds(there, then.hour, then.minute),
        "return_day": None if there == day else there.isoformat(),
    }


def _take_back(sheet: Sheet, services: Services, data: Posted) -> str | None:
    back, day = _text(data, "back"), sheet.day
    if day is None:
        return "den"
    if back == "no":
        sheet.note(back="no", will_call=False, return_seconds=None, return_day=None, last=None)
        return None
    if back not in {"yes", "call"}:
        raise Invalid("book.back_missing", field="back")
    words = _text(data, "return_day")
    named = spoken.day_named(words, sheet.today) if words else day
    if named is None:
        raise Invalid("book.day_unclear", field="return_day")
    seconds = _heard(_text(data, "return_time"), named, "return_time")
    if named != day:
        _day_is_possible(sheet, services, named, "return_day")
        _may_ride_on(sheet, services, named, "return_day")
    policy = services.policies.on(named)
    if back == "call" and not policy.will_call.offered:
        raise Invalid("ride.no_will_call", field="back")
    for reason in rules.about_time(policy, named, Wish(Anchor.LEAVE_AT, seconds), sheet.now, services.world.calendar):
        raise Invalid(reason.code, field="return_time", **reason.facts)
    if (named, seconds) <= (day, int(sheet.said.get("seconds") or 0)):
        raise Invalid("ride.return_before_outbound", field="return_time")
    return_day = None if named == day else named.isoformat()
    sheet.note(back=back, will_call=back == "call", return_seconds=seconds, return_day=return_day, last=None)
    return None


def _take_help(sheet: Sheet, services: Services, data: Posted) -> str | None:
    number = _text(data, "companions")
    most = services.policies.on(sheet.day or sheet.today).booking.max_companions
    if not number.isdecimal():
        raise Invalid("book.companions_missing", field="companions")
    if int(number) > most:
        raise Invalid("ride.too_many_companions", field="companions", most=most)
    sheet.note(help=True, companions=["seat"] * int(number))
    if _text(data, "usual"):
        sheet.note(needs_id=None)
    return None


def _spots(sheet: Sheet, field: str) -> list[Spot]:
    """Own places and those gone to lately; where to: the latter first. What is chosen already is always there."""
    own = sheet.own_places()
    lately = [
        Spot(place.id or 0, place.name, place.address, place.municipality, place.point)
        for place in queries.recent_places(sheet.session, sheet.draft.client_id or 0)
    ]
    ordered = own + lately if field == "origin" else lately + own
    chosen = sheet.spot(field)
    origin = sheet.said.get("origin")
    found: dict[int, Spot] = {spot.id: spot for spot in ([chosen] if chosen else [])}
    for spot in ordered:
        if field == "origin" or spot.id != origin:
            found.setdefault(spot.id, spot)
    return list(found.values())[:PLACES_SHOWN]


def _whereabouts(sheet: Sheet, place_id: int) -> rules.Whereabouts:
    place = known_place(sheet.session, place_id)
    return rules.Whereabouts(place.name, place.municipality, place.point)


def _day_is_possible(sheet: Sheet, services: Services, day: date, field: str) -> None:
    if day < sheet.today:
        raise Invalid("ride.day_in_the_past", field=field, day=day)
    for reason in rules.about_day(services.policies.on(day), day, sheet.now):
        raise Invalid(reason.code, field=field, **reason.facts)


def _may_ride_on(sheet: Sheet, services: Services, day: date, field: str) -> None:
    if sheet.client is None:
        raise NotFound("client.unknown")
    person = checking.person_of(sheet.session, sheet.client)
    for code in eligibility.reasons(person, day, services.policies.on(day), companions=1):  # asked about later
        raise Invalid(code, field=field, day=day)


def _heard(text: str, day: date, field: str) -> int:
    if not text:
        raise Invalid("book.time_missing", field=field)
    found = spoken.time_of_day(text)
    if found is None:
        raise Invalid("book.time_unclear", field=field)
    return wall_seconds(day, *found)


def _same_time(old: date, seconds: int, day: date) -> int:
    """What the clock shows stays the same when the day changes, also across the change of clocks."""
    shown_then = wall(old, seconds)
    return wall_seconds(day, shown_then.hour, shown_then.minute)


def _clock(day: date, seconds: int | None) -> str:
    if seconds is None:
        return ""
    moment = wall(day, int(seconds))
    return f"{moment.hour}:{moment.minute:02}"


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _text(data: Posted, name: str) -> str:
    said = data.get(name, "")
    return (said if isinstance(said, str) else said[0] if said else "").strip()


_SHOWN: dict[str, Callable[[Sheet, Services], dict[str, Any]]] = {
    "za-koho": _who,
    "odkud": _origin,
    "kam": _destination,
    "den": _day,
    "ucel": _purpose,
    "cas": _time,
    "zpet": _back,
    "pomoc": _help,
}
ANSWERS: dict[str, Callable[[Sheet, Services, Posted], str | None]] = {
    "za-koho": _take_who,
    "odkud": _take_origin,
    "kam": _take_destination,
    "den": _take_day,
    "ucel": _take_purpose,
    "cas": _take_time,
    "zpet": _take_back,
    "pomoc": _take_help,
}
"""Keeps the answer in the draft; returns the step to go to if it is not the next open one."""
