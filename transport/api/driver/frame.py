"""Doors: what stands around the stops of a shift: which shifts there are, how one begins and ends, what goes wrong."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.accounts import users
from transport.api.deps import Me, Now, Plugged, Reading, Writing, csrf_checked, require
from transport.api.driver import shell, speaking
from transport.api.forms import Fields, FormData, one, several
from transport.api.render import page, see_other
from transport.bootstrap import Services
from transport.kernel import clock
from transport.kernel.actor import Actor, Role
from transport.kernel.policy import Policies
from transport.operations.driving import closing_data, manifest, problems, stranded, tally
from transport.operations.driving.closing_data import Sight
from transport.operations.driving.manifest import Manifest, ManifestStop
from transport.operations.driving.said import CHECKS
from transport.operations.driving.tally import Course

HOME = "/ridic"
router = APIRouter(
    prefix=HOME,
    dependencies=[require(Role.DRIVER, Role.DISPATCHER, Role.ADMIN), Depends(csrf_checked)],
)
DAYS_AHEAD = 14
LATE = (10, 20, 30)
"""Minutes of a delay that a driver can tell in one tap; the last one means so many or more."""
JUST = timedelta(minutes=10)
"""A problem told so lately is the one that was just told; later ones may be on their way still."""
TROUBLES = ("breakdown", "lift", "road", "other")
"""The problems that are told in one tap, beside delays and somebody who feels unwell."""
BACK = "undone"
"""What stands in the address after a problem was taken back."""
KINDS = {
    "begun": "driver/begin.html",
    "ended": "driver/end.html",
    "problem": "driver/problem.html",
}
"""Which page has the form of a report about the shift itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """One shift in the list: its run, and how far it has come."""

    manifest: Manifest
    course: Course
    sight: Sight

    @property
    def stops(self) -> int:
        """How many doors there are; breaks are none."""
        return sum(stop.ride is not None for stop in self.manifest.stops)


@router.get("", name="driver:shifts")
def shifts(
    request: Request, session: Reading, me: Me, now: Now, services: Plugged, datum: date | None = None
) -> Response:
    """Today's shifts, one of yesterday that was not ended, and the coming ones whose plan is published."""
    today = clock.local_day(now)
    days = [datum] if datum else [today + timedelta(days=ahead) for ahead in range(-1, DAYS_AHEAD)]
    lines = [line for day in days for line in _lines(session, day, services.policies, me, now)]
    shown = [line for line in lines if datum or _is_shown(line, today)]
    return page(
        request,
        "driver/shifts.html",
        now_on=[line for line in shown if line.manifest.shift.day <= today],
        coming=[line for line in shown if line.manifest.shift.day > today],
        day=datum,
        tomorrow=today + timedelta(days=1),
        languages=speaking.LANGUAGES if me.role is Role.DRIVER else (),
    )


@router.post("/jazyk", name="driver:language", dependencies=[require(Role.DRIVER)])
def speak(session: Writing, me: Me, data: FormData) -> Response:
    """From now on this driver reads the pages in another language."""
    users.speak(session, users.of(session, me), one(data, "jazyk"))
    back = one(data, "dal")
    return see_other(back if back.startswith(f"{HOME}/") else HOME)


@router.get("/smena/{shift_id}/zacatek", name="driver:begin")
def begin(request: Request, shift_id: int, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The vehicle is looked over and the shift begins; whatever is missing is shown and stops nobody."""
    return shown(request, session, manifest.of(session, shift_id, by=me), services, me, now, kind="begun")


@router.get("/smena/{shift_id}/konec", name="driver:end")
def end(request: Request, shift_id: int, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """The kilometres, the money, what was found in the vehicle; what is still open is said first."""
    return shown(request, session, manifest.of(session, shift_id, by=me), services, me, now, kind="ended")


@router.get("/smena/{shift_id}/problem", name="driver:problem")
def problem(
    request: Request, shift_id: int, session: Reading, me: Me, now: Now, services: Plugged, hlaseno: str = ""
) -> Response:
    """Something goes wrong: eight large choices, and what happens after each."""
    found = manifest.of(session, shift_id, by=me)
    told = hlaseno if hlaseno in ("late", "unwell", *TROUBLES, BACK) else ""
    return shown(request, session, found, services, me, now, kind="problem", told=told)


def shown(
    request: Request,
    session: Session,
    found: Manifest,
    services: Services,
    me: Actor,
    now: datetime,
    *,
    kind: str = "",
    errors: dict[str, str] | None = None,
    values: Fields | None = None,
    told: str = "",
) -> Response:
    """The page with the form for a report about the shift itself; with `errors` and `values` of one that was sent."""
    kind = kind or one(values or {}, "kind")
    context = _context(session, found, services, me, now)
    if kind == "begun":
        context["checks"] = CHECKS
    elif kind == "ended":
        context |= _sums(session, found, services, me, now)
    else:
        context |= _troubles(session, found.shift.id or 0, told, now)
    said: Fields = {name: one(values or {}, name) for name in ("odometer", "cash", "lost", "note")}
    said["checks"] = several(values or {}, "checks")
    answer = page(request, KINDS[kind], 422 if errors else 200, errors=errors or {}, values=said, **context)
    until = closing_data.closes_at(found.shift, services.policies.on(found.shift.day).driving)
    return shell.may_keep(answer, until, now)


def _troubles(session: Session, shift_id: int, told: str, now: datetime) -> dict[str, Any]:
    """What can be told, what holds of it, and what became of what was just `told`: "" as long as it is on its way."""
    holding, answer = problems.of_shift(session, shift_id), ""
    if told == BACK:
        report = problems.taken_back(session, shift_id, since=now - JUST)
        answer = "" if report is None else report.outcome.value
    elif any(each.word == told and each.report.recorded_at >= now - JUST for each in holding):
        answer = "taken"
    return {"told": told, "answer": answer, "late": LATE, "troubles": TROUBLES, "holding": holding}


def _sums(session: Session, found: Manifest, services: Services, me: Actor, now: datetime) -> dict[str, Any]:
    """What a shift comes to, who is still out, and what the client of a stop may still be called."""
    shift, rules = found.shift, services.policies.on(found.shift.day).driving
    out = set()
    if clock.local_day(now) == shift.day:
        out = {each.id for each in stranded.still_out(session, shift.id or 0, world=services.world, now=now)}

    def who(stop: ManifestStop) -> str:
        name = "" if stop.client is None else stop.client.name
        return closing_data.initials(name) if closing_data.closed(stop, by=me, rules=rules, now=now) else name

    return {"tally": tally.of(session, found), "who": who, "people_out": len(out)}


def _lines(session: Session, day: date, policies: Policies, me: Actor, now: datetime) -> list[Line]:
    found = manifest.of_day(session, day, by=me)
    if not found:
        return []
    courses = tally.states(session, {each.shift.id or 0 for each in found})
    rules = policies.on(day).driving
    return [
        Line(each, courses[each.shift.id or 0], closing_data.sight(each.shift, by=me, rules=rules, now=now))
        for each in found
    ]


def _is_shown(line: Line, today: date) -> bool:
    if line.manifest.shift.day < today:
        return line.sight == "open" and line.course.begun_at is not None and line.course.ended_at is None
    return line.manifest.plan is not None or line.manifest.shift.day == today


def _context(session: Session, found: Manifest, services: Services, me: Actor, now: datetime) -> dict[str, Any]:
    """What the pages of one shift have in common."""
    shift = found.shift
    rules = services.policies.on(shift.day).driving
    sight = closing_data.sight(shift, by=me, rules=rules, now=now)
    coming = shift.day > clock.local_day(now)
    return {
        "manifest": found,
        "day": shift.day,
        "here": f"{HOME}/smena/{shift.id}",
        "course": tally.states(session, [shift.id or 0])[shift.id or 0],
        "sight": sight,
        "may_report": me.role is Role.DRIVER and not coming and sight == "open",
        "key": lambda: str(uuid4()),
    }
