"""A vehicle with two wheelchair users on board breaks down at ten, played through the doors of a demo.

    python -m tools.breakdown --local-dir FOLDER [--json]        a folder in which `transport demo` has run

What is measured is machine time: from the alarm to the plan that the drivers read, with everybody told. The demo's day
is changed by it.
"""

import argparse
import json
import re
import sys
import time
import warnings
from dataclasses import replace
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from sqlmodel import Session, col, select

from transport import jobs
from transport.accounts import users
from transport.accounts.models import User
from transport.api.app import create_app
from transport.bootstrap import Services, plug
from transport.cli.demo import people
from transport.kernel import clock
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.kernel.settings import Settings
from transport.operations.dispatch import plans, trials
from transport.operations.driving import execution
from transport.operations.messages.models import Message, MessageKind
from transport.operations.quality import invariants
from transport.routing import engine
from transport.routing.fleet.models import Layout, Shift
from transport.routing.planning import day as days
from transport.routing.planning import proposals, publishing
from transport.routing.planning.models import Promise, Run, Stop, StopKind, VisitAction

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette announces another HTTP client
    from starlette.testclient import TestClient

MOST_SECONDS = 60
TEN = 10 * 3600
PAIRS = 12
"""So many pairs of people are tried to be brought together."""


def main() -> int:
    """Play it and print the figures; 0 if the day is well afterwards, and soon enough."""
    parser = argparse.ArgumentParser(description="A breakdown with two wheelchair users on board.")
    parser.add_argument("--local-dir", type=Path, required=True, help="where the demo is")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    asked = parser.parse_args()
    figures = play(plug(Settings(local_dir=asked.local_dir)))
    print(json.dumps(figures, ensure_ascii=False) if asked.json else "\n".join(f"{k}: {v}" for k, v in figures.items()))
    return 1 if faults_of(figures) else 0


def faults_of(figures: dict[str, Any]) -> list[str]:
    """What must not be after a breakdown."""
    faults = [f"{name} is {figures[name]}" for name in ("left_out", "impossible", "stranded") if figures[name]]
    if figures["on_board"] < 2:
        faults.append("nobody was on board")
    if figures["seconds"] >= MOST_SECONDS:
        faults.append(f"it took {figures['seconds']} s")
    return faults


def play(services: Services) -> dict[str, Any]:
    """From the alarm to the new plan; what it took, and what became of everybody."""
    with reading(services.database) as session:
        day = publishing_day(session)
        dana = users.actor(session.exec(select(User).where(User.login == "dana")).one())
    shift, second = two_on_board(services, day, dana)
    now = at(day, second)
    drive_until(services, day, second, dana)
    app = create_app(services)
    app.state.clock = lambda: now
    door = Door(app)
    door.login()
    for job in (jobs.lapse, jobs.react):  # as the worker did all morning
        job(services, now)
    began = time.monotonic()
    door.get(f"/disp/{day}/porucha?smena={shift}")
    door.send(f"/disp/{day}/porucha")
    jobs.think(services, now)
    thought = time.monotonic() - began
    best = least_harm(services, day, now)
    door.get(f"/disp/{day}/zkouska/{best.proposal.id}")
    door.send(f"/disp/{day}/zkouska/{best.proposal.id}/pouzit")
    applied = time.monotonic() - began
    jobs.react(services, now)
    seconds = time.monotonic() - began
    with reading(services.database) as session:
        changed = session.exec(select(Event).where(Event.kind == "promise_changed")).all()
        messages = session.exec(
            select(Message.id).where(Message.kind == MessageKind.RIDE_CHANGED, Message.queued_at >= now)
        ).all()
        plan = publishing.latest(session, day)
        faults = invariants.faults(session, world=services.world, now=now)
        return {
            "seconds": round(seconds, 1),
            "seconds_thinking": round(thought, 1),
            "seconds_to_publish": round(applied, 1),
            "on_board": sum(each.terms.harm is trials.Harm.TRANSFERRED for each in best.changed),
            "promises_changed": len(best.changed),
            "left_out": best.harm[0],
            "told": len(changed),
            "messages": len(messages),
            "version": None if plan is None else plan.version,
            "impossible": [f"{fault.code} {fault.subject}" for fault in faults],
            "stranded": sum(fault.code == "client.stranded" for fault in faults),
            "waiting_minutes": [waiting_minutes(each, second) for each in best.changed],
            "ways": len(trials.beside(session, best.proposal)),
        }


def waiting_minutes(each: trials.Changed, second: int) -> int:
    """How long somebody in the broken vehicle waits for the next one."""
    return round((each.terms.window_start - second) / 60)


def publishing_day(session: Session) -> date:
    """The demo's day: the last one that the drivers have a plan of and that has most stops."""
    counted: dict[date, int] = {}
    for run in session.exec(select(Run).join(Stop, col(Stop.run_id) == Run.id)):
        counted[run.day] = counted.get(run.day, 0) + 1
    coming = {day: count for day, count in counted.items() if day > clock.local_day(clock.utc_now())}
    return max(coming, key=lambda day: coming[day])


def two_on_board(services: Services, day: date, by: Actor) -> tuple[int, int]:
    """Two people in wheelchairs who ride at nearly the same time, about ten, get into the largest vehicle together.

    Its shift, and a second at which both are on board.
    """
    now = clock.utc_now()
    with reading(services.database) as session:
        shift = session.exec(
            select(Shift)
            .join(Layout, col(Layout.vehicle_id) == Shift.vehicle_id)
            .where(Shift.day == day, Layout.wheelchairs > 1, Shift.starts < TEN - 7200)
        ).first()
        book = days.load(session, day, world=services.world, now=now)
    chairs = [each for each in book.promises.values() if each.wheelchairs and abs(each.window_start - TEN) < 5400]
    pairs = [
        (one, other) for one, other in combinations(chairs, 2) if abs(one.window_start - other.window_start) < 1800
    ]
    for pair in sorted(pairs, key=lambda each: abs(each[0].window_start + each[1].window_start - 2 * TEN))[:PAIRS]:
        names = {str(promise.id) for promise in pair}
        second = moment_together(services, book, shift.id if shift else None, names, by, now)
        if shift is not None and second is not None:
            return shift.id or 0, second
    raise SystemExit("no two people could be brought together")


def moment_together(
    services: Services, book: days.DayBook, shift: int | None, names: set[str], by: Actor, now: datetime
) -> int | None:
    """Let both ride with one vehicle; a second at which both are on board, None if that cannot be."""
    pinned = tuple(replace(each, duty=str(shift)) if each.id in names else each for each in book.problem.requests)
    plan = engine.solve(replace(book.problem, requests=pinned), seconds=3, start=book.plan)
    if plan.unserved:
        return None
    stops = {(stop.request, stop.kind): stop for run in plan.runs for stop in run.stops if stop.request in names}
    on = max(stops[name, engine.StopKind.PICKUP].departure for name in names)
    off = min(stops[name, engine.StopKind.DROPOFF].start for name in names)
    if on + 60 >= off:
        return None
    day = book.day
    with writing(services.database) as session:
        row = days.lock(session, day)
        proposals.improve(session, book, plan, row=row, by=SYSTEM, now=now)
        plans.publish(session, day, by=by, now=now)
    return round((on + off) / 2)


def drive_until(services: Services, day: date, second: int, by: Actor) -> None:
    """Every driver reports what is planned until then."""
    with reading(services.database) as session:
        made = session.exec(
            select(Stop, Promise.id)
            .join(Run, col(Run.id) == Stop.run_id)
            .join(Promise, col(Promise.id) == Stop.promise_id)
            .where(Run.day == day, Stop.start <= second)
            .order_by(col(Stop.start), col(Stop.seq))
        ).all()
    for stop, promise in made:
        with writing(services.database) as session:
            for action in (VisitAction.ARRIVED, VisitAction.DONE):
                moment = at(day, stop.start)
                execution.report(
                    session, promise or 0, StopKind(stop.kind), action, world=services.world, by=by, now=moment
                )


def least_harm(services: Services, day: date, now: datetime) -> trials.Trial:
    """The best of the plans that were found."""
    with reading(services.database) as session:
        found = [
            trials.of(session, each, world=services.world, now=now)
            for each in proposals.of_day(session, day)
            if each.state is trials.ProposalState.READY and each.urgent
        ]
        return min(found, key=lambda each: each.harm)


class Door:
    """A browser of the dispatcher, as simple as can be."""

    def __init__(self, app: FastAPI) -> None:
        self.client = TestClient(app, base_url="http://testserver")
        self.html = ""

    def login(self) -> None:
        """By the form, as people do."""
        self.get("/cs/prihlaseni/heslo")
        self.send("/cs/prihlaseni/heslo", login="dana", password=people.PASSWORD)

    def get(self, path: str) -> None:
        """Open a page."""
        self._keep(self.client.get(path))

    def send(self, path: str, **data: str) -> None:
        """Send a form of this page with what stands in it."""
        form = next(each for each in re.findall(r"<form.*?</form>", self.html, re.DOTALL) if f'action="{path}"' in each)
        fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
        chosen = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*type="radio" value="([^"]*)"[^>]*checked', form))
        self._keep(self.client.post(path, data={**fields, **chosen, **data}))

    def _keep(self, answer: Any) -> None:  # noqa: ANN401 - the client's own answer
        assert answer.status_code < 400, f"{answer.status_code} {answer.url}"
        self.html = answer.text


if __name__ == "__main__":
    sys.exit(main())
