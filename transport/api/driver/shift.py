"""Doors: the page of one shift: the next stop, all others, what was said, what has changed."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api import security
from transport.api.deps import Me, Now, Plugged, Reading, csrf_checked, require
from transport.api.driver import card, shell
from transport.api.driver.card import Card
from transport.api.forms import Fields, FormData, one
from transport.api.render import page, see_other
from transport.bootstrap import Services
from transport.kernel import clock
from transport.kernel.actor import Actor, Role
from transport.operations.driving import closing_data, manifest, seen
from transport.operations.driving.manifest import Manifest, ManifestStop
from transport.operations.driving.seen import SaidThen

router = APIRouter(
    prefix="/ridic",
    dependencies=[require(Role.DRIVER, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)],
)
PLAN = "plan"
"""Cookie of a telephone: which version of which shift its driver has read."""


@router.get("/smena/{shift_id}", name="driver:shift")
def shift(request: Request, shift_id: int, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The next stop first, everything that follows below it."""
    return shown(request, session, manifest.of(session, shift_id, by=me), services, me, now)


def shown(
    request: Request,
    session: Session,
    found: Manifest,
    services: Services,
    me: Actor,
    now: datetime,
    *,
    errors: dict[str, str] | None = None,
    values: Fields | None = None,
) -> Response:
    """The page of a shift; with `errors` of a form that was sent from it, and what was written there."""
    context = _context(found, services, me, now) | {"errors": errors or {}, "values": values or {}}
    known = _version_read(request, found)
    if context["sight"] == "open":
        context |= _since(session, found, context, known)
    answer = page(request, "driver/shift.html", 422 if errors else 200, **context)
    shell.may_keep(answer, context["forget_at"], now)
    if found.plan is not None and known is None:
        _remember(answer, found, services, version=found.plan.version)
    return answer


@router.post("/smena/{shift_id}/videno", name="driver:seen")
def read(shift_id: int, session: Reading, me: Me, services: Plugged, data: FormData) -> Response:
    """The driver has read what changed; from now on this telephone shows the new plan alone."""
    found = manifest.of(session, shift_id, by=me)
    answer = see_other(_address(shift_id))
    version = one(data, "version")
    if found.plan is not None and version.isdecimal():
        _remember(answer, found, services, version=min(int(version), found.plan.version))
    return answer


@router.get("/smena/{shift_id}/tisk", name="driver:print")
def paper(request: Request, shift_id: int, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The whole run on paper, with boxes to tick when the telephone is flat."""
    found = manifest.of(session, shift_id, by=me)
    context = _context(found, services, me, now)
    return shell.may_keep(page(request, "driver/print.html", **context), context["forget_at"], now)


def _context(found: Manifest, services: Services, me: Actor, now: datetime) -> dict[str, Any]:
    """What is known without looking at reports; no stop at all while the shift may not be read."""
    day = found.shift.day
    rules = services.policies.on(day)
    sight = closing_data.sight(found.shift, by=me, rules=rules.driving, now=now)

    def closed(stop: ManifestStop) -> bool:
        return closing_data.closed(stop, by=me, rules=rules.driving, now=now)

    wait = timedelta(minutes=rules.no_show.wait_minutes)
    cards = card.cards(found, wait=wait, closed=closed) if sight == "open" else []
    coming = day > clock.local_day(now)
    return {
        "manifest": found,
        "day": day,
        "sight": sight,
        "opens_at": closing_data.opens_at(found.shift, rules.driving),
        "forget_at": closing_data.closes_at(found.shift, rules.driving),
        "cards": cards,
        "next": card.next_of(cards),
        "wait": rules.no_show.wait_minutes,
        "coming": coming,
        "may_report": me.role is Role.DRIVER and not coming and sight == "open",
        "now": now,
    }


def _since(session: Session, found: Manifest, context: dict[str, Any], known: int | None) -> dict[str, Any]:
    """What was said of the stops, and what has changed since this telephone showed the plan."""
    said = seen.said(session, found)
    shown: list[Card] = context["cards"]
    changes, held = [], ""
    if found.plan is not None and known is not None and known < found.plan.version:
        before = seen.before(session, found, known)
        changes = seen.changes(before, found.stops)
        left = {each.name for each in shown if each.step}
        names = (f"{stop.promise.id}-{stop.kind.value}" for stop in before if stop.promise)
        held = next((name for name in names if name in left), "") if changes else ""
    holding = [each for each in said if each.holds]
    return {
        "next": card.next_of(shown, held),
        "changes": changes,
        "said": holding,
        "aside": [each for each in said if each.aside],
        "last": holding[-1] if holding else None,
        "of": {each.name: each for each in shown},
        "fresh_key": lambda: str(uuid4()),
        "facts_for_script": json.dumps(_script(found, context, said, held, changed=bool(changes))),
    }


def _script(
    found: Manifest, context: dict[str, Any], said: list[SaidThen], held: str, *, changed: bool
) -> dict[str, Any]:
    """The same as the page says, for the script that goes on where there is no signal."""
    return {
        "shift": found.shift.id,
        "version": found.plan.version if found.plan and changed else 0,
        "now": context["now"].isoformat(),
        "held": held,
        "stops": [
            {
                "card": each.name,
                "promise": each.stop.promise.id if each.stop.promise else None,
                "stop": each.stop.kind.value,
                "who": each.who,
                "start": _ms(each.begins_at),
                "wait": context["wait"],
                "arrived": _ms(each.arrived_at),
                "done": _ms(each.done_at),
                "absent": _ms(each.absent_at),
                "over": each.called_off and each.absent_at is None,
            }
            for each in context["cards"]
            if not each.is_break
        ],
        "said": [
            {
                "key": each.key,
                "kind": each.kind.value,
                "card": f"{each.promise}-{each.stop.value}" if each.stop else "",
                "at": each.at.isoformat(),
                "holds": each.holds,
            }
            for each in said
        ],
    }


def _ms(moment: datetime | None) -> int:
    """Milliseconds of the epoch, as scripts count; 0 for never."""
    return 0 if moment is None else int(moment.timestamp() * 1000)


def _version_read(request: Request, found: Manifest) -> int | None:
    """Which version of this shift the telephone has shown last; None if it has shown none."""
    of, _, version = request.cookies.get(PLAN, "").partition(".")
    return int(version) if of == str(found.shift.id) and version.isdecimal() else None


def _remember(answer: Response, found: Manifest, services: Services, *, version: int) -> None:
    security.set_cookie(answer, PLAN, f"{found.shift.id}.{version}", https=services.settings.https)


def _address(shift_id: int | None) -> str:
    return f"/ridic/smena/{shift_id}"
