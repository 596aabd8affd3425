"""Pages from templates: what every template may use, and the two kinds of answer a door gives."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from transport.accounts import contacts, login
from transport.api import security, sentences
from transport.kernel import clock, i18n
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Catalogue, Lang
from transport.kernel.i18n import mark as _
from transport.kernel.policy import Facts

HERE = Path(__file__).parent
STATIC = HERE / "static"
CATALOGUES = i18n.load(HERE.parent / "locale")


def page(request: Request, template: str, status_code: int = 200, **context: object) -> HTMLResponse:
    """A whole page in the reader's language; `errors` (by field) also make the title say so."""
    nobody = dict.fromkeys(("acting_for", "acting_kind", "acting_code"))
    everything = {"errors": {}, "values": {}, **nobody, **_surroundings(request), **context}
    text = _environment().get_template(template).render(everything)
    response = HTMLResponse(text, status_code=status_code)
    _remember_guest(request, response)
    return response


def unasked(template: str, words: Catalogue, facts: Facts, **context: object) -> str:
    """A template that nobody in particular asked for, filled to be kept as a file: of no session, without links on."""
    around: dict[str, Any] = {
        "words": words,
        "lang": words.lang,
        "_": words.text,
        "ngettext": words.plural,
        "facts": facts,
        "static": static,
        "reason": lambda code: sentences.reason(code, words),
        "errors": {},
        "values": {},
    }
    return _environment().get_template(template).render({**around, **context})


def see_other(url: str) -> RedirectResponse:
    """After a form: look there, so that reloading sends nothing twice."""
    return RedirectResponse(str(url), status_code=303)


def lang_of(request: Request) -> Lang:
    """The language of the page: from its address, else from ?lang=, else that of the driver logged in, else Czech."""
    wanted = request.path_params.get("lang") or request.query_params.get("lang")
    first = request.url.path.split("/")[1] if "/" in request.url.path else ""
    for candidate in (wanted, first, getattr(request.state, "language", "")):
        if candidate in i18n.LANGUAGES:
            found: Lang = candidate
            return found
    return i18n.DEFAULT


def words_of(request: Request) -> Catalogue:
    """The catalogue of the page's language."""
    return CATALOGUES[lang_of(request)]


def say(request: Request, error: ServiceError) -> str:
    """A refusal as a sentence in the reader's language."""
    return sentences.sentence(error, words_of(request))


def errors_of(request: Request, error: ServiceError, default: str) -> dict[str, str]:
    """A refusal at the field of the form it belongs to."""
    return {error.field or default: say(request, error)}


@cache
def static(path: str) -> str:
    """The address of a file of ours, with a mark of its content, so that browsers may keep it for ever."""
    content = (STATIC / path).read_bytes()
    return f"/static/{path}?v={hashlib.sha256(content).hexdigest()[:12]}"


@cache
def driver_app() -> str:
    """Where the scripts of the driver's app are: a folder named after the content of all of them."""
    scripts = sorted((STATIC / "js" / "driver").glob("*.js"))
    content = b"".join(each.name.encode() + each.read_bytes() for each in scripts)
    return f"/ridic/app/{hashlib.sha256(content).hexdigest()[:12]}"


def _surroundings(request: Request) -> dict[str, Any]:
    words = words_of(request)
    return {
        "request": request,
        "words": words,
        "lang": words.lang,
        "languages": i18n.LANGUAGES,
        "_": words.text,
        "ngettext": words.plural,
        "me": getattr(request.state, "me", None),
        "csrf": getattr(request.state, "csrf", ""),
        "facts": request.app.state.services.policies.service,
        "phone_hours": _phone_hours(request, words),
        "minutes_left": _minutes_left(request),
        "path": request.url.path,
        "url": request.app.url_path_for,
        "static": static,
        "driver_app": driver_app,
        "with_app": request.app.state.services.settings.driver_app,
        "reason": lambda code: sentences.reason(code, words),
    }


def _phone_hours(request: Request, words: Catalogue) -> str:
    now = getattr(request.app.state, "clock", clock.utc_now)()
    booking = request.app.state.services.policies.on(clock.local_day(now)).booking
    days = _("every day {opens}–{closes}") if booking.phone_days == "daily" else _("on working days {opens}–{closes}")
    opens, closes = (f"{each:%-H:%M}" for each in (booking.phone_opens, booking.phone_closes))
    return words.nb(words.text(days).format(opens=opens, closes=closes))


def _minutes_left(request: Request) -> int | None:
    """How soon whoever is logged in is logged out, if it is so soon that the page says it."""
    ends = getattr(request.state, "ends_at", None)
    now = getattr(request.app.state, "clock", clock.utc_now)()
    if ends is None or ends - now > login.WARNED:
        return None
    return max(0, int((ends - now).total_seconds() // 60))


def _remember_guest(request: Request, response: HTMLResponse) -> None:
    """A visitor without a session gets the token of the forms as a cookie."""
    token = getattr(request.state, "csrf", "")
    if token and getattr(request.state, "me", None) is None and request.cookies.get(security.GUEST) != token:
        https = request.app.state.services.settings.https
        security.set_cookie(response, security.GUEST, token, https=https)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.do"],
    )
    environment.filters.update(_filters())
    return environment


def _filters() -> Mapping[str, Any]:
    @pass_context
    def window(context: Context, start: int, end: int, day: date) -> str:
        words = _words(context)
        text = words.text(_("between {start} and {end}"))
        return words.nb(text.format(start=words.time(start, day), end=words.time(end, day)))

    def of(method: str) -> Any:  # noqa: ANN401 - a Jinja filter
        @pass_context
        def filtered(context: Context, value: object, *rest: object) -> str:
            return str(getattr(_words(context), method)(value, *rest))

        return filtered

    @pass_context
    def km(context: Context, metres: int) -> str:
        return _words(context).number(metres / 1000, 1) + "\u00a0km"

    @pass_context
    def instant_day(context: Context, moment: datetime) -> str:
        return _words(context).day_short(clock.local_day(moment))

    def minutes(seconds: float) -> int:
        return round(seconds / 60)

    return {
        "nb": of("nb"),
        "time_of": of("time"),
        "window": window,
        "date_words": of("day"),
        "date_short": of("day_short"),
        "date_full": of("day_full"),
        "month": of("month"),
        "contact": contacts.shown,
        "price": of("price"),
        "number": of("number"),
        "km": km,
        "minutes": minutes,
        "instant_time": of("instant"),
        "instant_day": instant_day,
    }


def _words(context: Context) -> Catalogue:
    words: Catalogue = context["words"]
    return words
