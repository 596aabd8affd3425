"""Doors: how messages are worded, in every language, with what each costs; wording one anew."""

from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import FormData, one
from transport.api.render import CATALOGUES, errors_of, page, see_other
from transport.kernel.db import reading, writing
from transport.kernel.errors import Invalid, NotFound
from transport.operations.messages import sms, wording
from transport.operations.messages import texts as standard
from transport.operations.messages.texts import SUBJECTS
from transport.operations.messages.wording import Worded

router = APIRouter()
ONE = "/texty/{kind}/{language}"


@router.get("/texty", name="admin:texts")
def texts(request: Request, session: Reading) -> Response:
    """Every message in every language: its text, who wrote it, how long it may become."""
    found = [(kind, [wording.now_worded(session, kind, words) for words in CATALOGUES.values()]) for kind in SUBJECTS]
    return page(request, "admin/texts.html", found=found, subjects=SUBJECTS, done="hotovo" in request.query_params)


@router.get(ONE, name="admin:text")
def text(request: Request, kind: str, language: str, session: Reading) -> Response:
    """One message in one language, to be read, counted and worded anew."""
    return _page(request, _worded(session, kind, language))


@router.post(ONE, name="admin:text.word")
def word(request: Request, kind: str, language: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Word it from now on as written; only count it; or bring the standard text back."""
    wanted = "" if "standard" in data else one(data, "text")
    with reading(services.database) as session:
        present = _worded(session, kind, language)
    tried = replace(present, text=wanted, own=True)
    try:
        if "count" in data:
            wording.check(present.kind, wanted)
            return _page(request, tried)
        with writing(services.database) as session:
            wording.word(session, kind, language, wanted, by=me, now=now)
    except Invalid as error:
        return _page(request, present, typed=wanted, error=error)
    return see_other("/sprava/texty?hotovo=text")


def _worded(session: Session, kind: str, language: str) -> Worded:
    words = next((each for each in CATALOGUES.values() if each.lang == language), None)
    known = next((each for each in SUBJECTS if each.value == kind), None)
    if words is None or known is None:
        raise NotFound("page")
    return wording.now_worded(session, known, words)


def _page(request: Request, worded: Worded, typed: str | None = None, error: Invalid | None = None) -> Response:
    return page(
        request,
        "admin/text.html",
        status_code=422 if error else 200,
        errors=errors_of(request, error, "text") if error else {},
        worded=worded,
        subject=SUBJECTS[worded.kind],
        typed=worded.text if typed is None else typed,
        bare=sms.bare(worded.sample, worded.language),
        fillings=sorted(standard.FIELDS),
        needed=standard.NEEDED[worded.kind],
    )
