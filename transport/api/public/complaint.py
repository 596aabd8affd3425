"""Complaints: written here, told on the phone, or on paper; each has a number and a day by which we answer."""

from datetime import timedelta

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.api import render
from transport.api.deps import Now, Plugged, Reading, Visitor, csrf_checked, visitor
from transport.api.forms import FormData, one
from transport.api.public.opinion import all_wrong, chosen, form_of, fresh_key, key_of
from transport.kernel.actor import SYSTEM
from transport.kernel.db import writing
from transport.kernel.errors import ServiceError
from transport.kernel.i18n import Lang
from transport.operations.quality import feedback, letters
from transport.operations.quality.letters import AnswerBy, Grievance

router = APIRouter(prefix="/{lang}", dependencies=[Depends(visitor)])

FIELDS = ("tell", "text", "happened", "ride", "name", "answer_by", "contact")


@router.get("/stiznost", name="public:complaint")
def ask(request: Request, lang: Lang, jizda: str = "") -> Response:
    """The form; from the page of a ride it knows the number already."""
    del lang
    return form_of(request, "public/complaint.html", 200, {"ride": jizda[: letters.LONGEST_LINE]}, fresh_key(), {})


@router.post("/stiznost", name="public:complaint.send", dependencies=[Depends(csrf_checked)])
def send(request: Request, lang: Lang, form: FormData, services: Plugged, me: Visitor, now: Now) -> Response:
    """Keep it once and go to its page, or show the form again with everything that was written."""
    oral = one(form, "tell") == "call"
    grievance = Grievance(
        text=one(form, "text"),
        happened=one(form, "happened"),
        ride=one(form, "ride"),
        oral=oral,
        answer_by=AnswerBy.PHONE if oral else chosen(AnswerBy, one(form, "answer_by")) or AnswerBy.NONE,
        contact=one(form, "contact"),
        name=one(form, "name"),
    )
    key = key_of(form)
    try:
        with writing(services.database) as session:
            feedback.complain(
                session,
                grievance,
                key=key,
                sender=request.state.csrf,
                language=lang,
                answer_within=timedelta(days=services.policies.service.complaint_days),
                by=me or SYSTEM,
                now=now,
            )
    except ServiceError as error:
        wrong = all_wrong(request, grievance, error)
        return form_of(request, "public/complaint.html", 422, {name: one(form, name) for name in FIELDS}, key, wrong)
    return render.see_other(f"/{lang}/stiznost/{key}")


@router.get("/stiznost/{letter}", name="public:complaint.done")
def done(request: Request, lang: Lang, letter: str, session: Reading) -> Response:
    """Its number, when we answer, and later that we did; never what was written."""
    del lang
    complaint = feedback.with_key(session, letter)
    return render.page(request, "public/complaint_done.html", complaint=complaint)


@router.get("/stiznost-na-papire", name="public:complaint.paper")
def paper(request: Request, lang: Lang) -> Response:
    """Lines to write on, for whoever wants to send it by post."""
    del lang
    return render.page(request, "public/complaint_paper.html")
