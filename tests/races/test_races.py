"""Several processes on one database: who is first is decided once, and the others are told so kindly."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from tests.builders.booking import a_draft, a_ride, looked
from tests.builders.clients import a_client
from tests.builders.town import NOW, Town, a_town, a_world
from tests.cast import gather
from tests.races.runners import RACERS
from transport.booking.clients.needs import Mobility
from transport.booking.contracts import contracts, ledger
from transport.booking.rides import booking, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import BookingDraft, Leg, Ride, TripRequest
from transport.kernel import claims, events
from transport.kernel.actor import SYSTEM, Actor
from transport.kernel.db import reading, writing
from transport.kernel.events import Event, EventHandled
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise, PromiseState

pytestmark = pytest.mark.race


def no_fault(database: Engine) -> None:
    with reading(database) as session:
        assert invariants.faults(session, world=a_world(), now=NOW) == []


def drafts_for_one_place(session: Session, *, allotment: int = 1_000_000) -> tuple[list[str], Actor, Town]:
    """People in wheelchairs who have all been shown nine o'clock to Zbůch; only one of them fits into the van."""
    cast = gather(session)
    town = a_town(session, emil=cast.emil, allotment=allotment)
    keys = []
    for number in range(RACERS):
        client = a_client(session, f"Klient {'ABCDEFGH'[number]}", mobility=Mobility.WHEELCHAIR_STAYS)
        draft = a_draft(session, town, client, "9:00", to="zbuch", by=cast.hana)
        looked(session, town, draft, by=cast.hana)
        keys.append(draft.key)
    return keys, cast.hana, town


def hold_and_book(engine: Engine, key: str, by: Actor) -> str:
    world = a_world()
    with writing(engine) as session:
        draft = session.get_one(BookingDraft, key)
        booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=world, by=by, now=NOW)
    with writing(engine) as session:
        booking.book(session, session.get_one(BookingDraft, key), world=world, by=by, now=NOW)
    return "promised"


def test_many_clients_and_one_free_place_make_one_promise(database, race):
    with writing(database) as session:
        keys, hana, _ = drafts_for_one_place(session)
    found = race(hold_and_book, [(key, hana) for key in keys])
    assert sorted(found) == ["promise.no_room"] * (RACERS - 1) + ["promised"]
    with reading(database) as session:
        assert session.exec(select(func.count()).select_from(Promise)).one() == 1
        assert session.exec(select(func.count()).select_from(Ride)).one() == 1
    no_fault(database)


def test_a_form_sent_several_times_at_once_is_one_order(database, race):
    with writing(database) as session:
        keys, hana, _ = drafts_for_one_place(session)
        draft = session.get_one(BookingDraft, keys[0])
        booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=a_world(), by=hana, now=NOW)
    found = race(book_only, [(keys[0], hana)] * RACERS)
    assert set(found) == {"booked"}, "a doubled click finds the first order"
    with reading(database) as session:
        assert session.exec(select(func.count()).select_from(TripRequest)).one() == 1
        assert session.exec(select(func.count()).select_from(Ride)).one() == 1
    no_fault(database)


def book_only(engine: Engine, key: str, by: Actor) -> str:
    with writing(engine) as session:
        booking.book(session, session.get_one(BookingDraft, key), world=a_world(), by=by, now=NOW)
    return "booked"


def test_parallel_holds_never_take_more_metres_than_were_bought(database, race):
    """People on foot, for whom there are seats in two vehicles, but metres for one or two drives only."""
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil, allotment=25_000)
        keys = []
        for number in range(RACERS):
            client = a_client(session, f"Klient {'ABCDEFGH'[number]}")
            draft = a_draft(session, town, client, f"{9 + 2 * number}:00", to="zbuch", by=cast.hana)
            looked(session, town, draft, by=cast.hana)
            keys.append(draft.key)
    found = race(hold_and_book, [(key, cast.hana) for key in keys])
    assert sorted(found) == ["contract.no_capacity"] * (RACERS - 1) + ["promised"]
    with reading(database) as session:
        assert ledger.balance_on(session, contracts.for_day(session, town.day), town.day).free >= 0
    no_fault(database)


def test_two_dispatchers_decide_on_one_ride_and_one_of_them_does(database, race):
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        ride = a_ride(session, town, cast.anna, by=cast.cyril)
    found = race(
        decide,
        [(ride.id, ride.version, move, cast.dana) for move in ("confirm", "decline", "confirm", "cancel")],
    )
    assert found.count("ride.changed_meanwhile") == RACERS - 1
    with reading(database) as session:
        assert session.get_one(Ride, ride.id).status in {Status.CONFIRMED, Status.DECLINED, Status.CANCELLED}
    no_fault(database)


def decide(engine: Engine, ride_id: int, version: int, move: str, by: Actor) -> str:
    world = a_world()
    with writing(engine) as session:
        ride = session.get_one(Ride, ride_id)
        if move == "confirm":
            rides.confirm(session, ride, version=version, by=by, now=NOW)
        elif move == "decline":
            rides.decline(session, ride, version=version, reason="unsafe", world=world, by=by, now=NOW)
        else:
            rides.cancel(session, ride, version=version, world=world, by=by, now=NOW)
    return move


EVENTS = 100


def test_each_event_is_reacted_to_once(database, race):
    with writing(database) as session:
        for number in range(EVENTS):
            events.record(session, "ride_confirmed", subject=("ride", number), by=SYSTEM, now=NOW)
    found = race(react, [()] * RACERS)
    assert sum(found) == EVENTS
    with reading(database) as session:
        assert session.exec(select(func.count()).select_from(EventHandled)).one() == EVENTS
        effects = select(func.count()).select_from(Event).where(Event.kind == "told")
        assert session.exec(effects).one() == EVENTS


def react(engine: Engine) -> int:
    """The effect of the reaction is another event, so that effects can be counted."""
    done = 0
    with reading(engine) as session:
        waiting = events.pending(session, "ride_confirmed", "tell", limit=EVENTS)
    for event_id in waiting:
        with writing(engine) as session:
            mine = events.take(session, event_id, "tell", NOW)
            if mine is not None:
                events.record(session, "told", subject=("event", event_id), by=SYSTEM, now=NOW)
                done += 1
    return done


SLOTS = [f"2026-11-{day:02}" for day in range(1, 21)]


def test_each_slot_of_a_job_is_taken_by_one_worker(database, race):
    found = race(take_slots, [(number,) for number in range(RACERS)])
    taken = [slot for slots in found for slot in slots]
    assert sorted(taken) == SLOTS


def take_slots(engine: Engine, number: int) -> list[str]:
    mine = []
    for slot in SLOTS[number:] + SLOTS[:number]:
        with writing(engine) as session:
            if claims.take(session, "forget", slot, NOW + timedelta(seconds=number)):
                mine.append(slot)
    return mine


def test_a_place_held_and_given_back_at_once_leaves_a_plan_that_stands(database, race):
    with writing(database) as session:
        keys, hana, _ = drafts_for_one_place(session)
    race(hold_and_give_back, [(key, hana, 4) for key in keys])
    with reading(database) as session:
        live = select(func.count()).select_from(Promise).where(col(Promise.state) == PromiseState.HELD)
        assert session.exec(live).one() <= 1
    no_fault(database)


def hold_and_give_back(engine: Engine, key: str, by: Actor, times: int) -> int:
    """Chooses again and again, which gives the earlier place back each time; says how often it got one."""
    got = 0
    for number in range(times):
        try:
            with writing(engine) as session:
                draft = session.get_one(BookingDraft, key)
                booking.choose(session, draft, {Leg.OUTBOUND: number % 2}, world=a_world(), by=by, now=NOW)
            got += 1
        except Exception as refusal:
            if getattr(refusal, "code", "") != "promise.no_room":
                raise
    return got
