"""The one asynchronous door of the house: a day as it changes, as a stream of server-sent events.

Whoever has the day open gets the pieces of the page that are not as they were. A beat every few seconds says that
the line holds; the stream ends when the log-in does.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import date

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from transport.accounts import login
from transport.api import security
from transport.api.deps import Me, Plugged
from transport.api.dispatcher.asked import Day
from transport.api.dispatcher.watched import Watched
from transport.api.render import words_of
from transport.bootstrap import Services
from transport.kernel import clock
from transport.kernel.actor import Actor
from transport.kernel.db import reading

router = APIRouter()
BEAT = 4.0
"""Seconds between two signs of life; after ten without one a page says that it is stale."""
ASKED_AGAIN = 30.0
"""Seconds between two looks whether the listener is still logged in."""
HEADERS = {"X-Accel-Buffering": "no"}


@router.get("/disp/{day}/zive", name="disp:live")
async def live(request: Request, day: Day, me: Me, services: Plugged) -> StreamingResponse:
    """All that changes on this day from the state named by the page (`od`) or by the last event on."""
    watched = _watched(request.app, services, day)
    known = request.headers.get("last-event-id") or request.query_params.get("od", "")
    return StreamingResponse(_told(request, watched, me, known), media_type="text/event-stream", headers=HEADERS)


def _watched(app: FastAPI, services: Services, day: date) -> Watched:
    """The day as this process watches it, for all who listen to it."""
    days: dict[date, Watched] = getattr(app.state, "watched", {})
    app.state.watched = days
    found = days.get(day)
    if found is None or found.services is not services:
        found = days[day] = Watched(services, day, getattr(app.state, "clock", clock.utc_now))
    return found


async def _told(request: Request, watched: Watched, me: Actor, known: str) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    seen = watched.past.get(known)
    asked = time.monotonic()
    with watched.listening() as news:
        while True:
            state = watched.latest
            if state is not None and state is not seen:
                if state.name != known:
                    text = await run_in_threadpool(watched.message, request, me, seen, state)
                    yield f"id: {state.name}\nevent: zmena\ndata: {text}\n\n"
                seen, known = state, state.name
            if watched.fresh and watched.latest is seen:
                yield f"event: zije\ndata: {words_of(request).instant(watched.clock())}\n\n"
            news.clear()
            if watched.latest is seen:
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), BEAT)
            if time.monotonic() - asked > ASKED_AGAIN:
                asked = time.monotonic()
                if not await run_in_threadpool(_is_in, request, watched):
                    yield "event: konec\ndata: \n\n"
                    return


def _is_in(request: Request, watched: Watched) -> bool:
    token = request.cookies.get(security.SESSION, "")
    with reading(watched.services.database) as session:
        return login.who(session, token, now=watched.clock()) is not None
