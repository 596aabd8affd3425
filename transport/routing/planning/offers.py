"""What could be promised now: windows near a wish, each with a place in the live plan. Pure; writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from transport.kernel.policy import Policy
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning.day import DayBook
from transport.routing.planning.wishes import Anchor, Change, Option, Party, Wish

ALLOWANCES = (900, 300, 1500)
"""How many seconds of detour an arrive-by window leaves, most useful first: sharing needs some, patience has an end."""

FAR_STEP = 600
FAR_REACH = 4 * 3600
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Options:
    """The answer to one wish: `near` lies within the negotiation window, `far` beyond; both may be empty.

    `reason` says, proven by the engine, why there is nothing near (None if there is); `changes` are the smallest ones
    that are proven to help.
    """

    near: tuple[Option, ...]
    far: tuple[Option, ...]
    reason: str | None
    changes: tuple[Change, ...] = ()


def options(
    book: DayBook,
    party: Party,
    wish: Wish,
    policy: Policy,
    *,
    hours: Window,
    shown: int = SHOWN,
    span: Window | None = None,
) -> Options:
    """Up to three windows for one wish, the closest first; `hours` bounds pickup and arrival.

    Looking further than the negotiation window, and asking why, happens only if nothing lies within it. With a
    `span` (see `usual_span`) only that is looked at, nothing counts as far, and nobody asks why.
    """
    inserter = engine.Inserter(book.problem, book.plan)
    times = _times(wish, span or usual_span(wish, policy), policy.promise.offer_step_minutes * 60)
    found = _found(inserter, book, party, policy, hours, times, wish)
    if found or span is not None:
        return Options(_spread(found, shown), (), None)
    limit = policy.booking.negotiation_minutes * 60
    far = _found(inserter, book, party, policy, hours, _far(wish, limit), wish)
    return Options((), _spread(far, shown), *explained(book, party, wish, policy, hours))


def usual_span(wish: Wish, policy: Policy) -> Window:
    """What is near the wish: where the beginning of the pickup window, or the latest arrival, may lie."""
    limit = policy.booking.negotiation_minutes * 60
    later = limit if wish.anchor is Anchor.LEAVE_AT else 0
    return Window(wish.seconds - limit, wish.seconds + later)


def explained(book: DayBook, party: Party, wish: Wish, policy: Policy, hours: Window) -> tuple[str, tuple[Change, ...]]:
    """The engine's proven reason why the wish exactly as it was uttered has no place, and what would have helped.

    Each change is the smallest of its kind, and keeps within `hours`.
    """
    tried = [
        o
        for o in candidates(book, party, wish, policy, wish.seconds)
        if _within(hours, o.window, o.arrive_by) and party.arrive_from <= o.arrive_by
    ]
    if not tried:
        return "hours", ()
    found = engine.explain(_whoever_drives(book, party), book.plan, request(book, party, tried[0], "wish"))
    changes = []
    for change in found.changes:
        pickup, dropoff = change.request.pickup_window, change.request.dropoff_window
        if _within(hours, Window(round(pickup[0]), round(pickup[1])), round(dropoff[1])):
            changes.append(Change(change.kind, round(change.amount), change.detail))
    return found.reason, tuple(changes)


def request(book: DayBook, party: Party, option: Option, key: str) -> engine.Request:
    """The option as a request that must be in the plan."""
    return engine.Request(
        id=key,
        pickup=book.location(party.pickup_place),
        dropoff=book.location(party.dropoff_place),
        pickup_window=(option.window.start, option.window.end),
        dropoff_window=(min(max(option.window.start, party.arrive_from), option.arrive_by), option.arrive_by),
        pickup_service=party.pickup_service,
        dropoff_service=party.dropoff_service,
        max_ride=option.max_ride,
        riders={engine.SEATED: party.load.seats, engine.WHEELCHAIR: party.load.wheelchairs},
        chair_mass=party.chair_mass,
        features=party.features,
        forbidden=days.driven_by(party.not_drivers) | {days.OUT},
        solo=party.solo or book.kept_apart(party.apart),
        prefers=book.duties_of(party.prefers_driver),
    )


def longest_ride(policy: Policy, direct: int) -> int:
    """Seconds a rider may be on board: the policy's limit, but never less than five minutes over the direct ride."""
    return max(policy.promise.max_ride_seconds(direct), direct + 300)


def candidates(book: DayBook, party: Party, wish: Wish, policy: Policy, at: int) -> Iterator[Option]:
    """The promises that would answer the wish moved to the second `at`, before asking whether they fit."""
    base, _ = book.driving(party.pickup_place, party.dropoff_place)
    width = policy.promise.window_minutes * 60
    step = policy.promise.offer_step_minutes * 60
    away = abs(at - wish.seconds)
    if wish.anchor is Anchor.LEAVE_AT:
        window = Window(at, at + width)
        direct = _ride(policy, window.end + party.pickup_service, base)
        longest = longest_ride(policy, direct)
        latest = window.end + party.pickup_service + longest
        yield Option(window, ceil(latest / step) * step, longest, direct, away, 0.0)
        return
    direct = _ride(policy, at - base, base)
    longest = longest_ride(policy, direct)
    for allowance in ALLOWANCES:
        end = at - direct - party.pickup_service - min(allowance, longest - direct)
        start = (end - width) // step * step
        if start >= 0:
            yield Option(Window(start, start + width), at, longest, direct, away, 0.0)


def _times(wish: Wish, span: Window, step: int) -> list[int]:
    """Whole steps from the wish that lie in the span, the closest first."""
    first, last = -((wish.seconds - span.start) // step), (span.end - wish.seconds) // step
    return [wish.seconds + step * steps for steps in sorted(range(first, last + 1), key=abs)]


def _far(wish: Wish, limit: int) -> list[int]:
    times = []
    for away in range(limit + FAR_STEP, FAR_REACH + 1, FAR_STEP):
        times += [wish.seconds - away, wish.seconds + away]
    return times


def _found(
    inserter: engine.Inserter, book: DayBook, party: Party, policy: Policy, hours: Window, times: list[int], wish: Wish
) -> list[Option]:
    found: list[Option] = []
    for at in times:
        for option in candidates(book, party, wish, policy, at):
            if not _within(hours, option.window, option.arrive_by) or option.arrive_by < party.arrive_from:
                continue
            places = inserter.insert(request(book, party, option, "wish"))
            if places:
                found.append(
                    Option(option.window, option.arrive_by, option.max_ride, option.ride, option.away, places[0].cost)
                )
                break
    return found


def _spread(found: list[Option], shown: int) -> tuple[Option, ...]:
    """The closest, then others that are a real choice: windows that do not overlap those already shown."""
    chosen: list[Option] = []
    for option in sorted(found, key=lambda o: (o.away, o.cost)):
        if all(
            abs(option.window.start - other.window.start) >= other.window.end - other.window.start for other in chosen
        ):
            chosen.append(option)
        if len(chosen) == shown:
            break
    return tuple(chosen)


def _within(hours: Window, pickup: Window, arrive_by: int) -> bool:
    return hours.start <= pickup.start and arrive_by <= hours.end


def _whoever_drives(book: DayBook, party: Party) -> engine.Problem:
    """The day with drivers nobody asks about: two vehicles that differ in nothing else are then of one kind."""
    if party.not_drivers:
        return book.problem
    drivers = days.driven_by(shift.driver_id for shift in book.shifts.values())
    duties = tuple(replace(duty, features=duty.features - drivers) for duty in book.problem.duties)
    return replace(book.problem, duties=duties)


def _ride(policy: Policy, depart: int, base: int) -> int:
    """Seconds of driving `base` free-flow seconds at that time of day, in the slowest hour it may touch."""
    factors = policy.travel.hour_factors
    longest = base * max(factors)
    touched = range(max(depart, 0) // 3600, int(max(depart, 0) + longest) // 3600 + 1)
    return ceil(base * max(factors[hour % len(factors)] for hour in touched))
