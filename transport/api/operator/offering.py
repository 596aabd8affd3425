"""What can be promised on the telephone, as the desk shows it: the windows by leg, what is kept, what to read out."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from transport.api.client import steps
from transport.api.client.offer import held_until, seen
from transport.api.client.sheet import Sheet
from transport.api.render import CATALOGUES
from transport.booking.clients import queries as clients
from transport.booking.rides import drafts, queries, requests
from transport.booking.rides.wishing import LegWish, Priced
from transport.bootstrap import Services
from transport.kernel.clock import wall
from transport.kernel.i18n import LANGUAGES, Catalogue
from transport.kernel.i18n import mark as _

KEYS = 3
"""So many windows of a leg are chosen by one key."""
AROUND = 7200
"""Seconds before and after a wish that are proposed for waiting."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One leg with the windows that were shown for it; `reason`: why nothing near the wish could be."""

    wish: LegWish
    shown: tuple[Priced, ...]
    chosen: int | None
    reason: str | None


def shown(sheet: Sheet, services: Services, words: Catalogue) -> dict[str, Any]:
    """The part of the desk with offers; nothing while the draft has not been looked for."""
    options = drafts.shown(sheet.draft)
    if not options:
        return {}
    order = drafts.order(sheet.draft)
    chosen = drafts.chosen(sheet.draft)
    denials = {denial.leg: denial for denial in requests.denials_of(sheet.session, order)}
    legs = []
    for wish in order.legs:
        windows = options.get(wish.leg, ())[:KEYS]
        taken = chosen.get(wish.leg)
        number = windows.index(taken) if taken in windows else None
        reason = denials[wish.leg].reason if wish.leg in denials else None
        legs.append(Asked(wish, windows, number, reason))
    return {
        "legs": legs,
        "instead": drafts.alternatives(sheet.draft),
        "kept": chosen,
        "seen": seen(chosen),
        "until": held_until(sheet, services) if chosen else None,
        "total": sum(priced.price for priced in chosen.values()),
        "read": _aloud(sheet, legs, chosen, words),
        "ends": _ends(sheet),
        "needs": steps.needs_of(sheet),
        "waits": [
            (denial, [_clock(denial.day, max(0, denial.seconds + away)) for away in (-AROUND, AROUND)])
            for denial in denials.values()
            if services.policies.on(denial.day).waiting_list.kept
        ],
    }


def booked(sheet: Sheet) -> dict[str, Any]:
    """The rides of an order that was just made."""
    if sheet.draft.request_id is None:
        return {}
    return {"rides": queries.of_request(sheet.session, sheet.draft.request_id)}


def promise(words: Catalogue, wish: LegWish, priced: Priced) -> str:
    """One window as a sentence: `Vyzvedneme vás mezi 8:30 a 8:45. Na místě budete do 9:10.`"""
    option = priced.option
    if wish.will_call:
        text = words.text(_("Call us when you want to go. We come by {time} at the latest."))
        return words.nb(text.format(time=words.time(option.window.end, wish.day)))
    start, end = (words.time(each, wish.day) for each in (option.window.start, option.window.end))
    window = words.text(_("between {start} and {end}")).format(start=start, end=end)
    text = words.text(_("We pick you up {window}. You will be there by {time}."))
    return words.nb(text.format(window=window, time=words.time(option.arrive_by, wish.day)))


def _aloud(sheet: Sheet, legs: list[Asked], chosen: Any, words: Catalogue) -> list[tuple[str, list[str]]]:  # noqa: ANN401 - by leg
    """What is read to the client, in the language of the page and in the client's own: what is kept, or the first."""
    client = sheet.client
    spoken = [words] if client is None or client.language not in LANGUAGES else [words, CATALOGUES[client.language]]
    found: list[tuple[str, list[str]]] = []
    for each in {catalogue.lang: catalogue for catalogue in spoken}.values():
        lines: list[str] = []
        said = None
        for leg in legs:
            priced = chosen.get(leg.wish.leg) or next(iter(leg.shown), None)
            if priced is None:
                continue
            if leg.wish.day != said:
                said = leg.wish.day
                lines.append(f"{each.day(said)[:1].upper()}{each.day(said)[1:]}.")
            lines.append(promise(each, leg.wish, priced))
        if lines:
            found.append((each.lang, lines))
    return found


def _ends(sheet: Sheet) -> list[tuple[Any, Any]]:
    """Both ends of the way there, with how the door is found where the client has said it."""
    own = {each.place_id: each for each in clients.places(sheet.session, sheet.draft.client_id or 0)}
    spots = [sheet.spot(name) for name in ("origin", "destination")]
    return [(spot, own.get(spot.id)) for spot in spots if spot is not None]


def _clock(day: date, seconds: int) -> str:
    return f"{wall(day, seconds):%-H:%M}"
