"""Somebody would rather be telephoned than write, or cannot get through: we call them back."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api import render
from transport.api.client import written
from transport.api.deps import Now, Plugged, Visitor, csrf_checked, visitor
from transport.api.forms import FormData, one
from transport.api.public.opinion import fresh_key, key_of
from transport.booking.clients import calls
from transport.kernel.actor import SYSTEM
from transport.kernel.db import writing
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Lang
from transport.operations.quality import feedback

router = APIRouter(prefix="/{lang}/zavolejte-mi", dependencies=[Depends(visitor)])
FIELDS = ("phone", "name", "note")


@router.get("", name="public:calling")
def ask(request: Request, lang: Lang) -> Response:
    """The number, who answers, what it is about."""
    del lang
    return _form(request, dict.fromkeys(FIELDS, ""), fresh_key(), {})


@router.post("", name="public:calling.send", dependencies=[Depends(csrf_checked)])
def send(request: Request, lang: Lang, form: FormData, services: Plugged, me: Visitor, now: Now) -> Response:
    """Put the call on the list once, or show the form again with everything that was written."""
    key = key_of(form)
    try:
        with writing(services.database) as session:
            feedback.call_me(
                session,
                phone=written.phone(one(form, "phone")),
                name=one(form, "name"),
                about=one(form, "note"),
                key=key,
                sender=request.state.csrf,
                language=lang,
                by=me or SYSTEM,
                now=now,
            )
    except ServiceError as error:
        field = error.field if error.field in FIELDS else "phone"
        return _form(request, {name: one(form, name) for name in FIELDS}, key, {field: render.say(request, error)})
    return render.see_other(f"/{lang}/zavolejte-mi/dekujeme")


@router.get("/dekujeme", name="public:calling.done")
def done(request: Request, lang: Lang) -> Response:
    """That we call."""
    del lang
    return render.page(request, "public/calling_done.html")


def _form(request: Request, values: dict[str, str], key: str, errors: dict[str, str]) -> Response:
    return render.page(
        request,
        "public/calling.html",
        status_code=422 if errors else 200,
        values=values,
        errors=errors,
        key=key,
        longest=calls.LONGEST_NOTE,
    )
