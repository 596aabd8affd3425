"""Denied wishes looked at again: which of them would have a place now, in the plan as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.clients import needs, queries
from transport.booking.contracts import capacity
from transport.booking.rides import asking, checking, drafts, requests
from transport.booking.rides.models import BookingDraft, Denial
from transport.booking.rides.wishing import KindOfPlace, LegWish, Order
from transport.kernel.actor import SYSTEM
from transport.kernel.errors import Invalid
from transport.kernel.events import record
from transport.routing.planning import day as days
from transport.routing.planning import offers, wishes
from transport.routing.planning.day import DayBook, World


@dataclass(frozen=True, slots=True)
class _Asked:
    """A denial that may still be ordered, with the order it came from."""

    denial: Denial
    order: Order

    @property
    def leg(self) -> LegWish:
        """The one leg that was denied."""
        return self.order.legs[0]


def possible(session: Session, day: date, *, world: World, now: datetime) -> list[Denial]:
    """Look again at the denials of a day and remember which are possible by now; says which have become so."""
    return note(session, day, openings(session, day, world=world, now=now), now=now)


def openings(session: Session, day: date, *, world: World, now: datetime) -> dict[int, wishes.Option]:
    """The best place near the wish for each denial of the day that could be booked now, by denial. Reads only.

    Left out are wishes taken at another time, and those that the rules do not allow (any more): past, too soon.
    Each is looked at as if it were the only one.
    """
    asked = _asked(session, day, world, now)
    if not asked or not capacity.has_room(session, day):
        return {}
    places = {place for each in asked for place in (each.leg.origin, each.leg.destination)}
    book = days.load(session, day, world=world, now=now, also=sorted(places))
    looked = ((each.denial.id or 0, _best(session, book, each, world, now)) for each in asked)
    return {denial_id: option for denial_id, option in looked if option is not None}


def note(session: Session, day: date, found: Mapping[int, wishes.Option], *, now: datetime) -> list[Denial]:
    """Remember since when each denial of the day is possible, or that it is not (any more); says which are new."""
    new = []
    for denial in _open(session, day):
        if denial.id not in found:
            denial.possible_at = None
        elif denial.possible_at is None:
            denial.possible_at = now
            new.append(denial)
            facts = {"day": day, "leg": denial.leg.value}
            record(session, "denial_possible", subject=("denial", denial.id), by=SYSTEM, now=now, facts=facts)
        session.add(denial)
    session.flush()
    return new


def is_news(session: Session, day: date, found: Mapping[int, wishes.Option]) -> bool:
    """Whether `note` would have anything to remember. Reads only."""
    return any((denial.possible_at is not None) != (denial.id in found) for denial in _open(session, day))


def _open(session: Session, day: date) -> list[Denial]:
    rows = select(Denial).where(Denial.day == day, col(Denial.ride_id).is_(None)).order_by(col(Denial.id))
    return list(session.exec(rows))


def _asked(session: Session, day: date, world: World, now: datetime) -> list[_Asked]:
    asked = [_Asked(denial, _order_of(session, denial)) for denial in _open(session, day)]
    return [each for each in asked if not checking.check(session, each.order, world=world, by=SYSTEM, now=now)]


def _order_of(session: Session, denial: Denial) -> Order:
    """The denied leg as it was asked for: from the draft if that still asks for it, else from what the denial holds."""
    draft = session.get(BookingDraft, denial.key.split(":")[0])
    if draft is not None:
        try:
            order = drafts.order(draft)
        except Invalid:  # the client has begun to change it
            order = Order(draft.key, denial.client_id, ())
        for leg in order.legs:
            if requests.denial_key(order, leg) == denial.key:
                return replace(order, legs=(leg,))
    wish = wishes.Wish(denial.anchor, denial.seconds)
    leg = LegWish(denial.leg, denial.origin_place_id, denial.destination_place_id, denial.day, wish)
    return Order(denial.key, denial.client_id, (leg,), _companions(session, denial), solo=denial.solo)


def _companions(session: Session, denial: Denial) -> tuple[KindOfPlace, ...]:
    """Who else took a place beside the client."""
    profile = queries.needs_now(session, denial.client_id)
    own = needs.load(profile, 0) if profile else None
    seats, chairs = (own.seats, own.wheelchairs) if own else (0, 0)
    along = [KindOfPlace.SEAT] * (denial.seats - seats) + [KindOfPlace.WHEELCHAIR] * (denial.wheelchairs - chairs)
    return tuple(along)


def _best(session: Session, book: DayBook, asked: _Asked, world: World, now: datetime) -> wishes.Option | None:
    party = asking.party_of(session, asked.order, asked.leg, book.policy)
    span = offers.usual_span(asked.leg.wish, book.policy)
    try:
        found = asking.within_rules(session, book, asked.order, party, asked.leg, world, now, after=0, span=span)
    except Invalid:  # the client is in another of our vehicles at that time
        return None
    return next(iter(found.near), None)
