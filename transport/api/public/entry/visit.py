"""Who is on the way through the pages of logging in: found by a cookie, so that no address tells it."""

from typing import Annotated

from fastapi import Depends, Request

from transport.accounts import visits
from transport.api import security
from transport.api.deps import Now, Plugged
from transport.kernel.db import reading


def _visit(request: Request, services: Plugged, now: Now) -> visits.LoginVisit | None:
    token = request.cookies.get(security.VISIT, "")
    if not token:
        return None
    with reading(services.database) as session:
        return visits.found(session, token, now=now)


Visit = Annotated[visits.LoginVisit | None, Depends(_visit)]
