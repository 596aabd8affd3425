"""From a chosen window to an order: places held, order booked, denials remembered."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Power
from transport.booking.contracts import capacity, postings
from transport.booking.rides import asking, checking, rides
from transport.booking.rides.models import (
    Channel,
    Companion,
    Consent,
    Denial,
    Leg,
    Offer,
    OfferOutcome,
    Ride,
    TripRequest,
    Wish,
)
from transport.booking.rides.wishing import Answer, LegWish, Order, Priced
from transport.kernel.actor import STAFF, SYSTEM, Actor, Role
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, Forbidden
from transport.kernel.events import record
from transport.kernel.policy import Policy
from transport.kernel.values import Window
from transport.routing.planning import day as days
from transport.routing.planning import promises
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseKind, PromiseState


def deny(
    session: Session, order: Order, answers: Sequence[Answer], *, world: World, by: Actor, now: datetime
) -> list[Denial]:
    """Remember each leg for which nothing near the wish could be offered; the same wish asked twice is one denial."""
    found = []
    for answer in answers:
        if not answer.denied:
            continue
        key = denial_key(order, answer.wish)
        denial = session.exec(select(Denial).where(Denial.key == key)).first()
        if denial is None:
            denial = _denial(session, order, answer, key, world.policies.on(answer.wish.day), by, now)
            facts = {"reason": denial.reason, "day": denial.day, "leg": denial.leg.value}
            record(session, "ride_denied", subject=("denial", denial.id), by=by, now=now, facts=facts, key=key)
        found.append(denial)
    return found


def hold(
    session: Session,
    order: Order,
    chosen: Mapping[Leg, Priced],
    *,
    instead_of: Sequence[int] = (),
    world: World,
    by: Actor,
    now: datetime,
) -> dict[Leg, Promise]:
    """Keep the chosen windows for a few minutes, all legs or none; `instead_of` gives earlier holds back first.

    Days are locked in date order. Raises Exhausted("promise.no_room") if a place was taken meanwhile,
    Exhausted("contract.no_capacity") if the contract has no more to give, Invalid("ride.overlaps") if the client
    would sit in two vehicles at once.
    """
    by = mandates.acting_for(checking.client_of(session, order, by=by, now=now), by)
    legs = [leg for leg in order.legs if leg.leg in chosen]
    given_back = [session.get_one(Promise, promise_id) for promise_id in instead_of]
    for day in sorted({leg.day for leg in legs} | {promise.day for promise in given_back}):
        days.lock(session, day)
        promises.lapse(session, day, world=world, now=now)
    for promise in given_back:
        session.refresh(promise)
        if promise.state is PromiseState.HELD:
            promises.withdraw(session, promise, reason="chosen_anew", world=world, by=by, now=now)
    held: dict[Leg, Promise] = {}
    spans: list[tuple[date, Window]] = []
    for leg in legs:
        option = chosen[leg.leg].option
        span = Window(option.window.start, option.arrive_by)
        besides = [other for day, other in spans if day == leg.day]
        asking.require_free(session, order.client_id, leg.day, span, besides=besides)
        spans.append((leg.day, span))
        policy = world.policies.on(leg.day)
        book = days.load(session, leg.day, world=world, now=now, also=(leg.origin, leg.destination))
        until = now + timedelta(minutes=policy.booking.hold_minutes)
        party = asking.party_of(session, order, leg, policy)
        kind = PromiseKind.WILL_CALL if leg.will_call else PromiseKind.FIXED
        held[leg.leg] = promises.hold(session, book, party, option, until=until, by=by, now=now, kind=kind)
    for day in sorted({leg.day for leg in legs} | {promise.day for promise in given_back}):
        capacity.settle(session, day, by=by, now=now)
    return held


def book(
    session: Session,
    order: Order,
    held: Mapping[Leg, int],
    answers: Mapping[Leg, Sequence[Priced]],
    chosen: Mapping[Leg, Priced],
    *,
    channel: Channel,
    world: World,
    by: Actor,
    now: datetime,
    agreed: Consent | None = None,
) -> TripRequest:
    """Make the held promises an order. From here on they bind us; the dispatcher's confirmation is still to come.

    Whoever may write orders down but not decide needs somebody's consent (Forbidden("consent.needed")); `agreed` is
    that consent, given by `by` to what somebody else has prepared.

    The same `order.key` a second time finds the first order. Raises Conflict("promise.not_held") if a hold
    has lapsed: ask and hold again. An order by an operator, or under `confirm = "automatic"`, is confirmed at once.
    """
    earlier = session.exec(select(TripRequest).where(TripRequest.key == order.key)).first()
    if earlier is not None:
        return earlier
    client = checking.client_of(session, order, by=by, now=now)
    if agreed is None and Power.BOOK not in mandates.powers(session, order.client_id, by, on=local_day(now)):
        raise Forbidden("consent.needed")
    by = mandates.acting_for(client, by)
    legs = [leg for leg in order.legs if leg.leg in held]
    for day in sorted({leg.day for leg in legs}):
        days.lock(session, day)
    request = TripRequest(
        client_id=order.client_id,
        requested_by=by.user,
        prepared_by=None if agreed is None else agreed.asked_by,
        channel=channel,
        key=order.key,
        created_at=now,
    )
    session.add(request)
    session.flush()
    for leg in legs:
        promise = session.get_one(Promise, held[leg.leg], populate_existing=True)
        if promise.day != leg.day:
            raise Conflict("promise.not_held", promise=promise.id)
        asking.require_free(session, order.client_id, leg.day, Window(promise.window_start, promise.arrive_by))
        promises.make_firm(session, promise, by=by, now=now)
        policy = world.policies.on(leg.day)
        ride = add_ride(session, request, order, leg, promise, policy, chosen[leg.leg], now)
        remember_wish(session, ride, leg, answers[leg.leg], chosen[leg.leg], by, now)
        _taken_all_the_same(session, order, leg, ride)
        postings.ride_confirmed(session, ride.id or 0, ride.day, ride.persons, by=by, now=now)
        record(
            session,
            "ride_requested",
            subject=("ride", ride.id),
            by=by,
            now=now,
            facts={"day": ride.day, "leg": leg.leg.value},
        )
        if by.role is Role.OPERATOR:
            rides.confirm(session, ride, version=ride.version, by=by, now=now)
        elif policy.booking.confirm == "automatic":
            rides.confirm(session, ride, version=ride.version, by=SYSTEM, now=now)
    return request


def channel_of(by: Actor) -> Channel:
    """How an order comes that this person writes down: our staff do it on the phone."""
    return Channel.PHONE if by.role in STAFF else Channel.WEB


def denials_of(session: Session, order: Order) -> list[Denial]:
    """The denials of an order as it stands, outbound first; those taken all the same are left out."""
    keys = [denial_key(order, leg) for leg in order.legs]
    rows = {row.key: row for row in session.exec(select(Denial).where(col(Denial.key).in_(keys)))}
    return [rows[key] for key in keys if key in rows and rows[key].ride_id is None]


def denial_key(order: Order, leg: LegWish) -> str:
    """What makes two questions the same question."""
    return f"{order.key}:{leg.leg.value}:{leg.day}:{leg.wish.anchor.value}:{leg.wish.seconds}"


def of_request(session: Session, request: TripRequest) -> list[Ride]:
    """The rides of an order, outbound first."""
    return list(session.exec(select(Ride).where(Ride.request_id == request.id).order_by(col(Ride.id))))


def _denial(
    session: Session, order: Order, answer: Answer, key: str, policy: Policy, by: Actor, now: datetime
) -> Denial:
    party = asking.party_of(session, order, answer.wish, policy)
    denial = Denial(
        key=key,
        client_id=order.client_id,
        leg=answer.wish.leg,
        day=answer.wish.day,
        anchor=answer.wish.wish.anchor,
        seconds=answer.wish.wish.seconds,
        origin_place_id=answer.wish.origin,
        destination_place_id=answer.wish.destination,
        seats=party.load.seats,
        wheelchairs=party.load.wheelchairs,
        reason=answer.reason or "no_room",
        alternatives=len(answer.alternatives),
        changes=json.dumps([asdict(change) for change in answer.changes]),
        solo=order.solo,
        channel=channel_of(by),
        need=checking.needs_of(session, order).mobility.value,
        at=now,
    )
    session.add(denial)
    session.flush()
    return denial


def add_ride(
    session: Session,
    request: TripRequest,
    order: Order,
    leg: LegWish,
    promise: Promise,
    policy: Policy,
    priced: Priced,
    now: datetime,
) -> Ride:
    """Write down one direction of an order, with its companions."""
    ride = Ride(
        code=_free_code(session),
        request_id=request.id or 0,
        leg=leg.leg,
        client_id=order.client_id,
        day=leg.day,
        origin_place_id=leg.origin,
        destination_place_id=leg.destination,
        promise_id=promise.id or 0,
        needs_id=checking.needs_of(session, order).id or 0,
        policy_id=policy.id,
        price=priced.price,
        persons=1 + len(order.companions),
        metres=priced.metres,
        solo=order.solo,
        purpose=order.purpose,
        confirm_by=_confirm_by(policy, leg.day, promise, now),
        created_at=now,
    )
    session.add(ride)
    session.flush()
    session.add_all(Companion(ride_id=ride.id or 0, place=kind) for kind in order.companions)
    return ride


def _confirm_by(policy: Policy, day: date, promise: Promise, now: datetime) -> datetime:
    """By when the dispatcher says yes: within the policy's time, and in any case before the vehicle would come."""
    return min(now + timedelta(minutes=policy.booking.confirm_within_minutes), at(day, promise.window_start))


def remember_wish(
    session: Session, ride: Ride, leg: LegWish, shown: Sequence[Priced], chosen: Priced, by: Actor, now: datetime
) -> None:
    """Keep what was asked for a ride and what was offered for it."""
    session.add(Wish(ride_id=ride.id or 0, day=leg.day, anchor=leg.wish.anchor, seconds=leg.wish.seconds))
    for rank, priced in enumerate(shown, 1):
        taken = priced.option.window == chosen.option.window
        session.add(
            Offer(
                ride_id=ride.id or 0,
                rank=rank,
                window_start=priced.option.window.start,
                window_end=priced.option.window.end,
                arrive_by=priced.option.arrive_by,
                price=priced.price,
                outcome=OfferOutcome.CHOSEN if taken else OfferOutcome.PASSED,
                promise_id=ride.promise_id if taken else None,
                made_by=by.label,
                made_at=now,
            )
        )
    session.flush()


def _taken_all_the_same(session: Session, order: Order, leg: LegWish, ride: Ride) -> None:
    """Whatever was denied while this leg was being ordered is taken by its ride, even at another time or place."""
    of_leg = f"{order.key}:{leg.leg.value}:"
    for denial in session.exec(select(Denial).where(col(Denial.key).startswith(of_leg, autoescape=True))):
        denial.ride_id = ride.id
        session.add(denial)
    session.flush()


def _free_code(session: Session) -> str:
    """Six digits, easy to say over the phone; they tell nothing about how many rides there are."""
    while True:
        code = f"{secrets.randbelow(900_000) + 100_000}"
        if session.exec(select(Ride.id).where(col(Ride.code) == code)).first() is None:
            return code
