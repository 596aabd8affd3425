"""Door: where administration begins, with the health of the house."""

import platform
from datetime import datetime
from importlib import metadata

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Now, Plugged, Reading
from transport.api.render import page
from transport.api.shelf import OLD, Shelf
from transport.bootstrap import Services
from transport.kernel import looking
from transport.kernel.clock import local_day
from transport.kernel.errors import NotFound
from transport.migrations import chain
from transport.operations.dispatch import paper
from transport.routing.geo import versions

router = APIRouter()


@router.get("/sprava", name="admin:start")
def start(request: Request, session: Reading, now: Now, services: Plugged) -> Response:
    """Ways on, and what the house says of itself: failed reactions, the work of the day, its versions."""
    try:
        travel = versions.current(session).label
    except NotFound:
        travel = ""
    return page(
        request,
        "admin/start.html",
        failed=looking.failed(session),
        papers=_papers(session, services, now),
        jobs=looking.jobs_of(session, local_day(now)),
        policy=services.policies.on(local_day(now)),
        travel=travel,
        database=session.get_bind().dialect.name,
        schema=chain.current(session.connection()),
        wanted=chain.newest(),
        version=metadata.version("transport"),
        python=platform.python_version(),
        now=now,
    )


def _papers(session: Session, services: Services, now: datetime) -> tuple[int, int] | None:
    """How many vehicles leave today, and how many of them have no paper looked at lately; None: none does."""
    today = local_day(now)
    leaving = paper.leaving(session, today)
    known = Shelf(services.settings.paper_dir, today).papers()
    fine = {name for name, each in known.items() if now - each.checked_at <= OLD}
    return (len(leaving), sum(str(shift_id) not in fine for shift_id in leaving)) if leaving else None
