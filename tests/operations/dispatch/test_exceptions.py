"""What needs a person on a day: found in what is recorded, dealt with by somebody, never entered by hand."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_ride, an_order
from tests.builders.clients import a_card, a_client
from tests.builders.driving import boarded, driven, planned, reported
from tests.builders.town import NOW
from transport.booking.clients import clients
from transport.booking.clients.models import Mandate
from transport.booking.rides import returns, rides
from transport.kernel.clock import at
from transport.kernel.errors import Conflict, Forbidden
from transport.operations.dispatch import exceptions, marks
from transport.operations.dispatch.matters import MatterKind
from transport.operations.driving import stranded
from transport.routing.fleet.models import OutOfService, OutReason
from transport.routing.planning.models import Promise, Proposal, ProposalState, StopKind, VisitAction


@pytest.fixture
def anna_at_nine(session, town, cast):
    return a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)


def found(session, town, now=NOW):
    return exceptions.found(session, town.day, policy=town.world.policies.on(town.day), now=now)


def kinds(session, town, now=NOW):
    return [matter.kind for matter in found(session, town, now)]


def count(session, town, now=NOW):
    return exceptions.count(session, town.day, policy=town.world.policies.on(town.day), now=now)


def test_a_day_that_goes_well_has_no_exceptions(session, town, anna_at_nine):
    assert kinds(session, town) == []
    assert kinds(session, town, planned(session, anna_at_nine, StopKind.PICKUP)) == []


def test_who_is_not_fetched_by_the_end_of_the_window_waits_for_us_and_then_the_driver_is_silent(
    session, town, anna_at_nine
):
    promise = session.get_one(Promise, anna_at_nine.promise_id)
    over = at(town.day, promise.window_end)
    assert kinds(session, town, over) == [MatterKind.LATE_SOON], "time passes, and nobody has reported anything"
    late = found(session, town, over + timedelta(minutes=4))
    assert [(each.kind, each.minutes) for each in late] == [(MatterKind.LATE, 4)]
    assert set(kinds(session, town, over + timedelta(minutes=30))) == {MatterKind.LATE, MatterKind.SILENT}


def test_an_estimate_beyond_the_window_is_told_before_it_happens(session, town, cast):
    first = a_confirmed_ride(session, town, cast.anna, "9:00", by=cast.dana)
    second = a_confirmed_ride(session, town, cast.bedrich, "9:45", origin="hospital", to="station", by=cast.dana)
    an_hour_late = planned(session, first, StopKind.PICKUP) + timedelta(hours=1)
    reported(session, town, first, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana, now=an_hour_late)
    late = [each for each in found(session, town, an_hour_late) if each.kind is MatterKind.LATE]
    assert second.id in {each.subject for each in late}


def test_who_has_reached_the_door_of_the_destination_is_not_late_any_more(session, town, cast, anna_at_nine):
    boarded(session, town, anna_at_nine, by=cast.dana)
    by = at(town.day, session.get_one(Promise, anna_at_nine.promise_id).arrive_by)
    five_later = by + timedelta(minutes=5)
    assert MatterKind.LATE in kinds(session, town, five_later)
    reported(session, town, anna_at_nine, StopKind.DROPOFF, VisitAction.ARRIVED, by=cast.dana, now=by)
    assert kinds(session, town, five_later) == []


@pytest.mark.parametrize(("guarded", "kind"), [({}, MatterKind.ABSENT), ({"never_alone": True}, MatterKind.UNSAFE)])
def test_a_client_who_is_not_there_waits_for_a_decision(session, town, cast, guarded, kind):
    client = a_client(session, "Zdeněk Doma", **guarded)
    ride = a_confirmed_ride(session, town, client, "9:00", by=cast.dana)
    came = planned(session, ride, StopKind.PICKUP)
    left = came + timedelta(minutes=20)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana, now=came)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ABSENT, by=cast.dana, now=left)
    assert [(each.kind, each.subject) for each in found(session, town, left)] == [(kind, ride.id)]


def test_who_called_for_the_way_home_waits_until_the_vehicle_is_there(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="11:00", will_call=True, by=cast.hana)
    driven(session, town, there, by=cast.dana)
    ready = at(town.day, town.second("10:45"))
    returns.call(session, back, version=back.version, world=town.world, by=cast.hana, now=ready)
    waits = [each for each in found(session, town, ready + timedelta(minutes=46)) if each.subject == back.id]
    assert (MatterKind.WAITS_HOME, 46, 2) in {(each.kind, each.minutes, each.level) for each in waits}
    came = planned(session, back, StopKind.PICKUP)
    reported(session, town, back, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana, now=came)
    assert MatterKind.WAITS_HOME not in kinds(session, town, came)


def test_the_worst_stands_first(session, town, cast):
    there, back = an_order(session, town, cast.anna, "9:00", back="12:00", by=cast.hana)
    driven(session, town, there, by=cast.dana)
    now = at(town.day, town.second("13:00"))
    rides.miss(session, back, version=back.version, reason="porucha", world=town.world, by=cast.dana, now=now)
    waiting = a_ride(session, town, cast.bedrich, "18:00", by=cast.hana, now=now)
    session.get_one(Promise, waiting.promise_id).at_risk = True
    assert kinds(session, town, now)[:2] == [MatterKind.STRANDED, MatterKind.AT_RISK]
    stranded.resolve(session, back, "taxi", world=town.world, by=cast.dana, now=now)
    assert MatterKind.STRANDED not in kinds(session, town, now)


def test_a_vehicle_out_of_service_counts_while_it_has_rides_to_drive(session, town, cast, anna_at_nine):
    begins = at(town.day, town.second("8:00"))
    for vehicle in (town.car, town.van):
        session.add(OutOfService(vehicle_id=vehicle, starts=begins, reason=OutReason.REPAIR, recorded_at=NOW))
    out = [each for each in found(session, town) if each.kind is MatterKind.VEHICLE_OUT]
    assert [each.subject for each in out] == [town.van_shift]


def test_papers_that_have_ended_are_a_call_and_the_ride_stays(session, town, cast):
    young = a_client(session, "Jan Mladý", born=date(1990, 1, 1))
    card = a_card(session, young)
    clients.verify(session, card, by=cast.hana, now=NOW)
    by_cyril = a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    own = a_confirmed_ride(session, town, young, "11:00", by=cast.hana)
    assert MatterKind.OVERDUE in kinds(session, town, by_cyril.confirm_by + timedelta(minutes=1))
    card.valid_until = town.day - timedelta(days=1)
    for mandate in session.exec(select(Mandate).where(Mandate.client_id == cast.anna.id)):
        mandate.valid_until = town.day - timedelta(days=1)
    session.flush()
    assert {(each.kind, each.subject) for each in found(session, town)} == {
        (MatterKind.MANDATE_ENDED, by_cyril.id),
        (MatterKind.CARD_ENDED, own.id),
    }


def test_what_the_house_failed_to_do_itself_is_told(session, town):
    session.add(Proposal(day=town.day, state=ProposalState.FAILED, budget_seconds=10, asked_by="system", asked_at=NOW))
    assert kinds(session, town) == [MatterKind.PROPOSAL_FAILED]


def test_a_matter_is_taken_by_one_person_and_does_not_count_once_it_is_dealt_with(session, town, cast, anna_at_nine):
    session.get_one(Promise, anna_at_nine.promise_id).at_risk = True
    session.flush()
    key = found(session, town)[0].key
    marks.take(session, town.day, key, by=cast.dana, now=NOW)
    marks.take(session, town.day, key, by=cast.dana, now=NOW)
    with pytest.raises(Conflict, match=r"mark\.taken"):
        marks.take(session, town.day, key, by=cast.hana, now=NOW)
    with pytest.raises(Forbidden, match=r"role\.missing"):
        marks.finish(session, town.day, key, by=cast.anna_herself, now=NOW)
    assert count(session, town) == 1
    marks.finish(session, town.day, key, by=cast.hana, now=NOW)
    assert count(session, town) == 0
    marks.reopen(session, town.day, key, by=cast.dana, now=NOW)
    assert count(session, town) == 1
