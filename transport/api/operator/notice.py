"""Doors: today's line on the start page, such as snow, in four languages."""

from datetime import datetime, time

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import spoken
from transport.api.deps import Me, Now, Plugged, Reading, Writing, csrf_checked, require
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, see_other
from transport.kernel.actor import Role
from transport.kernel.clock import LOCAL, local_day
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid
from transport.kernel.i18n import LANGUAGES
from transport.operations.quality import announcements, letters

router = APIRouter(
    prefix="/op/oznameni", dependencies=[require(Role.OPERATOR, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)]
)
FIELDS = (*LANGUAGES, "day", "until")


@router.get("", name="op:notice")
def show(request: Request, session: Reading, now: Now) -> Response:
    """What people read now, and a form for something new."""
    return _page(request, session, now)


@router.post("", name="op:notice.set")
def announce(request: Request, services: Plugged, me: Me, now: Now, data: FormData) -> Response:
    """Say it from now until a time; what was said before ends."""
    try:
        with writing(services.database) as session:
            until = _until(data, now)
            announcements.withdraw(session, by=me, now=now)
            texts = {str(lang): one(data, lang) for lang in LANGUAGES}
            announcements.announce(session, texts, starts_at=now, ends_at=until, by=me, now=now)
    except Invalid as error:
        field = {"announcement.text_missing": "cs", "letter.too_long": "cs"}.get(error.code, "until")
        with reading(services.database) as session:
            return _page(request, session, now, errors_of(request, error, field), data)
    return see_other("/op/oznameni?hotovo=plati")


@router.post("/konec", name="op:notice.end")
def withdraw(session: Writing, me: Me, now: Now) -> Response:
    """Take back everything that is announced."""
    announcements.withdraw(session, by=me, now=now)
    return see_other("/op/oznameni?hotovo=konec")


def _until(data: Fields, now: datetime) -> datetime:
    """Until when: a time of today, or of the day that is said; a day alone means its end."""
    today = local_day(now)
    day = spoken.day_named(one(data, "day"), today) if one(data, "day") else today
    if day is None:
        raise Invalid("book.day_unclear", field="day")
    heard = spoken.time_of_day(one(data, "until")) if one(data, "until") else (23, 59)
    if heard is None:
        raise Invalid("book.time_unclear", field="until")
    return datetime.combine(day, time(*heard), LOCAL)


def _page(
    request: Request, session: Session, now: datetime, errors: dict[str, str] | None = None, data: Fields | None = None
) -> Response:
    return page(
        request,
        "operator/notice.html",
        status_code=422 if errors else 200,
        errors=errors or {},
        values={name: one(data or {}, name) for name in FIELDS},
        current=announcements.standing(session, now=now),
        spoken_in=LANGUAGES,
        longest=letters.LONGEST_LINE,
        done=request.query_params.get("hotovo", ""),
    )
