"""Two dispatchers, twice each, at one day: a ride is moved by one of them, and everybody takes back only their own."""

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_client, a_user, acting
from tests.builders.town import NOW, a_town, a_world
from tests.cast import gather
from tests.races.runners import RACERS
from transport.booking.rides.models import Ride
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict
from transport.operations.dispatch import handwork, steering
from transport.operations.dispatch.steering import Wanted
from transport.operations.quality import invariants
from transport.routing.planning import runs
from transport.routing.planning.models import PlanEdit, Promise

pytestmark = pytest.mark.race


def move(engine: Engine, ride_id: int, key: str, version: int, by: Actor) -> str:
    with writing(engine) as session:
        ride = session.get_one(Ride, ride_id)
        steering.move(session, ride, Wanted.read(key), version=version, world=a_world(), by=by, now=NOW)
    return "moved"


def move_and_back(engine: Engine, ride_id: int, by: Actor) -> str:
    """Each has a ride of their own; the vehicles are the same, so that whoever was not first chooses again."""
    world = a_world()
    while True:
        with reading(engine) as session:
            ride = session.get_one(Ride, ride_id)
            targets = steering.moves(session, ride, world=world, now=NOW).targets().targets
            key = next(each.key for each in targets if not each.stays and each.within_promise)
        try:
            move(engine, ride_id, key, ride.version, by)
            break
        except Conflict as refusal:
            if refusal.code != "move.changed_meanwhile":
                raise
    with writing(engine) as session:
        last = handwork.last_own(session, ride.day, by)
        assert last is not None
        steering.undo(session, last.edit, world=world, by=by, now=NOW)
    return "back"


def several(session: Session) -> tuple[list[Ride], list[Actor]]:
    hana = gather(session).hana
    town = a_town(session)
    names = "ABCDEFGH"[:RACERS]
    hours = [f"{8 + 2 * number}:00" for number in range(RACERS)]
    rides = [
        a_confirmed_ride(session, town, a_client(session, f"Klient {name}"), hour, by=hana)
        for name, hour in zip(names, hours, strict=True)
    ]
    people = [acting(a_user(session, Role.DISPATCHER, f"Dispečer {name}")) for name in names]
    return rides, people


def test_one_ride_is_moved_by_one_of_them(database: Engine, race):
    with writing(database) as session:
        (ride, *_), people = several(session)
        targets = steering.moves(session, ride, world=a_world(), now=NOW).targets().targets
        target = next(each for each in targets if not each.stays)
    found = race(move, [(ride.id, target.key, ride.version, by) for by in people])
    assert sorted(found) == ["moved"] + ["ride.changed_meanwhile"] * (RACERS - 1)
    with reading(database) as session:
        assert runs.shift_of(session, ride.promise_id) == target.shift
        [edit] = session.exec(select(PlanEdit)).all()
        mine = [by for by in people if handwork.last_own(session, ride.day, by)]
        assert [by.user for by in mine] == [edit.made_by], "whoever lost has nothing to take back"
        assert invariants.faults(session, world=a_world(), now=NOW) == []


def test_whoever_takes_back_takes_back_only_their_own_and_nothing_is_lost(database: Engine, race):
    with writing(database) as session:
        rides, people = several(session)
        was = {ride.promise_id: runs.shift_of(session, ride.promise_id) for ride in rides}
        promised = {each.id: each.window_start for each in session.exec(select(Promise))}
    found = race(move_and_back, [(ride.id, by) for ride, by in zip(rides, people, strict=True)])
    assert found == ["back"] * RACERS
    with reading(database) as session:
        assert {promise: runs.shift_of(session, promise) for promise in was} == was
        assert {each.id: each.window_start for each in session.exec(select(Promise))} == promised
        assert all(edit.undone_at == NOW for edit in session.exec(select(PlanEdit)))
        assert invariants.faults(session, world=a_world(), now=NOW) == []
