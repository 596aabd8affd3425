"""The day under way for programs: times, places of vehicles, and nothing of the people who ride."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_confirmed_ride
from tests.builders.driving import boarded, planned, reported
from transport.booking.clients.models import Client
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.operations.driving import feed, positions
from transport.operations.driving.models import VehiclePosition
from transport.routing.fleet.models import Driver
from transport.routing.geo.models import Place, PlaceKind
from transport.routing.planning.models import StopKind, VisitAction

LAT, LON = 49.747512, 13.377634


@pytest.fixture
def ride(session, town, cast):
    session.get_one(Place, town.places["home"]).kind = PlaceKind.ADDRESS
    return a_confirmed_ride(session, town, cast.anna, by=cast.hana)


@pytest.fixture
def seen(session, town):
    """The van tells where it is."""

    def tell(moment):
        slot = int(moment.timestamp()) // positions.SLOT
        where: dict[str, Any] = {"lat": LAT, "lon": LON, "speed": 36, "heading": 90}
        row = VehiclePosition(
            vehicle_id=town.van, shift_id=town.van_shift, slot=slot, at=moment, recorded_at=moment, **where
        )
        session.add(row)
        session.flush()

    return tell


def of_day(session, town, now, **more):
    found = feed.of_day(session, town.day, now=now, **more)
    assert found["header"] == {
        "gtfs_realtime_version": "2.0",
        "incrementality": "FULL_DATASET",
        "timestamp": int(now.timestamp()),
    }
    updates = {
        each["trip_update"]["vehicle"]["id"]: each["trip_update"] for each in found["entity"] if "trip_update" in each
    }
    vehicles = [each["vehicle"] for each in found["entity"] if "vehicle" in each]
    return updates[str(town.van)], vehicles


def test_a_run_is_a_trip_with_times_as_planned_expected_and_happened(session, town, cast, ride):
    due = planned(session, ride, StopKind.PICKUP)
    trip, _ = of_day(session, town, due - timedelta(minutes=10))
    assert trip["trip"]["trip_id"] == f"{town.day}-{town.van_shift}"
    assert trip["trip"]["start_date"] == town.day.strftime("%Y%m%d")
    pickup, dropoff = trip["stop_time_update"]
    assert (pickup["arrival"], pickup["schedule_relationship"]) == (
        {"time": int(due.timestamp()), "delay": 0},
        "SCHEDULED",
    )
    late = due + timedelta(minutes=7)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana, now=late)
    pickup, dropoff = of_day(session, town, late)[0]["stop_time_update"]
    assert pickup["arrival"] == {"time": int(late.timestamp()), "delay": 420}
    assert dropoff["arrival"]["delay"] > 0
    assert pickup["stop_sequence"] < dropoff["stop_sequence"]


def test_whoever_was_not_there_is_skipped(session, town, cast, ride):
    due = planned(session, ride, StopKind.PICKUP)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana, now=due)
    gone = due + timedelta(minutes=20)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ABSENT, by=cast.dana, now=gone)
    stops = of_day(session, town, gone)[0]["stop_time_update"]
    assert {stop["schedule_relationship"] for stop in stops} == {"SKIPPED"}


def test_a_vehicle_is_on_the_way_to_its_next_stop_or_there(session, town, cast, ride, seen):
    now = planned(session, ride, StopKind.PICKUP) - timedelta(minutes=1)
    assert of_day(session, town, now)[1] == []
    seen(now)
    (vehicle,) = of_day(session, town, now)[1]
    assert vehicle["position"] == {"latitude": LAT, "longitude": LON, "bearing": 90, "speed": 10.0}
    assert (vehicle["current_status"], vehicle["stop_id"][:5]) == ("IN_TRANSIT_TO", "door-")
    boarded(session, town, ride, by=cast.dana)
    (vehicle,) = of_day(session, town, now)[1]
    assert vehicle["stop_id"].startswith("place-")


def test_others_do_not_learn_where_somebody_lives(session, town, cast, ride, seen):
    now = planned(session, ride, StopKind.PICKUP)
    seen(now)
    (vehicle,) = of_day(session, town, now, for_others=True)[1]
    assert vehicle["position"]["latitude"] == round(LAT, 3)
    reported(session, town, ride, StopKind.PICKUP, VisitAction.ARRIVED, by=cast.dana)
    (vehicle,) = of_day(session, town, now, for_others=True)[1]
    assert (vehicle["current_status"], "position" in vehicle) == ("STOPPED_AT", False)
    assert "position" in of_day(session, town, now)[1][0]


def test_nothing_in_it_says_who_rides_or_drives(session, town, cast, ride, seen):
    now = at(town.day, town.second("9:00"))
    seen(now)
    said = json.dumps([feed.of_day(session, town.day, now=now, for_others=each) for each in (False, True)])
    names = [each.name for each in session.exec(select(Client)).all()]
    names += [part for name in names for part in name.split()] + [each.name for each in session.exec(select(Driver))]
    numbers = [each.code for each in session.exec(select(Ride))] + [each.phone for each in session.exec(select(Client))]
    private = session.exec(select(Place).where(col(Place.kind) == PlaceKind.ADDRESS)).all()
    secret = {*names, *numbers, *(each.name for each in private), *(each.address for each in private)} - {""}
    assert [each for each in secret if each in said] == []
    assert len(secret) > 8
