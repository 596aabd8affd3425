"""The start page and everything to read, rendered from the policy in force today."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from transport.api import errors, render
from transport.api.deps import Now, Plugged, Reading, visitor
from transport.api.public import area_map, conditions
from transport.bootstrap import Services
from transport.kernel import events
from transport.kernel.clock import local_day
from transport.kernel.i18n import DEFAULT, LANGUAGES, Lang
from transport.operations.quality import announcements

REVIEWED = date(2026, 11, 22)
"""The day on which the accessibility statement was last compared with the pages."""
STAFF = ("/disp", "/op", "/ridic", "/smlouva", "/sprava")
PERSONAL = ("moje", "objednat", "jizdy", "profil", "historie", "pravidelne", "organizace")

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


@router.get("/robots.txt", name="public:robots")
def robots() -> PlainTextResponse:
    """For search engines: what is for everybody may be found, what is for one person or for staff is left alone."""
    closed = [f"/{lang}/{room}" for lang in LANGUAGES for room in PERSONAL]
    return PlainTextResponse("\n".join(["User-agent: *", *(f"Disallow: {path}" for path in (*STAFF, *closed)), ""]))


@router.get("/favicon.ico", name="public:icon")
def icon() -> Response:
    """Where browsers look for the picture of their tab without being told."""
    return render.see_other(render.static("img/icon.svg"))


@router.get("/{lang}/", name="public:start")
def start(request: Request, lang: Lang, services: Plugged, session: Reading, now: Now) -> Response:
    """What the service is, in two sentences, the two ways in, and the way to everything else."""
    said = announcements.current(session, lang, now=now)
    return _of_today(request, "public/start.html", services, now, said=said)


@router.get("/{lang}/kdo-a-za-kolik", name="public:rules")
def rules(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """Who may ride, for how much, when, where, and with what help."""
    del lang
    policy = services.policies.on(local_day(now))
    area = area_map.sketch(policy, services.settings.data_dir / "plzen" / "places.csv")
    return _of_today(request, "public/rules.html", services, now, area=area)


@router.get("/{lang}/pravidla", name="public:conditions")
def conditions_in_words(request: Request, lang: Lang, services: Plugged, now: Now) -> Response:
    """What holds between us and those who ride, in plain words."""
    del lang
    return _of_today(request, "public/conditions.html", services, now)


@router.get("/{lang}/pristupnost", name="public:accessibility")
def accessibility(request: Request, lang: Lang) -> Response:
    """The accessibility statement that the law asks for (99/2019, section 8)."""
    del lang
    return render.page(request, "public/accessibility.html", reviewed=REVIEWED)


@router.get("/{lang}/soukromi", name="public:privacy")
def privacy(request: Request, lang: Lang) -> Response:
    """What we know of people, why, and what they can ask of us."""
    del lang
    return render.page(request, "public/privacy.html")


@router.get("/{lang}/chyba/{number}", name="public:error")
def error_page(request: Request, lang: Lang, number: Literal["404", "500", "503"], now: Now) -> Response:
    """What a proxy in front of us shows, and keeps, for the time when we cannot answer by ourselves."""
    return errors.page_of(request, int(number), now=now, path=f"/{lang}/")


def _of_today(
    request: Request,
    template: str,
    services: Services,
    now: datetime,
    *,
    said: announcements.Said | None = None,
    area: area_map.Sketch | None = None,
) -> Response:
    """A page rendered from the policy in force today, and what the next one will change."""
    return as_of(request, template, services, local_day(now), said=said, area=area)


def as_of(request: Request, template: str, services: Services, day: date, **more: object) -> Response:
    """A page rendered from the policy in force on a day, and what the next one after it will change."""
    words = render.words_of(request)
    policy = services.policies.on(day)
    return render.page(
        request,
        template,
        HTTPStatus.OK,
        day=day,
        policy=policy,
        prices=conditions.prices(policy, words),
        notice=conditions.notice(policy, words),
        cancel=conditions.before(policy.cancel.free_until_minutes, words),
        clock=conditions.clock,
        coming=conditions.coming(services.policies, day, words),
        **more,
    )
