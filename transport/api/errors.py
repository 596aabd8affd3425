"""How doors say no: one table from kinds of refusal to HTTP statuses, as a page or as problem+json."""

import logging
import secrets
from datetime import datetime, timedelta

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from sqlalchemy import exc
from starlette.exceptions import HTTPException

from transport.api import render, security
from transport.api.deps import LoginNeeded
from transport.api.deps import now as _now
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, NotFound, ServiceError

log = logging.getLogger(__name__)

STATUSES: dict[type[ServiceError], int] = {Invalid: 422, NotFound: 404, Forbidden: 403, Conflict: 409, Exhausted: 409}
DATABASE_AWAY = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)
"""What is raised when the database does not answer or has no connection left."""
DRIVERS = "/ridic"
"""Where drivers work; they log in by their shift."""
AGAIN = timedelta(minutes=5)
"""When we ask people to try again after that; the machine that watches us restarts things within it."""


def install(app: FastAPI) -> None:
    """Give the application its answers to refusals, unknown pages and its own faults."""
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(LoginNeeded, _login_needed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    for away in DATABASE_AWAY:
        app.add_exception_handler(away, _away)
    app.add_exception_handler(Exception, _fault)


def page_of(request: Request, number: int, *, now: datetime, path: str) -> Response:
    """The page of an error without the error: as somebody in front of us shows it when we do not answer at all."""
    if number == 404:
        sentence = render.say(request, NotFound("page"))
        return render.page(request, "errors/refused.html", sentence=sentence, status=number, path=path)
    template = "errors/fault.html" if number == 500 else "errors/away.html"
    return render.page(request, template, incident="", again=now + AGAIN, told=False, path=path)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)
    status = STATUSES[type(error)]
    text = render.say(request, error)
    if _wants_json(request):
        return _problem(status, error.code, text)
    return _page(request, "errors/refused.html", status, sentence=text)


def _login_needed(request: Request, error: Exception) -> Response:
    del error
    if _wants_json(request):
        return _problem(401, "login.needed", "Log in first.")
    lang = render.lang_of(request)
    onward = request.url.path if request.method == "GET" else ""
    if request.url.path.startswith(DRIVERS):
        return render.see_other(f"{DRIVERS}/prihlaseni" + (f"?dal={onward}" if onward not in ("", DRIVERS) else ""))
    return render.see_other(f"/{lang}/prihlaseni" + (f"?dal={onward}" if onward else ""))


def _http(request: Request, error: Exception) -> Response:
    """What the framework itself refuses; an address that only takes forms is no page either."""
    assert isinstance(error, HTTPException)
    if error.status_code in {404, 405}:
        return _refused(request, NotFound("page"))
    return _refused(request, Invalid("request.unreadable"))


def _unreadable(request: Request, error: Exception) -> Response:
    """A path or query that makes no sense, such as a date that is none, is a page that does not exist."""
    del error
    return _refused(request, NotFound("page"))


def _away(request: Request, error: Exception) -> Response:
    """The database does not answer: nothing can be looked up or kept, but the telephone works."""
    log.error("the database does not answer: %s", type(error).__name__)
    if _wants_json(request):
        response: Response = _problem(503, "database.away", "The database does not answer.")
    else:
        response = _page(request, "errors/away.html", 503, again=_now(request) + AGAIN, told=True)
    response.headers["Retry-After"] = str(round(AGAIN.total_seconds()))
    return response


def _fault(request: Request, error: Exception) -> Response:
    """Our own fault: a number to tell over the phone, the story in the log, nothing personal in either."""
    incident = secrets.token_hex(4)
    log.error("incident %s: %s %s", incident, request.method, type(error).__name__, exc_info=error)
    if _wants_json(request):
        return security.guarded(_problem(500, "fault", f"Incident {incident}."), request.url.path)
    answer = _page(request, "errors/fault.html", 500, incident=incident)
    return security.guarded(answer, request.url.path)  # no middleware is left here


def _page(request: Request, template: str, status: int, **context: object) -> Response:
    """A page in place of another one; its links to other languages lead to the start, not to the refusal again."""
    start = f"/{render.lang_of(request)}/"
    return render.page(request, template, status, status=status, path=start, **context)


def _wants_json(request: Request) -> bool:
    """Programs say so, or send JSON themselves."""
    accept = request.headers.get("accept", "")
    return ("json" in accept and "text/html" not in accept) or "json" in request.headers.get("content-type", "")


def _problem(status: int, code: str, detail: str) -> JSONResponse:
    """RFC 9457 problem details."""
    content = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")
