"""Doors for the app on a driver's telephone: its service worker, its scripts, and the way out of it. Nobody's data."""

import hashlib
import json
from datetime import datetime
from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import Response

from transport.api.deps import Plugged
from transport.api.render import STATIC, driver_app, page, static
from transport.kernel.errors import NotFound

router = APIRouter(prefix="/ridic")
SCRIPTS = STATIC / "js" / "driver"
WORKER, GONE = "sw", "gone"
"""The scripts that are no part of a page: the browser runs them by itself, the second one to be rid of the first."""
FORGET = "Forget-After"
"""So many seconds a telephone may keep a page: a span, as its clock may be wrong. Marks a page as one of ours, too."""
KEPT = ("css/driver.css", "img/icon.svg")
JAVASCRIPT = "text/javascript"


@router.get("/sw.js", name="driver:worker")
def worker(services: Plugged) -> Response:
    """The service worker, with the name of this version and what belongs to it: another content, another worker.

    While the app is switched off for everybody, one that takes itself away from every telephone that asks.
    """
    if services.settings.driver_app:
        head = f"const VERSION = {json.dumps(version())};\nconst SHELL = {json.dumps(shell())};\n"
        text = head + (SCRIPTS / f"{WORKER}.js").read_text("utf-8")
    else:
        text = (SCRIPTS / f"{GONE}.js").read_text("utf-8")
    headers = {"Service-Worker-Allowed": "/ridic", "Cache-Control": "no-cache"}
    return Response(text, media_type=JAVASCRIPT, headers=headers)


@router.get("/app/{mark}/{name}.js", name="driver:script")
def script(mark: str, name: str) -> Response:
    """One script of the app. Its folder is named after the content of all: they import each other by name."""
    if name not in scripts():
        raise NotFound("page")
    current = driver_app().endswith(f"/{mark}")
    kept = "public, max-age=31536000, immutable" if current else "no-cache"
    text = (SCRIPTS / f"{name}.js").read_bytes()
    return Response(text, media_type=JAVASCRIPT, headers={"Cache-Control": kept})


@router.get("/sw-off", name="driver:off")
def off(request: Request) -> Response:
    """Take the app off this telephone, if it ever shows what is not so: what was not sent yet stays and is sent."""
    return page(request, "driver/off.html")


def may_keep(answer: Response, until: datetime, now: datetime) -> Response:
    """The same answer, and it says how long a telephone may keep it."""
    answer.headers[FORGET] = str(max(0, int((until - now).total_seconds())))
    return answer


@cache
def scripts() -> tuple[str, ...]:
    """Names of the scripts of pages."""
    return tuple(sorted(each.stem for each in SCRIPTS.glob("*.js") if each.stem not in (WORKER, GONE)))


def shell() -> list[str]:
    """Everything a page of the app needs to stand without a signal, by address."""
    return [*map(static, KEPT), *(f"{driver_app()}/{name}.js" for name in scripts() if name != "off")]


def version() -> str:
    """A mark of the content of the shell and of the worker."""
    worker_text = (SCRIPTS / f"{WORKER}.js").read_bytes()
    return hashlib.sha256(json.dumps(shell()).encode() + worker_text).hexdigest()[:12]
