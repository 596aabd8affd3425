"""When a vehicle can be there: from now on, or not before somebody is ready. Pure; writes nothing.

The plan of a day under way knows where a vehicle stands, not that time has passed there: it could send one off an
hour ago. Here a drive that would have had to begin before now begins now.
"""

from dataclasses import dataclass, replace
from math import ceil

from transport.kernel.policy import Policy
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.planning import offers
from transport.routing.planning.day import DayBook
from transport.routing.planning.wishes import Anchor, Option, Party, Wish


@dataclass(frozen=True, slots=True)
class Place:
    """A promise that could be made, and its place in the plan."""

    option: Option
    insertion: engine.Insertion


def between(book: DayBook, party: Party, policy: Policy, window: Window) -> Option:
    """The promise to pick somebody up within this window, however wide."""
    begin = max(window.end - policy.promise.window_minutes * 60, 0)
    usual = next(offers.candidates(book, party, Wish(Anchor.LEAVE_AT, begin), policy, begin))
    return replace(usual, window=window, away=0)


def on_call(book: DayBook, party: Party, wish: Wish, policy: Policy, *, hours: Window) -> offers.Options:
    """The way home that is called for: one wide window from the wished time, or as little later as can be had.

    The place in the plan is kept; the end of the window is the latest pickup that we guarantee.
    """
    wait = policy.will_call.max_wait_minutes * 60
    step = policy.promise.offer_step_minutes * 60
    limit = policy.booking.negotiation_minutes * 60
    inserter = engine.Inserter(book.problem, book.plan)
    first = None
    for begin in range(max(wish.seconds, hours.start), wish.seconds + limit + 1, step):
        option = between(book, party, policy, Window(begin, begin + wait))
        if option.arrive_by > hours.end:
            break
        asked = offers.request(book, party, option, "wish")
        first = first or asked
        places = inserter.insert(asked)
        if places:
            found = replace(option, away=begin - wish.seconds, cost=places[0].cost)
            return offers.Options((found,), (), None)
    reason = "hours" if first is None else engine.reason(book.problem, book.plan, first)
    return offers.Options((), (), reason)


def soonest(book: DayBook, party: Party, policy: Policy, window: Window, *, closes: int, now: int) -> Place | None:
    """The earliest pickup within the window that a vehicle can really make from now on; None if there is none.

    The promised window begins with that pickup and is as wide as usual, within `window`.
    """
    wide = closed(between(book, party, policy, window), closes)
    asked = offers.request(book, party, wide, "new")
    best: tuple[float, engine.Insertion] | None = None
    found = engine.Inserter(book.problem, book.plan).insert(asked)
    for insertion in sorted(found, key=lambda each: (each.pickup_start, each.cost)):
        if best is not None and insertion.pickup_start >= best[0]:
            break
        begin = max(insertion.pickup_start, _reached(book, policy, asked, insertion, now))
        if begin <= insertion.pickup_by and (best is None or begin < best[0]):
            best = (begin, insertion)
    if best is None:
        return None
    begin, insertion = best
    return Place(_narrow(wide, _whole_minute(begin, insertion.pickup_by), policy, party, closes), insertion)


def latest(book: DayBook, party: Party, policy: Policy, window: Window, *, closes: int) -> Place | None:
    """The latest window of waiting for a call, within `window`, that still has a place; None if there is none."""
    wait = policy.will_call.max_wait_minutes * 60
    step = policy.promise.offer_step_minutes * 60
    inserter = engine.Inserter(book.problem, book.plan)
    for end in range(window.end, window.start, -step):
        option = between(book, party, policy, Window(max(end - wait, window.start), end))
        if option.arrive_by > closes:
            continue
        places = inserter.insert(offers.request(book, party, option, "new"))
        if places:
            return Place(option, places[0])
    return None


def as_planned(book: DayBook, party: Party, policy: Policy, window: Window, duty: str, *, closes: int) -> Place | None:
    """The place that the plan had for somebody all along, with the same vehicle: it is on its way already."""
    option = closed(between(book, party, policy, window), closes)
    found = engine.Inserter(book.problem, book.plan).insert(offers.request(book, party, option, "new"))
    mine = [insertion for insertion in found if insertion.duty == duty]
    if not mine:
        return None
    insertion = min(mine, key=lambda each: (each.pickup_start, each.cost))
    return Place(_narrow(option, ceil(insertion.pickup_start), policy, party, closes), insertion)


def in_time(book: DayBook, policy: Policy, asked: engine.Request, insertion: engine.Insertion, now: int) -> bool:
    """Whether the vehicle is there soon enough if it sets out now at the earliest, as `now` is a second of the day."""
    begin = ceil(max(insertion.pickup_start, _reached(book, policy, asked, insertion, now)))
    return begin <= insertion.pickup_by


def alone(problem: engine.Problem, plan: engine.Plan, duty: str) -> tuple[engine.Problem, engine.Plan]:
    """One duty of the day with whom it carries; what it can do does not depend on the others."""
    runs = tuple(run for run in plan.runs if run.duty == duty)
    carried = {stop.request for run in runs for stop in run.stops}
    requests = tuple(request for request in problem.requests if request.id in carried)
    duties = tuple(each for each in problem.duties if each.id == duty)
    return replace(problem, requests=requests, duties=duties), engine.Plan(runs=runs)


def _reached(book: DayBook, policy: Policy, asked: engine.Request, insertion: engine.Insertion, now: int) -> float:
    """The second at which the vehicle is at the pickup if it sets out for it now; 0 if it need not set out yet."""
    problem, plan = engine.place(*alone(book.problem, book.plan, insertion.duty), asked, insertion)
    run = next(run for run in plan.runs if run.duty == insertion.duty)
    number = next(number for number, stop in enumerate(run.stops) if stop.request == asked.id)
    leaves, there = run.leaves, next(duty.start for duty in problem.duties if duty.id == run.duty)
    if number:
        leaves, there = run.stops[number - 1].departure, run.stops[number - 1].location
    if leaves >= now:
        return 0.0
    return now + ceil(float(problem.durations[there, asked.pickup]) * max(policy.travel.hour_factors))


def closed(option: Option, closes: int) -> Option:
    """The same promise, with nobody on the way any more when we close."""
    return replace(option, arrive_by=max(option.window.start, min(option.arrive_by, closes)))


def _narrow(wide: Option, begin: int, policy: Policy, party: Party, closes: int) -> Option:
    """The usual window from the pickup on; at its end there is still time for the ride before we close."""
    last = min(wide.window.end, closes - party.pickup_service - wide.ride)
    end = max(begin, min(begin + policy.promise.window_minutes * 60, last))
    step = policy.promise.offer_step_minutes * 60
    arrive_by = ceil((end + party.pickup_service + wide.max_ride) / step) * step
    return replace(wide, window=Window(begin, end), arrive_by=min(arrive_by, closes))


def _whole_minute(begin: float, by: float) -> int:
    """People are told minutes."""
    minute = ceil(begin / 60) * 60
    return minute if minute <= by else ceil(begin)
