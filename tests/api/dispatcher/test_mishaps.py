"""Things that go wrong, through the pages: what the driver says, the plans for it, the taxi; one story a test."""

import json
from dataclasses import replace

import pytest
from sqlmodel import col, select

from tests.builders.booking import a_confirmed_ride, an_order
from tests.builders.driving import boarded, driven
from tests.builders.town import a_driver, a_shift, a_vehicle
from transport import jobs
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride, TaxiOrder, TaxiState
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.kernel.policy import Taxi, TaxiProvider
from transport.operations.dispatch import plans
from transport.operations.driving import stranded
from transport.operations.driving.models import DriverReport, Outcome, ReportKind
from transport.operations.quality import invariants
from transport.routing.fleet.models import Depot, Shift
from transport.routing.planning import promises, runs
from transport.routing.planning.models import Promise, PromiseState, Proposal

TAXI = Taxi(
    max_price=50_000,
    start_price=5_000,
    km_price=3_600,
    comes_minutes=20,
    providers=(TaxiProvider(name="Taxi Plzeň", phone="+420 377 000 000"),),
)


@pytest.fixture
def day(house):
    return f"/disp/{house.town.day}"


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


@pytest.fixture
def taxi_house(house):
    services = house.app.state.services
    policies = services.world.policies.model_copy(update={"taxi": TAXI})
    house.app.state.services = replace(services, world=replace(services.world, policies=policies))
    return house


def at_clock(house, clock):
    house.clock.now = at(house.town.day, house.town.second(clock))
    return house.clock.now


def a_report(session, shift_id, problem, now, kind=ReportKind.PROBLEM, about="", **facts):
    row = DriverReport(
        key=f"key of {kind} {problem}",
        shift_id=shift_id,
        kind=kind,
        about=about,
        facts=json.dumps({"problem": problem, **facts}),
        device="form",
        seq=1,
        device_at=now,
        occurred_at=now,
        recorded_at=now,
        actor="driver:1",
        outcome=Outcome.TAKEN,
    )
    session.add(row)


def test_what_a_driver_says_leads_by_one_press_to_plans_for_exactly_that(house, day, dana):
    with writing(house.database) as session:
        depot = session.exec(select(Depot)).one()
        van = a_vehicle(session, depot, "van 2", (3, 1, 300), features="ramp")
        a_shift(session, van, a_driver(session, depot.provider_id, name="Gita Řidičová"))
        riding = a_confirmed_ride(session, house.town, house.cast.anna, "10:00", by=house.cast.dana)
        plans.publish(session, house.town.day, by=house.cast.dana, now=at(house.town.day, 0))
        boarded(session, house.town, riding, by=house.cast.dana)
        shift = runs.shift_of(session, riding.promise_id)
        now = at_clock(house, "10:10")
        a_report(session, shift, "lift", now, note="rampa nejde sklopit")
    page = dana.get(f"{day}/vyjimky")
    assert "rampa nejde sklopit" in page.html
    target = f"{day}/porucha?smena={shift}&co=lift"
    assert target in [link.get("href") for link in page.root.iter("a")]
    page.get(target)
    assert page.root.find(".//*[@role='alert']") is not None, "who sits in a wheelchair is named as an emergency"
    page.send(f"{day}/porucha", at="10:10")
    warning = ".//main//div[@class='aid-notice aid-notice--warning']/p"
    alone = len(page.root.findall(warning))
    with writing(house.database) as session:
        a_report(session, shift, "", at_clock(house, "10:11"), ReportKind.UNDONE, about="key of problem lift")
    assert len(page.get(page.path).root.findall(warning)) == alone + 1, "the driver has taken it back"
    jobs.think(house.app.state.services, now)
    page.get(page.path).send(f"{page.path}/pouzit")
    with reading(house.database) as session:
        assert runs.shift_of(session, session.exec(select(Ride)).one().promise_id) == shift
        assert invariants.faults(session, world=house.town.world, now=now) == []
    page.get(f"{day}/porucha?smena={shift}&co=road").send(f"{day}/porucha", 422, at="10:10", minutes="7")
    page.send(f"{day}/porucha", at="10:10", minutes="10", scope="all")
    page.get(f"{day}/porucha?smena={shift}&co=driver").send(f"{day}/porucha", at="10:10")
    with reading(house.database) as session:
        assert len(session.exec(select(Proposal)).all()) >= 4


def test_a_door_nobody_opens_is_left_from_the_page_of_the_vehicle(house, day, dana):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, "10:00", by=house.cast.dana)
        plans.publish(session, house.town.day, by=house.cast.dana, now=at(house.town.day, 0))
        shift = runs.shift_of(session, ride.promise_id)
        old, code = ride.promise_id, ride.code
    at_clock(house, "10:02")
    page = dana.get(f"{day}/porucha?smena={shift}&co=absent")
    page.send(f"{day}/porucha", 422, at="10:02", how="back", minutes="45")
    page.send(f"{day}/porucha", at="10:02", how="back", minutes="45", code=code)
    jobs.think(house.app.state.services, house.clock.now)
    page.get(page.path).send(f"{page.path}/pouzit")
    with reading(house.database) as session:
        assert session.exec(select(Ride)).one().promise_id != old


def test_a_taxi_is_called_for_a_late_ride_and_the_promise_is_kept_by_it(taxi_house, day, dana):
    house = taxi_house
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.bedrich, "10:00", to="station", by=house.cast.dana)
        plans.publish(session, house.town.day, by=house.cast.dana, now=at(house.town.day, 0))
        code, promise = ride.code, ride.promise_id
    at_clock(house, "8:00")
    page = dana.get(f"{day}/jizda/{code}/taxi")
    assert page.root.find(".//input[@name='price']") is None, "a vehicle of ours can drive it"
    at_clock(house, "10:40")
    page.get(f"{day}/vyjimky").get(f"{day}/jizda/{code}/taxi")
    page.send(f"{day}/jizda/{code}/taxi", 422, provider="Taxi Plzeň", price="mnoho")
    page.send(f"{day}/jizda/{code}/taxi", 422, provider="Taxi Plzeň", price="9000")
    page.send(f"{day}/jizda/{code}/taxi", provider="Taxi Plzeň", price="300")
    with reading(house.database) as session:
        order = session.exec(select(TaxiOrder)).one().id
        assert session.get_one(Promise, promise).state is PromiseState.HANDED_ON
        assert promises.stops(session, promise) == []
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []
    for shown in (
        "",
        "?pohled=seznam",
        "/vyjimky",
        f"/jizda/{code}",
        f"/jizda/{code}/presunout",
        f"/jizda/{code}/taxi",
    ):
        page.get(f"{day}{shown}")
    page.get(f"{day}/taxi").send(f"{day}/taxi/{order}", deed="accepted")
    at_clock(house, "11:30")
    page.get(f"{day}/taxi").send(
        f"{day}/taxi/{order}", 422, deed="driven", fetched="11:20", arrived="11:10", price="310"
    )
    page.send(f"{day}/taxi/{order}", deed="driven", fetched="10:55", arrived="11:15", price="310")
    with reading(house.database) as session:
        assert session.exec(select(Ride.status)).one() is Status.COMPLETED
        assert session.exec(select(TaxiOrder.state)).one() is TaxiState.DRIVEN
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []
    assert page.get(f"{day}/taxi.csv").shown.text.splitlines()[1].endswith(";310")


def test_a_taxi_that_does_not_come_is_said_at_once_until_somebody_drives(taxi_house, day, dana):
    house = taxi_house
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.bedrich, "10:00", to="station", by=house.cast.dana)
        code = ride.code
        session.get_one(Promise, ride.promise_id).at_risk = True
    page = dana.get(f"{day}/jizda/{code}/taxi").send(f"{day}/jizda/{code}/taxi", provider="Taxi Plzeň", price="300")
    with reading(house.database) as session:
        order = session.exec(select(TaxiOrder)).one().id
    page.send(f"{day}/taxi/{order}", deed="refused")
    assert page.get(f"{day}/vyjimky").root.find(".//*[@role='alert']") is not None
    page.get(f"{day}/taxi").send(f"{day}/taxi/{order}", deed="back")
    with reading(house.database) as session:
        assert session.exec(select(Promise.state)).one() is PromiseState.FIRM
        assert session.exec(select(Shift.id).order_by(col(Shift.id))).all()
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


def test_a_plan_that_leaves_somebody_out_leads_straight_to_their_alarm(taxi_house, day, dana):
    house = taxi_house
    with writing(house.database) as session:
        there, back = an_order(session, house.town, house.cast.anna, "9:00", back="12:00", by=house.cast.hana)
        plans.publish(session, house.town.day, by=house.cast.dana, now=at(house.town.day, 0))
        driven(session, house.town, there, by=house.cast.dana)
        shift, code = runs.shift_of(session, back.promise_id), back.code
    now = at_clock(house, "11:00")
    page = dana.get(f"{day}/porucha?smena={shift}&co=vehicle").send(f"{day}/porucha", at="11:00")
    jobs.think(house.app.state.services, now)
    page.get(page.path).send(f"{page.path}/pouzit")
    with reading(house.database) as session:
        ride = session.exec(select(Ride).where(Ride.code == code)).one()
        told = session.exec(select(Event).where(Event.kind == stranded.ALARM, Event.subject_id == str(ride.id))).all()
        assert (ride.status, len(told)) == (Status.MISSED, 1)
    alarm = page.root.find(".//section[@role='alert']")
    leads = [link.get("href") for link in alarm.iter("a")]
    assert f"{day}/jizda/{code}/taxi" not in leads, "none of the taxis takes her wheelchair"
    assert f"{day}/vyjimky#domu-{code}" in leads
    assert f'id="domu-{code}"' in page.get(f"{day}/vyjimky").html, "the link leads to the field itself"
    page.send(f"{day}/vyjimky/domu", code=code, way="ambulance")
    with reading(house.database) as session:
        assert stranded.alarms(session, house.town.day) == []
        assert invariants.faults(session, world=house.town.world, now=now) == []
