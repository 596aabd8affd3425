"""Where else a ride of the live plan could go, by hand, and what each move costs. Pure; writes nothing.

A vehicle that has a place within the promise may simply be taken. Where only another time has one, the client must
agree to another promise. A vehicle that has none is named with the proven reason.
"""

from dataclasses import replace
from math import ceil

from transport.kernel.errors import Conflict, Invalid, NotFound
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import offers, pricing, resting, swaps
from transport.routing.planning.day import DayBook
from transport.routing.planning.pricing import Price
from transport.routing.planning.targets import Choices, Impossible, Target, Wanted
from transport.routing.planning.wishes import Anchor, Option, Wish

TRIED = 4
"""So many places in one vehicle are tried before it counts as having none from now on."""
MINUTE = 60


class Moves:
    """One ride taken into the hand: the day without it, prepared for asking where else it could go.

    `hours` bounds pickup and arrival, `now` is the second of the day, `reported` are the stops of which drivers have
    said something. Raises NotFound("ride") and, once its vehicle has set out for it, Conflict("move.has_begun").
    """

    def __init__(self, book: DayBook, promise_id: int, *, hours: Window, now: int, reported: resting.Done = ()) -> None:
        if promise_id not in book.promises:
            raise NotFound("ride")
        self._hours, self._promise, self._key = hours, book.promises[promise_id], str(promise_id)
        self._live = {run.duty: run for run in book.plan.runs}
        self._from = next((d for d, run in self._live.items() if _carries(run, self._key)), "")
        minute = ceil(now / MINUTE) * MINUTE
        self._rest = resting.of(book.problem, book.plan, minute, reported) if now > 0 else None
        self._now = minute
        seen = book if self._rest is None else replace(book, problem=self._rest.problem, plan=self._rest.plan)
        asked = next((each for each in seen.problem.requests if each.id == self._key), None)
        if asked is None or asked.aboard_since is not None or not self._from:
            raise Conflict("move.has_begun")
        self.book = book
        self._asked = replace(asked, duty=None, forbidden=asked.forbidden | {days.OUT})
        self._base = swaps.without(seen, {promise_id})
        self._inserter = engine.Inserter(self._base.problem, self._base.plan)
        self._seen, self._whole = pricing.Cutter(self._base.problem), pricing.Cutter(book.problem)
        self._runs = {run.duty: run for run in self._base.plan.runs}
        self._reasons: dict[tuple[engine.Duty, tuple[float, float]], str] = {}

    @property
    def vehicles(self) -> frozenset[str]:
        """The shifts of the day, as the engine names them."""
        return frozenset(self._seen.duties)

    @property
    def present(self) -> Target:
        """Where the ride is: choosing it changes nothing."""
        run = self._live[self._from]
        pickup, dropoff = _times(run, self._key)
        request = next(each for each in self.book.problem.requests if each.id == self._key)
        return Target(
            int(self._from), self._option, True, False, True, pickup, dropoff, Price(), request, self.book.plan
        )

    def targets(self) -> Choices:
        """Every vehicle of the day, where the ride is now among them."""
        within = self._places(self._option, set(self._seen.duties) - {self._from})
        near = sorted([self.present, *within], key=lambda each: (each.price.cost, not each.stays))
        left = set(self._seen.duties) - {str(each.shift) for each in near}
        outside: list[Target] = []
        for option in self._other_times():
            if not left:
                break
            found = self._places(option, left)
            outside += sorted(found, key=lambda each: each.price.cost)
            left -= {str(each.shift) for each in found}
        impossible = [Impossible(int(duty), self._reason(duty, self._asked)) for duty in sorted(left, key=int)]
        return Choices((*near, *outside), tuple(impossible))

    def by_hand(self, shift: int, pickup: int | None = None) -> Target | Impossible:
        """One vehicle, and the second from which somebody is to be picked up if that was said too.

        A time within the promised window is within the promise; any other one is another promise.
        Raises NotFound("shift").
        """
        duty = str(shift)
        if duty not in self._seen.duties:
            raise NotFound("shift")
        if pickup is None and duty == self._from:
            return self.present
        options = [self._option, *self._other_times()] if pickup is None else [self._at(pickup)]
        for option in options:
            found = self._places(option, {duty}, not_before=pickup or 0)
            if found:
                return found[0]
        return Impossible(shift, self._reason(duty, self._as_request(options[0], pickup or 0)))

    def still(self, wanted: Wanted) -> Target:
        """The chosen target, found again: Conflict("move.changed_meanwhile") if it is not as it was shown.

        Raises Invalid("move.no_place") if the vehicle chosen by hand has no place.
        """
        if not wanted.shown:
            chosen = self.by_hand(wanted.shift, wanted.pickup)
            if isinstance(chosen, Impossible):
                raise Invalid("move.no_place", field="target")
            return chosen
        shift, start, _, pickup, metres = wanted.shown
        found = [self.present] if str(shift) == self._from else []
        if str(shift) in self._seen.duties:
            option = self._moved_by(start - self._promise.window_start)
            found += self._places(option, {str(shift)}) + self._places(option, {str(shift)}, not_before=pickup)
        for each in found:
            same_promise = (each.shift, each.option.window.start, each.option.arrive_by) == wanted.shown[:3]
            if same_promise and each.price.metres == metres and abs(each.pickup - pickup) <= MINUTE:
                return each
        raise Conflict("move.changed_meanwhile")

    @property
    def _option(self) -> Option:
        """What is promised now."""
        promise = self._promise
        window = Window(promise.window_start, promise.window_end)
        return Option(window, promise.arrive_by, promise.max_ride, ride=0, away=0, cost=0.0)

    def _moved_by(self, seconds: int) -> Option:
        """The promise so much later, or earlier."""
        if not seconds:
            return self._option
        start, policy = self._promise.window_start + seconds, self.book.policy
        wish = Wish(Anchor.LEAVE_AT, start)
        usual = next(offers.candidates(self._base, swaps.party(self._promise), wish, policy, start))
        window = Window(start, self._promise.window_end + seconds)
        return replace(usual, window=window, arrive_by=self._promise.arrive_by + seconds, away=abs(seconds))

    def _at(self, pickup: int) -> Option:
        """The promise in which somebody is picked up from this second on."""
        within = self._promise.window_start <= pickup <= self._promise.window_end
        return self._option if within else self._moved_by(pickup - self._promise.window_start)

    def _other_times(self) -> list[Option]:
        """Promises up to the negotiation window away, in whole steps, the nearest first and the later of two."""
        step = self.book.policy.promise.offer_step_minutes * MINUTE
        limit = self.book.policy.booking.negotiation_minutes * MINUTE
        return [self._moved_by(way * away) for away in range(step, limit + 1, step) for way in (1, -1)]

    def _is_open(self, option: Option) -> bool:
        """Whether somebody may be driven then at all, and in time to be told."""
        start = max(self._hours.start, self._now)
        return start <= option.window.start and self._promise.arrive_from <= option.arrive_by <= self._hours.end

    def _as_request(self, option: Option, not_before: int = 0) -> engine.Request:
        if option.away == 0:
            start, end = self._asked.pickup_window
            window = (min(max(start, float(not_before)), end), end)
            return replace(self._asked, pickup_window=window)
        return offers.request(self._base, swaps.party(self._promise), option, self._key)

    def _places(self, option: Option, left: set[str], *, not_before: int = 0) -> list[Target]:
        """The cheapest place of each of these vehicles for this promise that stands before the judge."""
        if option.away and not self._is_open(option):
            return []
        request = self._as_request(option, not_before)
        tries: dict[str, list[engine.Insertion]] = {}
        for insertion in self._inserter.insert(request):
            if insertion.duty in left and len(tries.setdefault(insertion.duty, [])) < TRIED:
                tries[insertion.duty].append(insertion)
        found = []
        for duty, places in tries.items():
            run = next((run for place in places if (run := self._tried(request, duty, place)) is not None), None)
            if run is not None:
                found.append(self._target(request, option, run))
        return found

    def _tried(self, request: engine.Request, duty: str, insertion: engine.Insertion) -> engine.PlannedRun | None:
        """The whole run of this vehicle with the ride at this place, if the judge accepts it."""
        problem, plan, places = self._seen.alone(duty, self._runs.get(duty), [request])
        asked = next(each for each in problem.requests if each.id == request.id)
        try:
            _, grown = engine.place(problem, plan, asked, insertion)
        except ValueError:  # times that the whole day allows, and this run by itself does not
            return None
        [run] = self._as_whole(duty, pricing.moved(grown.runs[0], places))
        alone, judged, _ = self._whole.alone(duty, run, [request])
        return None if engine.judge(alone, judged) else run

    def _target(self, request: engine.Request, option: Option, run: engine.PlannedRun) -> Target:
        """What it means to take this place."""
        after: dict[str, engine.PlannedRun | None] = {**self._live, run.duty: run}
        if run.duty != self._from:
            after[self._from] = next(iter(self._as_whole(self._from, self._runs.get(self._from))), None)
        changed = {duty: (self._live.get(duty), after.get(duty)) for duty in {self._from, run.duty}}
        stranger = bool(request.prefers) and run.duty not in request.prefers and self._from in request.prefers
        pickup, dropoff = _times(run, self._key)
        return Target(
            shift=int(run.duty),
            option=option,
            within_promise=option.away == 0,
            stranger=stranger,
            stays=False,
            pickup=pickup,
            dropoff=dropoff,
            price=pricing.price(self._whole, self._whole, changed, request),
            request=request,
            plan=engine.Plan(tuple(each for each in after.values() if each is not None)),
        )

    def _as_whole(self, duty: str, run: engine.PlannedRun | None) -> tuple[engine.PlannedRun, ...]:
        """The run with what has begun of it; nothing where the vehicle stays at home."""
        left = engine.Plan((run,) if run else ())
        if self._rest is None:
            return left.runs
        begun = {duty: self._rest.begun[duty]} if duty in self._rest.begun else {}
        return resting.stitched(replace(self._rest, begun=begun), left).runs

    def _reason(self, duty: str, request: engine.Request) -> str:
        """Why this vehicle cannot take the ride: proven with nobody else in it."""
        found = self._seen.duties[duty]
        if days.OUT in found.features:
            return "out_of_service"
        if request.forbidden & found.features:
            return "driver"
        kind = replace(found, id="", features=found.features & request.features), request.pickup_window
        if kind not in self._reasons:
            problem, _, _ = self._seen.alone(duty, None, [request])
            [asked] = problem.requests
            self._reasons[kind] = engine.reason(replace(problem, requests=()), engine.Plan(), asked)
        return self._reasons[kind]


def moved(moves: Moves, target: Target) -> engine.Problem:
    """The problem of the day in which the target's plan is right."""
    others = (each for each in moves.book.problem.requests if each.id != target.request.id)
    return replace(moves.book.problem, requests=(*others, target.request))


def renamed(problem: engine.Problem, plan: engine.Plan, old: str, new: str) -> tuple[engine.Problem, engine.Plan]:
    """The same day with a request called otherwise: another promise in its place."""
    requests = tuple(replace(each, id=new) if each.id == old else each for each in problem.requests)
    called = tuple(
        replace(run, stops=tuple(replace(s, request=new) if s.request == old else s for s in run.stops))
        if _carries(run, old)
        else run
        for run in plan.runs
    )
    return replace(problem, requests=requests), engine.Plan(called, plan.unserved)


def free(problem: engine.Problem, promise_id: int) -> engine.Problem:
    """The problem in which this promise is not pinned."""
    key = str(promise_id)
    return replace(problem, requests=tuple(replace(r, duty=None) if r.id == key else r for r in problem.requests))


def _carries(run: engine.PlannedRun, key: str) -> bool:
    return any(stop.request == key for stop in run.stops)


def _times(run: engine.PlannedRun, key: str) -> tuple[int, int]:
    """When the pickup and the drop-off of a request begin."""
    on, off = (round(stop.start) for stop in run.stops if stop.request == key)
    return on, off
