"""What the demo shows: how many rode, how many would have with all wishes known, and whether every word was kept."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from transport.booking.contracts import contracts, ledger
from transport.booking.rides import asking, rules
from transport.bootstrap import Services
from transport.cli.demo.orders import Tally
from transport.kernel.db import reading
from transport.routing import engine
from transport.routing.planning import day as days
from transport.routing.planning import offers, publishing, wishes
from transport.routing.planning.day import DayBook, World
from transport.routing.planning.models import Promise, PromiseState, PublishedStop, StopKind

HINDSIGHT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Figures:
    """The demo in numbers; `promised`, `denied`, `hindsight`, `planned` count legs, the balance is kilometres free."""

    orders: int
    legs: int
    impossible: int
    promised: int
    denied: int
    hindsight: int | None
    planned: int
    vehicle_minutes: int
    km: float
    shared_rides: int
    contract_balance: float
    broken_promises: int
    judge_violations: int


def of(services: Services, tally: Tally, day: date, now: datetime, *, hindsight: bool) -> Figures:
    """Measure the day as it was published; `hindsight` solves it for a minute with all wishes known."""
    with reading(services.database) as session:
        book = days.load(session, day, world=services.world, now=now)
        score = engine.score(book.problem, book.plan)
        planned, broken = _published(session, tally, day)
        contract = contracts.for_day(session, day)
        free = ledger.balance_on(session, contract, day).free
        metres = publishing.planned_metres(session, day)
        wishes = _wishes(session, tally, day, world=services.world, now=now) if hindsight else None
    return Figures(
        orders=tally.orders,
        legs=tally.legs,
        impossible=tally.impossible,
        promised=len(tally.promises),
        denied=tally.denied,
        hindsight=None if wishes is None else _served(wishes),
        planned=planned,
        vehicle_minutes=round(score.duty_time / 60),
        km=round(metres / 1000, 1),
        shared_rides=score.shared,
        contract_balance=round(free / 1000, 1),
        broken_promises=broken,
        judge_violations=len(engine.judge(book.problem, book.plan)),
    )


def _published(session: Session, tally: Tally, day: date) -> tuple[int, int]:
    """Legs in the version the drivers have, and promises that it breaks: moved, withdrawn, or missed by its times."""
    plan = publishing.latest(session, day)
    stops: dict[int, dict[StopKind, PublishedStop]] = {}
    if plan is not None:
        for stop in session.exec(select(PublishedStop).where(PublishedStop.plan_id == plan.id)):
            stops.setdefault(stop.promise_id or 0, {})[stop.kind] = stop
    broken = 0
    for promise in session.exec(select(Promise).where(col(Promise.id).in_(tally.promises))):
        made = tally.promises[promise.id or 0]
        here = stops.get(promise.id or 0, {})
        kept = (
            promise.state is PromiseState.FIRM
            and made == (promise.window_start, promise.window_end, promise.arrive_by)
            and {StopKind.PICKUP, StopKind.DROPOFF} <= set(here)
            and made[0] <= here[StopKind.PICKUP].start <= made[1]
            and here[StopKind.DROPOFF].start <= made[2]
        )
        broken += not kept
    return sum(StopKind.PICKUP in here for key, here in stops.items() if key), broken


def _wishes(session: Session, tally: Tally, day: date, *, world: World, now: datetime) -> engine.Problem:
    """The same day with every wish known beforehand, each as free as the service itself was: an hour either way."""
    places = {place for order in tally.wishes for leg in order.legs for place in (leg.origin, leg.destination)}
    book = days.load(session, day, world=world, now=now, also=sorted(places))
    policy = world.policies.on(day)
    requests = []
    for order in tally.wishes:
        for leg in order.legs:
            party = asking.party_of(session, order, leg, policy)
            key = f"{order.key}:{leg.leg.value}"
            requests.append(_wish(book, party, leg.wish, key, policy.booking.negotiation_minutes * 60))
    return replace(book.problem, requests=tuple(requests))


def _wish(book: DayBook, party: wishes.Party, wish: wishes.Wish, key: str, reach: int) -> engine.Request:
    """One wish as an optional request: any window the service could have offered near it."""
    policy = book.policy
    nearest = next(offers.candidates(book, party, wish, policy, wish.seconds))
    asked = offers.request(book, party, nearest, key)
    width = policy.promise.window_minutes * 60
    if wish.anchor is wishes.Anchor.LEAVE_AT:
        earliest, latest = wish.seconds - reach, wish.seconds + reach + width
        arrive = latest + party.pickup_service + nearest.max_ride
    else:
        arrive = wish.seconds
        earliest, latest = 0, arrive - nearest.ride - party.pickup_service
    hours = rules.opening(policy, book.day)
    earliest, arrive = max(earliest, hours.start), min(arrive, hours.end)
    return replace(
        asked,
        pickup_window=(earliest, max(latest, earliest)),
        dropoff_window=(earliest, arrive),
        required=False,
        weight=1.0,
    )


def _served(problem: engine.Problem) -> int:
    plan = engine.solve(problem, seconds=HINDSIGHT_SECONDS)
    faults = engine.judge(problem, plan)
    if faults:
        raise AssertionError(f"hindsight itself breaks a rule: {faults[0].sentence}")
    return sum(stop.kind is engine.StopKind.PICKUP for run in plan.runs for stop in run.stops)
