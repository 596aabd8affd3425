"""The map drawn by a real browser: nothing the policy of the page forbids, and its list is worked by keyboard alone."""

import pytest
from playwright.sync_api import Browser

from tests.api.client.conftest import House
from tests.api.served import served
from tests.api.test_gate import visiting
from tests.builders.booking import a_confirmed_ride
from tests.routing.geo.towns import draw, grid
from transport.kernel.actor import Role
from transport.kernel.db import writing
from transport.kernel.settings import Settings
from transport.routing.geo import versions
from transport.routing.geo.travel import AirLine

pytestmark = [pytest.mark.browser, pytest.mark.slow]

VIOLATIONS = """() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', each => window.violations.push(each.violatedDirective));
}"""
PAINTED = """() => [...document.querySelectorAll('.leaflet-tile-pane canvas')].some(canvas => {
    const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return dots.some(dot => dot !== 0);
})"""


def test_the_map_is_drawn_within_the_policy_and_its_list_is_the_control(chromium: Browser, house: House, tmp_path):
    built = versions.build_roads(draw(tmp_path / "town.osm.pbf", grid(40)), Settings(local_dir=tmp_path).geo_dir)
    with writing(house.database) as session:
        versions.register_roads(session, built, fallback=AirLine(1.3, 40), now=house.clock())
        code = a_confirmed_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.hana).code
        a_confirmed_ride(session, house.town, house.cast.bedrich, "9:00", by=house.cast.hana, to="station")
    with served(house.app) as address, visiting(chromium, house, Role.DISPATCHER, address) as context:
        page = context.new_page()
        page.add_init_script(f"({VIOLATIONS})()")
        page.goto(f"/disp/{house.town.day}/mapa")
        page.wait_for_selector("#mapa[data-drawn=yes]")
        assert page.evaluate(PAINTED)
        assert page.locator(".leaflet-overlay-pane canvas").get_attribute("aria-label")

        rows = page.locator("#mapa [data-lat]")
        assert page.locator("#mapa [data-lat][tabindex='0']").count() == page.locator("#mapa [data-run]").count()
        rows.first.focus()
        page.keyboard.press("ArrowDown")
        assert rows.nth(1).evaluate("row => row === document.activeElement")
        assert page.locator("#mapa [aria-current=true]").count() == 1
        page.keyboard.press("End")
        page.keyboard.press("ArrowDown")
        assert rows.filter(visible=True).evaluate_all("all => all.indexOf(document.activeElement)") == 4

        assert page.evaluate("window.violations") == []
        page.locator(f"#mapa a[href$='/{code}']").first.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url.endswith(f"/jizda/{code}")
