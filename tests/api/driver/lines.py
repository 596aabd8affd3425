"""What lies between a telephone and the house: a line that works, or is broken in one of the ways of real ones."""

import asyncio

from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WAY_IN = "/ridic/prihlaseni"
FOREIGN = HTMLResponse("<!doctype html><title>Wi-Fi</title><main id='smena'>Accept the terms of this network</main>")
INSTEAD: dict[str, Response] = {
    "portal": FOREIGN,
    "other service": JSONResponse({}),
    "broken": HTMLResponse("no", status_code=500),
    "led away": RedirectResponse(WAY_IN, status_code=303),
}
"""What comes instead of the answer of the house."""
LOST, SLOW = "answer lost", "slow"
TOO_LONG = 5
"""Seconds: longer than a driver is made to wait for a page that is kept here."""


class Line:
    """The doors behind a line; `way` is how it is, `answered` how often it answered a parcel of reports."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.way, self.answered = app, "", 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if self.way == "led away" and scope["path"] == WAY_IN:
            return await FOREIGN(scope, receive, send)
        if self.way == SLOW:
            await asyncio.sleep(TOO_LONG)
        way = self.way
        if way == LOST:
            await self.app(scope, receive, _nowhere)
        await (INSTEAD["broken"] if way == LOST else INSTEAD.get(way, self.app))(scope, receive, send)
        self.answered += scope["path"] == "/ridic/hlaseni"
        return None


async def _nowhere(message: Message) -> None:
    """The house has done its work, and nobody hears of it."""
