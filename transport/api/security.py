"""Cookies, forms and headers: the little that stands between a browser and a door."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from transport.accounts.passkeys import Site

R = TypeVar("R", bound=Response)

SESSION = "session"
GUEST = "guest"
"""Cookie of a visitor who is not logged in, so that even the login form has a token of its own."""
VISIT = "visit"
"""Cookie of somebody on the way through the pages of logging in."""
DEVICE = "device"
"""Cookie of a browser that somebody asked us to remember."""

_BROWSERS = (
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac", "Mac"))

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Cache-Control": "no-store",
}
DRIVERS = "/ridic/"
WHERE_THEY_ARE = {"Permissions-Policy": "geolocation=(self), camera=(), microphone=()"}
"""A driver may let the telephone say where a stop was reported; nobody else is ever asked."""


def with_images_from(origin: str) -> str:
    """The policy of a page that shows pictures of exactly one other site, and nothing else of it."""
    return CSP.replace("img-src 'self'", f"img-src 'self' {origin}")


async def guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Put the security headers on every answer."""
    return guarded(await call_next(request), request.url.path)


def guarded(response: R, path: str = "") -> R:
    """The answer with the security headers on it; unless it says otherwise, nobody keeps a copy."""
    for name, value in headers(path).items():
        response.headers.setdefault(name, value)
    return response


def headers(path: str) -> dict[str, str]:
    """The security headers of a page at this address."""
    return {**HEADERS, **WHERE_THEY_ARE} if path.startswith(DRIVERS) else HEADERS


def fresh_token() -> str:
    """A secret nobody can guess."""
    return secrets.token_urlsafe(24)


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that tells nothing."""
    return bool(one) and hmac.compare_digest(one, other)


def set_cookie(response: Response, name: str, value: str, *, https: bool, seconds: int | None = None) -> None:
    """A cookie that scripts cannot read and other sites cannot send."""
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=https, path="/")


def source(request: Request) -> str:
    """The address somebody asks from, to count by: of the new kind only the network, as each house has a whole one."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((host, 64), strict=False)) if isinstance(address, IPv6Address) else host


def site(request: Request) -> Site:
    """The site that passkeys are for: where people reach these pages, not what a request claims."""
    services = request.app.state.services
    return Site.at(services.settings.public_url, services.policies.service.name)


def browser(request: Request) -> str:
    """Which browser this is, in names that its owner knows; proper names in all languages."""
    agent = request.headers.get("user-agent", "")
    return ", ".join((*_named(agent, _BROWSERS), *_named(agent, _MACHINES)))


def _named(agent: str, table: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    return next(((name,) for mark, name in table if mark in agent), ())
