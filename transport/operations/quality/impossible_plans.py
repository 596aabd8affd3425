"""What cannot be true of promises, runs, shifts and published versions."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations

from transport.operations.quality.snapshot import Snapshot
from transport.routing import engine
from transport.routing.planning import runs
from transport.routing.planning.models import LIVE, DayState, Promise, PromiseState, StopKind

Finding = tuple[str, dict[str, object]]
"""The subject (`promise 12`) and the facts of one fault."""

PATIENCE = timedelta(hours=1)
"""How long a worker may be behind with lapsing before we call it a fault."""


def promises_without_stops(look: Snapshot) -> Iterator[Finding]:
    """Live means: one pickup and, after it in the same run, one drop-off."""
    for promise in look.promises.values():
        if promise.state not in LIVE:
            continue
        found = look.stops_of.get(promise.id or 0, [])
        kinds = [stop.kind for stop in sorted(found, key=lambda stop: stop.seq)]
        if kinds != [StopKind.PICKUP, StopKind.DROPOFF] or len({stop.run_id for stop in found}) != 1:
            yield f"promise {promise.id}", {"day": promise.day, "stops": [kind.value for kind in kinds]}


def stops_without_promise(look: Snapshot) -> Iterator[Finding]:
    """A stop is there for a promise that is live, or was kept."""
    for stop in look.loose_stops:
        yield f"stop {stop.id}", {"promise": None, "run": stop.run_id}
    for promise_id, stops in look.stops_of.items():
        promise = look.promises[promise_id]
        if promise.state not in (*LIVE, PromiseState.KEPT):
            for stop in stops:
                yield f"stop {stop.id}", {"promise": promise_id, "state": promise.state.value}


def held_for_ever(look: Snapshot) -> Iterator[Finding]:
    """A hold lapses after its minutes."""
    for promise in look.promises.values():
        if promise.state is PromiseState.HELD and (
            promise.held_until is None or promise.held_until < look.now - PATIENCE
        ):
            yield f"promise {promise.id}", {"held_until": promise.held_until}


def superseded_and_live(look: Snapshot) -> Iterator[Finding]:
    """Once the client has taken another time, the old promise binds nobody."""
    for promise in look.promises.values():
        if promise.supersedes is None or promise.state not in (PromiseState.FIRM, PromiseState.KEPT):
            continue
        if look.promises[promise.supersedes].state in LIVE:
            yield f"promise {promise.supersedes}", {"superseded_by": promise.id}


def overloaded_runs(look: Snapshot) -> Iterator[Finding]:
    """Seats, wheelchair places and the ramp, added up stop by stop."""
    for run in look.runs.values():
        layout = look.layouts[run.layout_id]
        seats = chairs = 0
        for stop in look.stops.get(run.id or 0, []):
            promise = look.promises.get(stop.promise_id or 0)
            if promise is None:
                continue
            sign = 1 if stop.kind is StopKind.PICKUP else -1
            seats += sign * promise.seats
            chairs += sign * promise.wheelchairs
            heavy = sign > 0 and promise.chair_mass > layout.max_chair_mass
            if seats > layout.seats or chairs > layout.wheelchairs or heavy:
                facts = {"seats": seats, "wheelchairs": chairs, "chair_mass": promise.chair_mass, "layout": layout.id}
                yield f"run {run.id}", {"stop": stop.id, **facts}
                break


def unwanted_company(look: Snapshot) -> Iterator[Finding]:
    """Who must not meet is never on board together, who rides alone is alone, and no driver drives whom he must not."""
    for run in look.runs.values():
        driver = look.shifts[run.shift_id].driver_id
        aboard: dict[int, Promise] = {}
        for stop in look.stops.get(run.id or 0, []):
            promise = look.promises.get(stop.promise_id or 0)
            if promise is None:
                continue
            if stop.kind is StopKind.DROPOFF:
                aboard.pop(promise.id or 0, None)
                continue
            if str(driver) in promise.not_drivers.split():
                yield f"promise {promise.id}", {"driver": driver, "run": run.id}
            for other in aboard.values():
                if promise.solo or other.solo or _never_meet(promise, other):
                    yield f"promise {promise.id}", {"with": other.id, "run": run.id}
            aboard[promise.id or 0] = promise


def _never_meet(promise: Promise, other: Promise) -> bool:
    numbers = {int(number) for number in promise.apart.split()}
    return any(-int(number) in numbers for number in other.apart.split())


def foreign_layouts(look: Snapshot) -> Iterator[Finding]:
    """A run is driven in a layout of its own vehicle."""
    for run in look.runs.values():
        vehicle = look.shifts[run.shift_id].vehicle_id
        if look.layouts[run.layout_id].vehicle_id != vehicle:
            yield f"run {run.id}", {"layout": run.layout_id, "vehicle": vehicle}


def runs_outside_shifts(look: Snapshot) -> Iterator[Finding]:
    """Nobody drives before or after the shift, on another day, or in a shift that was taken out."""
    for run in look.runs.values():
        shift = look.shifts[run.shift_id]
        stops = look.stops.get(run.id or 0, [])
        first = min([run.leaves, *(stop.arrival for stop in stops)])
        last = max([run.returns, *(stop.departure for stop in stops)])
        if shift.dropped_at is not None or run.day != shift.day or first < shift.starts or last > shift.ends:
            yield f"run {run.id}", {"day": run.day, "from": first, "until": last, "shift": shift.id}


def stops_out_of_order(look: Snapshot) -> Iterator[Finding]:
    """Arrive, start, depart, drive on: time runs one way, and stops are counted from 0 without a gap."""
    for run in look.runs.values():
        stops = look.stops.get(run.id or 0, [])
        clock = run.leaves
        for seq, stop in enumerate(stops):
            if stop.seq != seq or not clock <= stop.arrival <= stop.start <= stop.departure <= run.returns:
                yield f"stop {stop.id}", {"run": run.id, "seq": stop.seq, "arrival": stop.arrival}
                break
            clock = stop.departure


def empty_runs(look: Snapshot) -> Iterator[Finding]:
    """A run carries somebody; a vehicle that need not leave stays at home."""
    for run in look.runs.values():
        if all(stop.kind is StopKind.BREAK for stop in look.stops.get(run.id or 0, [])):
            yield f"run {run.id}", {"day": run.day, "shift": run.shift_id}


def vehicles_twice(look: Snapshot) -> Iterator[Finding]:
    """A vehicle is on one shift at a time."""
    yield from _twice(look, "vehicle_id")


def drivers_twice(look: Snapshot) -> Iterator[Finding]:
    """A driver is on one shift at a time."""
    yield from _twice(look, "driver_id")


def _twice(look: Snapshot, who: str) -> Iterator[Finding]:
    together = defaultdict(list)
    for shift in look.on_duty:
        together[shift.day, getattr(shift, who)].append(shift)
    for (day, _), shifts in together.items():
        for one, other in combinations(sorted(shifts, key=lambda shift: shift.starts), 2):
            if other.starts < one.ends:
                yield f"shift {other.id}", {"day": day, "other": one.id}


def broken_plans(look: Snapshot) -> Iterator[Finding]:
    """The judge looks at every day to come, with the travel times the day is pinned to."""
    for day in look.days_to_come:
        book = look.book(day)
        if isinstance(book, str):
            yield f"service_day {day}", {"unreadable": book}
            continue
        for violation in engine.judge(book.problem, book.plan):
            yield f"service_day {day}", {"rule": violation.code, "about": violation.subject, **violation.facts}


def wrong_metres(look: Snapshot) -> Iterator[Finding]:
    """The length written at a run is what its legs add up to."""
    for day in look.days_to_come:
        book = look.book(day)
        if isinstance(book, str):
            continue
        for planned in book.plan.runs:
            run = book.runs[int(planned.duty)]
            metres = runs.metres(book.problem, planned)
            if run.metres != metres:
                yield f"run {run.id}", {"day": day, "written": run.metres, "driven": metres}


def gaps_in_versions(look: Snapshot) -> Iterator[Finding]:
    """Published versions count 1, 2, 3 … to the number that stands at the day."""
    for day, row in look.days.items():
        versions = [plan.version for plan in look.plans.get(day, [])]
        if versions != list(range(1, row.published + 1)):
            yield f"service_day {day}", {"published": row.published, "versions": versions}


def stale_versions(look: Snapshot) -> Iterator[Finding]:
    """The newest published version shows what is booked; its times too, unless somebody is just deciding."""
    for day, versions in look.plans.items():
        if look.days[day].state is not DayState.OPEN:
            continue
        live: dict[tuple[int, int | None, StopKind], tuple[int, int]] = {}
        deciding = False
        for run in look.runs.values():
            if run.day != day:
                continue
            for stop in look.stops.get(run.id or 0, []):
                promise = look.promises.get(stop.promise_id or 0)
                if promise is not None and promise.state is PromiseState.HELD:
                    deciding = True
                elif promise is not None:
                    live[run.shift_id, stop.promise_id, stop.kind] = (stop.place_id, stop.start)
        shown = {
            (stop.shift_id, stop.promise_id, stop.kind): (stop.place_id, stop.start)
            for stop in look.published_stops(versions[-1])
            if stop.promise_id is not None
        }
        differs = live.keys() ^ shown.keys() if deciding else live.items() ^ shown.items()
        if differs:
            yield f"service_day {day}", {"version": versions[-1].version, "stops": len(differs)}
