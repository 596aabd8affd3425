"""What a driver with an older list reports: whom a vehicle came for too early is not waited for all afternoon."""

from datetime import timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import an_order
from tests.builders.clients import acting
from tests.builders.driving import driven
from tests.builders.phones import Phone
from tests.builders.town import NOW
from transport.accounts.models import User
from transport.booking.rides import returns
from transport.booking.rides.lifecycle import Status
from transport.kernel.clock import at
from transport.operations.dispatch import plans
from transport.operations.driving.models import Outcome
from transport.routing.fleet.models import Driver, Shift
from transport.routing.planning import runs
from transport.routing.planning.models import Visit


@pytest.fixture
def back(session, town, cast):
    """Anna is out and may call from eleven on; the driver has read that."""
    there, back = an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    driven(session, town, there, by=cast.dana)
    plans.publish(session, town.day, by=cast.dana, now=NOW)
    return back


@pytest.fixture
def phone(session, town, cast, back):
    shift = session.get_one(Shift, runs.shift_of(session, back.promise_id))
    driver = session.get_one(User, session.get_one(Driver, shift.driver_id).user_id)
    return Phone(session, town, back, shift.id, acting(driver))


@pytest.fixture
def starts(session, town, back, phone):
    """She has not called: a later place is kept. From when on, in minutes after the first one."""
    now = phone.start - timedelta(minutes=5)
    new = returns.postpone(session, back, world=town.world, now=now)
    assert new is not None
    return phone.minute(at(town.day, new.window_start))


def arrivals(session, back):
    return [each.occurred_at for each in session.exec(select(Visit).where(Visit.promise_id == back.promise_id))]


def test_who_comes_for_a_promise_that_was_put_off_is_not_there_for_the_new_one(session, back, phone, starts):
    assert starts > 60
    assert phone("arrived", "pickup", 1).outcome is Outcome.KNOWN
    assert arrivals(session, back) == []
    later = phone("arrived", "pickup", starts + 5, promise=back.promise_id)
    assert later.outcome is Outcome.TAKEN
    phone("arrived", "pickup", starts + 7, promise=back.promise_id)
    assert arrivals(session, back) == [later.occurred_at], "what is said again does not bring the old arrival back"


@pytest.mark.parametrize(("early", "outcome"), [(15, Outcome.TAKEN), (16, Outcome.KNOWN)])
def test_a_quarter_of_an_hour_early_is_early_enough(session, back, phone, starts, early, outcome):
    assert phone("arrived", "pickup", starts - early).outcome is outcome
    assert bool(arrivals(session, back)) is (outcome is Outcome.TAKEN)


def test_who_got_on_under_the_older_promise_is_on_board(session, back, phone, starts):
    phone("arrived", "pickup", 1)
    assert phone("done", "pickup", 4).outcome is Outcome.TAKEN
    assert back.status is Status.ON_BOARD
