"""What surrounds every page: where one is, for whom one acts, where help is, and the way to everything else."""

from xml.etree.ElementTree import tostring

from tests.api import markup
from tests.api.client.conftest import House, Visit

PUBLIC = ("", "kdo-a-za-kolik", "narok", "snadne-cteni", "pravidla", "nazor", "stiznost", "pristupnost", "soukromi")


def navigation(visit: Visit) -> dict[str, tuple[str, str | None]]:
    """The links to one's own pages: words, address, and whether one is there."""
    links = visit.root.iterfind(".//section[@class='aid-account']//nav//a")
    return {markup.words(each): (each.get("href", ""), each.get("aria-current")) for each in links}


def help_block(visit: Visit) -> bytes:
    found = visit.root.find(".//section[@class='aid-help']")
    assert found is not None
    return tostring(found)


def test_the_page_one_is_on_is_marked_and_the_others_lead_on(house: House):
    anna = house.visit(house.cast.anna_herself).get("/en/historie")
    links = navigation(anna)
    assert {address for address, _ in links.values()} == {
        "/en/moje",
        "/en/pravidelne",
        "/en/historie",
        "/en/profil",
    }
    assert [words for words, (_, current) in links.items() if current == "page"] == ["History"]


def test_whoever_acts_for_somebody_is_told_so_and_stays_with_that_person(house: House):
    cyril = house.visit(house.cast.cyril).get(f"/en/moje?klient={house.cast.anna.code}")
    banner = cyril.root.find(".//section[@class='aid-acting']")
    assert banner is not None
    assert "Anna Vozková" in markup.words(banner)
    addresses = [address for address, _ in navigation(cyril).values()]
    assert f"/en/profil?klient={house.cast.anna.code}" in addresses
    assert "/en/moje/za-koho" in addresses


def test_nobody_is_acted_for_on_ones_own_pages(house: House):
    anna = house.visit(house.cast.anna_herself).get("/en/moje")
    assert anna.root.find(".//section[@class='aid-acting']") is None


def test_help_is_the_same_and_in_the_same_place_on_every_page(house: House):
    stranger = house.visit(None)
    blocks = {help_block(stranger.get(f"/en/{page}")) for page in PUBLIC}
    assert len(blocks) == 1
    assert help_block(house.visit(house.cast.anna_herself).get("/en/moje")) in blocks


def test_every_page_leads_to_all_public_pages(house: House):
    stranger = house.visit(None).get("/en/")
    foot = {each.get("href") for each in stranger.root.iterfind(".//footer//a")}
    assert {f"/en/{page}" for page in PUBLIC if page} <= foot
