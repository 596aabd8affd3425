"""The rules on pages: versions, what differs, what clients will read; and how the house is."""

from dataclasses import replace

import pytest

from transport.kernel import events
from transport.kernel.actor import SYSTEM
from transport.kernel.db import writing

RULES = "/sprava/pravidla"


@pytest.fixture
def iva(house):
    return house.visit(house.cast.iva)


def test_every_version_is_listed_with_the_way_to_what_it_changes(house, iva):
    page = iva.get(RULES)
    for policy in house.town.world.policies.policy:
        assert f"{RULES}/verze/{policy.id}" in page.html
    assert f"{RULES}/porovnani?z=2023&amp;na=2026" in page.html


def test_the_difference_names_both_values_of_what_has_changed_and_nothing_else(house, iva):
    before, after = (house.town.world.policies.named(each) for each in ("2023", "2026"))
    page = iva.get(f"{RULES}/porovnani?z=2023&na=2026")
    assert before.booking.horizon_days != after.booking.horizon_days or "booking.horizon_days" not in page.html
    assert "title" in page.html
    assert len(iva.get(f"{RULES}/porovnani?z=2026&na=2026").root.findall(".//table")) == 0


@pytest.mark.parametrize("sheet", ["pravidla", "kdo-a-za-kolik"])
def test_a_preview_is_the_page_of_the_clients_of_that_day(house, iva, sheet):
    public = house.visit(None).get(f"/en/{sheet}")
    preview = iva.get(f"{RULES}/nahled/{house.clock().date()}/en/{sheet}")
    assert preview.heading == public.heading
    body = public.text.split(public.heading, 2)[-1].split("Do you need help?")[0]
    assert body in preview.text
    assert "Preview" in preview.text
    assert "Preview" not in public.text


def test_a_day_is_asked_for_as_people_write_it(iva):
    assert iva.get(f"{RULES}?den=1.+1.+2020&jazyk=uk&strana=pravidla").path == f"{RULES}/nahled/2020-01-01/uk/pravidla"
    for day in ("1.1.1999", "someday"):
        iva.get(f"{RULES}?den={day}", 422)
        assert iva.errors


def test_a_file_with_faults_is_said_to_be_one(house, iva, tmp_path):
    services = house.app.state.services
    (tmp_path / "service.toml").write_text("[service]\nname = 1\n", "utf-8")
    settings = services.settings.model_copy(update={"data_dir": tmp_path})
    house.app.state.services = replace(services, settings=settings)
    assert "service.toml" in iva.get(RULES).root.find(".//div[@role='status']//li").text


def test_the_start_says_which_reactions_failed_and_why(house, iva):
    with writing(house.database) as session:
        event = events.record(session, "shift_opened", subject=("shift", 1), by=SYSTEM, now=house.clock())
    events.failed(house.database, event.id or 0, "look_again", ValueError("no such day"), house.clock())
    page = iva.get("/sprava")
    assert "look_again" in page.text
    assert "ValueError: no such day" in page.text
