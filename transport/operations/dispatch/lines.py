"""The rides of a day, each in one line: what the dispatcher's list and board print, read in few queries.

A day of a big city has more than a thousand rides and is looked at every second; so only what is printed is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from transport.booking.clients.models import Client, Needs
from transport.booking.clients.needs import Mobility
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import Companion, Offer, OfferOutcome, Ride
from transport.routing.fleet.models import Shift, Vehicle
from transport.routing.geo.models import Place
from transport.routing.planning import estimates
from transport.routing.planning.models import Promise, PromiseState, Run, Stop, StopKind, Visit, VisitAction

TIGHT = 5 * 60
"""With less time than this to spare a promise is marked."""

BY_TAXI = "TAXI"
"""What stands for the vehicle of a ride that a taxi drives for us: a sign that is the same in every language."""


@dataclass(frozen=True, slots=True)
class Help:
    """What the vehicle and the driver must provide for, as far as one line says it."""

    mobility: Mobility
    chair_mass_kg: int | None
    stairs: bool
    blind: bool
    deaf: bool
    guide_dog: bool


@dataclass(frozen=True, slots=True)
class Concern:
    """A warning: what it is, the expected or planned second of the day, and the one that was promised."""

    kind: str
    second: int
    limit: int


@dataclass(frozen=True, slots=True)
class Line:
    """One ride. `word` is the derived word of the glossary; without a place in the plan the planned times are None."""

    ride_id: int
    promise_id: int
    code: str
    version: int
    status: Status
    word: str
    confirm_by: datetime
    client_code: str
    first_name: str
    last_name: str
    origin: str
    destination: str
    window_start: int
    window_end: int
    arrive_by: int
    at_risk: bool
    pinned: bool
    seats: int
    wheelchairs: int
    help: Help
    companions: int
    offered: bool
    vehicle: str
    pickup: int | None
    dropoff: int | None
    concerns: tuple[Concern, ...]

    @property
    def client(self) -> str:
        """First and last name, as people write it."""
        return f"{self.first_name} {self.last_name}"

    @property
    def endangered(self) -> bool:
        """The promise cannot be kept as things stand."""
        return any(not concern.kind.startswith("tight") for concern in self.concerns)


@dataclass(frozen=True, slots=True)
class Halt:
    """A stop of the live plan, with the shift that drives it."""

    shift_id: int
    kind: StopKind
    promise_id: int | None
    start: int
    departure: int


@dataclass(frozen=True, slots=True)
class Lines:
    """All rides of a day by promised time, and the stops of its plan in the order of each run."""

    lines: tuple[Line, ...]
    halts: tuple[Halt, ...]

    @property
    def by_promise(self) -> dict[int, Line]:
        """The lines by what was promised."""
        return {line.promise_id: line for line in self.lines}


def of_day(session: Session, day: date) -> Lines:
    """Everything that is printed of the rides of a day."""
    halts = _halts(session, day)
    planned = {(halt.promise_id, halt.kind): halt for halt in halts}
    mine = select(col(Ride.promise_id)).where(col(Ride.day) == day)
    reported = _reported(session, mine)
    expected = estimates.latest_of_day(session, day)
    on_the_way = _on_the_way(halts, reported)
    vehicles = _vehicles(session, day)
    companions = dict(_rows(session, _along(day)))
    offered = {ride_id for (ride_id,) in _rows(session, _offers(day))}
    found = []
    for row in _rows(session, _rides(day)):
        said = row._mapping  # noqa: SLF001 - how SQLAlchemy names the columns of a row
        promise_id = said["promise_id"]
        pickup, dropoff = planned.get((promise_id, StopKind.PICKUP)), planned.get((promise_id, StopKind.DROPOFF))
        plan = (pickup.start if pickup else None, dropoff.start if dropoff else None)
        due = tuple(expected.get((promise_id, kind)) for kind in (StopKind.PICKUP, StopKind.DROPOFF))
        found.append(
            Line(
                ride_id=said["ride_id"],
                promise_id=promise_id,
                code=said["code"],
                version=said["version"],
                status=said["status"],
                word=_word(said, reported, on_the_way),
                confirm_by=said["confirm_by"],
                client_code=said["client_code"],
                first_name=said["first_name"],
                last_name=said["last_name"],
                origin=said["origin"],
                destination=said["destination"],
                window_start=said["window_start"],
                window_end=said["window_end"],
                arrive_by=said["arrive_by"],
                at_risk=said["at_risk"],
                pinned=said["pinned"],
                seats=said["seats"],
                wheelchairs=said["wheelchairs"],
                help=Help(*(said[name] for name in Help.__slots__)),
                companions=companions.get(said["ride_id"], 0),
                offered=said["ride_id"] in offered,
                vehicle=vehicles.get(pickup.shift_id, "") if pickup else BY_TAXI * said["by_taxi"],
                pickup=plan[0],
                dropoff=plan[1],
                concerns=_concerns(said, plan, due),
            )
        )
    found.sort(key=lambda line: (line.window_start, line.ride_id))
    return Lines(tuple(found), tuple(halts))


def _rides(day: date) -> Any:  # noqa: ANN401 - a statement of many columns
    origin, destination = aliased(Place), aliased(Place)
    columns: list[Any] = [
        col(Ride.id).label("ride_id"),
        *(col(each) for each in (Ride.promise_id, Ride.code, Ride.version, Ride.status, Ride.ended_by)),
        col(Ride.confirm_by),
        col(Client.code).label("client_code"),
        *(col(each) for each in (Client.first_name, Client.last_name)),
        col(origin.name).label("origin"),
        col(destination.name).label("destination"),
        *(col(each) for each in (Promise.window_start, Promise.window_end, Promise.arrive_by, Promise.at_risk)),
        *(col(each) for each in (Promise.seats, Promise.wheelchairs, Promise.pinned)),
        (col(Promise.state) == PromiseState.HANDED_ON).label("by_taxi"),
        *(getattr(Needs, name) for name in Help.__slots__),
    ]
    return (
        select(*columns)
        .join(Client, col(Client.id) == Ride.client_id)
        .join(Promise, col(Promise.id) == Ride.promise_id)
        .join(Needs, col(Needs.id) == Ride.needs_id)
        .join(origin, col(origin.id) == Ride.origin_place_id)
        .join(destination, col(destination.id) == Ride.destination_place_id)
        .where(col(Ride.day) == day)
    )


def _along(day: date) -> Any:  # noqa: ANN401
    return (
        select(col(Companion.ride_id), func.count())
        .join(Ride, col(Ride.id) == Companion.ride_id)
        .where(col(Ride.day) == day)
        .group_by(col(Companion.ride_id))
    )


def _offers(day: date) -> Any:  # noqa: ANN401
    of_day = select(col(Offer.ride_id)).join(Ride, col(Ride.id) == Offer.ride_id).where(col(Ride.day) == day)
    return of_day.where(col(Offer.outcome) == OfferOutcome.PENDING)


def _halts(session: Session, day: date) -> list[Halt]:
    statement = (
        select(col(Run.shift_id), *(col(each) for each in (Stop.kind, Stop.promise_id, Stop.start, Stop.departure)))
        .join(Run, col(Run.id) == Stop.run_id)
        .where(col(Run.day) == day)
        .order_by(col(Run.shift_id), col(Stop.seq))
    )
    return [Halt(*row) for row in _rows(session, statement)]


def _reported(session: Session, promises: Any) -> set[tuple[int, StopKind, VisitAction]]:  # noqa: ANN401
    columns = (col(each) for each in (Visit.promise_id, Visit.kind, Visit.action))
    return {tuple(row) for row in _rows(session, select(*columns).where(col(Visit.promise_id).in_(promises)))}


def _vehicles(session: Session, day: date) -> dict[int, str]:
    on_duty = select(col(Shift.id), col(Vehicle.code)).join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
    return dict(_rows(session, on_duty.where(col(Shift.day) == day)))


def _on_the_way(halts: list[Halt], reported: set[tuple[int, StopKind, VisitAction]]) -> set[int]:
    """Promises to whose pickup the driver is driving: the stop before it is done."""
    found = set()
    before: Halt | None = None
    for halt in halts:
        follows = before is not None and before.shift_id == halt.shift_id and before.promise_id is not None
        if halt.kind is StopKind.PICKUP and halt.promise_id and follows and before is not None:
            over = {(before.promise_id, before.kind, action) for action in (VisitAction.DONE, VisitAction.ABSENT)}
            if over & reported:
                found.add(halt.promise_id)
        if halt.kind is not StopKind.BREAK:
            before = halt
    return found


def _word(said: Mapping[Any, Any], reported: set[tuple[int, StopKind, VisitAction]], on_the_way: set[int]) -> str:
    """The word people read (docs/glossary.md, words on the page)."""
    status, promise_id = said["status"], said["promise_id"]
    if status is Status.CANCELLED:
        return "cancelled_service" if said["ended_by"] == "service" else "cancelled_client"
    if status is Status.CONFIRMED and (promise_id, StopKind.PICKUP, VisitAction.ARRIVED) in reported:
        return "arrived"
    if status is Status.CONFIRMED and promise_id in on_the_way:
        return "en_route"
    words = {Status.REQUESTED: "promised", Status.COMPLETED: "done"}
    return words.get(status, str(status.value))


def _concerns(
    said: Mapping[Any, Any], plan: tuple[int | None, int | None], due: tuple[int | None, ...]
) -> tuple[Concern, ...]:
    """What endangers the promise, with both numbers; nothing of a ride that is over."""
    if said["status"] not in LIVE:
        return ()
    found = []
    ends = [("arrival", plan[1], due[1], said["arrive_by"])]
    if said["status"] is not Status.ON_BOARD:
        ends.insert(0, ("pickup", plan[0], due[0], said["window_end"]))
    for name, planned, expected, limit in ends:
        second = planned if expected is None else expected
        if second is not None and second > limit:
            found.append(Concern(f"late_{name}", second, limit))
        elif second is not None and limit - second < TIGHT:
            found.append(Concern(f"tight_{name}", second, limit))
    if said["at_risk"]:
        found.insert(0, Concern("at_risk", 0, 0))
    return tuple(found)


def _rows(session: Session, statement: Any) -> list[Any]:  # noqa: ANN401 - rows of any columns
    return list(session.connection().execute(statement).all())
