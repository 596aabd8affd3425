"""What a dispatcher sees of a plan that is thought of: what it assumes, what it changes for whom, and for how much."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from transport.booking.rides import queries
from transport.booking.rides.models import Ride
from transport.booking.rides.queries import RideView
from transport.routing.engine import StopKind
from transport.routing.fleet import fleet
from transport.routing.fleet.models import Driver, Shift, Vehicle
from transport.routing.geo.models import Place
from transport.routing.planning import applying, comparing, proposals, thinking, whatif
from transport.routing.planning import day as days
from transport.routing.planning.applying import Collision
from transport.routing.planning.comparing import Lane, Moved
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, Proposal, ProposalState
from transport.routing.planning.thinking import Harm, Terms
from transport.routing.planning.whatif import DrivenOn, Gone, Mishap, OneMore, OtherDriver

__all__ = ["Harm", "Proposal", "ProposalState"]

SOON = 6
"""So many doors ahead of a vehicle are asked about."""


@dataclass(frozen=True, slots=True)
class Assumed:
    """One assumption with what it names; `kind` is the word of the vocabulary, `view` whose door it is about."""

    kind: str
    what: whatif.Assumption
    vehicle: Vehicle | None = None
    driver: Driver | None = None
    place: Place | None = None
    view: RideView | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A promise with other terms and the ride it belongs to; `place` is where somebody is fetched from."""

    terms: Terms
    view: RideView
    place: Place


@dataclass(frozen=True, slots=True)
class Shifted:
    """A ride that gets another vehicle or planned time, with the codes of the vehicles."""

    moved: Moved
    view: RideView
    was: str
    now: str

    @property
    def later(self) -> int | None:
        """By how many seconds the planned pickup moves."""
        return None if self.moved.was is None or self.moved.now is None else self.moved.now - self.moved.was


@dataclass(frozen=True, slots=True)
class Trial:
    """A proposal as its page shows it; figures are those of the engine, empty while nothing is found."""

    proposal: Proposal
    assumed: tuple[Assumed, ...]
    before: dict[str, Any]
    after: dict[str, Any]
    changed: tuple[Changed, ...]
    shifted: tuple[Shifted, ...]
    lanes: tuple[tuple[str, Lane, Lane], ...]
    collisions: tuple[tuple[Collision, RideView | None, str], ...]
    drivers: tuple[tuple[Vehicle, Driver], ...] = ()
    """Who drives otherwise than planned, and has to hear of it."""

    @property
    def least(self) -> bool:
        """Whether everything stays that need not change."""
        return any(isinstance(each.what, whatif.LeastChange) for each in self.assumed)

    @property
    def out(self) -> Assumed | None:
        """The vehicle that carries nobody any more, if that is assumed."""
        return next((each for each in self.assumed if isinstance(each.what, Gone)), None)

    @property
    def mishap(self) -> Assumed | None:
        """What has happened, if anything has."""
        return next((each for each in self.assumed if isinstance(each.what, Mishap)), None)

    @property
    def harm(self) -> tuple[int, int, int, int]:
        """How many are left out, how many promises change, how many ride by taxi, and how much more our own driving
        costs: least harm first. Whom a taxi carries in time has the promise kept.
        """
        left_out = sum(each.terms.harm is Harm.LEFT_OUT for each in self.changed)
        by_taxi = [each for each in self.changed if each.terms.harm is Harm.TAXI]
        kept = sum(not each.terms.later for each in by_taxi)
        cost = self.after.get("cost", 0.0) - self.before.get("cost", 0.0)
        return left_out, len(self.changed) - kept, len(by_taxi), round(cost)

    @property
    def taxi_price(self) -> int:
        """What the taxis of the plan cost about, in haléře."""
        return sum(each.terms.price for each in self.changed)

    @property
    def hypothetical(self) -> bool:
        """Whether one more vehicle is only thought of."""
        return any(isinstance(each.what, OneMore) and each.vehicle is None for each in self.assumed)


_Compared = tuple[
    tuple[Shifted, ...], Mapping[str, tuple[Lane, Lane]], tuple[tuple[Collision, RideView | None, str], ...]
]


def of(session: Session, proposal: Proposal, *, world: World, now: datetime) -> Trial:
    """All there is to see of a proposal. What it changes is compared with the plan as it is now."""
    crews = _crews(session, proposal.day)
    assumed = tuple(_assumed(session, each, crews) for each in whatif.read(proposal.assumptions))
    more = next((each.vehicle.code for each in assumed if isinstance(each.what, OneMore) and each.vehicle), whatif.MORE)
    codes = {**{str(key): vehicle.code for key, (vehicle, _) in crews.items()}, whatif.MORE: more}
    terms = thinking.read(proposal.changes)
    views = _views(session, [each.promise for each in terms])
    places = {
        place.id: place
        for place in session.exec(select(Place).where(col(Place.id).in_({each.pickup_place for each in terms})))
    }
    changed = tuple(
        Changed(each, views[each.promise], places[each.pickup_place]) for each in terms if each.promise in views
    )
    empty: _Compared = ((), {}, ())
    ready = proposal.state is ProposalState.READY
    shifted, changing, collisions = _compared(session, proposal, codes, world=world, now=now) if ready else empty
    lanes = tuple(sorted((codes.get(duty, duty), *both) for duty, both in changing.items()))
    before, after = (json.loads(text or "{}") for text in (proposal.before, proposal.after))
    drivers = tuple(crew for shift, crew in crews.items() if str(shift) in changing)
    return Trial(proposal, assumed, before, after, changed, shifted, lanes, collisions, drivers)


def beside(session: Session, proposal: Proposal) -> list[Proposal]:
    """The plans asked for at once with this one, itself included: other answers to the same question."""
    same = select(Proposal).where(
        Proposal.day == proposal.day,
        Proposal.asked_at == proposal.asked_at,
        Proposal.asked_by == proposal.asked_by,
        col(Proposal.state) != ProposalState.DISCARDED,
    )
    return list(session.exec(same.order_by(col(Proposal.id))))


def crews(session: Session, day: date) -> list[tuple[Shift, Vehicle, Driver]]:
    """Who is on duty on a day, by the codes of the vehicles."""
    found = _crews(session, day)
    shifts = {shift.id: shift for shift in fleet.on_duty(session, day)}
    rows = [(shifts[key], vehicle, driver) for key, (vehicle, driver) in found.items() if key in shifts]
    return sorted(rows, key=lambda row: (row[1].code, row[0].starts))


def on_board(session: Session, shift: Shift, second: int, *, world: World, now: datetime) -> list[RideView]:
    """Whose people are in the vehicle of a shift at a second of the day, as reported or else as planned."""
    book = days.load(session, shift.day, world=world, now=now)
    found = whatif.on_board(book, shift.id or 0, second, proposals.reported(session, book))
    return list(_views(session, found).values())


def ahead(session: Session, shift: Shift, *, world: World, now: datetime) -> list[RideView]:
    """Who is to be fetched by a shift and has not been, the next one first."""
    book = days.load(session, shift.day, world=world, now=now)
    done = {name for name, _ in proposals.reported(session, book)}
    stops = [stop for run in book.plan.runs if run.duty == str(shift.id) for stop in run.stops]
    names = [int(s.request) for s in stops if s.request and s.request not in done and s.kind is StopKind.PICKUP]
    views = _views(session, names)
    return [views[name] for name in names if name in views][:SOON]


def places(session: Session, place_ids: list[int]) -> list[Place]:
    """These places, in this order."""
    return [session.get_one(Place, each) for each in place_ids]


def _compared(session: Session, proposal: Proposal, codes: dict[str, str], *, world: World, now: datetime) -> _Compared:
    """Rides that move, by duty what changes, and what stands in the way."""
    assumptions = whatif.read(proposal.assumptions)
    also = applying.places_of(proposal)
    case = proposals.look(session, proposal.day, assumptions, world=world, now=now, also=also)
    found = comparing.difference(
        (case.book.problem, case.book.plan), (case.rest.whole, applying.plan_of(case.book, proposal))
    )
    clashes = applying.collisions(session, proposal, world=world, now=now)
    rides = [int(each.ride) for each in found.moved]
    views = _views(session, [*rides, *(each.subject for each in clashes if each.why != "set_out")])
    other_terms = {str(each.promise) for each in thinking.read(proposal.changes)}
    shifted = tuple(
        Shifted(each, views[int(each.ride)], codes.get(each.was_duty or "", ""), codes.get(each.now_duty or "", ""))
        for each in found.moved
        if int(each.ride) in views and each.ride not in other_terms
    )
    rows = tuple(
        (each, None, codes.get(str(each.subject), "")) if each.why == "set_out" else (each, views.get(each.subject), "")
        for each in clashes
    )
    return shifted, found.lanes, rows


def _crews(session: Session, day: date) -> dict[int, tuple[Vehicle, Driver]]:
    found = session.exec(
        select(Shift.id, Vehicle, Driver)
        .join(Vehicle, col(Vehicle.id) == Shift.vehicle_id)
        .join(Driver, col(Driver.id) == Shift.driver_id)
        .where(Shift.day == day)
    )
    return {key or 0: (vehicle, driver) for key, vehicle, driver in found}


def _assumed(session: Session, each: whatif.Assumption, crews: dict[int, tuple[Vehicle, Driver]]) -> Assumed:
    kind = next(word for word, one in whatif.KINDS.items() if isinstance(each, one))
    if isinstance(each, OneMore):
        vehicle = None if each.vehicle is None else session.get(Vehicle, each.vehicle)
        driver = None if each.driver is None else session.get(Driver, each.driver)
        return Assumed(kind, each, vehicle, driver)
    vehicle, driver = crews.get(getattr(each, "shift", 0), (None, None))
    if isinstance(each, OtherDriver):
        driver = session.get(Driver, each.driver)
    place = session.get(Place, each.place) if isinstance(each, Gone) else None
    view = _views(session, [each.promise]).get(each.promise) if isinstance(each, DrivenOn) else None
    return Assumed(kind, each, vehicle, driver, place, view)


def _views(session: Session, promises: list[int]) -> dict[int, RideView]:
    """Rides by the promise they have, or had before it was replaced."""
    heirs = {promise: promise for promise in promises}
    later = (
        select(Promise.id, Promise.supersedes).where(col(Promise.supersedes).in_(promises)).order_by(col(Promise.id))
    )
    for new, old in session.exec(later):
        heirs[old or 0] = new or 0
    wanted = {*heirs.keys(), *heirs.values()}
    rides = list(session.exec(select(Ride).where(col(Ride.promise_id).in_(wanted))))
    by_promise = {view.ride.promise_id: view for view in queries.views(session, rides)}
    found = {}
    for promise in promises:
        view = by_promise.get(promise) or by_promise.get(heirs[promise])
        if view is not None:
            found[promise] = view
    return found
