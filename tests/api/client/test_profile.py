"""The profile: everybody changes their own, a representative what the mandate allows, nobody else sees it."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.api.client.test_booking import answered, begun
from tests.builders.booking import a_confirmed_ride
from tests.builders.clients import a_card, a_client, a_mandate, a_user, acting
from tests.builders.registrations import a_registration
from transport.booking.clients import clients, mandates, preferences, queries, registering
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.models import Client, Eligibility, MandateKind, Needs, Power
from transport.kernel.actor import SYSTEM, Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.i18n import LANGUAGES

PARTS = ("potreby/pohyb", "potreby/vnimani", "potreby/dalsi", "kontakt", "zpravy", "prukaz", "mista/nove")
MOVING: dict[str, Any] = {"mobility": "electric_wheelchair", "assistance": "door"}


def needs_of(house: House, client: Client) -> list[Needs]:
    with reading(house.database) as session:
        mine = select(Needs).where(Needs.client_id == client.id)
        return sorted(session.exec(mine), key=lambda each: each.version)


def somebody(house: House, born: date = date(1980, 1, 1), **card: object) -> Actor:
    """A person too young to ride by age alone, with a card if one is described."""
    with writing(house.database) as session:
        account = a_user(session, name="Eva Mladá")
        eva = a_client(session, "Eva Mladá", born=born, user_id=account.id, phone="+420700000009")
        if card:
            a_card(session, eva, Ground.ZTP, **card)  # type: ignore[arg-type]
        return acting(account)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_about_a_person_is_on_one_page_with_a_way_to_change_it(house: House, lang: str):
    visit = house.visit(house.cast.anna_herself).get(f"/{lang}/profil")
    overview = visit.html
    assert len(overview.encode()) <= 20_000
    for part in PARTS:
        assert f'href="/{lang}/profil/{part}"' in overview
        assert len(visit.get(f"/{lang}/profil/{part}").html.encode()) <= 20_000


def test_new_needs_are_a_new_version_and_the_rest_stays(house: House):
    visit = house.visit(house.cast.anna_herself)
    visit.get("/en/profil/potreby/pohyb").send(**MOVING, chair_width_cm="68 cm", chair_mass_kg="180")
    assert visit.path == "/en/profil"
    assert "It is saved." in visit.text
    visit.get("/en/profil/potreby/vnimani").send(senses="board", elbow="either", hand_over_to=" dcera  Jana ")
    *_, latest = needs_of(house, house.cast.anna)
    assert (latest.mobility.value, latest.chair_width_cm, latest.chair_mass_kg) == ("electric_wheelchair", 68, 180)
    assert (latest.board, latest.hand_over_to) == (True, "dcera Jana")


def test_the_same_needs_sent_twice_are_kept_once(house: House):
    visit = house.visit(house.cast.anna_herself)
    for _ in range(2):
        visit.get("/en/profil/potreby/pohyb").send(**MOVING)
    assert len(needs_of(house, house.cast.anna)) == 2


def test_rides_booked_before_keep_what_was_said_and_the_page_says_which(house: House):
    with writing(house.database) as session:
        ride = a_confirmed_ride(session, house.town, house.cast.anna, by=house.cast.hana)
    visit = house.visit(house.cast.anna_herself).get("/en/profil/potreby/pohyb")
    assert "1 ride is booked. It keeps what was said when it was ordered" in visit.text
    assert f"/en/jizdy/{ride.code}" not in visit.get("/en/profil").html
    visit.get("/en/profil/potreby/pohyb").send(**MOVING)
    assert f'href="/en/jizdy/{ride.code}"' in visit.html


@pytest.mark.parametrize(
    ("page", "said", "sentence"),
    [
        ("potreby/pohyb", {"mobility": "flies", "assistance": "door"}, "Choose how you move."),
        ("potreby/pohyb", {**MOVING, "chair_height_cm": "obr"}, "Write a number between 30 and 250"),
        ("potreby/dalsi", {"companions": "0", "note": "é" * 10_000}, "Shorten the note to 160 characters."),
        ("potreby/dalsi", {"companions": "99"}, "At most 2 people can travel along."),
        ("kontakt", {"phone": "", "email": "", "language": "cs"}, "Write a telephone number or an e-mail address."),
        ("kontakt", {"phone": "777", "language": "cs"}, "Write the phone number, for example 777 123 456."),
        ("kontakt", {"phone": "777123456", "email": "x", "language": "cs"}, "Write the e-mail address"),
        ("kontakt", {"phone": "777123456", "language": "xx"}, "Choose a language."),
        ("kontakt", {"phone": "777123456", "contact_phone": "0", "language": "cs"}, "Write the phone number"),
        ("zpravy", {"channel": ""}, "Choose how our messages should come."),
        ("zpravy", {"channel": "email"}, "Write an e-mail address, or choose another way."),
        ("zpravy", {"channel": "voice", "speaking": "no_calls"}, "You do not want to be called."),
        ("zpravy", {"channel": "sms", "speaking": "to_representative"}, "First write the telephone"),
        ("prukaz", {"card_number": "1"}, "Choose what applies to you."),
        ("prukaz", {"ground": "ZTP"}, "Write the number of the card"),
        ("prukaz", {"ground": "ZTP", "card_number": "1", "valid_until": "1.1.2020"}, "That card is over already."),
        ("mista/nove?q=school", {"label": ""}, "Give the place a name, for example Home."),
        ("mista/nove?q=school", {"label": "Škola", "pick": "p999"}, "Choose a place, or write one."),
        ("mista/nove?q=school", {"label": "Domů", "pick": "school"}, "You already have a place called Domů."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(
    house: House, page: str, said: dict[str, str], sentence: str
):
    visit = house.visit(house.cast.anna_herself).get(f"/en/profil/{page}")
    if said.get("pick") == "school":
        said = {**said, "pick": f"p{house.town.places['school']}"}
    before = len(needs_of(house, house.cast.anna))
    visit.send(visit.path, 422, said=said)
    assert [each for each in visit.errors if sentence in each], visit.errors
    target = visit.html.split("govuk-error-summary__list")[1].split('href="#')[1].split('"')[0]
    assert f'id="{target}"' in visit.html
    assert len(needs_of(house, house.cast.anna)) == before


def test_a_place_is_found_named_described_and_removed(house: House):
    visit = house.visit(house.cast.anna_herself).get("/en/profil/mista/nove?q=school")
    visit.send(label=" Škola ", pick=visit.options("pick")[0])
    assert visit.heading == "Place: Škola"
    page = visit.path
    visit.send(
        label="Škola", bell="vrátnice", floor="přízemí", lift="no", stairs="5 schodů", door_note="Vchod ze dvora."
    )
    assert "bell: vrátnice, ground floor, without a lift, 5 steps, Vchod ze dvora." in visit.text
    visit.get(page).follow("Remove this place")
    visit.send()
    assert "vrátnice" not in visit.text
    visit.get(page, 404)


def test_there_is_one_home(house: House):
    visit = house.visit(house.cast.anna_herself).get("/en/profil/mista/nove?q=school")
    visit.send(label="U dcery", pick=visit.options("pick")[0]).send(label="U dcery", is_home="yes")
    with reading(house.database) as session:
        homes = [place.label for place in queries.places(session, house.cast.anna.id or 0) if place.is_home]
    assert homes == ["U dcery"]


def test_contacts_and_the_way_of_messages_are_kept(house: House):
    visit = house.visit(house.cast.anna_herself).get("/en/profil/kontakt")
    visit.send(
        phone="tel. 377 222 333",
        email="anna@seznam,cz",
        language="uk",
        contact_name="Jana",
        contact_phone="777 1 2 3 4 5 6",
    )
    assert "Your telephone is a landline." in visit.get("/en/profil/kontakt").text
    visit.get("/en/profil/zpravy").send(channel="email", optional="no", speaking="to_representative")
    with reading(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        told = preferences.of(session, anna)
        assert (anna.phone, anna.email, anna.language) == ("+420377222333", "anna@seznam.cz", "uk")
        assert (anna.contact_phone, told.channel, told.optional) == ("+420777123456", "email", False)
        assert told.to_representative


def test_a_card_that_ends_soon_or_has_ended_says_how_to_renew_it(house: House):
    visit = house.visit(somebody(house, valid_until=date(2026, 12, 10))).get("/en/profil")
    assert "The card ends soon" in visit.text
    house.clock.forward(days=20)
    visit.get("/en/profil")
    assert "The card ends soon" in visit.text, "its last day still counts"
    house.clock.forward(days=1)
    assert "The card has ended" in visit.get("/en/profil").text
    visit.follow("Add a card")
    visit.send(ground="ZTP", card_number="77", valid_until="12/2030")
    assert "The card has ended" not in visit.text
    assert "We are checking the card" in visit.text


def test_a_card_told_twice_is_recorded_once(house: House):
    eva = somebody(house)
    visit = house.visit(eva)
    for _ in range(2):
        visit.get("/en/profil/prukaz").send(ground="ZTP", card_number="77", valid_until="")
    with reading(house.database) as session:
        assert len(session.exec(select(Eligibility).where(Eligibility.card_number == "77")).all()) == 1


def test_a_new_client_reads_how_the_registration_stands(house: House):
    said: dict[str, Any] = {"born": "1980-01-01", "ground": "ZTP", "card_number": "12"}
    with writing(house.database) as session:
        registration = a_registration(session, house.town, **said)
        jan = registering.send(session, registration, language="en", now=house.clock())
        himself = Actor(user=jan.user_id, role=Role.CLIENT, name=jan.name)
    visit = house.visit(himself).get("/en/profil")
    assert "You told us of the card ZTP on 20 Nov 2026." in visit.text
    assert "We look at it by Tuesday 24 November." in visit.text
    assert "Rides until 18 Jan 2027 you can order at once." in visit.text
    with writing(house.database) as session:
        [card] = queries.evidence(session, jan.id or 0)
        clients.verify(session, card, by=house.cast.hana, now=house.clock())
    visit.get("/en/profil")
    assert "We are checking the card" not in visit.text
    assert "You registered on 20 Nov 2026." in visit.text


def test_a_representative_who_may_manage_changes_the_profile_and_everybody_sees_for_whom(house: House):
    with writing(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        cyril = session.get_one(type(a_user(session)), house.cast.cyril.user)
        a_mandate(session, anna, cyril, Power.MANAGE)
    visit = house.visit(house.cast.cyril).get(f"/en/profil?klient={house.cast.anna.code}")
    visit.follow("Change how you move")
    visit.send(**MOVING)
    assert visit.heading == "Profile of Anna Vozková"
    assert "You are acting for:" in visit.text
    assert needs_of(house, house.cast.anna)[-1].mobility.value == "electric_wheelchair"


def test_a_representative_who_may_only_book_looks_and_does_not_change(house: House):
    visit = house.visit(house.cast.cyril).get(f"/en/profil?klient={house.cast.anna.code}")
    assert "You may look at this profile. Others change it." in visit.text
    for part in PARTS:
        assert f"/en/profil/{part}" not in visit.html
        visit.get(f"/en/profil/{part}?klient={house.cast.anna.code}", 403)


def test_whoever_has_a_guardian_reads_that_the_guardian_decides(house: House):
    with writing(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        mandates.grant(
            session,
            anna.id or 0,
            a_user(session, Role.REPRESENTATIVE, "Otto Opatrovník").id,
            kind=MandateKind.GUARDIAN_LIMITED,
            powers=[Power.MANAGE],
            exclusive=True,
            evidence="usnesení",
            valid_from=date(2026, 1, 1),
            by=SYSTEM,
            now=house.clock(),
        )
    visit = house.visit(house.cast.anna_herself)
    assert "Others change it." in visit.get("/en/profil").text
    visit.get("/en/profil/kontakt", 403)
    assert "Your guardian decides this with you." in visit.text


def test_our_staff_keep_the_profile_on_the_telephone(house: House):
    visit = house.visit(house.cast.hana).get(f"/en/profil?klient={house.cast.anna.code}")
    visit.follow("Change how you move")
    visit.send(**MOVING)
    assert needs_of(house, house.cast.anna)[-1].mobility.value == "electric_wheelchair"


def test_a_foreign_profile_is_not_there(house: House):
    own = house.visit(house.cast.anna_herself).get("/en/profil")
    place = own.html.split("/en/profil/mista/")[1].split('"')[0]
    strangers: list[Visit] = [house.visit(house.cast.gustav), house.visit(somebody(house))]
    for visit in strangers:
        for part in ("", *(f"/{part}" for part in PARTS), f"/mista/{place}", f"/mista/{place}/odebrat"):
            visit.get(f"/en/profil{part}?klient={house.cast.anna.code}", 404)
    strangers[1].get(f"/en/profil/mista/{place}", 404)
    strangers[1].get("/en/profil/mista/2147483648", 404)


def test_what_is_different_this_time_counts_for_one_order_only(house: House):
    for who in (house.cast.anna_herself, house.cast.cyril):
        visit = answered(begun(house, who, "en"), house, until="pomoc")
        visit.follow("Something is different this time")
        assert visit.html.count('value="wheelchair_stays" checked') == 1, "what is usual is filled in"
        visit.send(mobility="cane", assistance="door", companions="2", things="luggage")
        assert visit.path.endswith("/nabidka")
        *usual, once = needs_of(house, house.cast.anna)
        assert (once.one_off, once.mobility.value, once.luggage) == (True, "cane", True)
        assert not [each for each in usual if each.mobility.value == "cane" and not each.one_off]
        key = visit.path.split("/")[3]
        visit.get(f"/en/objednat/{key}/pomoc")
        assert "For this ride only:" in visit.text
        visit.send(companions="0", usual="yes")
        assert "For this ride only:" not in visit.get(f"/en/objednat/{key}/pomoc").text


def test_what_is_as_ever_makes_no_needs_of_its_own(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="pomoc")
    visit.follow("Something is different this time")
    visit.send(mobility="wheelchair_stays", assistance="door", chair_mass_kg="110", companions="1")
    assert len(needs_of(house, house.cast.anna)) == 1


def test_a_mistake_about_one_ride_is_said_at_its_field(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="pomoc")
    visit.follow("Something is different this time")
    visit.send(visit.path, 422, mobility="", assistance="door", companions="7")
    assert visit.errors == ["Choose how you move.", "At most 2 people can travel along."]
