"""Doors: what happened, by whom, to whom; searched, read and taken along, never changed."""

import csv
import io
import json
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.admin import trail_words
from transport.api.client import spoken
from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.forms import FormData, one
from transport.api.render import page, say, see_other, words_of
from transport.kernel import looking
from transport.kernel.actor import Role
from transport.kernel.clock import LOCAL, local_day
from transport.kernel.db import writing
from transport.kernel.errors import Invalid, ServiceError
from transport.kernel.looking import Asked
from transport.operations.quality import audit

router = APIRouter(prefix="/audit")
FIELDS = ("o", "kdo", "druh", "od", "do")
"""What the search asks: about what, by whom, which kind, from which day, until which day."""
AT = {"about": "o", "who": "kdo"}
"""Which field of the form a refusal of the room belongs to."""
A_PAGE = 50
A_FILE = 20_000
"""So many lines at most go into a file."""
LONGEST = 100


def written(request: Request) -> dict[str, str]:
    """The search as it stands in the address."""
    return {name: request.query_params.get(name, "").strip()[:LONGEST] for name in FIELDS}


Before = Annotated[int | None, Query(ge=1, le=2**62)]
Written = Annotated[dict[str, str], Depends(written)]


@router.get("", name="admin:trail")
def trail(request: Request, session: Reading, me: Me, now: Now, written: Written, pred: Before = None) -> Response:
    """What fits, the latest first. The trail of one client is shown to whoever has said that they look."""
    try:
        question = _question(session, written, local_day(now))
    except ServiceError as error:
        field = AT.get(error.field or "", error.field or "o")
        return _page(request, session, written, status_code=422, errors={field: say(request, error)})
    if question.client and not audit.is_open(session, question.client, by=me, now=now):
        return _page(request, session, written, closed=question.client)
    found = looking.found(session, question.asked, before=pred, limit=A_PAGE + 1)
    shown = found[:A_PAGE]
    return _page(
        request,
        session,
        written,
        client=question.client,
        lines=audit.lines(session, shown),
        first=pred is None,
        older=shown[-1].id if len(found) > A_PAGE else None,
    )


@router.post("/otevrit", name="admin:trail.open")
def open_trail(me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Remember who looks at the trail of a client, and show it."""
    asked = {name: one(data, name)[:LONGEST] for name in FIELDS}
    with writing(services.database) as session:
        question = _question(session, asked, local_day(now))
        if question.client is None:
            raise Invalid("trail.subject_unclear", field="o")
        audit.open_trail(session, question.client, by=me, now=now)
    return see_other(f"/sprava/audit?{_query(asked)}")


@router.get("/vypis.csv", name="admin:trail.csv")
def as_csv(request: Request, session: Reading, me: Me, now: Now, written: Written) -> Response:
    """What fits as lines for a spreadsheet; a trail that is not open leads back to the page that opens it."""
    try:
        question = _question(session, written, local_day(now))
    except ServiceError:
        return see_other(f"/sprava/audit?{_query(written)}")
    if question.client and not audit.is_open(session, question.client, by=me, now=now):
        return see_other(f"/sprava/audit?{_query(written)}")
    words = words_of(request)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("id", "time", "kind", "what", "role", "name", "subject", "ride", "client", "for", "facts"))
    for line in audit.lines(session, looking.found(session, question.asked, limit=A_FILE)):
        event = line.event
        writer.writerow(
            (
                event.id,
                event.occurred_at.astimezone(LOCAL).isoformat(timespec="seconds"),
                event.kind,
                trail_words.kind(event.kind, words),
                event.actor,
                line.by,
                f"{event.subject_type} {event.subject_id}",
                line.ride.code if line.ride else "",
                line.client.code if line.client else "",
                line.for_whom.code if line.for_whom else "",
                json.dumps(line.facts, ensure_ascii=False, sort_keys=True),
            )
        )
    headers = {"Content-Disposition": f'attachment; filename="audit-{local_day(now)}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _question(session: Session, written: dict[str, str], today: date) -> audit.Question:
    about = spoken.day_named(written["o"], today) if "." in written["o"] else None
    asked = Asked(
        kind=written["druh"],
        actor=audit.actor(session, written["kdo"]),
        since=_day(written, "od", today),
        until=_day(written, "do", today),
    )
    return audit.question(session, about.isoformat() if about else written["o"], asked)


def _day(written: dict[str, str], name: str, today: date) -> date | None:
    if not written[name]:
        return None
    found = spoken.day_named(written[name], today)
    if found is None:
        raise Invalid("trail.day_unclear", field=name)
    return found


def _page(
    request: Request,
    session: Session,
    written: dict[str, str],
    *,
    status_code: int = 200,
    **more: Any,  # noqa: ANN401
) -> Response:
    words = words_of(request)
    context = {"closed": None, "client": None, "lines": [], "first": True, "older": None, **more}
    return page(
        request,
        "admin/trail.html",
        status_code=status_code,
        values=written,
        kinds=sorted(((each, trail_words.kind(each, words)) for each in looking.kinds(session)), key=_by_words),
        roles=[role.value for role in Role],
        kind=lambda word: trail_words.kind(word, words),
        told=lambda facts: trail_words.facts(facts, words),
        query=_query(written),
        **context,
    )


def _by_words(pair: tuple[str, str]) -> str:
    return pair[1].casefold()


def _query(written: dict[str, str]) -> str:
    """The search as part of an address, without what is empty."""
    return urlencode({name: value for name, value in written.items() if value})
