"""What a dispatcher changes in the live plan by hand: move a ride, pin it, take one's own last edit back.

What the judge refuses is never written. A move outside the promise is another promise, and somebody of the client's
side must have agreed to it. Order of locks: ride, day, contract.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from transport.booking.clients import mandates, queries
from transport.booking.clients.acting import asked_for
from transport.booking.clients.models import Power
from transport.booking.contracts import capacity
from transport.booking.rides import asking, offers, rules, taking
from transport.booking.rides.lifecycle import Move, Status
from transport.booking.rides.models import Offer, Ride
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.clock import local_day, seconds_of
from transport.kernel.errors import Conflict, Forbidden, Invalid
from transport.kernel.events import record
from transport.kernel.values import Window
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import edits, journal, promises, publishing, resting, runs, swaps
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.edits import Moves
from transport.routing.planning.models import AgreedHow, EditKind, PlanEdit, Promise, Visit
from transport.routing.planning.targets import Target, Wanted

__all__ = ["Agreed", "AgreedHow", "Agreeing", "EditKind", "Moves", "Target", "Wanted", "agreeing", "move", "moves"]

MOVABLE = (Status.REQUESTED, Status.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Agreeing:
    """Somebody whose yes to another time counts: the client (no mandate), or whoever has this mandate."""

    mandate: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """Who said yes (see `Agreeing.mandate`), how we were told, and the name of the dispatcher who answers for it."""

    mandate: int | None
    how: AgreedHow
    signed: str


def moves(session: Session, ride: Ride, *, world: World, now: datetime) -> Moves:
    """The ride taken into the hand: where else it could go, and at what price. Changes nothing."""
    book = days.load(session, ride.day, world=world, now=now)
    return _moves(session, book, ride.promise_id, now)


def agreeing(session: Session, ride: Ride, *, now: datetime) -> list[Agreeing]:
    """Whose yes to another time counts today: the client, unless a court has left that to a guardian, and whoever may
    order for the client alone.
    """
    today, client = local_day(now), ride.client_id
    found = [Agreeing(None, "")] if mandates.decides_alone(session, client, Power.BOOK, on=today) else []
    for each in queries.representatives(session, client):
        mandate = each.mandate
        if mandate.in_force(today) and not mandate.joint and Power.BOOK in asked_for(mandate.powers):
            found.append(Agreeing(mandate.id, each.person or each.organisation))
    return found


def move(
    session: Session,
    ride: Ride,
    wanted: Wanted,
    *,
    version: int,
    agreed: Agreed | None = None,
    world: World,
    by: Actor,
    now: datetime,
) -> PlanEdit:
    """Carry the ride elsewhere, exactly as it was shown; the drivers' plan follows.

    Without `agreed` only within the promise: Invalid("move.needs_consent"). With it the ride gets another promise,
    which supersedes the old one. Raises what `Moves` does, Invalid("move.stays") for where the ride is already.
    """
    _require_dispatch(by)
    taking.take(session, ride, version=version)
    _require_movable(ride)
    _lock(session, ride)
    hand = moves(session, ride, world=world, now=now)
    target, present = hand.still(wanted), hand.present.shift
    if target.stays:
        raise Invalid("move.stays", field="target")
    if target.needs_consent:
        _require_consent(session, ride, agreed, now)
    before = journal.taken_down(session, ride.day, (present, target.shift))
    old = ride.promise_id
    if target.within_promise:
        runs.save(session, hand.book, edits.moved(hand, target), target.plan)
    else:
        _promise_anew(session, ride, hand, target, world=world, by=by, now=now)
    after = journal.taken_down(session, ride.day, (present, target.shift))
    shifts = (present, target.shift)
    edit = journal.note(
        session,
        ride.day,
        EditKind.MOVED,
        ride.promise_id,
        shifts=shifts,
        before=before,
        after=after,
        by=by,
        now=now,
    )
    if target.needs_consent and agreed is not None:
        edit.agreed_how, edit.signed = agreed.how, agreed.signed.strip()[:100]
        session.add(edit)
        _record_consent(session, ride, edit, agreed, instead_of=old, by=by, now=now)
    capacity.settle(session, ride.day, by=by, now=now)
    taking.save(session, ride, "ride_moved_by_hand", by, now, edit=edit.id, from_shift=present, to_shift=target.shift)
    if target.within_promise:
        publishing.again(session, ride.day, by=by, now=now, reason="ride_moved_by_hand")
    return edit


def offer(
    session: Session,
    ride: Ride,
    wanted: Wanted,
    *,
    version: int,
    until: datetime,
    world: World,
    by: Actor,
    now: datetime,
) -> Offer:
    """Let the client decide about the other time; a place is kept for it, and the old promise stands meanwhile.

    Raises Invalid("move.nothing_to_offer") for a move that needs no other time.
    """
    _require_dispatch(by)
    _require_movable(ride)
    target = moves(session, ride, world=world, now=now).still(wanted)
    if target.within_promise:
        raise Invalid("move.nothing_to_offer", field="consent")
    party = swaps.party(session.get_one(Promise, ride.promise_id))
    session.expire_all()  # the day is not locked yet: it is read again when it is
    return offers.offer(session, ride, party, target.option, version=version, until=until, world=world, by=by, now=now)


def pin(session: Session, ride: Ride, *, pinned: bool, version: int, by: Actor, now: datetime) -> PlanEdit | None:
    """Let the ride stay with its vehicle when the planner thinks, or not any more; None if it is so already.

    The plan is not changed by that.
    """
    _require_dispatch(by)
    taking.take(session, ride, version=version)
    _require_movable(ride)
    _lock(session, ride)
    promise = session.get_one(Promise, ride.promise_id, populate_existing=True)
    if promise.pinned is pinned:
        return None
    shift = runs.shift_of(session, ride.promise_id)
    kind = EditKind.PINNED if pinned else EditKind.UNPINNED
    edit = journal.note(session, ride.day, kind, ride.promise_id, shifts=(shift, shift), by=by, now=now)
    promise.pinned = pinned
    session.add(promise)
    event = "ride_pinned" if pinned else "ride_unpinned"
    taking.save(session, ride, event, by, now, edit=edit.id, shift=shift)
    return edit


def undo(session: Session, edit: PlanEdit, *, world: World, by: Actor, now: datetime) -> PlanEdit:
    """Take one's own latest edit of the day back: exactly where nothing has happened since, else as near as may be.

    Then the ride goes to the cheapest place of its old vehicle within the promise. Raises Conflict("edit.not_latest"),
    Conflict("edit.by_consent") for a word that was given, Conflict("edit.cannot_be_undone").
    """
    _require_dispatch(by)
    ride = session.exec(select(Ride).where(Ride.promise_id == edit.promise_id)).first()
    if ride is None or ride.status not in MOVABLE:
        raise Conflict("edit.cannot_be_undone", edit=edit.id)
    taking.take(session, ride, version=ride.version)
    _lock(session, ride)
    latest = journal.last_own(session, edit.day, by.user)
    if latest is None or latest.id != edit.id:
        raise Conflict("edit.not_latest")
    if edit.agreed_how is not None:
        raise Conflict("edit.by_consent")
    if edit.kind is EditKind.MOVED:
        _put_back(session, ride, edit, world=world, now=now)
        capacity.settle(session, ride.day, by=by, now=now)
        publishing.again(session, ride.day, by=by, now=now, reason="edit_undone")
    else:
        _pin_as_before(session, edit)
    edit.undone_at = now
    session.add(edit)
    taking.save(session, ride, "edit_undone", by, now, edit=edit.id)
    return edit


def _moves(session: Session, book: DayBook, promise_id: int, now: datetime) -> Moves:
    hours = rules.opening(book.policy, book.day)
    second, reported = seconds_of(book.day, now), _reported(session, book)
    return Moves(book, promise_id, hours=hours, now=second, reported=reported)


def _reported(session: Session, book: DayBook) -> resting.Done:
    seen = select(Visit.promise_id, Visit.kind).where(col(Visit.promise_id).in_(book.promises))
    return {(str(promise_id), engine.StopKind(kind)) for promise_id, kind in session.exec(seen)}


def _lock(session: Session, ride: Ride) -> None:
    """Take the day; what was read of it before, to show it or to find the ride, is read again."""
    days.lock(session, ride.day)
    session.expire_all()


def _require_dispatch(by: Actor) -> None:
    if by.role not in (Role.DISPATCHER, Role.ADMIN):
        raise Forbidden("role.missing")


def _require_movable(ride: Ride) -> None:
    if ride.status not in MOVABLE:
        raise Conflict("ride.not_possible", move="move", status=ride.status.value)


def _require_consent(session: Session, ride: Ride, agreed: Agreed | None, now: datetime) -> None:
    if agreed is None:
        raise Invalid("move.needs_consent", field="consent")
    if agreed.mandate not in {each.mandate for each in agreeing(session, ride, now=now)}:
        raise Invalid("move.who_agreed", field="agreed")
    if not agreed.signed.strip():
        raise Invalid("move.name_missing", field="name")
    if offers.pending(session, ride) is not None:
        raise Conflict("ride.offer_pending", ride=ride.code)


def _promise_anew(
    session: Session, ride: Ride, hand: Moves, target: Target, *, world: World, by: Actor, now: datetime
) -> None:
    """The new promise takes the place of the old one in the plan and for the ride, in one step."""
    option, old = target.option, session.get_one(Promise, ride.promise_id)
    span = Window(option.window.start, option.arrive_by)
    asking.require_free(session, ride.client_id, ride.day, span, instead_of=ride.promise_id)
    new = promises.row(hand.book, swaps.party(old), option, now=now)
    new.kind, new.held_until, new.supersedes = old.kind, now, old.id
    session.add(new)
    session.flush()
    problem, plan = edits.renamed(edits.moved(hand, target), target.plan, str(old.id), str(new.id))
    runs.save(session, hand.book, problem, plan)
    promises.withdraw(session, old, reason="superseded", world=world, by=by, now=now)
    promises.make_firm(session, new, by=by, now=now)
    ride.promise_id = new.id or 0
    if ride.status is Status.REQUESTED:
        taking.step(ride, Move.CONFIRM, SYSTEM)
    facts = {"day": ride.day, "old": old.id, "new": new.id, **_terms(new)}
    record(session, "promise_changed", subject=("ride", ride.id), by=by, now=now, facts=facts)


def _terms(promise: Promise) -> dict[str, int]:
    return {name: getattr(promise, name) for name in ("window_start", "window_end", "arrive_by")}


def _record_consent(
    session: Session, ride: Ride, edit: PlanEdit, agreed: Agreed, *, instead_of: int, by: Actor, now: datetime
) -> None:
    client = mandates.require(session, ride.client_id, by, Power.BOOK, on=local_day(now))
    facts = {
        "day": ride.day,
        "edit": edit.id,
        "promise": ride.promise_id,
        "instead_of": instead_of,
        "mandate": agreed.mandate,
        "how": agreed.how.value,
    }
    by = mandates.acting_for(client, by)
    record(session, "consent_recorded", subject=("ride", ride.id), by=by, now=now, facts=facts)


def _put_back(session: Session, ride: Ride, edit: PlanEdit, *, world: World, now: datetime) -> None:
    book = days.load(session, ride.day, world=world, now=now)
    shifts = (edit.from_shift, edit.to_shift)
    if runs.shift_of(session, ride.promise_id) != edit.to_shift:
        raise Conflict("edit.cannot_be_undone", edit=edit.id)
    if journal.kept(edit.after) == journal.taken_down(session, ride.day, shifts):
        plan = journal.as_plan(book, journal.kept(edit.before))
        free = replace(book, problem=edits.free(book.problem, ride.promise_id))
        if plan is not None and journal.stands(
            free, plan, shifts, now=seconds_of(ride.day, now), reported=_reported(session, book)
        ):
            runs.save(session, book, free.problem, plan)
            return
    hand = _moves(session, book, ride.promise_id, now)
    found = hand.by_hand(edit.from_shift) if str(edit.from_shift) in hand.vehicles else None
    if not isinstance(found, Target) or found.needs_consent or found.stays:
        raise Conflict("edit.cannot_be_undone", edit=edit.id)
    runs.save(session, book, edits.moved(hand, found), found.plan)


def _pin_as_before(session: Session, edit: PlanEdit) -> None:
    promise = session.get_one(Promise, edit.promise_id, populate_existing=True)
    pinned = edit.kind is EditKind.PINNED
    if promise.pinned is not pinned:
        raise Conflict("edit.cannot_be_undone", edit=edit.id)
    promise.pinned = not pinned
    session.add(promise)
