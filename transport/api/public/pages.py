"""The start page and the rules in plain words, both rendered from the policy in force today."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from transport.api import render
from transport.api.deps import Now, Plugged, Visitor, visitor
from transport.kernel import events
from transport.kernel.clock import local_day
from transport.kernel.i18n import DEFAULT, LANGUAGES, Lang

router = APIRouter(dependencies=[Depends(visitor)])


@router.get("/", name="public:root")
def root(request: Request) -> Response:
    """To the start page in the browser's language, Czech if we do not speak it."""
    wanted = [part.split(";")[0].strip()[:2] for part in request.headers.get("accept-language", "").split(",")]
    lang = next((code for code in wanted if code in LANGUAGES), DEFAULT)
    return render.see_other(f"/{lang}/")


@router.get("/healthz", name="public:health")
def health(services: Plugged) -> JSONResponse:
    """For the machine that watches us: the database answers, and how many reactions wait for a cure."""
    return JSONResponse({"status": "ok", "failed_reactions": events.failures(services.database)})


@router.get("/{lang}/", name="public:start")
def start(request: Request, lang: Lang, services: Plugged, now: Now, me: Visitor) -> Response:
    """What the service is, in two sentences, and the two ways in."""
    del lang, me
    policy = services.policies.on(local_day(now))
    return render.page(request, "public/start.html", policy=policy)


@router.get("/{lang}/kdo-a-za-kolik", name="public:rules")
def rules(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """Who may ride, when, where and for how much."""
    del lang
    policy = services.policies.on(local_day(now))
    return render.page(request, "public/rules.html", policy=policy)
