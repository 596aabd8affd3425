"""The contract manager's page says what is in the database, and nothing to anybody else."""

import csv
import io
import json

import pytest

from tests.builders.booking import a_confirmed_ride
from tests.builders.town import NOW
from transport.api.manager import chart
from transport.booking.rides import requests
from transport.booking.rides.models import Leg
from transport.booking.rides.wishing import Answer, LegWish, Order
from transport.kernel.db import reading, writing
from transport.operations.quality import indicators, queries
from transport.routing.planning.wishes import Anchor, Wish

MONTH = "2026-11"


@pytest.fixture
def figures(house):
    """Two rides are promised, one wish with a wheelchair is denied."""
    town, cast = house.town, house.cast
    with writing(house.database) as session:
        a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
        a_confirmed_ride(session, town, cast.bedrich, "14:00", to="station", by=cast.dana)
        wish = Wish(Anchor.ARRIVE_BY, town.second("8:00"))
        leg = LegWish(Leg.OUTBOUND, town.places["home"], town.places["hospital"], town.day, wish)
        order = Order(key="denied", client_id=cast.anna.id or 0, legs=(leg,))
        denied = [Answer(leg, (), (), "no_room")]
        requests.deny(session, order, denied, world=town.world, by=cast.hana, now=NOW)
    with reading(house.database) as session:
        return queries.month(session, town.day)


def test_the_page_shows_the_figures_of_the_database(house, figures):
    page = house.visit(house.cast.frantiska).get(f"/smlouva?mesic={MONTH}")
    assert figures.promised == 2
    assert figures.denied == 1
    words = english(page)
    assert f"legs promised{figures.promised}" in words
    assert f"legs denied{figures.denied} 0 took another time" in words
    assert "all vehicles are taken around that time" in words


def test_the_same_figures_come_as_files(house, figures):
    visit = house.visit(house.cast.frantiska)
    sent = visit.get(f"/smlouva/export.csv?mesic={MONTH}").html
    rows = list(csv.reader(io.StringIO(sent.removeprefix("\ufeff")), delimiter=";"))
    assert rows[0] == ["section", "key", "unit", "value"]
    assert [*map(str, indicators.rows(figures)[4])] in rows
    assert json.loads(visit.get(f"/smlouva/export.json?mesic={MONTH}").html) == json.loads(
        json.dumps(indicators.as_json(figures))
    )


@pytest.mark.parametrize("month", ["2026-13", "listopad", "1"])
def test_a_month_that_is_none_is_not_found(house, month):
    house.visit(house.cast.frantiska).get(f"/smlouva?mesic={month}", 404)


@pytest.mark.parametrize("who", ["anna_herself", "cyril", "dana", "emil", "hana", "gustav"])
@pytest.mark.parametrize("path", ["/smlouva", "/smlouva/export.csv", "/smlouva/export.json"])
def test_nobody_else_sees_the_contract(house, who, path):
    house.visit(getattr(house.cast, who)).get(path, 403)


def test_the_scale_of_a_chart_ends_on_a_round_number_above_the_highest_bar():
    for most in (0, 1, 2, 9, 23, 100, 480, 7001):
        drawn = chart.bars([("6", most), ("7", 0)])
        values = [value for value, _ in drawn.scale]
        assert values[-1] >= most
        assert len(values) <= 7
        assert all(0 <= bar.height <= drawn.base for bar in drawn.bars)


def english(page):
    """The words of the page, in English."""
    return page.get(page.path + f"?mesic={MONTH}&lang=en").text
