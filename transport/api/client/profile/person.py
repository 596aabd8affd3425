"""Whose profile a page is about: one's own, or that of the person whose code stands in the address or the form."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.client import acting
from transport.api.client.sheet import chosen
from transport.api.forms import Fields, one
from transport.api.render import lang_of, page, see_other
from transport.booking.clients import mandates, queries
from transport.booking.clients.mandates import ActsFor
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Whose:
    """The person of a profile, within one request."""

    request: Request
    session: Session
    me: Actor
    now: datetime
    person: ActsFor

    @property
    def may_change(self) -> bool:
        """Whether this person may change the profile, or only look."""
        return "manage" in self.person.powers

    @property
    def query(self) -> str:
        """What keeps the choice of the person in addresses; empty for oneself."""
        return "" if self.person.oneself else "?" + urlencode({"klient": self.person.client.code})

    def address(self, below: str = "") -> str:
        """The profile, or a page below it, of the same person in the same language."""
        return f"/{lang_of(self.request)}/profil" + (f"/{below}" if below else "") + self.query

    def saved(self) -> Response:
        """Back to the overview, which says that it is kept."""
        return see_other(self.address() + ("&" if self.query else "?") + "hotovo=1")

    def page(self, template: str, *, errors: dict[str, str] | None = None, **context: Any) -> Response:  # noqa: ANN401
        """A page of this profile; with errors it is answered 422."""
        code = self.person.client.code
        everything: dict[str, Any] = {
            "client": self.person.client,
            "oneself": self.person.oneself,
            "may_change": self.may_change,
            "query": self.query,
            "home": self.address(),
            **acting.banner(self.request, self.session, code, self.me, self.now),
            **context,
        }
        status = 422 if errors else 200
        return page(self.request, f"client/profile/{template}.html", status, errors=errors or {}, **everything)


def whose(request: Request, session: Session, me: Actor, now: datetime, data: Fields | None = None) -> Whose:
    """The person meant, for whoever may at least look; NotFound for anybody else.

    A form (`data`) changes the profile: Forbidden for somebody who may only look.
    """
    code = one(data, "client") if data is not None else request.query_params.get("klient", "")
    if me.role in STAFF and code:
        client = queries.coded(session, code)
        person = ActsFor(client, mandates.powers(session, client.id or 0, me, on=local_day(now)), oneself=False)
    else:
        found = chosen(mandates.people(session, me, on=local_day(now)) or _nobody(), code or None)
        if found is None:
            raise NotFound("client.unknown")
        person = found
    there = Whose(request, session, me, now, person)
    if data is not None and not there.may_change:
        raise Forbidden("mandate.guardian_decides" if person.oneself else "mandate.missing", power="manage")
    return there


def editing(request: Request, session: Session, me: Actor, now: datetime) -> Whose:
    """The person of a page on which something can be changed; Forbidden for somebody who may only look."""
    return whose(request, session, me, now, {"client": request.query_params.get("klient", "")})


def _nobody() -> list[ActsFor]:
    raise NotFound("client.unknown")
