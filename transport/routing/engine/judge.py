"""The judge: does a timed plan keep every rule? Plain arithmetic on the plan as it stands.

It re-adds every time and seats every rider itself, and shares no code with the search, the insertion or the timing,
so that a fault there is found here. An empty list means publishable. Standing about is allowed; driving too fast is
not. Who is on board already has boarded once: features and pickups are not asked again, places and company are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite

from transport.routing.engine.plan import Plan, PlannedRun, PlannedStop, StopKind
from transport.routing.engine.problem import Duty, Layout, Pace, Problem, Request
from transport.routing.engine.seating import boardings, everybody_sits, load

TOLERANCE = 1e-6

Facts = dict[str, float | int | str]


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule: its `code`, the request or duty it is about, both numbers, and a sentence in English."""

    code: str
    subject: str
    facts: Facts
    sentence: str


def judge(problem: Problem, plan: Plan) -> list[Violation]:
    """Every rule the plan breaks; an empty list means it may be published."""
    requests = {request.id: request for request in problem.requests}
    duties = {duty.id: duty for duty in problem.duties}
    aboard: dict[str | None, list[Request]] = defaultdict(list)
    for request in problem.requests:
        if request.aboard_since is not None:
            aboard[request.duty].append(request)
    found = list(_everybody_once(requests, plan))
    for name, count in Counter(run.duty for run in plan.runs).items():
        if name not in duties:
            found.append(_fault("unknown_duty", name, f"Duty {name} is not part of the problem."))
        elif count > 1:
            found.append(_fault("two_runs", name, f"Duty {name} has {count} runs, not 1.", runs=count, allowed=1))
    for run in plan.runs:
        if run.duty not in duties:
            continue
        duty, already = duties[run.duty], aboard[run.duty]
        found += _times(problem, duty, run)
        found += _breaks(duty, already, run)
        found += _rests(duty, run)
        found += _riders(requests, duty, already, run)
        found += _company(requests, duty, already, run)
    return found


def _fault(code: str, subject: str, sentence: str, **facts: float | str) -> Violation:
    return Violation(code, subject, dict(facts), sentence)


def _rides(plan: Plan) -> Iterator[tuple[str, PlannedStop]]:
    for run in plan.runs:
        for stop in run.stops:
            if stop.kind is not StopKind.BREAK:
                yield str(stop.request), stop


def _everybody_once(requests: dict[str, Request], plan: Plan) -> Iterator[Violation]:
    pickups = Counter(name for name, stop in _rides(plan) if stop.kind is StopKind.PICKUP)
    dropoffs = Counter(name for name, stop in _rides(plan) if stop.kind is StopKind.DROPOFF)
    listed = Counter(unserved.request for unserved in plan.unserved)
    for name in sorted((pickups | dropoffs | listed).keys() - requests.keys()):
        yield _fault("unknown_request", name, f"Request {name} is not part of the problem.")
    for name, request in requests.items():
        on, off, already = pickups[name], dropoffs[name], request.aboard_since is not None
        if on != (0 if already else off) or off > 1:
            yield _fault(
                "not_once",
                name,
                f"Request {name} has {on} pickups and {off} drop-offs, not "
                + ("one drop-off alone." if already else "one of each."),
                pickups=on,
                dropoffs=off,
            )
        if already and off == 0:
            yield _fault("left_aboard", name, f"Request {name} is on board and never gets off.", dropoffs=0, due=1)
        elif request.required and on == 0 and not already:
            yield _fault("required_unserved", name, f"Request {name} is promised but in no run.", served=on, promised=1)
        due = int(on == 0 and off == 0)
        if listed[name] != due:
            yield _fault(
                "unserved_list",
                name,
                f"Request {name} is listed as unserved {listed[name]}, not {due}.",
                listed=listed[name],
                due=due,
            )


def _drive_end(pace: Pace, base: float, begin: float) -> float:
    """Drive through the traffic of the day, one band after the other."""
    clock, left = begin, base
    for index, factor in enumerate(pace.factors):
        ends = pace.starts[index + 1] if index + 1 < len(pace.starts) else None
        if ends is None or clock + left * factor <= ends:
            return clock + left * factor
        if ends > clock:
            left -= (ends - clock) / factor
            clock = ends
    return clock


def _times(problem: Problem, duty: Duty, run: PlannedRun) -> Iterator[Violation]:
    times = [time for stop in run.stops for time in (stop.arrival, stop.start, stop.departure)]
    if not all(map(isfinite, (run.leaves, *times, run.returns))):  # such a number would pass every comparison
        yield _fault("no_time", duty.id, f"Duty {duty.id} has a time that is no number.")
        return
    if run.leaves < duty.earliest - TOLERANCE:
        yield _fault(
            "leaves_early",
            duty.id,
            f"Duty {duty.id} leaves at {run.leaves:g}, before {duty.earliest:g}.",
            leaves=run.leaves,
            earliest=duty.earliest,
        )
    if run.returns > duty.latest + TOLERANCE:
        yield _fault(
            "returns_late",
            duty.id,
            f"Duty {duty.id} returns at {run.returns:g}, after {duty.latest:g}.",
            returns=run.returns,
            latest=duty.latest,
        )
    place, clock = duty.start, run.leaves
    for stop in run.stops:
        subject = stop.request or duty.id
        yield from _leg(problem, place, stop.location, clock, stop.arrival, subject)
        if stop.start < stop.arrival - TOLERANCE:
            yield _fault(
                "starts_before_arrival",
                subject,
                f"{subject}: the {stop.kind} starts at {stop.start:g}, before arriving at {stop.arrival:g}.",
                start=stop.start,
                arrival=stop.arrival,
            )
        if stop.departure < stop.start - TOLERANCE:
            yield _fault(
                "departs_before_start",
                subject,
                f"{subject}: the {stop.kind} ends at {stop.departure:g}, before its start at {stop.start:g}.",
                departure=stop.departure,
                start=stop.start,
            )
        place, clock = stop.location, stop.departure
    yield from _leg(problem, place, duty.end, clock, run.returns, duty.id)


def _leg(problem: Problem, origin: int, target: int, begin: float, arrival: float, subject: str) -> Iterator[Violation]:
    if not (0 <= origin < len(problem.durations) and 0 <= target < len(problem.durations)):
        yield _fault("unknown_location", subject, f"{subject}: location {target} is not in the matrix.", place=target)
        return
    possible = _drive_end(problem.pace, float(problem.durations[origin, target]), begin)
    if arrival < possible - TOLERANCE:
        yield _fault(
            "drives_too_fast",
            subject,
            f"{subject}: the plan arrives at {arrival:g}, the drive takes until {possible:g}.",
            arrival=arrival,
            possible=possible,
        )
    if problem.grain > 0:
        whole = round(arrival / problem.grain) * problem.grain
        if abs(arrival - whole) > TOLERANCE:
            yield _fault(
                "off_grain",
                subject,
                f"{subject}: the arrival at {arrival:g} is no multiple of {problem.grain:g}.",
                arrival=arrival,
                grain=problem.grain,
            )


def _breaks(duty: Duty, already: list[Request], run: PlannedRun) -> Iterator[Violation]:
    riders = len(already)
    place = duty.start
    for index, stop in enumerate(run.stops):
        if stop.kind is not StopKind.BREAK:
            riders += 1 if stop.kind is StopKind.PICKUP else -1
        elif riders:
            yield _fault(
                "break_with_riders",
                duty.id,
                f"Duty {duty.id} takes a break with {riders} rides on board.",
                riders=riders,
                allowed=0,
            )
        elif index == 0 or all(later.kind is StopKind.BREAK for later in run.stops[index:]):
            yield _fault(
                "break_at_the_edge",
                duty.id,
                f"Duty {duty.id} takes a break at {stop.start:g}, before its first or after its last ride.",
                start=stop.start,
                stops=len(run.stops),
            )
        if stop.kind is StopKind.BREAK and stop.location != place:
            yield _fault(
                "break_elsewhere",
                duty.id,
                f"Duty {duty.id} has a break at {stop.location}, not at {place}.",
                location=stop.location,
                expected=place,
            )
        place = stop.location


def _rests(duty: Duty, run: PlannedRun) -> Iterator[Violation]:
    """Count work from leaving (for a duty under way: from before, kerb included) and from every complete rest."""
    if duty.rest is None:
        return
    part, taken = duty.rest.parts, 0
    rested = [duty.earliest - duty.worked if duty.worked else run.leaves]
    for stop in run.stops:
        if part and stop.kind is StopKind.BREAK and stop.departure - stop.start >= part[taken] - TOLERANCE:
            taken += 1
            if taken == len(part):
                rested.append(stop.departure)
                taken = 0
    for begin, end in zip(rested, [*rested[1:], run.returns], strict=True):
        if end - begin > duty.rest.max_work + TOLERANCE:
            yield _fault(
                "no_rest",
                duty.id,
                f"Duty {duty.id} works {end - begin:g} from {begin:g} without a complete rest, at most "
                f"{duty.rest.max_work:g} is allowed.",
                work=end - begin,
                max_work=duty.rest.max_work,
            )


def _riders(requests: dict[str, Request], duty: Duty, already: list[Request], run: PlannedRun) -> Iterator[Violation]:
    left = {request.id: request.aboard_since or 0.0 for request in already}
    for stop in run.stops:
        request = requests.get(str(stop.request))
        if stop.kind is StopKind.BREAK or request is None:
            continue
        yield from _at_stop(request, stop)
        if stop.kind is StopKind.PICKUP:
            left[request.id] = stop.departure
            yield from _may_ride(request, duty)
        elif request.id not in left:
            yield _fault(
                "no_pickup_before",
                request.id,
                f"Request {request.id} gets off duty {duty.id} at {stop.start:g} without getting on before.",
                start=stop.start,
                duty=duty.id,
            )
        else:
            ride = stop.start - left.pop(request.id)
            if ride > request.max_ride + TOLERANCE:
                yield _fault(
                    "ride_too_long",
                    request.id,
                    f"Request {request.id} rides for {ride:g}, at most {request.max_ride:g} is allowed.",
                    ride=ride,
                    max_ride=request.max_ride,
                )
    for name, since in left.items():
        yield _fault(
            "no_dropoff_after",
            name,
            f"Request {name} is on board of duty {duty.id} from {since:g} for ever.",
            since=since,
            duty=duty.id,
        )


def _at_stop(request: Request, stop: PlannedStop) -> Iterator[Violation]:
    if stop.kind is StopKind.PICKUP:
        location, window, service = request.pickup, request.pickup_window, request.pickup_service
    else:
        location, window, service = request.dropoff, request.dropoff_window, request.dropoff_service
    if stop.location != location:
        yield _fault(
            "wrong_location",
            request.id,
            f"Request {request.id}: the {stop.kind} is at {stop.location}, not at {location}.",
            location=stop.location,
            expected=location,
        )
    if stop.start < window[0] - TOLERANCE:
        yield _fault(
            "too_early",
            request.id,
            f"Request {request.id}: the {stop.kind} starts at {stop.start:g}, before {window[0]:g}.",
            start=stop.start,
            window_start=window[0],
        )
    if stop.start > window[1] + TOLERANCE:
        yield _fault(
            "too_late",
            request.id,
            f"Request {request.id}: the {stop.kind} starts at {stop.start:g}, after {window[1]:g}.",
            start=stop.start,
            window_end=window[1],
        )
    if stop.departure - stop.start < service - TOLERANCE:
        yield _fault(
            "service_too_short",
            request.id,
            f"Request {request.id}: the {stop.kind} takes {stop.departure - stop.start:g}, needs {service:g}.",
            taken=stop.departure - stop.start,
            service=service,
        )


def _may_ride(request: Request, duty: Duty) -> Iterator[Violation]:
    missing = sorted(request.features - duty.features)
    if missing:
        yield _fault(
            "feature_missing",
            request.id,
            f"Request {request.id} needs {', '.join(missing)}, duty {duty.id} has not got it.",
            missing=", ".join(missing),
            duty=duty.id,
        )
    unwanted = sorted(request.forbidden & duty.features)
    if unwanted:
        yield _fault(
            "forbidden_feature",
            request.id,
            f"Request {request.id} cannot ride with {', '.join(unwanted)}, duty {duty.id} has it.",
            unwanted=", ".join(unwanted),
            duty=duty.id,
        )
    if request.duty not in (None, duty.id):
        yield _fault(
            "wrong_duty",
            request.id,
            f"Request {request.id} belongs to duty {request.duty}, not {duty.id}.",
            duty=duty.id,
            pinned=str(request.duty),
        )


def _company(requests: dict[str, Request], duty: Duty, already: list[Request], run: PlannedRun) -> Iterator[Violation]:
    """Who is in the vehicle together: a place for everybody, and nobody beside those who ride alone."""
    if not 0 <= run.layout < len(duty.layouts):
        yield _fault(
            "unknown_layout",
            duty.id,
            f"Duty {duty.id} has {len(duty.layouts)} layouts, not {run.layout}.",
            layout=run.layout,
            layouts=len(duty.layouts),
        )
        return
    for at, aboard, newcomer in boardings(requests, already, run):
        yield from _joins(duty, duty.layouts[run.layout], aboard, newcomer, at)


def _joins(duty: Duty, layout: Layout, aboard: list[Request], request: Request, at: float) -> Iterator[Violation]:
    for other in aboard:
        if request.solo or other.solo:
            alone = request if request.solo else other
            yield _fault(
                "not_alone",
                alone.id,
                f"Request {alone.id} rides alone, but duty {duty.id} carries {request.id} and {other.id} at {at:g}.",
                with_request=other.id if request.solo else request.id,
                duty=duty.id,
            )
    everybody = load((*aboard, request))
    if not everybody_sits(everybody, layout):
        people = ", ".join(f"{count} {kind}" for kind, count in sorted(everybody.items()) if count)
        places = ", ".join(f"{each.count} for {' or '.join(sorted(each.holds))}" for each in layout.places)
        yield _fault(
            "no_place",
            duty.id,
            f"Duty {duty.id} carries {people} from {at:g} on, its layout has places: {places or 'none'}.",
            load=people,
            places=places,
            request=request.id,
        )
    if request.chair_mass > layout.max_chair_mass + TOLERANCE:
        yield _fault(
            "chair_too_heavy",
            request.id,
            f"Request {request.id} weighs {request.chair_mass:g} with the chair, duty {duty.id} "
            f"lifts {layout.max_chair_mass:g}.",
            mass=request.chair_mass,
            limit=layout.max_chair_mass,
        )
