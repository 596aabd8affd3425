"""Orders that somebody prepared and somebody else decides on: a supporter and the client, two joint representatives.

The places are held until the answer comes or its time is over. Locks: draft, then days in date order.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.accounts.models import User
from transport.booking.clients import mandates
from transport.booking.clients.models import Client, Power
from transport.booking.contracts import capacity
from transport.booking.rides import booking, checking, drafts
from transport.booking.rides.models import BookingDraft, Consent, ConsentOf, ConsentOutcome, TripRequest
from transport.kernel.actor import STAFF, SYSTEM, Actor
from transport.kernel.clock import at, local_day
from transport.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from transport.kernel.events import record
from transport.routing.planning import day as days
from transport.routing.planning import promises
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseState


def ask(session: Session, draft: BookingDraft, *, world: World, by: Actor, now: datetime) -> Consent:
    """Put the chosen windows before whoever decides, and keep their places until then; asking twice is once.

    They are kept for the policy's time, but not longer than until the vehicle would come. Raises
    Invalid("offer.choose") if not all legs are chosen, Conflict("promise.not_held") if their time is over.
    """
    drafts.lock(session, draft, now=now)
    order = drafts.order(draft)
    client = checking.client_of(session, order, by=by, now=now)
    if by.user is None or draft.request_id is not None:
        raise Conflict("consent.over")
    held = drafts.held(draft)
    if not {leg.leg for leg in order.legs} == set(drafts.chosen(draft)) == set(held):
        raise Invalid("offer.choose", field="offer")
    kept, pending = _ids(held.values()), _pending_of(session, draft.key)
    before = [session.get_one(Promise, int(each)) for earlier in pending for each in earlier.promises.split()]
    for day in sorted({leg.day for leg in order.legs} | {promise.day for promise in before}):
        days.lock(session, day)
    for earlier in pending:
        if earlier.promises == kept and earlier.until >= now:
            return earlier
        _close(session, earlier, ConsentOutcome.LAPSED, world=world, by=SYSTEM, now=now)
    by = mandates.acting_for(client, by)
    legs = sorted(order.legs, key=lambda leg: leg.day)
    places = [session.get_one(Promise, held[leg.leg], populate_existing=True) for leg in legs]
    minutes = min(world.policies.on(leg.day).booking.consent_minutes for leg in legs)
    until = min(now + timedelta(minutes=minutes), *(at(place.day, place.window_start) for place in places))
    for place in places:
        promises.prolong(session, place, until=until, by=by, now=now)
    for day in sorted({leg.day for leg in legs}):
        capacity.settle(session, day, by=by, now=now)
    consent = Consent(
        draft_key=draft.key,
        client_id=order.client_id,
        wanted_of=_wanted_of(session, order.client_id, by, now),
        asked_by=by.user or 0,
        asked_at=now,
        until=until,
        promises=kept,
    )
    session.add(consent)
    session.flush()
    _record(session, "consent_asked", consent, by, now)
    return consent


def agree(session: Session, consent: Consent, *, world: World, by: Actor, now: datetime) -> TripRequest:
    """Say yes: the prepared order is booked by whoever agreed. A second click finds the first one.

    The client, a representative who may book, the other of two joint ones, or our staff who were told by phone.
    Raises Conflict("consent.over") after its time, or when whoever prepared it may not act for the client any more;
    Conflict("consent.changed") if it has been changed since.
    """
    draft = _taken(session, consent, now)
    client = _client(session, consent, by, now)
    if not may_decide(session, consent, by, now):
        raise Forbidden("consent.not_yours_to_give")
    if consent.outcome is ConsentOutcome.GIVEN:
        return session.get_one(TripRequest, draft.request_id)
    if consent.outcome is not ConsentOutcome.PENDING or consent.until < now or not prepared_well(session, consent, now):
        raise Conflict("consent.over")
    if not as_asked(draft, consent):
        raise Conflict("consent.changed")
    by = mandates.acting_for(client, by)
    request = booking.book(session, draft, world=world, by=by, now=now, agreed=consent)
    _answer(session, consent, ConsentOutcome.GIVEN, by, now)
    return request


def refuse(session: Session, consent: Consent, *, world: World, by: Actor, now: datetime) -> None:
    """Say no, or take the question back: the places are free again; the prepared order may be changed and asked anew.

    Raises Conflict("consent.over") if it has been agreed to meanwhile: then the rides are to be cancelled.
    """
    _taken(session, consent, now)
    client = _client(session, consent, by, now)
    if by.user not in (consent.asked_by, client.user_id) and not may_decide(session, consent, by, now):
        raise Forbidden("consent.not_yours_to_give")
    if consent.outcome is ConsentOutcome.GIVEN:
        raise Conflict("consent.over")
    if consent.outcome is ConsentOutcome.PENDING:
        by = mandates.acting_for(client, by)
        _close(session, consent, ConsentOutcome.REFUSED, world=world, by=by, now=now)


def lapse(session: Session, consent_id: int, *, world: World, now: datetime) -> bool:
    """Give back the places of one question that is over; says whether it was."""
    consent = session.get_one(Consent, consent_id)
    if consent.draft_key is not None:
        _taken(session, consent, now)
    if consent.outcome is not ConsentOutcome.PENDING or not _is_over(session, consent, now):
        return False
    _close(session, consent, ConsentOutcome.LAPSED, world=world, by=SYSTEM, now=now)
    return True


def over(session: Session, *, now: datetime) -> list[int]:
    """Ids of questions that nobody will answer: late, changed, or asked by somebody whose mandate has ended."""
    waiting = session.exec(select(Consent).where(Consent.outcome == ConsentOutcome.PENDING).order_by(col(Consent.id)))
    return [consent.id or 0 for consent in waiting if _is_over(session, consent, now)]


def waiting(session: Session, client_id: int, *, by: Actor, now: datetime) -> list[Consent]:
    """What waits for an answer about a client, the soonest to end first; for whoever may see the client's rides."""
    mandates.require(session, client_id, by, Power.SEE, on=local_day(now))
    mine = select(Consent).where(Consent.client_id == client_id, Consent.outcome == ConsentOutcome.PENDING)
    found = session.exec(mine.order_by(col(Consent.until), col(Consent.id)))
    return [consent for consent in found if not _is_over(session, consent, now)]


def pending(session: Session, key: str, *, now: datetime) -> Consent | None:
    """The question about this draft that still waits for an answer, if there is one."""
    return next((consent for consent in _pending_of(session, key) if not _is_over(session, consent, now)), None)


def get(session: Session, consent_id: int, *, by: Actor, now: datetime) -> Consent:
    """One question, if this person may see the client's rides; otherwise there is no such question (NotFound)."""
    consent = session.get(Consent, consent_id)
    if consent is None or Power.SEE not in mandates.powers(session, consent.client_id, by, on=local_day(now)):
        raise NotFound("consent")
    return consent


def _taken(session: Session, consent: Consent, now: datetime) -> BookingDraft:
    """The prepared order, locked: two answers come one after the other."""
    if consent.draft_key is None:
        raise Conflict("consent.over")
    draft = session.get_one(BookingDraft, consent.draft_key)
    drafts.lock(session, draft, now=now)
    session.refresh(consent)
    return draft


def _client(session: Session, consent: Consent, by: Actor, now: datetime) -> Client:
    return mandates.require(session, consent.client_id, by, Power.SEE, on=local_day(now))


def may_decide(session: Session, consent: Consent, by: Actor, now: datetime) -> bool:
    """Whether this person's yes counts. Nobody agrees with themselves; our staff write down what they were told."""
    if by.role in STAFF:
        return True
    if by.user == consent.asked_by:
        return False
    today = local_day(now)
    if Power.BOOK in mandates.powers(session, consent.client_id, by, on=today):
        return True
    mine = mandates.joint(session, consent.client_id, by, Power.BOOK, on=today)
    theirs = mandates.joint(session, consent.client_id, _preparer(session, consent), Power.BOOK, on=today)
    return any(one != other for one in mine for other in theirs)


def _wanted_of(session: Session, client_id: int, by: Actor, now: datetime) -> ConsentOf:
    today = local_day(now)
    guarded = not mandates.decides_alone(session, client_id, Power.BOOK, on=today)
    if guarded or mandates.joint(session, client_id, by, Power.BOOK, on=today):
        return ConsentOf.REPRESENTATIVE
    return ConsentOf.CLIENT


def _preparer(session: Session, consent: Consent) -> Actor:
    return users.actor(session.get_one(User, consent.asked_by))


def prepared_well(session: Session, consent: Consent, now: datetime) -> bool:
    """Whether whoever prepared it may still do so: a revoked mandate ends what was begun with it."""
    preparer = _preparer(session, consent)
    return Power.PREPARE in mandates.powers(session, consent.client_id, preparer, on=local_day(now))


def as_asked(draft: BookingDraft, consent: Consent) -> bool:
    """Whether the prepared order is still the one that was put before whoever decides."""
    if draft.client_id != consent.client_id or not drafts.chosen(draft):
        return False
    return _ids(drafts.held(draft).values()) == consent.promises


def _is_over(session: Session, consent: Consent, now: datetime) -> bool:
    draft = session.get(BookingDraft, consent.draft_key) if consent.draft_key else None
    if draft is None or consent.until < now or not prepared_well(session, consent, now):
        return True
    return not as_asked(draft, consent)


def _pending_of(session: Session, key: str) -> list[Consent]:
    mine = select(Consent).where(Consent.draft_key == key, Consent.outcome == ConsentOutcome.PENDING)
    return list(session.exec(mine.order_by(col(Consent.id))))


def _close(
    session: Session, consent: Consent, outcome: ConsentOutcome, *, world: World, by: Actor, now: datetime
) -> None:
    """The places that were kept for the answer are free again."""
    kept = [session.get_one(Promise, int(promise_id)) for promise_id in consent.promises.split()]
    for day in sorted({promise.day for promise in kept}):
        days.lock(session, day)
    for promise in kept:
        session.refresh(promise)
        if promise.state is PromiseState.HELD:
            promises.withdraw(session, promise, reason=f"consent_{outcome.value}", world=world, by=by, now=now)
    for day in sorted({promise.day for promise in kept}):
        capacity.settle(session, day, by=by, now=now)
    _answer(session, consent, outcome, by, now)


def _answer(session: Session, consent: Consent, outcome: ConsentOutcome, by: Actor, now: datetime) -> None:
    consent.outcome, consent.answered_by, consent.answered_at = outcome, by.label, now
    session.add(consent)
    session.flush()
    _record(session, f"consent_{outcome.value}", consent, by, now)


def _record(session: Session, kind: str, consent: Consent, by: Actor, now: datetime) -> None:
    record(session, kind, subject=("consent", consent.id), by=by, now=now, facts={"client": consent.client_id})


def _ids(promise_ids: Iterable[int]) -> str:
    return " ".join(map(str, sorted(promise_ids)))
