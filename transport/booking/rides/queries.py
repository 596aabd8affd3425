"""What screens want to see of orders and rides. Doors decide who may ask; `visible` is the one answer to whose."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Client, ClientPlace, Needs, Power
from transport.booking.rides.lifecycle import LIVE, Status
from transport.booking.rides.models import (
    Companion,
    Denial,
    KindOfPlace,
    Leg,
    Offer,
    OfferOutcome,
    Ride,
    WaitingState,
    WaitingWish,
    Wish,
)
from transport.kernel.actor import STAFF, Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import NotFound, ServiceError
from transport.routing.geo.models import Place
from transport.routing.planning.models import Promise, Run, Stop, StopKind, Visit, VisitAction

T = TypeVar("T", bound=SQLModel)


@dataclass(frozen=True, slots=True)
class RideView:
    """One ride with everything a page prints about it. `word` is the derived word of the glossary."""

    ride: Ride
    client: Client
    origin: Place
    destination: Place
    promise: Promise
    wish: Wish | None
    needs: Needs
    companions: int
    pending: Offer | None
    shift_id: int | None
    pickup_planned: int | None
    dropoff_planned: int | None
    visits: tuple[Visit, ...]
    word: str

    @property
    def pickup_at(self) -> datetime:
        """The beginning of the promised window."""
        return at(self.ride.day, self.promise.window_start)


def visible(session: Session, code: str, by: Actor, *, now: datetime) -> RideView:
    """The ride with this number, if this person may see it; otherwise there is no such ride (NotFound)."""
    ride = session.exec(select(Ride).where(Ride.code == "".join(code.split()))).first()
    if ride is None:
        raise NotFound("ride")
    if by.role not in STAFF and ride.client_id not in {
        p.client.id for p in mandates.people(session, by, on=local_day(now))
    }:
        raise NotFound("ride")
    return views(session, [ride])[0]


def of_client(session: Session, client_id: int, *, now: datetime) -> tuple[list[RideView], list[RideView]]:
    """Rides still to come (soonest first) and those that are over (latest first, at most 50)."""
    today = local_day(now)
    mine = select(Ride).where(Ride.client_id == client_id)
    coming = mine.where(Ride.day >= today, col(Ride.status).in_(LIVE))
    over = mine.where((col(Ride.day) < today) | col(Ride.status).not_in(LIVE)).order_by(
        col(Ride.day).desc(), col(Ride.id).desc()
    )
    found = views(session, list(session.exec(coming)))
    return sorted(found, key=lambda view: view.pickup_at), views(session, list(session.exec(over.limit(50))))


def waiting(session: Session) -> list[RideView]:
    """Rides that wait for the dispatcher's yes, the most urgent first."""
    found = session.exec(
        select(Ride).where(Ride.status == Status.REQUESTED).order_by(col(Ride.confirm_by), col(Ride.id))
    )
    return views(session, list(found))


def on_day(session: Session, day: date) -> list[RideView]:
    """All rides of a day by promised time, whatever became of them."""
    found = views(session, list(session.exec(select(Ride).where(Ride.day == day))))
    return sorted(found, key=lambda view: (view.promise.window_start, view.ride.id or 0))


def of_clients(session: Session, client_ids: Collection[int], day: date) -> list[RideView]:
    """All rides of these clients on a day by promised time, whatever became of them."""
    theirs = select(Ride).where(Ride.day == day, col(Ride.client_id).in_(client_ids))
    found = views(session, list(session.exec(theirs)))
    return sorted(found, key=lambda view: (view.promise.window_start, view.ride.id or 0))


def numbered(session: Session, ride_ids: Collection[int]) -> dict[int, RideView]:
    """These rides by their ids; doors decide who may ask."""
    rides = list(session.exec(select(Ride).where(col(Ride.id).in_(ride_ids))))
    return {view.ride.id or 0: view for view in views(session, rides)}


def of_request(session: Session, request_id: int) -> list[RideView]:
    """The rides of one order, outbound first."""
    return views(session, list(session.exec(select(Ride).where(Ride.request_id == request_id).order_by(col(Ride.id)))))


@dataclass(frozen=True, slots=True)
class DenialView:
    """A wish that could not be met, as the dispatcher and the city see it."""

    denial: Denial
    client: Client
    origin: Place
    destination: Place


def denials(session: Session, day: date) -> list[DenialView]:
    """Denials of rides wished for a day, by wished time."""
    rows = list(session.exec(select(Denial).where(Denial.day == day).order_by(col(Denial.seconds), col(Denial.id))))
    clients = _rows(session, Client, {row.client_id for row in rows})
    places = _rows(session, Place, {p for row in rows for p in (row.origin_place_id, row.destination_place_id)})
    return [
        DenialView(row, clients[row.client_id], places[row.origin_place_id], places[row.destination_place_id])
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class WaitingView:
    """A wish on the list as its client sees it; `promise` while a place is kept."""

    wish: WaitingWish
    denial: Denial
    origin: Place
    destination: Place
    promise: Promise | None
    client: Client


def waits_of(session: Session, client_id: int) -> list[WaitingView]:
    """What a client waits for, soonest first; doors decide who may ask."""
    mine = select(WaitingWish).where(
        WaitingWish.client_id == client_id, col(WaitingWish.state).in_((WaitingState.WAITING, WaitingState.OFFERED))
    )
    return _waits(session, session.exec(mine.order_by(col(WaitingWish.day), col(WaitingWish.earliest))).all())


def waits_offered(session: Session) -> list[WaitingView]:
    """Freed places that are kept for somebody who has not answered, the shortest time first."""
    kept = select(WaitingWish).where(WaitingWish.state == WaitingState.OFFERED)
    return _waits(session, session.exec(kept.order_by(col(WaitingWish.answer_by), col(WaitingWish.id))).all())


def _waits(session: Session, wishes: Sequence[WaitingWish]) -> list[WaitingView]:
    found = []
    for wish in wishes:
        denial = session.get_one(Denial, wish.denial_id)
        origin, destination = (
            session.get_one(Place, each) for each in (denial.origin_place_id, denial.destination_place_id)
        )
        promise = None if wish.promise_id is None else session.get_one(Promise, wish.promise_id)
        client = session.get_one(Client, wish.client_id)
        found.append(WaitingView(wish, denial, origin, destination, promise, client))
    return found


def wait_visible(session: Session, wish_id: int, *, by: Actor, now: datetime) -> WaitingWish:
    """The wish with this number, if this person may see what its client waits for; NotFound("denial") otherwise."""
    wish = session.get(WaitingWish, wish_id)
    try:
        if wish is not None:
            mandates.require(session, wish.client_id, by, Power.SEE, on=local_day(now))
            return wish
    except ServiceError:
        pass
    raise NotFound("denial")


def companions(session: Session, ride: Ride) -> tuple[KindOfPlace, ...]:
    """What the companions of a ride take in the vehicle."""
    rows = session.exec(select(Companion.place).where(Companion.ride_id == ride.id).order_by(col(Companion.id)))
    return tuple(KindOfPlace(place) for place in rows)


def recent_places(session: Session, client_id: int, limit: int = 5) -> list[Place]:
    """Where the client went lately, the latest first, without the client's own saved places."""
    saved = select(ClientPlace.place_id).where(ClientPlace.client_id == client_id)
    statement = (
        select(Ride.destination_place_id, func.max(Ride.id).label("latest"))
        .where(Ride.client_id == client_id, Ride.leg == Leg.OUTBOUND, col(Ride.destination_place_id).not_in(saved))
        .group_by(col(Ride.destination_place_id))
        .order_by(func.max(Ride.id).desc())
        .limit(limit)
    )
    wanted = [place_id for place_id, _ in session.exec(statement)]
    places = _rows(session, Place, set(wanted))
    return [places[place_id] for place_id in wanted]


def views(session: Session, rides: list[Ride]) -> list[RideView]:
    """Rides with all they point to, in the order given; a fixed number of queries however many there are."""
    ids = {ride.id or 0 for ride in rides}
    promise_ids = {ride.promise_id for ride in rides}
    clients = _rows(session, Client, {ride.client_id for ride in rides})
    places = _rows(session, Place, {p for ride in rides for p in (ride.origin_place_id, ride.destination_place_id)})
    promises = _rows(session, Promise, promise_ids)
    needs = _rows(session, Needs, {ride.needs_id for ride in rides})
    wishes = {wish.ride_id: wish for wish in session.exec(select(Wish).where(col(Wish.ride_id).in_(ids)))}
    along: dict[int, int] = {}
    for companion in session.exec(select(Companion).where(col(Companion.ride_id).in_(ids))):
        along[companion.ride_id] = along.get(companion.ride_id, 0) + 1
    open_offers = select(Offer).where(col(Offer.ride_id).in_(ids), Offer.outcome == OfferOutcome.PENDING)
    pending = {offer.ride_id: offer for offer in session.exec(open_offers)}
    stops: dict[int, dict[StopKind, tuple[Stop, int]]] = {}
    live = select(Stop, Run.shift_id).join(Run, col(Run.id) == Stop.run_id).where(col(Stop.promise_id).in_(promise_ids))
    for stop, shift_id in session.exec(live):
        stops.setdefault(stop.promise_id or 0, {})[stop.kind] = (stop, shift_id)
    visits: dict[int, list[Visit]] = {}
    for visit in session.exec(select(Visit).where(col(Visit.promise_id).in_(promise_ids)).order_by(col(Visit.id))):
        visits.setdefault(visit.promise_id, []).append(visit)
    found = []
    for ride in rides:
        planned = stops.get(ride.promise_id, {})
        pickup, dropoff = planned.get(StopKind.PICKUP), planned.get(StopKind.DROPOFF)
        seen = tuple(visits.get(ride.promise_id, ()))
        found.append(
            RideView(
                ride=ride,
                client=clients[ride.client_id],
                origin=places[ride.origin_place_id],
                destination=places[ride.destination_place_id],
                promise=promises[ride.promise_id],
                wish=wishes.get(ride.id or 0),
                needs=needs[ride.needs_id],
                companions=along.get(ride.id or 0, 0),
                pending=pending.get(ride.id or 0),
                shift_id=pickup[1] if pickup else None,
                pickup_planned=pickup[0].start if pickup else None,
                dropoff_planned=dropoff[0].start if dropoff else None,
                visits=seen,
                word=word(ride, seen),
            )
        )
    return found


def word(ride: Ride, visits: tuple[Visit, ...]) -> str:
    """The word people read, derived from status and visits (docs/glossary.md, derived words)."""
    if ride.status is Status.CANCELLED:
        return "cancelled_service" if ride.ended_by == "service" else "cancelled_client"
    arrived = any(v.kind is StopKind.PICKUP and v.action is VisitAction.ARRIVED for v in visits)
    if ride.status is Status.CONFIRMED and arrived:
        return "arrived"
    words = {Status.REQUESTED: "promised", Status.COMPLETED: "done"}
    return words.get(ride.status, ride.status.value)


def _rows(session: Session, table: type[T], ids: set[int]) -> dict[int, T]:
    key = SQLModel.metadata.tables[str(table.__tablename__)].c.id
    return {row.id: row for row in session.exec(select(table).where(key.in_(ids)))}  # type: ignore[attr-defined]
