"""How doors say no: one table from kinds of refusal to HTTP statuses, as a page or as problem+json."""

import logging
import secrets

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from transport.api import render, security
from transport.api.deps import LoginNeeded
from transport.kernel.errors import Conflict, Exhausted, Forbidden, Invalid, NotFound, ServiceError

log = logging.getLogger(__name__)

STATUSES: dict[type[ServiceError], int] = {Invalid: 422, NotFound: 404, Forbidden: 403, Conflict: 409, Exhausted: 409}


def install(app: FastAPI) -> None:
    """Give the application its answers to refusals, unknown pages and its own faults."""
    app.add_exception_handler(ServiceError, _refused)
    app.add_exception_handler(LoginNeeded, _login_needed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _fault)


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


def _fault(request: Request, error: Exception) -> Response:
    """Our own fault: a number to tell over the phone, the story in the log, nothing personal in either."""
    incident = secrets.token_hex(4)
    log.error("incident %s: %s %s", incident, request.method, type(error).__name__, exc_info=error)
    if _wants_json(request):
        return security.guarded(_problem(500, "fault", f"Incident {incident}."))
    return security.guarded(_page(request, "errors/fault.html", 500, incident=incident))  # no middleware is left here


def _page(request: Request, template: str, status: int, **context: object) -> Response:
    """A page in place of another one; its links to other languages lead to the start, not to the refusal again."""
    start = f"/{render.lang_of(request)}/"
    return render.page(request, template, status, status=status, path=start, **context)


def _wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    return "json" in accept and "text/html" not in accept


def _problem(status: int, code: str, detail: str) -> JSONResponse:
    """RFC 9457 problem details."""
    content = {"type": "about:blank", "status": status, "code": code, "detail": detail}
    return JSONResponse(content, status_code=status, media_type="application/problem+json")
