"""After a refusal: other orders that could be booked at once, each tried in the plan as it stands."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from sqlmodel import Session, col, select

from transport.booking.rides import asking, drafts, rules
from transport.booking.rides.models import BookingDraft
from transport.booking.rides.wishing import Alternative, AlternativeKind, Answer, LegWish, Order, Priced
from transport.kernel.actor import Actor
from transport.kernel.clock import wall, wall_seconds
from transport.kernel.errors import Invalid, ServiceError
from transport.routing.geo.models import Place, PlaceKind
from transport.routing.planning import offers
from transport.routing.planning.day import World

DAYS_SHOWN = 3
DAYS_TRIED = 7
"""How far from the wished day other days are looked at, either way."""

SITE_KM = 0.3


def add(session: Session, order: Order, found: list[Answer], *, world: World, by: Actor, now: datetime) -> list[Answer]:
    """The answers, each refusal with what could be booked instead: the whole order, both ways or not at all.

    First other times of the same day, then sharing, then other entrances, then other days, the nearest first.
    """
    if not any(answer.denied for answer in found):
        return found
    look = _Look(session, order, world, by, now)
    days = islice(_other_days(look), DAYS_SHOWN)
    instead = (*_other_times(order, found), *_shared(look), *_other_entrances(look), *days)
    return [replace(answer, alternatives=instead) if answer.denied else answer for answer in found]


def take(session: Session, draft: BookingDraft, number: int, *, now: datetime) -> None:
    """Make the alternative with this number (from 0) what the draft asks for; nothing is held yet.

    One window is shown for each leg from now on: number 0 of the usual choice. Raises Invalid("offer.choose") for
    something that was not shown.
    """
    shown = drafts.alternatives(draft)
    if not 0 <= number < len(shown):
        raise Invalid("offer.choose", field="offer")
    chosen = shown[number]
    there, *back = chosen.legs
    said: dict[str, object] = {
        "origin": there.origin,
        "destination": there.destination,
        "day": there.day.isoformat(),
        "seconds": there.wish.seconds,
    }
    for leg in back:
        said["return_day"] = None if leg.day == there.day else leg.day.isoformat()
        said["return_seconds"] = leg.wish.seconds
    if chosen.kind is AlternativeKind.SHARED:
        said["solo"] = False
    drafts.note(session, draft, now=now, **said)
    answers = [Answer(leg, (priced,), (), None) for leg, priced in zip(chosen.legs, chosen.priced, strict=True)]
    drafts.show(session, draft, answers, now=now)


def same_site(session: Session, place_id: int) -> list[int]:
    """Other entrances of a known place, the nearest first.

    Known places of the same category belong to one site when they are at most 300 m apart and share the beginning of
    their name (up to " – ") or an alias. So two buildings of one hospital across the city are two places, and two
    offices next door to each other are not one.
    """
    here = session.get_one(Place, place_id)
    alike = select(Place).where(
        Place.kind == PlaceKind.KNOWN, Place.category == here.category, col(Place.id) != place_id
    )
    near = [
        (rules.km(here.point, other.point), other.id or 0)
        for other in session.exec(alike)
        if here.kind is PlaceKind.KNOWN and _names(here) & _names(other)
    ]
    return [other for distance, other in sorted(near) if distance <= SITE_KM]


@dataclass(frozen=True, slots=True)
class _Look:
    """Who asks for what, and in which world."""

    session: Session
    order: Order
    world: World
    by: Actor
    now: datetime

    def tried(self, kind: AlternativeKind, order: Order) -> Iterator[Alternative]:
        """The order as an alternative, if the rules allow it and there is a place near the wish for all its legs."""
        try:
            spans = {leg.leg: offers.usual_span(leg.wish, self.world.policies.on(leg.day)) for leg in order.legs}
            found = asking.answers(self.session, order, world=self.world, by=self.by, now=self.now, spans=spans)
        except ServiceError:  # another day may lie beyond the horizon, or before the card is valid
            return
        if not any(answer.denied for answer in found):
            yield Alternative(kind, order.legs, tuple(answer.near[0] for answer in found))


def _other_times(order: Order, found: Sequence[Answer]) -> Iterator[Alternative]:
    """Windows further from the wish. A way back was looked for with the first window of the way there, so each of its
    own goes with that one.
    """
    if not all(answer.shown for answer in found):
        return
    *before, last = found
    firsts: tuple[Priced, ...] = tuple(answer.shown[0] for answer in before)
    for priced in last.shown if last.denied else last.shown[:1]:
        yield Alternative(AlternativeKind.TIME, order.legs, (*firsts, priced))


def _shared(look: _Look) -> Iterator[Alternative]:
    if look.order.solo:
        yield from look.tried(AlternativeKind.SHARED, replace(look.order, solo=False))


def _other_entrances(look: _Look) -> Iterator[Alternative]:
    there = look.order.legs[0]
    for place_id in (there.destination, there.origin):
        for other in same_site(look.session, place_id):
            yield from look.tried(AlternativeKind.ENTRANCE, _at_other_place(look.order, {place_id: other}))


def _other_days(look: _Look) -> Iterator[Alternative]:
    for distance in range(1, DAYS_TRIED + 1):
        for ahead in (distance, -distance):
            yield from look.tried(AlternativeKind.DAY, _on_other_day(look.order, timedelta(days=ahead)))


def of_days(
    session: Session, order: Order, found: list[Answer], *, world: World, by: Actor, now: datetime
) -> list[Answer]:
    """The answers with the same order on the wished day and on all days around it, by date, as their alternatives."""
    look = _Look(session, order, world, by, now)
    days = [
        alternative
        for ahead in range(-DAYS_TRIED, DAYS_TRIED + 1)
        for alternative in look.tried(AlternativeKind.DAY, _on_other_day(order, timedelta(days=ahead)))
    ]
    return [replace(answer, alternatives=tuple(days)) for answer in found]


def _at_other_place(order: Order, other: Mapping[int, int]) -> Order:
    legs = (
        replace(leg, origin=other.get(leg.origin, leg.origin), destination=other.get(leg.destination, leg.destination))
        for leg in order.legs
    )
    return replace(order, legs=tuple(legs))


def _on_other_day(order: Order, ahead: timedelta) -> Order:
    """The same order so many days later, at the same times of the wall clock."""
    return replace(order, legs=tuple(_moved(leg, leg.day + ahead) for leg in order.legs))


def _moved(leg: LegWish, day: date) -> LegWish:
    clock = wall(leg.day, leg.wish.seconds)
    return replace(leg, day=day, wish=replace(leg.wish, seconds=wall_seconds(day, clock.hour, clock.minute)))


def _names(place: Place) -> set[str]:
    return {place.name.split(" – ")[0], *place.aliases.split("|")} - {""}
