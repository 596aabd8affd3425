"""Days and times in short: what the operator types, and what we understand."""

from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.client import spoken
from transport.api.deps import Now, require
from transport.api.render import page, words_of
from transport.kernel.actor import Role
from transport.kernel.clock import local_day
from transport.kernel.i18n import Catalogue

router = APIRouter(dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN)])
LONGEST = 40
DAYS, TIMES = ("day", "return_day"), ("time", "return_time")


@router.get("/op/kdy", name="op:when")
def when(request: Request, now: Now) -> Response:
    """What is understood of days and times in short; the order shows it beside its fields while somebody types."""
    typed = {name: request.query_params.get(name, "")[:LONGEST] for name in (*DAYS, *TIMES)}
    return page(request, "operator/when.html", typed=typed, understood=understood(words_of(request), typed, now))


def understood(words: Catalogue, typed: dict[str, str], now: datetime) -> dict[str, str]:
    """Each field in full words; empty where nothing is typed or nothing is understood."""
    today = local_day(now)
    found = {name: _day(words, typed.get(name, ""), today) for name in DAYS}
    return found | {name: _time(typed.get(name, "")) for name in TIMES}


def _day(words: Catalogue, text: str, today: date) -> str:
    day = spoken.day_named(text, today) if text else None
    return "" if day is None else words.day(day)


def _time(text: str) -> str:
    clock = spoken.time_of_day(text) if text else None
    return "" if clock is None else f"{clock[0]}:{clock[1]:02}"


def beside(words: Catalogue, typed: dict[str, str], now: datetime) -> dict[str, str]:
    """What is understood, to stand beside the fields: nothing where it is written so already."""
    found = understood(words, typed, now)
    return {name: "" if text == typed.get(name) else text for name, text in found.items()}
