"""Doors: whom to call after changes of the plan, as a page with ticks, on paper, and as a table."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts import contacts
from transport.api import lists, paper
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.forms import FormData, one
from transport.api.render import page, see_other, words_of
from transport.kernel.db import writing
from transport.kernel.i18n import Catalogue
from transport.kernel.i18n import mark as _
from transport.operations.dispatch import calling
from transport.operations.dispatch.calling import CallList, ClientCall, DriverCall

router = APIRouter()
CALLS = "/disp/{day}/obvolat"
HEAD = (
    *(_("Whom"), _("Name"), _("Telephone"), _("Vehicle"), _("What to say"), _("Whose stop"), _("Where")),
    *(_("Was"), _("Is now"), _("Told")),
)
WORDS = {
    "added": _("new stop"),
    "removed": _("does not take place"),
    "time": _("another time"),
    "door": _("another place"),
    "vehicle": _("another vehicle"),
    "promise": _("another promise"),
}


@router.get(CALLS, name="disp:calls")
def calls(request: Request, day: Day, session: Reading, now: Now, hotovo: str = "") -> Response:
    """Each driver and each client to whom something is not as they know it, with their telephones."""
    said = hotovo if hotovo in ("ticked", "unticked") else ""
    return page(request, "dispatcher/calls.html", said=said, **_facts(request, session, day, now))


@router.post(CALLS, name="disp:calls.tick")
def tick(day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Somebody has been told, or has not after all."""
    first, last = _number(one(data, "od")), _number(one(data, "do"))
    done = one(data, "done") == "yes"
    with writing(services.database) as session:
        calling.tick(session, day, one(data, "key"), done=done, first=first, last=last, by=me, now=now)
    back = {"od": first, "do": last, "hotovo": "ticked" if done else "unticked"}
    return see_other(f"/disp/{day}/obvolat?{urlencode({name: value for name, value in back.items() if value})}")


@router.get(f"{CALLS}.pdf", name="disp:calls.pdf")
def calls_pdf(request: Request, day: Day, session: Reading, now: Now) -> Response:
    """The same on paper, with boxes to tick."""
    shown = page(request, "dispatcher/calls_print.html", **_facts(request, session, day, now))
    return paper.download(paper.pdf(bytes(shown.body).decode()), f"obvolat-{day}")


@router.get(f"{CALLS}.csv", name="disp:calls.csv")
def calls_csv(request: Request, day: Day, session: Reading, now: Now) -> Response:
    """The same as a table."""
    found, words = _list(request, session, day, now), words_of(request)
    rows = [row for call in found.drivers for row in _driver_rows(call, words, day)]
    rows += [_client_row(call, found, words, day) for call in found.clients]
    return lists.as_csv(f"obvolat-{day}", [words.text(cell) for cell in HEAD], rows)


def _facts(request: Request, session: Session, day: date, now: datetime) -> dict[str, Any]:
    first, last = (_number(request.query_params.get(name, "")) for name in ("od", "do"))
    found = _list(request, session, day, now)
    asked = urlencode({name: value for name, value in (("od", first), ("do", last)) if value})
    codes = {call.crew.shift.id: call.crew.vehicle.code for call in found.drivers}
    codes |= {crew.shift.id: crew.vehicle.code for crew in found.unchanged}
    return {
        "day": day,
        "now": now,
        "list": found,
        "first": first,
        "last": last,
        "asked": f"?{asked}" if asked else "",
        "words_of_change": WORDS,
        "codes": codes,
    }


def _list(request: Request, session: Session, day: date, now: datetime) -> CallList:
    first, last = (_number(request.query_params.get(name, "")) for name in ("od", "do"))
    return calling.of(session, day, now=now, first=first, last=last)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _driver_rows(call: DriverCall, words: Catalogue, day: date) -> list[list[str]]:
    crew, told = call.crew, _told(call, words)
    return [
        [
            *(words.text(_("driver")), crew.driver.name, contacts.shown(crew.driver.phone), crew.vehicle.code),
            words.text(WORDS[each.told.value]),
            each.view.client.name if each.view else "",
            each.place.name,
            "" if each.was is None else words.time(each.was, day),
            "" if each.becomes is None else words.time(each.becomes, day),
            told,
        ]
        for each in call.changes
    ]


def _client_row(call: ClientCall, found: CallList, words: Catalogue, day: date) -> list[str]:
    view = call.view
    codes = {each.crew.shift.id: each.crew.vehicle.code for each in found.drivers}
    codes |= {crew.shift.id: crew.vehicle.code for crew in found.unchanged}
    return [
        *(words.text(_("client")), view.client.name, contacts.shown(view.client.phone)),
        codes.get(call.becomes[0], "") if call.becomes else "",
        ", ".join(words.text(WORDS[each.value]) for each in call.told),
        view.client.name,
        view.origin.name,
        words.time(call.was[1], day),
        words.time(call.becomes[1], day) if call.becomes else "",
        _told(call, words),
    ]


def _told(call: DriverCall | ClientCall, words: Catalogue) -> str:
    return "" if call.mark is None or call.mark.done_at is None else words.instant(call.mark.done_at)
