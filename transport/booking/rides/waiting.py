"""The waiting list: a place that becomes free is offered by the published rule, with time to answer.

Both ways of an order are offered together or not at all. A wish on the list stays a denial until it is served, and
nobody waits in silence: every end is an event. Locks: drafts in the order of their keys, then days in date order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from transport.booking.clients import mandates
from transport.booking.clients.models import Power
from transport.booking.contracts import capacity
from transport.booking.rides import asking, booking, checking, drafts, requests, rules, turns
from transport.booking.rides.models import BookingDraft, Denial, TripRequest, WaitingState, WaitingWish
from transport.booking.rides.turns import Turn
from transport.booking.rides.wishing import Answer, Leg, LegWish
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.clock import local_day
from transport.kernel.errors import Conflict, Invalid, NotFound, ServiceError
from transport.kernel.events import record
from transport.kernel.values import Window
from transport.routing.planning import day as days
from transport.routing.planning import offers, promises
from transport.routing.planning.day import World
from transport.routing.planning.models import DayState, Promise, PromiseState, ServiceDay
from transport.routing.planning.wishes import Anchor

LIVE = (WaitingState.WAITING, WaitingState.OFFERED)
"""Wishes of which something may still come."""

EVENTS = {
    WaitingState.WAITING: "waiting_began",
    WaitingState.OFFERED: "waiting_offered",
    WaitingState.TAKEN: "waiting_taken",
    WaitingState.REFUSED: "waiting_refused",
    WaitingState.LAPSED: "waiting_lapsed",
    WaitingState.WITHDRAWN: "waiting_withdrawn",
    WaitingState.MISSED: "waiting_given_up",
}
"""How each change of a wish is told."""


@dataclass(frozen=True, slots=True)
class _Party:
    """One order on the list: its draft, and the wishes of its legs that were denied."""

    draft: BookingDraft
    wishes: dict[Leg, WaitingWish]

    @property
    def offered(self) -> bool:
        """A place is kept for it."""
        return any(wish.state is WaitingState.OFFERED for wish in self.wishes.values())


def join(
    session: Session,
    draft: BookingDraft,
    denial: Denial,
    *,
    earliest: int,
    latest: int,
    world: World,
    by: Actor,
    now: datetime,
) -> WaitingWish:
    """Put a denied wish on the list; the pickup (or the arrival, as the wish says) may lie from `earliest` to `latest`.

    Asking again changes the span, or begins to wait anew after an end. Raises Invalid("waiting.not_kept") where the
    policy has no list, Invalid("waiting.span_short") for a span without room for a window, NotFound("denial") for
    a denial of another order, Conflict("waiting.not_needed") for an order that is booked, and the first reason of the
    rules against the order.
    """
    by = mandates.acting_for(mandates.require(session, denial.client_id, by, Power.BOOK, on=local_day(now)), by)
    drafts.lock(session, draft, now=now)
    order = drafts.order(draft)
    if all(requests.denial_key(order, leg) != denial.key for leg in order.legs):
        raise NotFound("denial")
    if draft.request_id is not None or denial.ride_id is not None:
        raise Conflict("waiting.not_needed")
    policy = world.policies.on(denial.day)
    if not policy.waiting_list.kept:
        raise Invalid("waiting.not_kept")
    least = policy.promise.window_minutes if denial.anchor is Anchor.LEAVE_AT else 0
    if latest - earliest < least * 60:
        raise Invalid("waiting.span_short", field="latest", minutes=least)
    for reason in checking.check(session, order, world=world, by=by, now=now):
        raise reason
    wish = session.exec(select(WaitingWish).where(WaitingWish.denial_id == denial.id)).first()
    if wish is not None and wish.state is WaitingState.OFFERED:
        return wish
    if wish is None:
        wish = WaitingWish(
            denial_id=denial.id or 0,
            client_id=denial.client_id,
            day=denial.day,
            draft_key=draft.key,
            earliest=earliest,
            latest=latest,
            asked_at=now,
            asked_by=by.user,
        )
    elif wish.state is not WaitingState.WAITING:
        wish.asked_at, wish.asked_by = now, by.user
    wish.earliest, wish.latest = earliest, latest
    _move(session, wish, WaitingState.WAITING, by, now)
    return wish


def retest(session: Session, day: date, *, world: World, now: datetime) -> list[WaitingWish]:
    """Bring the list of a day up to date and offer what is free, in turn; says which wishes have been offered a place.

    Offers nobody answered are over, and their places go to the next; whoever has waited until the evening before is
    told that nothing became free. Without anybody on the list nothing is locked.
    """
    keys = session.exec(select(WaitingWish.draft_key).where(WaitingWish.day == day, _is_live())).all()
    parties = _locked(session, keys, world, now)
    return _offer_in_turn(session, [party for party in parties if _still_waits(session, party, world, now)], world, now)


def due(session: Session, *, now: datetime, world: World) -> list[date]:
    """The days whose list has something that is over by now: `retest` them. Reads only."""
    found = set()
    for wish in session.exec(select(WaitingWish).where(_is_live())):
        over = wish.answer_by if wish.state is WaitingState.OFFERED else _given_up_at(wish, world)
        if over is not None and over < now:
            found.add(wish.day)
    return sorted(found)


def accept(session: Session, wish: WaitingWish, *, world: World, by: Actor, now: datetime) -> TripRequest:
    """Book the place that is offered, with all legs of the order. A second click finds the first order.

    Raises Conflict("waiting.not_offered") when nothing is offered, or no longer.
    """
    by = mandates.acting_for(mandates.require(session, wish.client_id, by, Power.BOOK, on=local_day(now)), by)
    parties = _locked(session, [wish.draft_key], world, now, states=(*LIVE, WaitingState.TAKEN))
    if wish.state is WaitingState.TAKEN:
        return session.get_one(TripRequest, parties[0].draft.request_id)
    if not parties or not _is_kept(session, parties[0], now):
        raise Conflict("waiting.not_offered")
    party = parties[0]
    request = booking.book(session, party.draft, world=world, by=by, now=now)
    rides = {ride.leg: ride for ride in requests.of_request(session, request)}
    for leg, mine in party.wishes.items():
        mine.ride_id = rides[leg].id
        _move(session, mine, WaitingState.TAKEN, by, now)
    return request


def refuse(session: Session, wish: WaitingWish, *, world: World, by: Actor, now: datetime) -> None:
    """Say no to the place that is offered: it goes to the next at once. The wish leaves the list.

    Raises Conflict("waiting.not_offered") when nothing is offered, or no longer.
    """
    _leave(session, wish, WaitingState.REFUSED, world, by, now)


def withdraw(session: Session, wish: WaitingWish, *, world: World, by: Actor, now: datetime) -> None:
    """Wait no longer; a place that is offered goes to the next. Twice is once."""
    _leave(session, wish, WaitingState.WITHDRAWN, world, by, now)


def _leave(session: Session, wish: WaitingWish, end: WaitingState, world: World, by: Actor, now: datetime) -> None:
    by = mandates.acting_for(mandates.require(session, wish.client_id, by, Power.BOOK, on=local_day(now)), by)
    keys = session.exec(select(WaitingWish.draft_key).where(WaitingWish.day == wish.day, _is_live())).all()
    parties = _locked(session, keys, world, now)
    mine = next((party for party in parties if party.draft.key == wish.draft_key), None)
    if end is WaitingState.REFUSED and (mine is None or not mine.offered):
        raise Conflict("waiting.not_offered")
    if mine is None:
        return
    _give_back(session, mine, end.value, world, by, now)
    for each in mine.wishes.values():
        _move(session, each, end, by, now)
    others = [party for party in parties if party is not mine and _still_waits(session, party, world, now)]
    _offer_in_turn(session, others, world, now)


def _locked(
    session: Session,
    keys: Sequence[str | None],
    world: World,
    now: datetime,
    states: Sequence[WaitingState] = LIVE,
) -> list[_Party]:
    """The orders with these drafts, decided about by nobody else until the transaction ends."""
    written = [session.get_one(BookingDraft, key) for key in sorted({key for key in keys if key is not None})]
    for draft in written:
        drafts.lock(session, draft, now=now)
    mine = col(WaitingWish.draft_key).in_([draft.key for draft in written])
    asked_for = {leg.day for draft in written for leg in _legs(draft)}
    wished = sorted(asked_for | set(session.exec(select(col(WaitingWish.day)).where(mine))))
    rows_of = [session.get(ServiceDay, day) for day in wished]
    # on other days nothing is promised any more, it is only said that they are over
    still_open = [row.day for row in rows_of if row is not None and row.state is DayState.OPEN]
    for day in still_open:
        days.lock(session, day)
    for day in still_open:
        if promises.lapse(session, day, world=world, now=now):
            capacity.settle(session, day, by=SYSTEM, now=now)
    rows = session.exec(
        select(WaitingWish, Denial.leg)
        .join(Denial, col(Denial.id) == WaitingWish.denial_id)
        .where(mine, col(WaitingWish.state).in_(states))
        .execution_options(populate_existing=True)
    ).all()
    parties = [
        _Party(draft, {Leg(leg): wish for wish, leg in rows if wish.draft_key == draft.key}) for draft in written
    ]
    return [party for party in parties if party.wishes]


def _still_waits(session: Session, party: _Party, world: World, now: datetime) -> bool:
    """Whether the order still waits for a place; what is over is ended here, each end an event."""
    end = None
    if not _is_as_asked(session, party):
        end = WaitingState.WITHDRAWN
    elif party.offered and _is_kept(session, party, now):
        return False
    elif party.offered:
        answer_by = min(wish.answer_by for wish in party.wishes.values() if wish.answer_by)
        end = WaitingState.LAPSED if answer_by < now else WaitingState.WAITING
    elif min(_given_up_at(wish, world) for wish in party.wishes.values()) < now:
        end = WaitingState.MISSED
    if end is None:
        return True
    _give_back(session, party, end.value, world, SYSTEM, now)
    for wish in party.wishes.values():
        _move(session, wish, end, SYSTEM, now)
    return end is WaitingState.WAITING


def _offer_in_turn(session: Session, parties: Sequence[_Party], world: World, now: datetime) -> list[WaitingWish]:
    by_number = {min(wish.id or 0 for wish in party.wishes.values()): party for party in parties}
    if not by_number:
        return []
    denied = _denials(session, {party.draft.client_id for party in parties}, now)
    waiting = [
        Turn(denied.get(party.draft.client_id, 0), min(wish.asked_at for wish in party.wishes.values()), number)
        for number, party in by_number.items()
    ]
    policy = world.policies.on(min(wish.day for party in parties for wish in party.wishes.values()))
    offered: list[WaitingWish] = []
    for turn in turns.in_turn(waiting, policy):
        offered += _offer(session, by_number[turn.number], world, now)
    return offered


def _offer(session: Session, party: _Party, world: World, now: datetime) -> list[WaitingWish]:
    """Keep a place for every leg of the order until its answer is due; nothing if there is not one for each."""
    draft = party.draft
    order = drafts.order(draft)
    if any(_is_held(session, promise_id, now) for promise_id in drafts.held(draft).values()):
        return []  # the client is just choosing something else, and must not lose it
    spans = {leg.leg: _span(party, leg, world) for leg in order.legs}
    try:
        found = asking.answers(session, order, world=world, by=SYSTEM, now=now, spans=spans)
        if any(answer.denied for answer in found):
            return []
        until = min(_answer_by(answer, world, now) for answer in found)
        if until <= now:
            return []
        with session.begin_nested():
            _hold(session, party, found, until, world, now)
    except ServiceError:  # the rules do not allow it any more, or the two ways do not fit together
        return []
    return list(party.wishes.values())


def _hold(session: Session, party: _Party, found: list[Answer], until: datetime, world: World, now: datetime) -> None:
    """Hold the first window of each leg as if the client had chosen it, but for longer."""
    drafts.show(session, party.draft, found, now=now)
    drafts.hold(session, party.draft, {}, now=now)
    numbers = {answer.wish.leg: 0 for answer in found}
    held = booking.choose(session, party.draft, numbers, world=world, by=SYSTEM, now=now)
    for promise in held.values():
        promises.prolong(session, promise, until=until, by=SYSTEM, now=now)
    for leg, wish in party.wishes.items():
        _move(session, wish, WaitingState.OFFERED, SYSTEM, now, promise_id=held[leg].id, answer_by=until)


def _move(
    session: Session,
    wish: WaitingWish,
    state: WaitingState,
    by: Actor,
    now: datetime,
    *,
    promise_id: int | None = None,
    answer_by: datetime | None = None,
) -> None:
    """The next state of a wish, told as an event; a place and a time to answer belong to an offer only."""
    wish.state, wish.promise_id, wish.answer_by = state, promise_id, answer_by
    session.add(wish)
    session.flush()
    record(session, EVENTS[state], subject=("waiting_wish", wish.id), by=by, now=now, facts={"day": wish.day})


def _give_back(session: Session, party: _Party, reason: str, world: World, by: Actor, now: datetime) -> None:
    """The places kept for the order are free again; its days are locked."""
    if not party.offered:
        return
    for promise_id in drafts.held(party.draft).values():
        promise = session.get_one(Promise, promise_id, populate_existing=True)
        if promise.state is PromiseState.HELD:
            promises.withdraw(session, promise, reason=reason, world=world, by=by, now=now)
            capacity.settle(session, promise.day, by=by, now=now)
    drafts.hold(session, party.draft, {}, now=now)


def _legs(draft: BookingDraft) -> tuple[LegWish, ...]:
    """What the draft asks for; nothing while the client is changing it."""
    try:
        return drafts.order(draft).legs
    except Invalid:
        return ()


def _is_live() -> ColumnElement[bool]:
    return col(WaitingWish.state).in_(LIVE)


def _is_as_asked(session: Session, party: _Party) -> bool:
    """Whether the draft is not booked, and still asks for what was denied."""
    asked = {requests.denial_key(drafts.order(party.draft), leg) for leg in _legs(party.draft)}
    denied = {session.get_one(Denial, wish.denial_id).key for wish in party.wishes.values()}
    return party.draft.request_id is None and denied <= asked


def _is_kept(session: Session, party: _Party, now: datetime) -> bool:
    """Whether the places that were offered are still kept, for all legs."""
    held = drafts.held(party.draft)
    return (
        party.offered
        and all(wish.promise_id == held.get(leg) for leg, wish in party.wishes.items())
        and all(_is_held(session, promise_id, now) for promise_id in held.values())
    )


def _is_held(session: Session, promise_id: int, now: datetime) -> bool:
    promise = session.get_one(Promise, promise_id, populate_existing=True)
    return promise.state is PromiseState.HELD and promise.held_until is not None and promise.held_until >= now


def _span(party: _Party, leg: LegWish, world: World) -> Window:
    """Where the beginning of the pickup window (or the arrival) may lie: as said on the list, else near the wish."""
    policy = world.policies.on(leg.day)
    wish = party.wishes.get(leg.leg)
    if wish is None:
        return offers.usual_span(leg.wish, policy)
    width = policy.promise.window_minutes * 60 if leg.wish.anchor is Anchor.LEAVE_AT else 0
    return Window(wish.earliest, wish.latest - width)


def _answer_by(answer: Answer, world: World, now: datetime) -> datetime:
    policy, day = world.policies.on(answer.wish.day), answer.wish.day
    latest = rules.latest_order(policy, day, answer.near[0].option.window.start, world.calendar)
    return turns.answer_by(policy, latest, now)


def _given_up_at(wish: WaitingWish, world: World) -> datetime:
    latest = rules.latest_order(world.policies.on(wish.day), wish.day, wish.latest, world.calendar)
    return turns.given_up_at(wish.day, wish.asked_at, latest)


def _denials(session: Session, clients: set[int | None], now: datetime) -> dict[int | None, int]:
    counted = (
        select(Denial.client_id, func.count())
        .where(col(Denial.client_id).in_(clients), col(Denial.at) > now - turns.COUNTED)
        .group_by(col(Denial.client_id))
    )
    return dict(session.exec(counted).all())
