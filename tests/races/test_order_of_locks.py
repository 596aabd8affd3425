"""Whoever needs several rides or days takes them in one order, so that nobody waits in a circle for ever."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from tests.builders.booking import a_draft, an_order, looked
from tests.builders.clients import a_client
from tests.builders.planning import thought
from tests.builders.town import NOW, a_town, a_world, another_day
from tests.cast import gather
from tests.races.runners import RACERS, act
from transport.booking.rides import booking, rides
from transport.booking.rides.models import BookingDraft, Leg, Ride
from transport.kernel.actor import Actor
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.dispatch import incidents, roster
from transport.operations.dispatch.roster import Effect
from transport.operations.quality import invariants
from transport.routing.fleet.models import OutReason, Vehicle
from transport.routing.planning import proposals
from transport.routing.planning.whatif import Assumption, LeastChange, VehicleOut

pytestmark = pytest.mark.race


def take_out(session: Session, car: int, effects: list[Effect], span: tuple[datetime, datetime], by: Actor) -> str:
    vehicle, (starts, ends) = session.get_one(Vehicle, car), span
    why = OutReason.INSPECTION
    roster.out_of_service(
        session, vehicle, effects, starts=starts, ends=ends, reason=why, world=a_world(), by=by, now=NOW
    )
    return "out"


def hold(session: Session, key: str, by: Actor) -> str:
    draft = session.get_one(BookingDraft, key)
    booking.choose(session, draft, {Leg.OUTBOUND: 0}, world=a_world(), by=by, now=NOW)
    return "held"


def call_off(session: Session, ride_id: int, version: int, by: Actor) -> str:
    ride = session.get_one(Ride, ride_id)
    how = {"version": version, "reason": "porucha", "world": a_world(), "by": by, "now": NOW}
    rides.cancel(session, ride, for_service=True, **how)  # type: ignore[arg-type]
    return "called off"


def use(session: Session, proposal_id: int, by: Actor) -> str:
    incidents.apply(session, proposal_id, world=a_world(), by=by, now=NOW, reason="porucha")
    return "used"


def no_fault(database: Engine) -> None:
    with reading(database) as session:
        assert invariants.faults(session, world=a_world(), now=NOW) == []


def test_a_vehicle_leaves_for_two_days_while_others_order_for_the_second(database, race):
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        second = town.day + timedelta(days=1)
        another_day(session, town, second)
        keys = []
        for number in range(RACERS - 1):
            client = a_client(session, f"Klient {'ABCDEFGH'[number]}")
            draft = a_draft(session, town, client, f"{9 + 2 * number}:00", to="zbuch", day=second, by=cast.hana)
            looked(session, town, draft, by=cast.hana)
            keys.append(draft.key)
        span = at(town.day, 0), at(second + timedelta(days=1), 0)
        plan = roster.without_vehicle(session, session.get_one(Vehicle, town.car), *span, now=NOW)
        effects = [roster.consider(session, *each, world=a_world(), now=NOW) for each in plan.items()]
        assert len(effects) == 2
    orders = [(hold, key, cast.hana) for key in keys]
    out, *held = race(act, [(take_out, town.car, effects, span, cast.dana), *orders])
    assert out in ("out", "roster.changed_meanwhile")
    assert set(held) <= {"held", "promise.no_room"}
    no_fault(database)


def test_a_plan_that_leaves_both_ways_out_and_the_way_back_called_off_by_the_service(database, race):
    with writing(database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        _, back = an_order(session, town, cast.anna, "9:00", back="11:00", by=cast.hana)
        without: list[Assumption] = [VehicleOut(town.van_shift, 0, town.places["depot"]), LeastChange()]
        asked = [
            proposals.ask(session, town.day, seconds=1, assumptions=without, by=cast.dana, now=NOW) for _ in range(2)
        ]
        one, other = [each.id for each in thought(session, town, asked, NOW)]
    off = (call_off, back.id, back.version, cast.dana)
    found = race(act, [(use, one, cast.dana), off, (use, other, cast.dana), off])
    won = [each for each in found if each in ("used", "called off")]
    assert len(won) == 1, found
    assert set(found) - set(won) <= {"ride.changed_meanwhile", "plan.not_ready", "plan.day_has_moved_on"}
    no_fault(database)
