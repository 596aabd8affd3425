"""The link from the e-mail: a page with one button. Looking uses nothing up, as programs look into mail first."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from transport.accounts import codes, visits
from transport.api import render, security
from transport.api.deps import Now, Plugged, Reading, csrf_checked
from transport.api.forms import FormData, several
from transport.api.public.entry import people
from transport.kernel.db import writing
from transport.kernel.i18n import Lang

router = APIRouter()


@router.get("/{lang}/prihlaseni/odkaz/{link}", name="public:login.link")
def look(request: Request, lang: Lang, link: str, session: Reading, now: Now) -> Response:
    """The button; or, if the link works no more, the way to another one."""
    if not codes.link_works(session, link, now=now):
        return _over(request, lang)
    return render.page(request, "public/login/link.html", link=link)


@router.post("/{lang}/prihlaseni/odkaz/{link}", name="public:login.link.use", dependencies=[Depends(csrf_checked)])
def use(request: Request, lang: Lang, link: str, form: FormData, services: Plugged, now: Now) -> Response:
    """Go in, on whatever device the mail is read; the link is used up."""
    here = several(form, "here")
    with writing(services.database) as session:
        asked = codes.follow(session, link, now=now)
        if asked is None:
            return _over(request, lang)
        visit, secret = visits.begin(session, asked.contact, onward=asked.onward, now=now)
        visits.prove(session, visit, remember="remember" in here, shared="shared" in here, now=now)
        answer = people.go_on(session, request, lang, visit, now)
    if "set-cookie" not in answer.headers:
        seconds = round(visits.LASTS.total_seconds())
        security.set_cookie(answer, security.VISIT, secret, https=services.settings.https, seconds=seconds)
    return answer


def _over(request: Request, lang: Lang) -> Response:
    return render.page(request, "public/login/link_over.html", 404, path=f"/{lang}/prihlaseni")
