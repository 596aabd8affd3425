"""The doors that take reports: parcels of the app, one by one, and forms; nothing is lost, nothing is doubled."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from tests.api.browser import Browser
from tests.builders.booking import a_confirmed_ride
from tests.builders.town import NOW
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.policy.groups import Driving
from transport.operations.dispatch import plans
from transport.operations.driving.models import DriverReport
from transport.routing.fleet.models import Shift
from transport.routing.planning.models import Promise, Visit

PARCEL = "/ridic/hlaseni"
DEVICE = str(uuid4())


@pytest.fixture
def promise(house):
    """Bedřich's, at nine in Emil's car; it is a minute after."""
    town, cast = house.town, house.cast
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
        plans.publish(session, town.day, by=cast.dana, now=NOW)
        house.clock.now = at(town.day, session.get_one(Promise, ride.promise_id).window_start) + timedelta(minutes=1)
        return ride.promise_id


@pytest.fixture
def said(house, promise):
    """`said(seq, kind, stop, ago)`: so many minutes ago, by a clock that is ten minutes slow."""

    def make(seq, kind, stop=None, ago=0, **more):
        happened = house.clock.now - timedelta(minutes=ago + 10)
        report = {"key": str(uuid4()), "seq": seq, "shift": house.town.car_shift, "kind": kind, "stop": stop}
        return report | {"promise": promise if stop else None, "at": happened.isoformat(), "facts": {}} | more

    return make


def send(house, visitor, reports, **headers):
    body = {"device": DEVICE, "sent_at": (house.clock.now - timedelta(minutes=10)).isoformat(), "reports": reports}
    return visitor.client.post(PARCEL, json=body, headers={"x-device": DEVICE, **headers})


def test_a_parcel_is_taken_one_by_one_in_its_order(house, said):
    house.clock.forward(minutes=40)
    emil = house.visit(house.cast.emil)
    parcel = [
        said(1, "arrived", "pickup", 39),
        said(2, "done", "pickup", 35),
        said(3, "flown"),
        said(4, "done", "dropoff", 10, shift=house.town.van_shift),
        said(5, "done", "dropoff", 10),
        said(6, "problem", facts={"problem": "late", "minutes": 20}),
    ]
    for _ in range(2):
        answer = send(house, emil, parcel)
        assert answer.status_code == 200
        found = [(each["outcome"], each["why"]) for each in answer.json()["reports"]]
        refused = [("refused", "report.unreadable"), ("refused", "shift")]
        assert found == [("taken", "")] * 2 + refused + [("taken", "")] * 2
        assert [each["key"] for each in answer.json()["reports"]] == [each["key"] for each in parcel]
    with reading(house.database) as session:
        assert session.exec(select(Ride.status)).one() is Status.COMPLETED
        assert len(session.exec(select(DriverReport)).all()) == 4
        ages = sorted(house.clock.now - each.occurred_at for each in session.exec(select(Visit)))
    assert ages == [timedelta(minutes=each) for each in (10, 35, 39)]


def test_who_is_not_logged_in_is_told_so_without_being_led_away(house, said):
    assert send(house, Browser(house.app), [said(1, "arrived", "pickup")]).status_code == 401
    assert send(house, house.visit(house.cast.dana), [said(1, "arrived", "pickup")]).status_code == 403
    emil = house.visit(house.cast.emil)
    assert emil.client.post(PARCEL, json={"reports": []}).status_code == 403, "another site can send no header"
    for body in (b"{", b"[]", b'{"reports": {}}', b'{"reports": [], "sent_at": "noon"}', b"\xff", b"[" * 100_000):
        answer = emil.client.post(PARCEL, content=body, headers={"x-device": DEVICE})
        assert (answer.status_code, answer.json()["code"]) == (400, "report.unreadable")
    assert send(house, emil, [{}] * 201).status_code == 413
    assert emil.client.post(PARCEL, content=b" " * 200_001, headers={"x-device": DEVICE}).status_code == 413
    answer = send(house, emil, [None, 7, {"key": "x" * 99, "seq": -1}, said(1, "arrived", "pickup", at="yesterday")])
    assert {each["outcome"] for each in answer.json()["reports"]} == {"refused"}
    with reading(house.database) as session:
        assert session.exec(select(DriverReport)).all() == []


def test_the_days_reports_are_listed_and_marked_as_seen(house, said):
    emil, dana = house.visit(house.cast.emil), house.visit(house.cast.dana)
    send(house, emil, [said(1, "done", "dropoff", facts={"handed_to": "paní Nová", "cash": "12,x"})])
    with reading(house.database) as session:
        report = session.exec(select(DriverReport)).one()
    assert json.loads(report.facts) == {"handed_to": "paní Nová", "unread": {"cash": "12,x"}}
    page = f"/disp/{house.town.day}/hlaseni"
    exceptions = f"/disp/{house.town.day}/vyjimky"
    assert f"{page}#smena-{house.town.car_shift}" in {a.get("href") for a in dana.get(exceptions).root.iter("a")}
    assert dana.get(page).root.find(f".//tr[@id='h{report.id}']") is not None
    dana.post(page, key=f"report:{report.id}", deed="done")
    assert f"{page}#smena-{house.town.car_shift}" not in {a.get("href") for a in dana.get(exceptions).root.iter("a")}
    table = dana.client.get(f"{page}.csv").text.splitlines()
    assert len(table) == 2
    assert "visit.not_on_board" in table[1]
    emil.get(page, 403)


def test_what_another_driver_has_said_may_wait_until_all_of_that_shift_closes(house, said):
    emil, other = house.visit(house.cast.emil), said(1, "problem", shift=house.town.van_shift)
    whys = []
    with reading(house.database) as session:
        shift = session.get_one(Shift, house.town.van_shift)
    closes = at(shift.day, shift.ends) + timedelta(hours=Driving().hours_after)
    for now in (house.clock.now, closes - timedelta(minutes=1), closes):
        house.clock.now = now
        whys += [each["why"] for each in send(house, emil, [other, other | {"shift": 999}]).json()["reports"]]
    assert whys == ["shift", "shift.over", "shift", "shift.over", "shift.over", "shift.over"]


def test_a_problem_that_was_none_is_taken_back(house, said):
    emil, dana = house.visit(house.cast.emil), house.visit(house.cast.dana)
    told = said(1, "problem", facts={"problem": "breakdown"})
    send(house, emil, [told])
    exceptions = f"/disp/{house.town.day}/vyjimky"
    assert "driver_said:" in dana.get(exceptions).html
    answer = send(house, emil, [said(2, "undone", about=told["key"])])
    assert answer.json()["reports"][0]["outcome"] == "taken"
    assert "driver_said:" not in dana.get(exceptions).html
