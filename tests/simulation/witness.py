"""Who looks at the day while it is played and says afterwards what was true: nothing impossible, nobody left out."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median, quantiles
from typing import Any

from sqlmodel import col, select

from tests.simulation.desk import Desk
from tests.simulation.street import ENDS, Street
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.db import reading
from transport.kernel.events import Event
from transport.operations.dispatch import watching
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import stranded
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.messages.models import Message, MessageState
from transport.operations.quality import invariants
from transport.routing.planning import estimates
from transport.routing.planning.estimates import Door
from transport.routing.planning.models import Promise, PromiseKind, Stop, StopKind, Visit, VisitAction

ACTIONS = {
    VisitAction.ARRIVED: ReportKind.ARRIVED,
    VisitAction.DONE: ReportKind.DONE,
    VisitAction.ABSENT: ReportKind.ABSENT,
}
LOOKS = 900
TOLERANCE = 2.0
"""Seconds by which a time may be wrong: batches are written one after the other."""
ALARMING = "client.stranded"
"""No vehicle is left that could take somebody home: then the alarm must stand, which is looked at by itself."""
ALARMS = ("client_stranded", "stranding_near", "return_at_risk")
COUNTED = (
    *("people", "reports", "aside", "breakdowns", "rescued", "asked_afterwards", "messages", "messages_doubled"),
    *("late", "late_told", "late_told_in_time", "false_alarms"),
    *("arrivals_late", "arrivals_late_told", "arrivals_late_told_in_time", "false_alarms_of_arrivals"),
)
HORIZONS = (10, 20, 40, 80)
"""Minutes ahead; an expectation belongs to the first it is within."""


@dataclass
class Witness:
    """What was seen; `faults` must stay empty."""

    street: Street
    desk: Desk
    faults: list[str] = field(default_factory=list)
    expected: list[tuple[int, float, float, float]] = field(default_factory=list)
    """Promise, when it was said, what was expected, what had been planned; in seconds of the day."""
    unsure: set[int] = field(default_factory=set)
    """Ways home without an alarm that could not be relied on at the last look."""
    alerts: dict[Door, float] = field(default_factory=dict)
    """When the desk was first told that a stop may be late, or will be."""

    def watch(self) -> Iterator[float]:
        """Look every quarter of an hour, and say when the first word of each delay came."""
        while self.street.second < ENDS:
            yield self.street.second + LOOKS
            with reading(self.street.services.database) as session:
                found = invariants.faults(session, world=self.street.services.world, now=self.street.now)
                impossible = [fault for fault in found if fault.code != ALARMING]
                self.faults += [f"{fault.code} {fault.subject} {fault.facts}" for fault in impossible]
                self._expectations(session)
                self._homes(session)
            if self.faults:
                return

    def alarm(self) -> Iterator[float]:
        """What the desk is warned of, looked at every three minutes as a page does."""
        while self.street.second < ENDS:
            yield self.street.second + 180
            with reading(self.street.services.database) as session:
                self._late(session)

    def figures(self) -> dict[str, Any]:
        """The day in figures; what must not be stands in `faults`."""
        street = self.street
        with reading(street.services.database) as session:
            reports = list(session.exec(select(DriverReport)))
            visits = list(session.exec(select(Visit)))
            left_house = col(Message.state).in_((MessageState.SENT, MessageState.DELIVERED))
            messages = list(session.exec(select(Message).where(left_house)))
            rides = {each.promise_id: each.id or 0 for each in session.exec(select(Ride))}
            clients = {each.id: each.client_id for each in session.exec(select(Ride))}
            promises = {each.id: each for each in session.exec(select(Promise))}
            alarms = [each for each in session.exec(select(Event)) if each.kind in ALARMS]
        made = {kept.key for car in street.cars.values() for kept in self._made(car)}
        stored = [report.key for report in reports]
        lost, doubled = made - set(stored), len(stored) - len(set(stored))
        self.faults += [f"report lost: {key}" for key in sorted(lost)] + ["report doubled"] * doubled
        self.faults += self._wrong_times(visits, rides)
        left = [p.name for p in street.people.values() if p.out_since is not None and p.home_at is None]
        self.faults += [f"not at home: {name}" for name in left]
        said = [(each.ride_id, each.kind.value, each.to, each.text) for each in messages if each.ride_id]
        self.faults += [f"said twice: {words}" for words, times in Counter(said).items() if times > 1]
        rescued = [person for person in street.people.values() if person.rescued]
        warned = {clients.get(int(each.subject_id)) for each in alarms}
        self.faults += [f"rescued without an alarm: {p.name}" for p in rescued if p.client_id not in warned]
        return {
            "people": len(street.people),
            "reports": len(made),
            "aside": sum(report.outcome is Outcome.ASIDE for report in reports),
            "breakdowns": len(self.desk.repairs),
            "repairs": self.desk.repairs,
            "asked_afterwards": self.desk.asked_afterwards,
            "rescued": len(rescued),
            "alarms": Counter(each.kind for each in alarms),
            "alarm_minutes": [
                minutes for each in alarms if (minutes := json.loads(each.facts).get("minutes")) is not None
            ],
            "messages": len(messages),
            "messages_doubled": len(said) - len(set(said)),
            **self._lateness(StopKind.PICKUP, ("late", "false_alarms"), promises),
            **self._lateness(StopKind.DROPOFF, ("arrivals_late", "false_alarms_of_arrivals"), promises),
            "errors": self._errors(),
            "refusals": sorted(set(self.desk.refusals)),
            "faults": self.faults,
        }

    def _made(self, car):
        return [*car.device.made, *(car.assistant.made if car.assistant else ())]

    def _wrong_times(self, visits: list[Visit], rides: dict[int, int]) -> list[str]:
        """What was written down is what was true, whatever the clock of the device said."""
        found = []
        for visit in (each for each in visits if each.promise_id in rides):
            truly = self.street.truth.get((rides[visit.promise_id], visit.kind, ACTIONS[visit.action]))
            if truly and min(abs((visit.occurred_at - each).total_seconds()) for each in truly) > TOLERANCE:
                found.append(f"wrong time: {visit.promise_id} {visit.kind} {visit.action} {visit.occurred_at} {truly}")
        return found

    def _expectations(self, session) -> None:
        """What is said of each pickup still to come, every quarter of an hour."""
        planned = select(Stop).where(Stop.kind == StopKind.PICKUP, Stop.start > self.street.second - 3600)
        for stop in session.exec(planned).all():
            promise = stop.promise_id or 0
            if promise in self.street.arrivals:
                continue
            said = estimates.latest(session, promise, StopKind.PICKUP)
            expected = stop.start if said is None else (said.expected_at - at(self.street.day, 0)).total_seconds()
            self.expected.append((promise, self.street.second, expected, stop.start))

    def _homes(self, session) -> None:
        """Everybody who is out has a way home that can be relied on, or an alarm stands since the last look."""
        ways = stranded.guaranteed(session, self.street.day, world=self.street.services.world, now=self.street.now)
        danger = {way.back for way in ways if way.out and not way.sure and not way.said}
        told = select(Event.subject_id).where(Event.subject_type == "ride", col(Event.kind).in_(ALARMS))
        silent = danger - {int(each) for each in session.exec(told)}
        self.faults += [f"in danger without an alarm: ride {back}" for back in sorted(silent & self.unsure)]
        self.unsure = silent

    def _late(self, session) -> None:
        day = self.street.day
        live = watching.rides_of(session, day)
        promise_of = {ride.ride_id: ride.promise_id for ride in live}
        for matter in watching.matters(session, day, live, now=self.street.now):
            if matter.kind in (MatterKind.LATE, MatterKind.LATE_SOON) and matter.subject in promise_of:
                door = promise_of[matter.subject], StopKind(matter.key.rpartition(":")[2])
                self.alerts.setdefault(door, self.street.second)

    def truly(self) -> dict[Door, float]:
        """When a vehicle was really at a stop, in seconds of the day."""
        doors = {(promise, StopKind.PICKUP): instant for promise, instant in self.street.arrivals.items()}
        with reading(self.street.services.database) as session:
            promises = dict(session.exec(select(Ride.id, Ride.promise_id)).all())
        for (ride, kind, what), instants in self.street.truth.items():
            if (kind, what) == (StopKind.DROPOFF, ReportKind.ARRIVED):
                doors[promises[ride], kind] = instants[0]
        return {door: (instant - at(self.street.day, 0)).total_seconds() for door, instant in doors.items()}

    def _lateness(self, kind: StopKind, names: tuple[str, str], promises: dict[int | None, Promise]) -> dict[str, int]:
        """How many stops of a kind were more than a minute late, told of, told of in time; told of for nothing."""
        limits = {number: limit_of(each, kind) for number, each in promises.items() if each.kind is PromiseKind.FIXED}
        begun = {door: second for door, second in self.truly().items() if door[1] is kind}
        late = {door for door, second in begun.items() if door[0] in limits and second > limits[door[0]] + 60}
        told = late & self.alerts.keys()
        return {
            names[0]: len(late),
            f"{names[0]}_told": len(told),
            f"{names[0]}_told_in_time": sum(self.alerts[door] <= limits[door[0]] - 600 for door in told),
            names[1]: sum(door in begun and door not in late for door in self.alerts),
        }

    def _errors(self) -> dict[str, list[list[float]]]:
        """By horizon the pairs of error of what was expected and of what had been planned, in seconds."""
        found: dict[str, list[list[float]]] = {str(each): [] for each in HORIZONS}
        for promise, said, expected, planned in self.expected:
            arrived: datetime | None = self.street.arrivals.get(promise)
            if arrived is None:
                continue
            truly = (arrived - at(self.street.day, 0)).total_seconds()
            ahead = (truly - said) / 60
            horizon = next((each for each in HORIZONS if ahead <= each), None)
            if horizon is not None and ahead > 0:
                found[str(horizon)].append([truly - expected, truly - planned])
        return found


def limit_of(promise: Promise, kind: StopKind) -> int:
    """The second of the day by which we promised to be at a stop."""
    return promise.window_end if kind is StopKind.PICKUP else promise.arrive_by


def summed(days: list[dict[str, Any]]) -> dict[str, Any]:
    """Many days in one table."""
    whole: dict[str, Any] = {"days": len(days)}
    for name in COUNTED:
        whole[name] = sum(day[name] for day in days)
    whole["faults"] = [fault for day in days for fault in day["faults"]]
    whole["left_out_by_repairs"] = sum(max(left, 0) for day in days for _, left in day["repairs"])
    whole["repairs_without_plan"] = sum(left < 0 for day in days for _, left in day["repairs"])
    whole["alarms"] = dict(sum((Counter(day["alarms"]) for day in days), Counter()))
    minutes = [each for day in days for each in day["alarm_minutes"]]
    whole["alarm_minutes_ahead"] = {"n": len(minutes), "median": median(minutes) if minutes else None}
    whole["arrival_error_seconds"] = {}
    for horizon in map(str, HORIZONS):
        pairs = [pair for day in days for pair in day["errors"][horizon]]
        if len(pairs) < 10:
            continue
        whole["arrival_error_seconds"][f"up to {horizon} min ahead"] = {
            "n": len(pairs),
            "expected": _spread([pair[0] for pair in pairs]),
            "planned": _spread([pair[1] for pair in pairs]),
        }
    return whole


def _spread(errors: list[float]) -> dict[str, int]:
    sizes = [abs(error) for error in errors]
    return {
        "median": round(median(sizes)),
        "p90": round(quantiles(sizes, n=10)[-1]),
        "bias": round(sum(errors) / len(errors)),
    }


def written(figures: dict[str, Any]) -> str:
    """As a line of a file."""
    return json.dumps(figures, ensure_ascii=False, sort_keys=True)
