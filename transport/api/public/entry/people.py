"""Who is at the contact that was proven: one goes in, several say who they are, nobody is told what to do."""

from datetime import datetime

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts import visits
from transport.api import render
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, one
from transport.api.public.entry import welcome
from transport.api.public.entry.visit import Visit
from transport.booking.clients import entering
from transport.kernel.db import writing
from transport.kernel.errors import Invalid
from transport.kernel.i18n import Lang

router = APIRouter()


def go_on(session: Session, request: Request, lang: Lang, visit: visits.LoginVisit, now: datetime) -> Response:
    """The next page after the contact was proven."""
    there = entering.at(session, visit.contact)
    if len(there) == 1:
        return _in(session, request, lang, visit, there[0].key, now)
    return render.see_other(f"/{lang}/prihlaseni/{'kdo' if there else 'nikdo'}")


@router.get("/{lang}/prihlaseni/kdo", name="public:login.who")
def ask(request: Request, lang: Lang, visit: Visit, session: Reading, now: Now) -> Response:
    """Which of the people at this contact are you?"""
    if visit is None or not visits.is_proven(visit, now=now):
        return render.see_other(f"/{lang}/prihlaseni")
    return render.page(request, "public/login/who.html", people=entering.at(session, visit.contact))


@router.post("/{lang}/prihlaseni/kdo", name="public:login.who.choose", dependencies=[Depends(csrf_checked)])
def choose(request: Request, lang: Lang, visit: Visit, form: FormData, services: Plugged, now: Now) -> Response:
    """Go in as this person."""
    if visit is None or not visits.is_proven(visit, now=now):
        return render.see_other(f"/{lang}/prihlaseni")
    with writing(services.database) as session:
        there = entering.at(session, visit.contact)
        if one(form, "person") in {each.key for each in there}:
            return _in(session, request, lang, visit, one(form, "person"), now)
    errors = render.errors_of(request, Invalid("login.person_missing"), "person")
    return render.page(request, "public/login/who.html", 422, people=there, errors=errors)


@router.get("/{lang}/prihlaseni/nikdo", name="public:login.nobody")
def nobody(request: Request, lang: Lang) -> Response:
    """We know nobody there: how to register, or whom to call."""
    del lang
    return render.page(request, "public/login/nobody.html")


@router.get("/{lang}/prihlaseni/vitejte", name="public:login.welcome")
def first_time(request: Request, lang: Lang, me: Me, dal: str = "") -> Response:
    """Once, after somebody's first log-in: it can be faster next time. Nobody has to."""
    return render.page(request, "public/login/welcome.html", onward=welcome.onward(me.role, lang, dal))


def _in(session: Session, request: Request, lang: Lang, visit: visits.LoginVisit, key: str, now: datetime) -> Response:
    entry = welcome.enter(session, request, visit, key, now)
    onward = welcome.onward(entry.role, lang, visit.onward)
    if entry.first:
        onward = str(request.app.url_path_for("public:login.welcome", lang=lang)) + f"?dal={onward}"
    return welcome.seat(request, entry, onward)
