"""Doors: what if …? Plans that are thought of and touch nothing, beside each other, until somebody uses one."""

from datetime import date, datetime

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from transport.api.deps import Me, Now, Plugged, Reading
from transport.api.dispatcher.asked import Day
from transport.api.dispatcher.plan import BUDGETS, signed
from transport.api.forms import Fields, FormData, one
from transport.api.lists import as_csv
from transport.api.render import page, say, see_other, words_of
from transport.booking.contracts.ledger import Override
from transport.booking.rides import queries
from transport.booking.rides.queries import RideView
from transport.bootstrap import Services
from transport.kernel.clock import local_day, parse_wall, seconds_of, wall
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict, Invalid, ServiceError
from transport.kernel.i18n import mark as _
from transport.operations.dispatch import incidents, taxi, trials
from transport.operations.dispatch.trials import Trial
from transport.operations.driving import problems, stranded
from transport.routing.fleet.queries import Shift
from transport.routing.planning import proposals
from transport.routing.planning.whatif import Assumption, LeastChange, Mishap, OneMore, ShiftShortened, VehicleOut

router = APIRouter()
LIST = "/disp/{day}/zkousky"
ONE = "/disp/{day}/zkouska/{proposal_id}"
COLUMNS = ("ride", "client", "what", "vehicle_before", "vehicle_after", "pickup_before", "pickup_after", "phone")


VEHICLE_FAILED = _("A vehicle broke down and no other could come. We are sorry.")


@router.get(LIST, name="disp:trials")
def trials_page(request: Request, day: Day, session: Reading, now: Now, services: Plugged) -> Response:
    """All plans thought of for the day, and what else could be tried."""
    return _list_page(request, day, session, now, services, {}, {})


@router.post(LIST, name="disp:try")
def try_it(request: Request, day: Day, me: Me, now: Now, services: Plugged, data: FormData) -> Response:
    """Ask what would be if."""
    try:
        with writing(services.database) as session:
            assumptions = _assumed(session, day, now, services, data)
            seconds = int(one(data, "seconds")) if one(data, "seconds") in BUDGETS else int(BUDGETS[0])
            proposal = proposals.ask(session, day, seconds=seconds, assumptions=assumptions, by=me, now=now)
            proposals.look(session, day, assumptions, world=services.world, now=now)
    except Invalid as error:
        errors = {error.field or "what": say(request, error)}
        with reading(services.database) as session:
            return _list_page(request, day, session, now, services, errors, data)
    return see_other(f"/disp/{day}/zkouska/{proposal.id}")


@router.get(ONE, name="disp:trial")
def trial_page(request: Request, day: Day, proposal_id: int, session: Reading, now: Now, services: Plugged) -> Response:
    """One plan: how far it is thought, what it changes, for whom and for how much."""
    return _trial_page(request, day, proposal_id, session, now, services)


@router.post(f"{ONE}/zastavit", name="disp:stop")
def stop(day: Day, proposal_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """Seen enough: the best plan so far is the answer."""
    with writing(services.database) as session:
        proposals.stop(session, proposals.get(session, day, proposal_id), by=me, now=now)
    return see_other(f"/disp/{day}/zkouska/{proposal_id}")


@router.post(f"{ONE}/znovu", name="disp:again")
def again(day: Day, proposal_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """Think again with the same assumptions, of the day as it is now."""
    with writing(services.database) as session:
        fresh = proposals.again(session, proposals.get(session, day, proposal_id), by=me, now=now)
    return see_other(f"/disp/{day}/zkouska/{fresh.id}")


@router.post(f"{ONE}/zahodit", name="disp:discard")
def discard(day: Day, proposal_id: int, me: Me, now: Now, services: Plugged) -> Response:
    """Put the plan away; everything stays as it is."""
    with writing(services.database) as session:
        proposals.get(session, day, proposal_id)
        proposals.discard(session, proposal_id, by=me, now=now)
    return see_other(f"/disp/{day}/zkousky")


@router.post(f"{ONE}/pouzit", name="disp:apply")
def apply(
    request: Request, day: Day, proposal_id: int, me: Me, now: Now, services: Plugged, data: FormData
) -> Response:
    """Put the plan in force, with the shifts it assumes and the promises it changes."""
    with reading(services.database) as session:
        proposal = proposals.get(session, day, proposal_id)
        trial = trials.of(session, proposal, world=services.world, now=now)
        if trial.changed and not proposal.urgent and one(data, "agreed") != "yes":
            error = Invalid("plan.people_not_asked", field="agreed")
            return _trial_page(request, day, proposal_id, session, now, services, error)
    reason = words_of(request).text(VEHICLE_FAILED)

    def put_in_force(session: Session, override: Override | None) -> None:
        proposals.get(session, day, proposal_id)
        incidents.apply(session, proposal_id, world=services.world, by=me, now=now, reason=reason, override=override)

    try:
        return signed(request, day, services, data, put_in_force, f"/disp/{day}/zkouska/{proposal_id}")
    except Conflict as error:
        if error.code != "plan.day_has_moved_on":
            raise
        with reading(services.database) as session:
            return _trial_page(request, day, proposal_id, session, now, services, error)


@router.get(f"{ONE}/rozdily.csv", name="disp:differences")
def differences(day: Day, proposal_id: int, session: Reading, now: Now, services: Plugged) -> Response:
    """What the plan changes, as a list for a spreadsheet."""
    proposal = proposals.get(session, day, proposal_id)
    trial = trials.of(session, proposal, world=services.world, now=now)
    changed = [
        (
            each.view.ride.code,
            each.view.client.name,
            each.terms.harm.value,
            "",
            "",
            each.view.promise.window_start,
            each.terms.window_start,
            each.view.client.phone,
        )
        for each in trial.changed
    ]
    moved = [
        (each.view.ride.code, each.view.client.name, "planned", each.was, each.now, each.moved.was, each.moved.now, "")
        for each in trial.shifted
    ]
    rows = [(*row[:5], *(_clock(day, second) for second in row[5:7]), row[7]) for row in (*changed, *moved)]
    return as_csv(f"rozdily-{day}-{proposal_id}", COLUMNS, rows)


def _clock(day: date, second: int | None) -> str:
    return "" if second is None else f"{wall(day, second):%H:%M}"


def _trial_page(
    request: Request,
    day: date,
    proposal_id: int,
    session: Session,
    now: datetime,
    services: Services,
    error: ServiceError | None = None,
) -> Response:
    proposal = proposals.get(session, day, proposal_id)
    others = [
        trials.of(session, each, world=services.world, now=now)
        for each in trials.beside(session, proposal)
        if each.id != proposal.id
    ]
    status = {Invalid: 422, Conflict: 409}.get(type(error), 200) if error else 200
    trial = trials.of(session, proposal, world=services.world, now=now)
    return page(
        request,
        "dispatcher/scenario.html",
        status_code=status,
        errors={error.field or "zmeny": say(request, error)} if error else {},
        day=day,
        trial=trial,
        mistake_at=_taken_back(session, trial),
        beside=sorted(others, key=_least_harm) if proposal.urgent else [],
        providers=services.world.policies.taxi.providers,
        begun=local_day(now) >= day,
        left=_left_out(session, day, services) if proposal.state is trials.ProposalState.APPLIED else [],
    )


def _taken_back(session: Session, trial: Trial) -> datetime | None:
    """When a driver took back what a plan that is not in force yet was asked for."""
    happened = None if trial.mishap is None else trial.mishap.what
    if not isinstance(happened, Mishap) or trial.proposal.state is trials.ProposalState.APPLIED:
        return None
    found = problems.taken_back(session, happened.shift, since=trial.proposal.asked_at)
    return None if found is None else found.occurred_at


def _left_out(session: Session, day: date, services: Services) -> list[tuple[RideView, bool]]:
    """The ways home that nobody drives any more now that the plan is in force, and whether a taxi could carry them."""
    views = queries.numbered(session, {ride.id or 0 for ride in stranded.alarms(session, day)})
    return [(view, bool(taxi.providers(view.promise, services.policies))) for view in views.values()]


def _least_harm(trial: Trial) -> tuple[int, int, int, int]:
    return trial.harm


def _list_page(
    request: Request,
    day: date,
    session: Session,
    now: datetime,
    services: Services,
    errors: dict[str, str],
    values: Fields,
) -> Response:
    found = [trials.of(session, each, world=services.world, now=now) for each in proposals.of_day(session, day)[:20]]
    second = max(seconds_of(day, now), 0)
    return page(
        request,
        "dispatcher/scenarios.html",
        status_code=422 if errors else 200,
        errors=errors,
        values={name: one(values, name) for name in ("what", "shift", "at", "until", "spare", "seconds", "scope")},
        day=day,
        trials=found,
        crews=trials.crews(session, day),
        spare=proposals.spare(session, day, second, 22 * 3600) if second < 22 * 3600 else [],
        budgets=BUDGETS,
    )


def _assumed(session: Session, day: date, now: datetime, services: Services, data: Fields) -> list[Assumption]:
    """The assumptions of the form; Invalid names the field that must be mended."""
    found: list[Assumption] = [] if one(data, "scope") == "all" else [LeastChange()]
    what = one(data, "what")
    if what == "vehicle_out":
        shift, since = shift_of(session, day, data), second_of(day, data, "at")
        stands = incidents.where(session, shift, since, world=services.world, now=now)
        return [VehicleOut(shift.id or 0, since, stands[0]), *found]
    if what == "shift_shortened":
        shift = shift_of(session, day, data)
        return [ShiftShortened(shift.id or 0, second_of(day, data, "at")), *found]
    if what == "one_more":
        return [_one_more(session, day, data), *(each for each in found if one(data, "scope") == "least")]
    if what == "replan":
        return []
    raise Invalid("scenario.what_missing", field="what")


def _one_more(session: Session, day: date, data: Fields) -> OneMore:
    starts, ends = second_of(day, data, "at"), second_of(day, data, "until")
    if ends <= starts:
        raise Invalid("shift.ends_before_start", field="until")
    pairs = {str(vehicle.id): (vehicle, driver) for vehicle, driver in proposals.spare(session, day, starts, ends)}
    if one(data, "spare") not in pairs:
        raise Invalid("scenario.no_spare", field="spare")
    vehicle, driver = pairs[one(data, "spare")]
    return OneMore(starts, ends, vehicle.id, driver.id)


def shift_of(session: Session, day: date, data: Fields) -> Shift:
    """The shift that was chosen; Invalid("scenario.shift_gone")."""
    chosen = [shift for shift, *_ in trials.crews(session, day) if str(shift.id) == one(data, "shift")]
    if not chosen:
        raise Invalid("scenario.shift_gone", field="shift")
    return chosen[0]


def second_of(day: date, data: Fields, name: str) -> int:
    """A time of the day as it was written; Invalid("book.time_unclear")."""
    try:
        return parse_wall(day, one(data, name))
    except ValueError:
        raise Invalid("book.time_unclear", field=name) from None
