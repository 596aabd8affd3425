"""What if, and what now: plans tried out, a vehicle that breaks down; one story a test, through the pages."""

import pytest
from sqlmodel import col, select

from tests.api.hands import Hands
from tests.api.served import served
from tests.api.test_gate import visiting
from tests.builders.booking import a_confirmed_ride
from tests.builders.town import NOW, a_driver, a_shift, a_vehicle
from transport import jobs
from transport.booking.rides.models import Ride
from transport.kernel.actor import Role
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.operations.quality import invariants
from transport.routing.engine import Progress
from transport.routing.fleet.models import Depot, Shift
from transport.routing.planning import proposals, runs
from transport.routing.planning.models import Proposal, ProposalState, PublishedPlan, Stop


@pytest.fixture
def day(house):
    return f"/disp/{house.town.day}"


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


@pytest.fixture
def rides(house):
    with writing(house.database) as session:
        depot = session.exec(select(Depot)).one()
        van = a_vehicle(session, depot, "van 2", (3, 1, 300), features="ramp")
        a_shift(session, van, a_driver(session, depot.provider_id, name="Gita Řidičová"))
        return [
            a_confirmed_ride(session, house.town, house.cast.anna, "10:00", by=house.cast.dana).code,
            a_confirmed_ride(session, house.town, house.cast.bedrich, "9:00", to="station", by=house.cast.dana).code,
        ]


def worked(house, now=NOW):
    return jobs.think(house.app.state.services, now)


def stops(house):
    with reading(house.database) as session:
        return [
            (stop.run_id, stop.promise_id, stop.start) for stop in session.exec(select(Stop).order_by(col(Stop.id)))
        ]


def nothing_impossible(house):
    with reading(house.database) as session:
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


def shift_of(house, code):
    with reading(house.database) as session:
        return runs.shift_of(session, session.exec(select(Ride).where(Ride.code == code)).one().promise_id)


def test_a_what_if_touches_nothing_until_it_is_used(house, day, dana, rides):
    before, broken = stops(house), shift_of(house, rides[0])
    page = dana.get(f"{day}/zkousky")
    page.send(f"{day}/zkousky", 422, shift=str(broken), at="")
    page.send(f"{day}/zkousky", what="vehicle_out", shift=str(broken), at="9:30", scope="least", seconds="10")
    here = page.path
    assert page.root.find(".//progress") is not None
    worked(house)
    page.get(here)
    assert stops(house) == before
    assert page.root.find(".//table") is not None
    page.get(f"{here}/rozdily.csv")
    assert rides[0] in page.shown.text
    page.get(here).send(f"{here}/pouzit")
    assert stops(house) != before
    assert shift_of(house, rides[0]) != broken
    nothing_impossible(house)


def test_it_can_be_stopped_and_put_away(house, day, dana, rides):
    page = dana.get(day).send(f"{day}/planovat", seconds="60")
    here = page.path
    page.send(f"{here}/zastavit")
    worked(house)
    page.get(here).send(f"{here}/zahodit")
    with reading(house.database) as session:
        assert session.exec(select(Proposal.state)).one() is ProposalState.DISCARDED
    dana.get(f"{day}/navrh")
    assert page.path == here


def test_a_plan_that_the_day_has_left_behind_says_why_and_is_asked_for_again(house, day, dana, rides):
    page = dana.get(day).send(f"{day}/planovat", seconds="10")
    here = page.path
    page.send(f"{here}/zastavit")
    worked(house)
    with writing(house.database) as session:
        fresh = a_confirmed_ride(session, house.town, house.cast.bedrich, "15:00", to="school", by=house.cast.dana)
    page.get(here)
    assert page.root.find(".//*[@id='zmeny']") is not None
    page.send(f"{here}/pouzit", 409)
    page.send(f"{here}/znovu")
    assert page.path != here
    assert fresh.code


def test_a_breakdown_is_three_presses_to_a_new_version(house, day, dana, rides):
    page = dana.get(day).send(f"{day}/vydat")
    broken = shift_of(house, rides[0])
    house.clock.now = at(house.town.day, house.town.second("9:40"))
    page.get(f"{day}/porucha").get(f"{day}/porucha?smena={broken}")
    page.send(f"{day}/porucha", at="9:40")
    worked(house, house.clock.now)
    page.get(page.path).send(f"{page.path}/pouzit")
    assert shift_of(house, rides[0]) != broken
    with reading(house.database) as session:
        versions = session.exec(select(PublishedPlan.version)).all()
        assert max(versions) == 2
        assert session.get_one(Shift, broken).ends < house.town.second("22:00")
    nothing_impossible(house)


@pytest.mark.browser
def test_k9_a_what_if_is_tried_put_away_tried_again_and_used_by_keyboard(chromium, house, day, rides):
    broken, before = shift_of(house, rides[0]), stops(house)
    with (
        served(house.app) as address,
        visiting(chromium, house, Role.DISPATCHER, address, java_script_enabled=False) as browser,
    ):
        hands = Hands(browser.new_page(), "cs")
        for last in ("Discard", "Use and publish"):
            assert stops(house) == before
            hands.page.goto(f"{day}/zkousky")
            hands.choose("a vehicle drops out")
            hands.go_to("Vehicle on duty")
            while hands.page.locator("#shift").input_value() != str(broken):
                hands.key("ArrowDown")
            hands.write("From (or until) what time", "9:30")
            hands.press("Try it out")
            worked(house)
            hands.press("Look again")
            hands.press(last)
        assert stops(house) != before
        assert shift_of(house, rides[0]) != broken


@pytest.mark.browser
def test_the_page_follows_the_thinking_and_shows_the_plan_when_it_is_ready(chromium, house, day, dana, rides):
    here = dana.get(day).send(f"{day}/planovat", seconds="10").path
    number = int(here.rsplit("/", 1)[1])
    with served(house.app) as address, visiting(chromium, house, Role.DISPATCHER, address) as browser:
        page = browser.new_page()
        page.goto(here)
        with writing(house.database) as session:
            proposals.take(session, NOW)
            proposals.tell(session, number, Progress(0.4, 0, 1.0), now=NOW)
        page.wait_for_selector("progress[value='40']")
        with writing(house.database) as session:
            proposals.store(session, number, None, None, error="no", now=NOW)
        page.wait_for_selector("progress", state="detached")
