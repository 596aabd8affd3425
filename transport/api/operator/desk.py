"""Doors: the one page of whoever takes the telephone: who calls, what is known of them, the ride, what can be promised.

The address says where a call stands: `tel` or `q` who is looked for, `klient` whose card is open, `navrh` the order
being written, `od` the second at which the call was answered. A form that is sent comes back to this page.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts import contacts
from transport.api.client import acting, written
from transport.api.client.sheet import Sheet
from transport.api.deps import Me, Now, Plugged, Reading, require
from transport.api.operator import card, offering, phrases, queues, rideform, when
from transport.api.render import CATALOGUES, page, words_of
from transport.booking.clients import callers
from transport.booking.clients import queries as clients
from transport.booking.clients.callers import Caller
from transport.booking.clients.needs import Mobility
from transport.booking.rides import queries
from transport.bootstrap import Services
from transport.kernel.actor import Actor, Role
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.kernel.i18n import DEFAULT, LANGUAGES

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN)])
LONGEST = 80
CARRIED = ("tel", "od", "kdo")
"""What an address of the desk keeps during a call."""
ANOTHER = "jiny"
"""Who calls is somebody without a mandate."""
FACTS = ("narozeni", "ulice")
"""What somebody without a mandate has to know of the client."""

Asked = Mapping[str, Any]


@router.get("/op", name="op:desk")
def desk(request: Request, session: Reading, services: Plugged, me: Me, now: Now) -> Response:
    """The screen of a call, as far as the call has come."""
    asked = {**request.query_params, "fakt": request.query_params.getlist("fakt")}
    return shown(request, session, services, me, now, asked=asked)


@router.get("/op/klient/{code}", name="op:client")
def client_card(request: Request, code: str, session: Reading, services: Plugged, now: Now) -> Response:
    """The card alone: everything recorded about the client, to read at leisure."""
    found = card.shown(session, services, code, words_of(request), now)
    in_force = [mandate for mandate in found["profile"].mandates if mandate.in_force(found["today"])]
    return page(request, "operator/client.html", mandates=in_force, **found)


def shown(
    request: Request,
    session: Session,
    services: Services,
    me: Actor,
    now: datetime,
    *,
    asked: Asked,
    errors: dict[str, str] | None = None,
    values: dict[str, Any] | None = None,
    choices: Mapping[str, Any] | None = None,
) -> Response:
    """The desk; with errors it is answered 422 and keeps what was typed (`values`), with places to choose from."""
    words = words_of(request)
    key = str(asked.get("navrh") or "")
    sheet = Sheet(session, key, by=me, now=now) if key else None
    who = _sought(session, asked, me, now)
    code = sheet.client.code if sheet is not None and sheet.client is not None else who.pop("code")
    caller = next((each for each in who["callers"] if each.client.code == code), None)
    context: dict[str, Any] = {
        **who,
        "code": code,
        "key": key,
        "caller": caller,
        **_rights(caller, asked),
        **carried(asked, now),
        "done": {},
        "offered": {},
        "taken_meanwhile": "obsazeno" in asked,
        "said": str(asked.get("hotovo") or ""),
        "nothing": "nic" in asked,
        "choices": choices or {},
        "mobilities": list(Mobility),
        "changed": rideform.CHANGED,
        "kinds": acting.KINDS,
        "powers": acting.POWERS,
    }
    if code:
        context |= card.shown(session, services, code, words, now)
        client = context["client"]
        context["phrases"] = _phrases(client.language)
        if sheet is not None and sheet.draft.request_id is not None:
            context["done"] = offering.booked(sheet)
            sheet = None
        elif sheet is not None:
            context["offered"] = offering.shown(sheet, services, words)
        form = values or (rideform.written(sheet) if sheet else rideform.begun(session, services, client.id or 0, now))
        policy = services.policies.on(local_day(now))
        context |= {"form": form, "understood": when.beside(words, form, now), "booking": policy.booking}
        context["will_call"] = policy.will_call
    else:
        context["waiting"] = [] if who["q"] or who["tel"] else queues.waiting_counts(session, now)
    return page(request, "operator/desk.html", 422 if errors else 200, errors=errors or {}, **context)


def carried(asked: Asked, now: datetime) -> dict[str, Any]:
    """What goes on from page to page: hidden fields of the forms, and the end of each address."""
    kept = {name: str(asked.get(name) or "")[:LONGEST] for name in CARRIED}
    if kept["tel"] and not kept["od"].isdecimal():
        kept["od"] = str(int(now.timestamp()))
    kept = {name: value for name, value in kept.items() if value}
    return {"carried": kept, "onward": urlencode(kept)}


def address(asked: Asked, now: datetime, **where: str) -> str:
    """The desk at another point of the same call."""
    return "/op?" + urlencode({**where, **carried(asked, now)["carried"]})


def _sought(session: Session, asked: Asked, me: Actor, now: datetime) -> dict[str, Any]:
    """Who was looked for: by number, by words, or named already; and whose card is open if it can only be one."""
    tel, q = (str(asked.get(name) or "").strip()[:LONGEST] for name in ("tel", "q"))
    number = contacts.phone(written.phone(tel)) if tel else None
    calling = callers.at(session, number, now=now) if number else []
    found = clients.search(session, q) if q else []
    ride = None
    if q and not found:
        try:
            ride = queries.visible(session, q, me, now=now)
        except NotFound:
            ride = None
    code = str(asked.get("klient") or "")
    if not code and len(found) == 1:
        code = found[0].code
    elif not code and ride is not None:
        code = ride.client.code
    elif not code and len(calling) == 1 and not q:
        code = calling[0].client.code
    return {
        "q": q,
        "tel": tel,
        "calling_number": number,
        "callers": calling,
        "found": found,
        "ride": ride,
        "code": code,
    }


def _rights(caller: Caller | None, asked: Asked) -> dict[str, Any]:
    """What whoever calls may do, and whether somebody without a mandate has shown that they know the client."""
    third = asked.get("kdo") == ANOTHER or (caller is not None and not caller.oneself and not caller.powers)
    told = asked.get("fakt") or []
    told = [told] if isinstance(told, str) else told
    mandated = caller is not None and not caller.oneself
    return {
        "third": third,
        "verified": set(FACTS) <= set(told),
        "facts_told": told,
        "may_book": not third and (not mandated or caller is None or "book" in caller.powers),
    }


def _phrases(language: str) -> list[tuple[str, list[str]]]:
    """What is asked about a ride, side by side with the client's language, where it is not Czech."""
    if language == DEFAULT or language not in LANGUAGES:
        return []
    texts = next(texts for part, _heading, texts in phrases.PARTS if part == "ride")
    return [(each, [CATALOGUES[each].text(text) for text in texts]) for each in (DEFAULT, language)]
