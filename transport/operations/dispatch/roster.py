"""A change of the roster and what it does to promises: looked at first, then carried out with a plan that keeps them.

Nothing is changed while somebody looks. Carrying it out takes the day's lock, and needs the day as it was looked at.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from transport.booking.contracts import capacity
from transport.booking.contracts.ledger import Override
from transport.booking.rides import queries
from transport.booking.rides.queries import RideView
from transport.kernel.actor import Actor
from transport.kernel.clock import local_day, seconds_of
from transport.kernel.errors import Conflict
from transport.kernel.events import record
from transport.operations.driving import stranded
from transport.routing import engine
from transport.routing.fleet import availability, fleet
from transport.routing.fleet.availability import Caution
from transport.routing.fleet.models import OutReason, Shift, Vehicle
from transport.routing.planning import day as days
from transport.routing.planning import publishing, runs
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import DayState, ServiceDay

Roster = Mapping[int, Shift | None]
"""Shifts by number as they are to be; None: taken out."""

EFFORT = 300
"""Iterations of the search for those whom no vehicle can simply take along: about a second."""
NOTICED = 60
"""Seconds by which a pickup moves before anybody is told of it."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a promise stands in a plan: the shift that carries it and the planned second of the pickup."""

    shift: int
    start: int


@dataclass(frozen=True, slots=True)
class Touched:
    """A promise that would be driven otherwise; `becomes` is None if nobody can take it, `view` for a held place."""

    promise: int
    view: RideView | None
    was: Spot
    becomes: Spot | None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change of one day's roster does. The price: metres and seconds on the road, before and after."""

    day: date
    version: int
    roster: Roster
    cautions: tuple[Caution, ...]
    touched: tuple[Touched, ...] = ()
    strangers: tuple[RideView, ...] = ()
    """Rides whose client asked for the driver they would lose."""
    metres: tuple[int, int] = (0, 0)
    on_the_road: tuple[int, int] = (0, 0)
    problem: engine.Problem | None = None
    plan: engine.Plan | None = None

    @property
    def lost(self) -> list[Touched]:
        """Whom nobody could take."""
        return [each for each in self.touched if each.becomes is None]

    @property
    def clean(self) -> bool:
        """Nobody has to look at it first."""
        return not self.touched and not self.cautions and not self.strangers


def consider(session: Session, day: date, roster: Roster, *, world: World, now: datetime) -> Effect:
    """What would become of the day's promises; reads only, thinks for a second.

    Raises Conflict("shift.over") for a day that is over, Conflict("day.closed"), Conflict("shift.begun") for a shift to
    be taken out that has carried somebody already, and whatever `fleet.open_shift` does.
    """
    if day < local_day(now):
        raise Conflict("shift.over", day=day)
    fresh = [shift for shift in roster.values() if shift is not None]
    for shift in fresh:
        fleet.require_possible(session, shift)
    cautions = tuple(each for found in availability.cautions(session, fresh) for each in found)
    opened = session.get(ServiceDay, day)
    if opened is None:  # nothing is promised on a day that is not open yet
        return Effect(day, 0, roster, cautions)
    if opened.state is not DayState.OPEN:
        raise Conflict("day.closed", day=day)
    before = days.load(session, day, world=world, now=now)
    if any(roster.get(int(request.duty or 0), request) is None for request in before.problem.requests):
        raise Conflict("shift.begun", day=day)
    after = days.load(session, day, world=world, now=now, roster=roster)
    problem, plan, lost = _placed_anew(after, {str(key) for key in roster})
    views = {view.ride.promise_id: view for view in queries.on_day(session, day)}
    return Effect(
        day=day,
        version=before.version,
        roster=roster,
        cautions=cautions,
        touched=_touched(before.plan, plan, lost, views),
        strangers=_strangers(before, replace(after, plan=plan), lost, views),
        metres=(runs.length(before.problem, before.plan), runs.length(problem, plan)),
        on_the_road=(_on_the_road(before.plan), _on_the_road(plan)),
        problem=problem,
        plan=plan,
    )


def apply(
    session: Session,
    effect: Effect,
    *,
    world: World,
    by: Actor,
    now: datetime,
    override: Override | None = None,
    homes: Mapping[str, str] | None = None,
) -> None:
    """Change the roster together with the plan that keeps every promise: all of it, or nothing.

    Raises Conflict("roster.no_place") if somebody has none, Conflict("roster.changed_meanwhile") if the day moved on,
    Conflict("shift.somebody_out") if somebody who is out could be taken home by nobody else and `homes` does not say
    how they get home instead, by the number of the ride,
    and Exhausted("contract.no_capacity") unless somebody answers for it by name.
    """
    stranded.take(session, homes or {})
    _take(session, effect)
    _carry_out(session, effect, world=world, by=by, now=now, override=override, homes=homes)


def _take(session: Session, effect: Effect) -> None:
    """Lock the day, if it is as it was looked at."""
    if effect.lost:
        raise Conflict("roster.no_place", count=len(effect.lost), day=effect.day)
    if effect.plan is not None and days.lock(session, effect.day).version - 1 != effect.version:
        raise Conflict("roster.changed_meanwhile", day=effect.day)


def _carry_out(
    session: Session,
    effect: Effect,
    *,
    world: World,
    by: Actor,
    now: datetime,
    override: Override | None = None,
    homes: Mapping[str, str] | None = None,
) -> None:
    if effect.problem is not None and effect.plan is not None:
        live = days.load(session, effect.day, world=world, now=now)
        book = days.load(session, effect.day, world=world, now=now, roster=effect.roster)
        runs.save(session, replace(book, plan=live.plan), effect.problem, effect.plan)
        stranded.require_nobody_out(session, effect.day, effect.roster, homes or {}, world=world, by=by, now=now)
    for key, new in effect.roster.items():
        shift = session.get_one(Shift, key)
        if new is None:
            capacity.drop_shift(session, shift, by=by, now=now)
        else:
            capacity.change_shift(session, shift, new, by=by, now=now, override=override)
    if effect.plan is not None:
        publishing.again(session, effect.day, by=by, now=now, reason="roster_changed")
        capacity.settle(session, effect.day, by=by, now=now, override=override)
    stranded.end(session, homes or {}, world=world, by=by, now=now)


def without_vehicle(
    session: Session, vehicle: Vehicle, starts: datetime, ends: datetime | None, *, now: datetime
) -> Mapping[date, Roster]:
    """The shifts to come of a vehicle as they have to be while it is out of service: shorter, or taken out."""
    found: dict[date, Roster] = {}
    first = max(local_day(starts), local_day(now))
    last = date.max if ends is None else local_day(ends)
    for shift in fleet.on_duty(session, first, last):
        begins = seconds_of(shift.day, starts)
        over = shift.ends if ends is None else seconds_of(shift.day, ends)
        if shift.vehicle_id != vehicle.id or begins >= shift.ends or (ends is not None and over <= shift.starts):
            continue
        new = None
        if begins > shift.starts:
            new = fleet.changed(shift, ends=begins)
        elif over < shift.ends:
            new = fleet.changed(shift, starts=over)
        found[shift.day] = {**found.get(shift.day, {}), shift.id or 0: new}
    return found


def out_of_service(
    session: Session,
    vehicle: Vehicle,
    effects: Sequence[Effect],
    *,
    starts: datetime,
    ends: datetime | None,
    reason: OutReason,
    world: World,
    by: Actor,
    now: datetime,
) -> None:
    """Take a vehicle out of service, and its shifts with it; `effects` are those of `without_vehicle`, or none.

    Without them the shifts stand as conflicts: who is promised a ride there keeps it, nobody else is promised one.
    """
    in_order = sorted(effects, key=lambda effect: effect.day)
    for effect in in_order:  # all days before the contract
        _take(session, effect)
    for effect in in_order:
        _carry_out(session, effect, world=world, by=by, now=now)
    out = availability.take_out(session, vehicle, starts=starts, ends=ends, reason=reason, now=now)
    facts = {"vehicle": vehicle.id, "reason": reason.value}
    record(session, "vehicle_out", subject=("out_of_service", out.id), by=by, now=now, facts=facts)


def require_promises_hold(session: Session, days_touched: Iterable[date], *, world: World, now: datetime) -> None:
    """After a vehicle was changed: every plan it drives in must still hold.

    Raises Conflict("vehicle.still_needed") with the first day on which it does not; whoever asks gives back everything.
    """
    for day in sorted(set(days_touched)):
        row = session.get(ServiceDay, day)
        if row is None or row.state is not DayState.OPEN:
            continue
        days.lock(session, day)
        book = days.load(session, day, world=world, now=now)
        if engine.judge(book.problem, book.plan):
            raise Conflict("vehicle.still_needed", day=day)


def _placed_anew(after: DayBook, changed: set[str]) -> tuple[engine.Problem, engine.Plan, set[str]]:
    """The day with the other roster: who cannot stay is put elsewhere. With it, those who have no place."""
    fitting, gone = [], set[str]()
    begun = {request.id for request in after.problem.requests if request.duty is not None}
    for run in after.plan.runs:
        kept = _fitting(after.problem, run) if run.duty in changed else run
        fitting.append(kept or run)
        if kept is None:
            gone |= _leaving(after.problem, run, begun)
    carried = {stop.request for run in fitting for stop in run.stops}
    gone |= {request.id for request in after.problem.requests} - carried
    book = replace(after, plan=engine.Plan(runs=tuple(fitting), unserved=()))
    problem, plan = runs.without(book, gone)
    waiting = [request for request in after.problem.requests if request.id in gone]
    left = []
    for request in sorted(waiting, key=lambda each: each.pickup_window):
        places = engine.Inserter(problem, plan).insert(request)
        if places:
            problem, plan = engine.place(problem, plan, request, places[0])
        else:
            left.append(request)
    found = _searched(problem, plan, left) if left else None
    if found is not None:
        problem, plan, left = *found, []
    lost = {request.id for request in left}
    if engine.judge(problem, plan):  # somebody is on board, or was, where nobody drives any more
        lost |= begun & {stop.request for run in plan.runs if run.duty in changed for stop in run.stops}
    return problem, plan, lost


def _leaving(problem: engine.Problem, run: engine.PlannedRun, begun: set[str]) -> set[str]:
    """Who has to leave a run so that its duty can drive the rest: whom it may not carry, then from the cut end on."""
    duty = next(duty for duty in problem.duties if duty.id == run.duty)
    requests = {request.id: request for request in problem.requests}
    pickups = [stop.request for stop in run.stops if stop.kind is engine.StopKind.PICKUP and stop.request is not None]
    free = [key for key in pickups if key not in begun]
    gone = {key for key in free if not _may_carry(duty, requests[key])}
    for key in [None, *(reversed(free) if run.returns > duty.latest else free)]:
        gone |= set() if key is None else {key}
        stops = [stop for stop in run.stops if stop.request not in gone]
        rides = [at for at, stop in enumerate(stops) if stop.request is not None]
        if not rides:
            break
        left = replace(run, stops=tuple(stops[rides[0] : rides[-1] + 1]))
        if _fitting(problem, left) is not None:
            break
    return gone


def _may_carry(duty: engine.Duty, request: engine.Request) -> bool:
    return request.features <= duty.features and not request.forbidden & duty.features


def _searched(
    problem: engine.Problem, plan: engine.Plan, left: list[engine.Request]
) -> tuple[engine.Problem, engine.Plan] | None:
    """Others move together, so that there is room for all who are left; None if that was not found."""
    optional = (replace(request, required=False) for request in left)
    found = engine.solve(replace(problem, requests=(*problem.requests, *optional)), iterations=EFFORT, start=plan)
    served = {stop.request for run in found.runs for stop in run.stops}
    if any(request.id not in served for request in left):
        return None
    return replace(problem, requests=(*problem.requests, *left)), engine.Plan(runs=found.runs, unserved=())


def _fitting(problem: engine.Problem, run: engine.PlannedRun) -> engine.PlannedRun | None:
    """The run as it can be driven in its duty as it is now: as it was, or at other times within the promises."""
    carried = {stop.request for stop in run.stops}
    alone = replace(
        problem,
        requests=tuple(request for request in problem.requests if request.id in carried),
        duties=tuple(duty for duty in problem.duties if duty.id == run.duty),
    )
    as_it_was = engine.Plan(runs=(run,), unserved=())
    for plan in (as_it_was, engine.retime(alone, as_it_was)):
        if plan is not None and not engine.judge(alone, plan):
            return plan.runs[0]
    return None


def _touched(
    before: engine.Plan, after: engine.Plan, lost: set[str], views: Mapping[int, RideView]
) -> tuple[Touched, ...]:
    now, then = _spots(before), _spots(after)
    found = []
    for request, was in sorted(now.items(), key=lambda item: item[1].start):
        becomes = None if request in lost else then.get(request)
        if becomes is None or becomes.shift != was.shift or abs(becomes.start - was.start) >= NOTICED:
            found.append(Touched(int(request), views.get(int(request)), was, becomes))
    return tuple(found)


def _strangers(before: DayBook, after: DayBook, lost: set[str], views: Mapping[int, RideView]) -> tuple[RideView, ...]:
    """Those who have a place, were with the driver they asked for, and would not be any more."""
    now, then = (_drivers(book) for book in (before, after))
    return tuple(
        view
        for key, view in views.items()
        if str(key) not in lost
        and view.promise.prefers_driver is not None
        and now.get(key) == view.promise.prefers_driver != then.get(key)
    )


def _drivers(book: DayBook) -> dict[int, int]:
    """Who drives each promise."""
    return {int(request): book.shifts[spot.shift].driver_id for request, spot in _spots(book.plan).items()}


def _spots(plan: engine.Plan) -> dict[str, Spot]:
    return {
        stop.request: Spot(int(run.duty), round(stop.start))
        for run in plan.runs
        for stop in run.stops
        if stop.request is not None and stop.kind is engine.StopKind.PICKUP
    }


def _on_the_road(plan: engine.Plan) -> int:
    return round(sum(run.returns - run.leaves for run in plan.runs if run.stops))
