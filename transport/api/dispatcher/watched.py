"""A day that somebody looks at: read again once a second for everybody who has it open, as long as anybody has."""

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool

from transport.api.dispatcher.day import BOARD, View, around
from transport.api.render import page, words_of
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.db import reading
from transport.kernel.i18n import mark as _
from transport.operations.dispatch import board, changes, lines
from transport.operations.dispatch.board import Board, Lane
from transport.operations.dispatch.changes import Change, Mark
from transport.operations.dispatch.lines import Lines

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks."""
KEPT = 60
"""So many past states are remembered, for whoever lost the line for a minute."""
PARTED = "\x1e"

Piece = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class State:
    """A day at one moment: everything a page of it prints."""

    mark: Mark
    lines: Lines
    board: Board
    around: dict[str, Any]
    at: datetime
    changed: dict[str, Change]
    """Who changed what since the state before."""

    @property
    def name(self) -> str:
        """What a browser calls this state when it comes back."""
        return str(self.mark)


class Watched:
    """One day, looked at by one task of the process while anybody listens."""

    def __init__(self, services: Services, day: date, clock: Callable[[], datetime]) -> None:
        self.services, self.day, self.clock = services, day, clock
        self.latest: State | None = None
        self.past: OrderedDict[str, State] = OrderedDict()
        self.looked = 0.0
        self._listening: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None
        self._written: dict[tuple[str, ...], list[str]] = {}

    @contextmanager
    def listening(self) -> Iterator[asyncio.Event]:
        """Set whenever there is news; the first listener starts the looking, the last one ends it."""
        news = asyncio.Event()
        self._listening.add(news)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._keep_looking())
        try:
            yield news
        finally:
            self._listening.discard(news)

    @property
    def fresh(self) -> bool:
        """Whether the last look is no older than what we may call live."""
        return time.monotonic() - self.looked < 5 * EVERY

    async def _keep_looking(self) -> None:
        while self._listening:
            try:
                if await run_in_threadpool(self._look):
                    for news in self._listening:
                        news.set()
                self.looked = time.monotonic()
            except Exception as error:  # noqa: BLE001 - the pages say that they are stale, and the next look may succeed
                log.warning("a day could not be read again: %s", type(error).__name__)
            await asyncio.sleep(EVERY)
        self._task = None

    def _look(self) -> bool:
        now = self.clock()
        with reading(self.services.database) as session:
            mark = changes.mark(session, self.day)
            before = self.latest
            if before is not None and before.mark == mark:
                return False
            found = lines.of_day(session, self.day)
            state = State(
                mark=mark,
                lines=found,
                board=board.board(session, self.day, found),
                around=around(session, self.day, found, self.services, now),
                at=now,
                changed=changes.since(session, self.day, before.mark.event, found) if before else {},
            )
        self.latest = self.past[state.name] = state
        self._written = {}
        while len(self.past) > KEPT:
            self.past.popitem(last=False)
        return True

    def message(self, request: Request, me: Actor, before: State | None, state: State) -> str:
        """What this listener has to change on the page, as one line of JSON."""
        view, words = View.of(request), words_of(request)
        key = (words.lang, view.name, view.vehicle, view.state, before.name if before else "", state.name)
        if key not in self._written:
            pieces, gone = _pieces(view, before, state)
            self._written[key] = [*_written(request, self.day, state, pieces), json.dumps(gone)]
        *parts, gone_text = self._written[key]
        if before is None or before.around["waiting"] != state.around["waiting"]:
            own = page(request, "dispatcher/orders.html", day=self.day, **_only(state.around, "waiting", "now"))
            parts = [*parts, bytes(own.body).decode().strip()]
        said = words.text(_("changed by {name}, {time}"))
        marks = {
            code: said.format(name=change.name, time=words.instant(change.at))
            for code, change in (_marks(before, state) if before else {}).items()
            if change.user != me.user
        }
        told = {"time": words.instant(state.at), "parts": parts, "gone": json.loads(gone_text), "changed": marks}
        return json.dumps(told, ensure_ascii=False)


def _marks(before: State, state: State) -> dict[str, Change]:
    """For each ride that is not as it was, whose hand it was, as far as a hand was in it."""
    old = {line.code: line for line in before.lines.lines}
    whole = state.changed.get("")
    found = {}
    for line in state.lines.lines:
        change = state.changed.get(line.code, whole)
        if change is not None and old.get(line.code) != line:
            found[line.code] = change
    return found


def _pieces(view: View, before: State | None, state: State) -> tuple[list[Piece], list[str]]:
    """What of the page is not as it was, and which of its lines are no longer there."""
    pieces: list[Piece] = []
    gone: list[str] = []
    if view.name == BOARD:
        old = {lane.shift_id: lane for lane in before.board.lanes} if before else {}
        for lane in state.board.lanes:
            pieces += _of_lane(old.get(lane.shift_id), lane)
    else:
        known = {line.code: line for line in before.lines.lines} if before else {}
        for line in state.lines.lines:
            if known.get(line.code) == line:
                continue
            if view.shows(line):
                pieces.append(("row", line))
            else:
                gone.append(f"r-{line.code}")
    was = before.around if before else {}
    if _only(was, "figures", "without") != _only(state.around, "figures", "without"):
        pieces += [("figures", None), ("wishes", None)]
    if was.get("counts") != state.around["counts"]:
        pieces += [("count", each) for each in state.around["counts"].items()]
    return pieces, gone


def _of_lane(before: Lane | None, lane: Lane) -> list[Piece]:
    """The blocks that changed, or the whole lane if others stand in it now."""
    if before == lane:
        return []
    if before is None or [block.key for block in before.blocks] != [block.key for block in lane.blocks]:
        return [("lane", lane)]
    known = {block.key: block for block in before.blocks}
    pieces: list[Piece] = [("block", block) for block in lane.blocks if known[block.key] != block]
    if _head(before) != _head(lane):
        pieces.append(("head", lane))
    if before.loads != lane.loads and lane.blocks:
        pieces.append(("load", lane))
    return pieces


def _head(lane: Lane) -> tuple[object, ...]:
    """What stands beside the lane."""
    places = (lane.seats, lane.wheelchairs, lane.most_seats, lane.most_wheelchairs)
    return (lane.driver, lane.starts, lane.ends, lane.metres, *places)


def _written(request: Request, day: date, state: State, pieces: list[Piece]) -> list[str]:
    facts: dict[str, Any] = {"day": day, "board": state.board, "pieces": pieces, "parted": PARTED}
    facts |= _only(state.around, "figures", "without")
    text = bytes(page(request, "dispatcher/parts.html", **facts).body).decode()
    return [part.strip() for part in text.split(PARTED) if part.strip()]


def _only(facts: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: facts.get(name) for name in names}
