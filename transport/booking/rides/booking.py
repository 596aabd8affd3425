"""The steps of ordering a ride, as every door takes them: look, remember, choose, book.

Web pages, the phone operator and the demo go through these four, so that all give the same answers.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from transport.booking.rides import alternatives, asking, changing, drafts, requests
from transport.booking.rides.models import BookingDraft, Consent, Leg, TripRequest
from transport.booking.rides.wishing import Answer, Order, Priced
from transport.kernel.actor import Actor
from transport.kernel.errors import Invalid
from transport.routing.planning.day import World
from transport.routing.planning.models import Promise, PromiseState


def look(
    session: Session, draft: BookingDraft, *, world: World, by: Actor, now: datetime, days_around: bool = False
) -> list[Answer]:
    """What can be promised for the order as it stands, or else instead of it; `days_around`: on other days in any
    case. Writes nothing.
    """
    order = drafts.order(draft)
    found = asking.answers(session, order, world=world, by=by, now=now)
    add = alternatives.of_days if days_around else alternatives.add
    return add(session, order, found, world=world, by=by, now=now)


def remember(
    session: Session, draft: BookingDraft, found: list[Answer], *, world: World, by: Actor, now: datetime
) -> None:
    """Keep what was shown, to choose from; a leg with nothing near the wish becomes a Denial."""
    drafts.show(session, draft, found, now=now)
    requests.deny(session, drafts.order(draft), found, world=world, by=by, now=now)


def choose(
    session: Session, draft: BookingDraft, numbers: Mapping[Leg, int], *, world: World, by: Actor, now: datetime
) -> dict[Leg, Promise]:
    """Hold the windows with these numbers (from 0) among those shown, for all legs or Invalid("offer.choose").

    Choosing anew gives back what was held before. A change of a ride holds nothing: the old place is still taken.
    """
    drafts.lock(session, draft, now=now)
    order = drafts.order(draft)
    if set(numbers) != {leg.leg for leg in order.legs}:
        raise Invalid("offer.choose", field="offer")
    chosen = drafts.choose(session, draft, numbers, now=now)
    if order.replaces is not None:
        return {}
    before = tuple(drafts.held(draft).values())
    held = requests.hold(session, order, chosen, instead_of=before, world=world, by=by, now=now)
    drafts.hold(session, draft, {leg: promise.id or 0 for leg, promise in held.items()}, now=now)
    return held


def book(
    session: Session, draft: BookingDraft, *, world: World, by: Actor, now: datetime, agreed: Consent | None = None
) -> TripRequest:
    """Make what is held an order; a second click finds the first one. `agreed`: to what somebody else has prepared.

    A hold that has lapsed is taken again if the place is still free: Exhausted("promise.no_room") if it is not.
    """
    drafts.lock(session, draft, now=now)
    if draft.request_id is not None:
        return session.get_one(TripRequest, draft.request_id)
    order, chosen = drafts.order(draft), drafts.chosen(draft)
    if set(chosen) != {leg.leg for leg in order.legs}:
        raise Invalid("offer.choose", field="offer")
    if order.replaces is not None:
        request = changing.book(session, order, drafts.shown(draft), chosen, world=world, by=by, now=now)
    else:
        request = _book(session, draft, order, chosen, world, by, now, agreed)
    draft.request_id = request.id
    session.add(draft)
    session.flush()
    return request


def _book(
    session: Session,
    draft: BookingDraft,
    order: Order,
    chosen: Mapping[Leg, Priced],
    world: World,
    by: Actor,
    now: datetime,
    agreed: Consent | None,
) -> TripRequest:
    held = drafts.held(draft)
    if set(held) != set(chosen) or not all(_still_held(session, promise_id, now) for promise_id in held.values()):
        again = requests.hold(session, order, chosen, instead_of=tuple(held.values()), world=world, by=by, now=now)
        held = {leg: promise.id or 0 for leg, promise in again.items()}
    return requests.book(
        session,
        order,
        held,
        drafts.shown(draft),
        chosen,
        channel=requests.channel_of(by),
        world=world,
        by=by,
        now=now,
        agreed=agreed,
    )


def _still_held(session: Session, promise_id: int, now: datetime) -> bool:
    promise = session.get_one(Promise, promise_id)
    return promise.state is PromiseState.HELD and promise.held_until is not None and promise.held_until >= now
