"""A day is closed when every ride has a result; what was driven is then counted for good."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import acting
from tests.builders.town import NOW
from transport.accounts.models import User
from transport.booking.contracts.balance import EntryKind
from transport.booking.contracts.models import LedgerEntry
from transport.booking.rides import rides
from transport.kernel.actor import SYSTEM
from transport.kernel.clock import day_start
from transport.kernel.errors import Conflict
from transport.operations.dispatch import closing
from transport.operations.driving import reporting
from transport.operations.driving.said import Said
from transport.operations.quality import invariants
from transport.routing.fleet.models import Driver, Shift
from transport.routing.planning.models import DayState


@pytest.fixture
def later(town):
    return day_start(town.day) + timedelta(days=1, hours=3)


def test_a_day_with_a_ride_without_a_result_stays_open(session, town, cast, later):
    a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    with pytest.raises(Conflict, match=r"day\.rides_open"):
        closing.close(session, town.day, world=town.world, by=SYSTEM, now=later)


def test_closing_counts_what_was_driven_and_nothing_is_impossible_afterwards(session, town, cast, later):
    ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    reason = "the vehicle broke down"
    rides.miss(session, ride, version=ride.version, reason=reason, world=town.world, by=cast.dana, now=later)
    assert closing.open_before(session, town.day + timedelta(days=1)) == [town.day]
    row = closing.close(session, town.day, world=town.world, by=SYSTEM, now=later)
    assert row.state is DayState.CLOSED
    assert closing.open_before(session, town.day + timedelta(days=1)) == []
    consumed = session.exec(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.CONSUME)).all()
    assert all(entry.source == f"day:{town.day}" for entry in consumed)
    assert invariants.faults(session, world=town.world, now=later) == []


def test_a_closed_day_takes_no_more_decisions(session, town, cast, later):
    closing.close(session, town.day, world=town.world, by=SYSTEM, now=later)
    with pytest.raises(Conflict, match=r"day\.closed"):
        a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana, now=NOW)


@pytest.mark.parametrize(("readings", "counted"), [({"car_shift", "van_shift"}, 160_000), ({"car_shift"}, 0)])
def test_kilometres_are_read_off_the_dashboards_if_all_of_them_are(session, town, later, readings, counted):
    """Nothing is planned on this day; both vehicles were driven eighty kilometres, and the contract bears it."""
    for name in readings:
        shift = session.get_one(Shift, getattr(town, name))
        for kind, odometer in (("begun", 1000), ("ended", 1080)):
            said = Said(str(uuid4()), "form", 0, shift.id, kind, None, None, later, later, "", {"odometer": odometer})
            user = session.get_one(User, session.get_one(Driver, shift.driver_id).user_id)
            reporting.receive(session, said, world=town.world, by=acting(user), now=later)
    closing.close(session, town.day, world=town.world, by=SYSTEM, now=later)
    consumed = session.exec(select(LedgerEntry).where(LedgerEntry.kind == EntryKind.CONSUME)).one()
    assert consumed.quantity == counted
