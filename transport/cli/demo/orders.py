"""The demo's orders for one day, and how they arrive: one by one, through the same use cases as the pages."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random

from sqlmodel import Session, col, select

from transport.accounts import users
from transport.booking.clients import queries as client_queries
from transport.booking.rides import booking, drafts, requests, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Leg, Ride, TripRequest
from transport.booking.rides.wishing import Answer, Order
from transport.bootstrap import Services
from transport.cli.demo.people import People
from transport.kernel.actor import Actor
from transport.kernel.clock import parse_wall, wall_seconds
from transport.kernel.db import reading, writing
from transport.kernel.errors import Exhausted, Invalid
from transport.operations.dispatch import incidents
from transport.routing.geo.models import Place
from transport.routing.planning import proposals, thinking
from transport.routing.planning.models import Promise
from transport.routing.planning.wishes import Anchor

HEALTH = ("hospital", "clinic", "daycentre", "authority", "school")
OTHER = ("culture", "shop", "seniors", "station", "cemetery", "swimming", "sport", "leisure")
IMPROVE_EVERY = 8
"""After so many orders the live plan is thought about for a moment, as a worker does in quiet minutes."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One order as a client would utter it; `by` is who says it, if it is not the dispatcher on the phone."""

    client_id: int
    said: dict[str, object]
    by: Actor | None = None


@dataclass(slots=True)
class Tally:
    """What became of the orders: the promises made (as they were made), and the wishes for hindsight."""

    orders: int = 0
    legs: int = 0
    impossible: int = 0
    denied: int = 0
    given_up: int = 0
    promises: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    wishes: list[Order] = field(default_factory=list)


def invent(session: Session, people: People, day: date, count: int, random: Random) -> list[Asked]:
    """`count` orders for a day: half with a return, the peak from 7 to 12, three that the rules cannot allow."""
    places = list(
        session.exec(select(Place).where(col(Place.in_city), Place.category != "street").order_by(col(Place.id)))
    )
    health = [place for place in places if place.category in HEALTH]
    other = [place for place in places if place.category in OTHER]
    far_away = session.exec(select(Place).where(Place.municipality == "Rokycany")).first()
    clients = random.sample(people.clients, count)
    if people.clients[0] not in clients:
        clients[0] = people.clients[0]
    asked = []
    for index, client_id in enumerate(clients):
        home = client_queries.places(session, client_id)[0].place_id
        peak = random.random() < 0.72
        target = random.choice(health if peak else other)
        minutes = int(random.triangular(7 * 60 + 15, 12 * 60, 9 * 60) if peak else random.uniform(12.5 * 60, 19 * 60))
        at = wall_seconds(day, *divmod(minutes // 5 * 5, 60))
        said: dict[str, object] = {
            "origin": home,
            "destination": target.id,
            "day": day.isoformat(),
            "anchor": (Anchor.ARRIVE_BY if peak else Anchor.LEAVE_AT).value,
            "seconds": at,
        }
        if index % 2 == 0:
            said["return_seconds"] = min(at + random.randrange(75, 190, 5) * 60, wall_seconds(day, 20))
        needs = client_queries.needs_now(session, client_id)
        said["companions"] = ["seat"] * (needs.companions if needs else 0)
        asked.append(Asked(client_id, said))
    asked[count // 3].said["seconds"] = wall_seconds(day, 3, 30)
    asked[count // 2].said["destination"] = asked[count // 2].said["origin"]
    if far_away is not None:
        asked[2 * count // 3].said["destination"] = far_away.id
    return asked


def arrive(
    services: Services, asked: list[Asked], people: People, now: datetime, progress: Callable[[str], None]
) -> Tally:
    """Let the orders come in one after the other; the dispatcher confirms each, the plan is improved in between."""
    clerk = users.actor(people.logins["dana"])
    tally = Tally()
    day = date.fromisoformat(str(asked[0].said["day"]))
    for number, order in enumerate(asked, 1):
        arrive_one(services, order, clerk, now, tally)
        if number % IMPROVE_EVERY == 0:
            improve(services, day, 2, clerk, now)
        progress(f"order {number} of {len(asked)}: {len(tally.promises)} legs promised, {tally.denied} denied")
    return tally


def improve(services: Services, day: date, seconds: int, by: Actor, now: datetime) -> None:
    """Ask for a better plan, think, and put it in force: what the dispatcher's page and the worker do."""
    world = services.world
    with writing(services.database) as session:
        proposal = proposals.ask(session, day, seconds=seconds, by=by, now=now)
        proposals.take(session, now)
    with reading(services.database) as session:
        case = proposals.gather(session, proposal, world=world, now=now)
    answer = thinking.think(case, seconds)
    with writing(services.database) as session:
        proposals.store(session, proposal.id or 0, case, answer, error="", now=now)
    with writing(services.database) as session:
        incidents.apply(session, proposal.id or 0, world=world, by=by, now=now)


def arrive_one(services: Services, asked: Asked, clerk: Actor, now: datetime, tally: Tally) -> str:
    """One order comes in, is answered, booked and confirmed by the clerk, or given up; the key of what was written."""
    world, by = services.world, asked.by or clerk
    legs = 2 if asked.said.get("return_seconds") is not None else 1
    tally.orders += 1
    tally.legs += legs
    with writing(services.database) as session:
        draft = drafts.start(session, client_id=asked.client_id, by=by, now=now)
        drafts.note(session, draft, now=now, **asked.said)
    try:
        with reading(services.database) as session:
            found = booking.look(session, draft, world=world, by=by, now=now)
    except Invalid:
        tally.impossible += legs
        return draft.key
    tally.wishes.append(drafts.order(draft))
    tally.denied += sum(answer.denied for answer in found)
    with writing(services.database) as session:
        draft = drafts.get(session, draft.key, by=by, now=now)
        booking.remember(session, draft, found, world=world, by=by, now=now)
    numbers = _chosen(found)
    if numbers is None:
        tally.given_up += legs
        return draft.key
    try:
        with writing(services.database) as session:
            draft = drafts.get(session, draft.key, by=by, now=now)
            booking.choose(session, draft, numbers, world=world, by=by, now=now)
            request = booking.book(session, draft, world=world, by=by, now=now)
            for ride in requests.of_request(session, request):
                remember(session, tally, ride)
                if ride.status is Status.REQUESTED:
                    rides.confirm(session, ride, version=ride.version, by=clerk, now=now)
    except Exhausted:  # both windows fitted, but not together
        tally.given_up += legs
    return draft.key


def booked(services: Services, asked: Asked, clerk: Actor, now: datetime) -> list[int]:
    """One order that counts in no tally; the ids of its rides, the way there first, none if it had no place."""
    key = arrive_one(services, asked, clerk, now, Tally())
    with reading(services.database) as session:
        return rides_of(session, key)


def rides_of(session: Session, key: str) -> list[int]:
    """The rides that came of what was written under this key, the way there first."""
    request = session.exec(select(TripRequest).where(TripRequest.key == key)).first()
    return [] if request is None else [ride.id or 0 for ride in requests.of_request(session, request)]


def words(day: date, origin: int, destination: int, at: str, back: str = "", **said: object) -> dict[str, object]:
    """What a client says who wants to be there by `at`, and to be fetched at `back`; `said` wins over both."""
    answers: dict[str, object] = {
        "origin": origin,
        "destination": destination,
        "day": day.isoformat(),
        "anchor": Anchor.ARRIVE_BY.value,
        "seconds": parse_wall(day, at),
    }
    if back:
        answers["return_seconds"] = parse_wall(day, back)
    return answers | said


def _chosen(found: list[Answer]) -> dict[Leg, int] | None:
    """A client takes the closest time for each leg, and stays at home if one leg has no time near the wish."""
    if any(answer.denied for answer in found):
        return None
    return {answer.wish.leg: 0 for answer in found}


def remember(session: Session, tally: Tally, ride: Ride) -> None:
    """Keep what was promised for a ride, to be compared with what is published."""
    promise = session.get_one(Promise, ride.promise_id)
    tally.promises[promise.id or 0] = (promise.window_start, promise.window_end, promise.arrive_by)
