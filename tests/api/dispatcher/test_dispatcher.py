"""The dispatcher's day: decide, plan, compare, give it to the drivers. One story a test, through the pages."""

import pytest
from sqlmodel import select

from tests.builders.booking import a_confirmed_ride, a_ride
from tests.builders.town import NOW
from transport import jobs
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.bootstrap import Services
from transport.kernel.db import reading, writing
from transport.operations.quality import invariants
from transport.routing.planning.models import PublishedPlan


@pytest.fixture
def day(house):
    return f"/disp/{house.town.day}"


@pytest.fixture
def waits(house):
    """Anna's ride, ordered by her son, waits for a yes."""
    with writing(house.database) as session:
        return a_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.cyril).code


@pytest.fixture
def dana(house):
    return house.visit(house.cast.dana)


def now_of(house, code):
    with reading(house.database) as session:
        return session.exec(select(Ride).where(Ride.code == code)).one()


def nothing_impossible(house):
    with reading(house.database) as session:
        assert invariants.faults(session, world=house.town.world, now=house.clock.now) == []


def test_an_order_is_confirmed_with_one_button(house, day, waits, dana):
    dana.get(day).send(f"{day}/jizda/{waits}/potvrdit")
    assert now_of(house, waits).status is Status.CONFIRMED
    nothing_impossible(house)


def test_all_orders_of_the_day_are_confirmed_at_once(house, day, waits, dana):
    dana.get(day).send(f"{day}/potvrdit-vse")
    assert now_of(house, waits).status is Status.CONFIRMED


def test_a_no_needs_a_reason_of_the_rules(house, day, waits, dana):
    page = dana.get(f"{day}/jizda/{waits}/odmitnout")
    page.send(f"{day}/jizda/{waits}/odmitnout", 422)
    assert page.errors
    assert now_of(house, waits).status is Status.REQUESTED
    page.send(f"{day}/jizda/{waits}/odmitnout", reason="unsafe")
    assert now_of(house, waits).status is Status.DECLINED
    nothing_impossible(house)


def test_whoever_decides_on_a_stale_page_is_told(house, day, waits, dana):
    dana.get(f"{day}/jizda/{waits}/odmitnout")
    house.visit(house.cast.dana).get(day).send(f"{day}/jizda/{waits}/potvrdit")
    dana.send(f"{day}/jizda/{waits}/odmitnout", 409, reason="unsafe")
    assert now_of(house, waits).status is Status.CONFIRMED


def test_another_time_is_offered_and_the_client_takes_it(house, day, waits, dana):
    before = now_of(house, waits).promise_id
    page = dana.get(f"{day}/jizda/{waits}/jine-casy")
    page.send(f"{day}/jizda/{waits}/jine-casy", option=page.options("option")[0])
    assert now_of(house, waits).promise_id == before
    cyril = house.visit(house.cast.cyril).get(f"/cs/jizdy/{waits}")
    cyril.send(f"/cs/jizdy/{waits}/jiny-cas", answer="yes")
    assert now_of(house, waits).promise_id != before
    assert now_of(house, waits).status is Status.CONFIRMED
    nothing_impossible(house)


def test_a_time_that_was_never_offered_is_refused(house, day, waits, dana):
    dana.get(f"{day}/jizda/{waits}/jine-casy").send(f"{day}/jizda/{waits}/jine-casy", 409, option="1-2")


def test_the_service_calls_a_ride_off_only_with_a_reason(house, day, waits, dana):
    page = dana.get(f"{day}/jizda/{waits}")
    page.send(f"{day}/jizda/{waits}/zrusit", 422)
    assert page.errors
    page.send(f"{day}/jizda/{waits}/zrusit", reason="vůz má poruchu")
    assert now_of(house, waits).ended_by == "service"
    nothing_impossible(house)


def test_a_day_is_planned_compared_and_given_to_the_drivers(house, day, dana):
    with writing(house.database) as session:
        for at in ("8:00", "9:00", "10:00"):
            a_confirmed_ride(session, house.town, house.cast.bedrich, at, to="station", by=house.cast.dana)
    page = dana.get(day).send(f"{day}/planovat", seconds="10")
    services: Services = house.app.state.services
    assert jobs.think(services, NOW) == 1
    page.get(f"{day}/navrh")
    used = next(f.get("action") for f in page.root.iter("form") if (f.get("action") or "").endswith("/pouzit"))
    page.send(used)
    page.get(day).send(f"{day}/vydat")
    with reading(house.database) as session:
        assert session.exec(select(PublishedPlan.version).where(PublishedPlan.day == house.town.day)).all() == [1]
    nothing_impossible(house)
    dana.get(f"{day}/tisk")


def test_nothing_is_published_while_an_order_waits(house, day, waits, dana):
    dana.get(day).send(f"{day}/vydat", 409)


@pytest.mark.parametrize("who", ["anna_herself", "cyril", "emil", "frantiska", "hana", "gustav"])
def test_nobody_else_comes_in(house, day, waits, who):
    visit = house.visit(getattr(house.cast, who))
    for path in (day, f"{day}/tisk", f"{day}/jizda/{waits}", f"{day}/jizda/{waits}/odmitnout"):
        visit.get(path, 403)


@pytest.mark.parametrize("path", ["/disp/2026-02-30", "/disp/zitra", "/disp/2026-11-24/jizda/999999"])
def test_a_day_or_a_ride_that_is_none_is_not_found(house, dana, path):
    dana.get(path, 404)
