"""What people think of us: a word, a sentence, no name needed."""

import re
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api import render
from transport.api.deps import Now, Plugged, Visitor, csrf_checked, visitor
from transport.api.forms import Fields, FormData, one
from transport.kernel.actor import SYSTEM
from transport.kernel.db import writing
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Lang
from transport.operations.quality import feedback, letters
from transport.operations.quality.letters import AnswerBy, Opinion, Rating

router = APIRouter(prefix="/{lang}/nazor", dependencies=[Depends(visitor)])

FIELDS = ("rating", "text", "ride", "answer_by", "contact")
KEY = re.compile(r"[\w-]{1,64}", re.ASCII)
E = TypeVar("E", bound=StrEnum)


@router.get("", name="public:opinion")
def ask(request: Request, lang: Lang, jizda: str = "") -> Response:
    """The form; from the page of a ride it knows the number already."""
    del lang
    return form_of(request, "public/opinion.html", 200, {"ride": jizda[: letters.LONGEST_LINE]}, fresh_key(), {})


@router.post("", name="public:opinion.send", dependencies=[Depends(csrf_checked)])
def send(request: Request, lang: Lang, form: FormData, services: Plugged, me: Visitor, now: Now) -> Response:
    """Keep it once, or show the form again with everything that was written."""
    opinion = Opinion(
        rating=chosen(Rating, one(form, "rating")),
        text=one(form, "text"),
        ride=one(form, "ride"),
        answer_by=chosen(AnswerBy, one(form, "answer_by")) or AnswerBy.NONE,
        contact=one(form, "contact"),
    )
    key = key_of(form)
    try:
        with writing(services.database) as session:
            feedback.give(session, opinion, key=key, sender=request.state.csrf, language=lang, by=me or SYSTEM, now=now)
    except ServiceError as error:
        wrong = all_wrong(request, opinion, error)
        return form_of(request, "public/opinion.html", 422, {name: one(form, name) for name in FIELDS}, key, wrong)
    return render.see_other(f"/{lang}/nazor/dekujeme")


@router.get("/dekujeme", name="public:opinion.thanks")
def thanks(request: Request, lang: Lang) -> Response:
    """That we have it."""
    del lang
    return render.page(request, "public/thanks.html")


def form_of(
    request: Request,
    template: str,
    status: int,
    values: Mapping[str, str],
    key: str,
    errors: Mapping[str, str],
) -> Response:
    """A letter to be written, or to be mended: what was written stays in its fields."""
    return render.page(request, template, status, values=values, errors=errors, key=key, longest=letters.LONGEST)


def all_wrong(request: Request, letter: letters.L, error: ServiceError) -> dict[str, str]:
    """Every fault of a letter at once, so that nobody has to send it again for each."""
    faults: list[ServiceError] = [*letters.faults(letters.readable(letter))] or [error]
    return {each.field or "text": render.say(request, each) for each in faults}


def fresh_key() -> str:
    """What makes a doubled click one letter; nobody can guess it."""
    return secrets.token_urlsafe(18)


def key_of(form: Fields) -> str:
    """The key of the form that was sent; a new one for a form without a usable one."""
    key = one(form, "key")
    return key if KEY.fullmatch(key) else fresh_key()


def chosen(kind: type[E], said: str) -> E | None:
    """What was chosen from a list; None for what is not on it."""
    return kind(said) if said in list(kind) else None
