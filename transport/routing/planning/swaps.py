"""One promise for another: the new one is looked for in the day without the old one, and both change at once."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from transport.kernel.actor import Actor
from transport.kernel.values import Load
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import offers, promises, runs, wishes
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise, PromiseKind
from transport.routing.planning.soonest import Place


def without(book: DayBook, gone: Collection[int]) -> DayBook:
    """The day as it would be without these promises: to look at, not to save."""
    problem, plan = runs.without(book, {str(promise_id) for promise_id in gone})
    left = {key: promise for key, promise in book.promises.items() if key not in gone}
    return replace(book, problem=problem, plan=plan, promises=left)


def with_ride(book: DayBook, who: wishes.Party, option: wishes.Option, key: str) -> DayBook | None:
    """The day with one more ride where it costs least, called `key`: to look at, not to save. None: it has no place."""
    asked = offers.request(book, who, option, key)
    places = engine.Inserter(book.problem, book.plan).insert(asked)
    if not places:
        return None
    problem, plan = engine.place(book.problem, book.plan, asked, places[0])
    return replace(book, problem=problem, plan=plan)


def party(promise: Promise) -> wishes.Party:
    """Who travels under a promise, to promise them something else."""
    return wishes.Party(
        pickup_place=promise.pickup_place_id,
        dropoff_place=promise.dropoff_place_id,
        load=Load(promise.seats, promise.wheelchairs),
        pickup_service=promise.pickup_service,
        dropoff_service=promise.dropoff_service,
        chair_mass=promise.chair_mass,
        features=frozenset(promise.features.split()),
        solo=promise.solo,
        apart=frozenset(map(int, promise.apart.split())),
        not_drivers=frozenset(map(int, promise.not_drivers.split())),
        prefers_driver=promise.prefers_driver,
        arrive_from=promise.arrive_from,
    )


def swap(
    session: Session,
    old: Promise,
    place: Place,
    *,
    who: wishes.Party | None = None,
    kind: PromiseKind = PromiseKind.FIXED,
    reason: str,
    world: World,
    by: Actor,
    now: datetime,
) -> Promise:
    """Make the new promise firm instead of the old one; the day must be locked since `place` was found without it.

    `who` travels under the new promise, if it is not the same party between the same places.
    Raises Exhausted("promise.no_room") if the place is not there after all: whoever catches it gives back everything.
    """
    who = who or party(old)
    promises.withdraw(session, old, reason=reason, world=world, by=by, now=now)
    book = days.load(session, old.day, world=world, now=now, also=(who.pickup_place, who.dropoff_place))
    new = promises.hold(
        session,
        book,
        who,
        place.option,
        until=now,
        by=by,
        now=now,
        supersedes=old.id,
        kind=kind,
        insertion=place.insertion,
    )
    promises.make_firm(session, new, by=by, now=now)
    return new
