"""Doors: a ride taken to another vehicle or time by hand, pinned, and one's own last change taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day, ride_of, version
from transport.api.dispatcher.deciding import ANSWER
from transport.api.forms import Fields, FormData, one
from transport.api.render import errors_of, page, say, see_other
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.actor import Actor
from transport.kernel.clock import parse_wall
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Exhausted, Invalid, NotFound, ServiceError
from transport.operations.dispatch import handwork, steering
from transport.operations.dispatch.handwork import Change, Crew, EditView
from transport.operations.dispatch.steering import Agreed, AgreedHow, Target, Wanted
from transport.routing.planning.pricing import Tighter
from transport.routing.planning.targets import Impossible

router = APIRouter()
MOVE = "/disp/{day}/jizda/{code}/presunout"
PIN = "/disp/{day}/jizda/{code}/pripnout"
UNDO = "/disp/{day}/zpet"
STALE = ("ride.changed_meanwhile", "move.changed_meanwhile", "move.has_begun", "ride.not_possible")
"""Refusals of somebody who decided on what is not so any more: the page shows both, to choose again."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A target as the page shows it: the vehicle, whose promises become tighter, how much later the pickup is."""

    target: Target
    crew: Crew
    tighter: tuple[tuple[Tighter, RideView | None], ...]
    later: int


@dataclass(frozen=True, slots=True)
class Stale:
    """What was chosen on an old page: the vehicle and the pickup, and who changed something since."""

    vehicle: str
    pickup: int | None
    change: Change | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page says besides the ride: what was chosen by hand, what is wrong, what was filled in."""

    hand: tuple[str, str] = ("", "")
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    stale: Stale | None = None
    status: int = 200


@router.get(MOVE, name="disp:move")
def ask_move(request: Request, day: Day, code: str, session: Reading, me: Me, now: Now, services: Plugged) -> Response:
    """Every vehicle that could take the ride, with the price of each; `vuz` and `cas` ask for one chosen by hand."""
    said = request.query_params
    hand = (said.get("vuz", "")[:10], said.get("cas", "")[:8])
    return _page(request, session, ride_of(session, day, code, me, now), services, now, Shown(hand=hand))


@router.post(MOVE, name="disp:moved")
def move(request: Request, day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Carry the ride there, or send the client the offer; what was shown or nothing."""
    wanted: Wanted | None = None
    said = {name: one(data, name) for name in ("target", "consent", "agreed", "how", "name")}
    hand = (one(data, "vehicle") or one(data, "vuz"), one(data, "time") or one(data, "cas"))
    try:
        wanted = _wanted(day, data)
        with writing(services.database) as session:
            ride = ride_of(session, day, code, me, now).ride
            world, seen = services.world, version(data)
            if said["consent"] == "offer":
                until = now + ANSWER
                steering.offer(session, ride, wanted, version=seen, until=until, world=world, by=me, now=now)
            else:
                agreed = _agreed(data) if said["consent"] == "agreed" else None
                steering.move(session, ride, wanted, version=seen, agreed=agreed, world=world, by=me, now=now)
    except (Invalid, Conflict, Exhausted) as error:
        with reading(services.database) as session:
            view = ride_of(session, day, code, me, now)
            if error.code in STALE:
                stale = _stale(request, session, view, wanted, me, error)
                return _page(request, session, view, services, now, Shown(hand, stale=stale, status=409))
            status = 422 if isinstance(error, Invalid) else 409
            errors = errors_of(request, error, "target")
            return _page(request, session, view, services, now, Shown(hand, errors, said, status=status))
    return see_other(f"/disp/{day}?jizda={code}&hotovo={'nabidnuto' if said['consent'] == 'offer' else 'presunuto'}")


@router.get(PIN, name="disp:pin")
def ask_pin(request: Request, day: Day, code: str, session: Reading, me: Me, now: Now) -> Response:
    """What pinning means, and the button for it."""
    view = ride_of(session, day, code, me, now)
    crew = handwork.crews(session, day).get(view.shift_id or 0)
    return page(request, "dispatcher/pin.html", day=day, view=view, crew=crew)


@router.post(PIN, name="disp:pinned")
def pin(day: Day, code: str, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Let the ride stay with its vehicle when the planner thinks, or not any more."""
    pinned = one(data, "pinned") == "yes"
    with writing(services.database) as session:
        ride = ride_of(session, day, code, me, now).ride
        steering.pin(session, ride, pinned=pinned, version=version(data), by=me, now=now)
    return see_other(f"/disp/{day}?jizda={code}&hotovo={'pripnuto' if pinned else 'odepnuto'}")


@router.get(UNDO, name="disp:undo")
def ask_undo(request: Request, day: Day, session: Reading, me: Me) -> Response:
    """What would be taken back, and what everybody has changed by hand on this day."""
    return _undo_page(request, session, day, me)


@router.post(UNDO, name="disp:undone")
def undo(request: Request, day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Take back one's own last change, if it still is the one that was shown."""
    try:
        with writing(services.database) as session:
            last = _shown(session, day, me, one(data, "edit"))
            steering.undo(session, last.edit, world=services.world, by=me, now=now)
    except (Conflict, Exhausted) as error:
        with reading(services.database) as session:
            return _undo_page(request, session, day, me, error)
    ride = f"jizda={last.view.ride.code}&" if last.view else ""
    return see_other(f"/disp/{day}?{ride}hotovo=vraceno")


def _shown(session: Session, day: date, me: Actor, number: str) -> EditView:
    """One's own last change, if it is the one that the page showed."""
    last = handwork.last_own(session, day, me)
    if last is None or str(last.edit.id) != number:
        raise Conflict("edit.not_latest")
    return last


def _wanted(day: date, data: Fields) -> Wanted:
    """The target chosen from the list, or a vehicle and a time by hand."""
    if one(data, "target"):
        return Wanted.read(one(data, "target"))
    if not one(data, "vehicle"):
        raise Invalid("move.no_target", field="target")
    return _by_hand(day, one(data, "vehicle"), one(data, "time"))


def _by_hand(day: date, vehicle: str, time: str) -> Wanted:
    if not (vehicle.isascii() and vehicle.isdecimal()):
        raise Invalid("move.no_target", field="target")
    try:
        return Wanted(int(vehicle), parse_wall(day, time.replace(".", ":")) if time else None)
    except ValueError:
        raise Invalid("move.time_unclear", field="cas") from None


def _agreed(data: Fields) -> Agreed:
    """Who agreed, how, and who answers for it."""
    who, how = one(data, "agreed"), one(data, "how")
    if who != "client" and not (who.isascii() and who.isdecimal()):
        raise Invalid("move.who_agreed", field="agreed")
    if how not in list(AgreedHow):
        raise Invalid("move.how_missing", field="how")
    return Agreed(None if who == "client" else int(who), AgreedHow(how), one(data, "name"))


def _page(
    request: Request, session: Session, view: RideView, services: Services, now: datetime, shown: Shown
) -> Response:
    crews = handwork.crews(session, view.ride.day)
    context: dict[str, Any] = {"hand": None, "no_place": None, "choices": [], "impossible": [], "closed": None}
    errors = dict(shown.errors)
    try:
        moves = steering.moves(session, view.ride, world=services.world, now=now)
    except (Conflict, NotFound) as error:
        context["closed"] = say(request, error)
    else:
        found = moves.targets()
        picked: list[Target] = []
        if shown.hand[0]:
            try:
                wanted = _by_hand(view.ride.day, *shown.hand)
                chosen = moves.by_hand(wanted.shift, wanted.pickup)
                picked = [chosen] if isinstance(chosen, Target) else []
                context["no_place"] = chosen if isinstance(chosen, Impossible) else None
            except Invalid as error:
                errors |= errors_of(request, error, "cas")
        choices = _choices(session, [*picked, *found.targets], crews, moves.present)
        context |= {"hand": next(iter(choices[: len(picked)]), None), "choices": choices[len(picked) :]}
        context["impossible"] = [(crews[each.shift], each.reason) for each in found.impossible]
    return page(
        request,
        "dispatcher/move.html",
        status_code=422 if errors and shown.status == 200 else shown.status,
        day=view.ride.day,
        view=view,
        crews=crews,
        asked=shown.hand,
        errors=errors,
        values=shown.values,
        stale=shown.stale,
        agreeing=steering.agreeing(session, view.ride, now=now),
        ways=list(AgreedHow),
        **context,
    )


def _choices(session: Session, targets: Sequence[Target], crews: dict[int, Crew], present: Target) -> list[Choice]:
    views = handwork.of_promises(session, {each.promise_id for target in targets for each in target.price.tighter})
    return [
        Choice(
            target,
            crews[target.shift],
            tuple((each, views.get(each.promise_id)) for each in target.price.tighter),
            target.pickup - present.pickup,
        )
        for target in targets
    ]


def _stale(
    request: Request, session: Session, view: RideView, wanted: Wanted | None, me: Actor, error: ServiceError
) -> Stale:
    crew = handwork.crews(session, view.ride.day).get(wanted.shift) if wanted else None
    pickup = None if wanted is None else wanted.shown[3] if wanted.shown else wanted.pickup
    change = handwork.last_change(session, view.ride, wanted.shift if wanted else view.shift_id or 0, me)
    return Stale(crew.vehicle.code if crew else "", pickup, change, say(request, error))


def _undo_page(request: Request, session: Session, day: date, me: Actor, error: ServiceError | None = None) -> Response:
    last = handwork.last_own(session, day, me)
    way = handwork.in_the_way(session, last.edit) if error is not None and last is not None else None
    return page(
        request,
        "dispatcher/undo.html",
        status_code=409 if error else 200,
        day=day,
        last=last,
        refusal=say(request, error) if error else "",
        in_the_way=way,
        edits=handwork.edits_of_day(session, day),
    )
