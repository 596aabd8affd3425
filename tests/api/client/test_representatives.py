"""Who may act for me: added by a contact without telling who has an account, removed in two clicks, read about."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.builders.booking import a_confirmed_ride, a_ride
from tests.builders.clients import a_client, a_mandate, a_user, acting, an_organisation
from transport.api.client import deeds
from transport.booking.clients import entering
from transport.booking.clients import events as happened
from transport.booking.clients.models import Mandate, MandateKind, Power
from transport.booking.rides import rides
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.kernel.events import record

DECREE = "usnesení soudu, 4. 3. 2026, spis na odboru"
PAGE = "/en/profil/zastupci"
JANA = "+420700000777"


def invite(house: House, status: int = 200, **said: str) -> Visit:
    """Anna asks Jana, whose number she knows, to see her rides and order them."""
    form = {"name": "Jana Dcera", "contact": "700 000 777", "kind": "power_of_attorney", "powers": "book", **said}
    return house.visit(house.cast.anna_herself).get(f"{PAGE}/pridat").send(said=form, status=status)


def jana(house: House, **fields: str) -> Actor:
    with writing(house.database) as session:
        return acting(a_user(session, Role.REPRESENTATIVE, "Jana Dcera", **fields))


def given(house: House) -> Mandate:
    with reading(house.database) as session:
        return session.exec(select(Mandate).where(Mandate.invited_contact != "")).one()


def test_whoever_is_asked_sees_nothing_before_saying_yes(house: House):
    asked = jana(house, proven_contact=JANA)
    page = invite(house)
    assert page.path == PAGE
    assert "Has not answered yet and sees nothing." in page.text
    visit = house.visit(asked).get("/en/moje")
    assert visit.path == "/en/moje/za-koho"
    assert "Anna Vozková asks you to act for them" in visit.text
    visit.get(f"/en/moje?klient={house.cast.anna.code}", 200)
    assert visit.path == "/en/moje/za-koho"
    visit.send(answer="yes")
    assert "You may: see the rides, prepare orders, order rides." in visit.text
    assert visit.get("/en/moje").heading == "Rides of Anna Vozková"
    assert "Jana Dcera" in page.get(PAGE).text
    assert "began to act for you" in page.text


def test_whoever_says_no_does_not_act_and_the_client_sees_it(house: House):
    asked = jana(house, proven_contact="jana@example.org")
    page = invite(house, contact="Jana@Example.org")
    visit = house.visit(asked).get("/en/moje/za-koho").send(answer="no")
    assert "Vozková" not in visit.text
    page.get(PAGE)
    assert "Has not answered yet" not in page.text
    assert "They do not act for you any more" in page.text


def test_the_page_does_not_tell_who_has_an_account(house: House):
    jana(house, phone="+420700000888")
    known = {"contact": "700 000 888"}
    for said, status in (({}, 200), ({"name": ""}, 422), ({"powers": ""}, 422)):
        one, other = invite(house, status, **said), invite(house, status, **known, **said)
        assert (one.path, one.errors) == (other.path, other.errors)
        assert ("The question is written down." in one.text) == ("The question is written down." in other.text)


def test_somebody_new_can_log_in_by_the_contact_and_finds_the_question(house: House):
    invite(house)
    with writing(house.database) as session:
        (somebody,) = entering.at(session, JANA)
        new = acting(entering.enter(session, JANA, somebody.key, now=house.clock()))
    assert (new.name, new.role) == ("Jana Dcera", Role.REPRESENTATIVE)
    assert "Anna Vozková asks you" in house.visit(new).get("/en/moje").text


def test_a_number_somebody_has_only_written_on_their_card_opens_no_question(house: House):
    with writing(house.database) as session:
        user = a_user(session, Role.CLIENT, "Jiří Jiný", phone=JANA)
        a_client(session, "Jiří Jiný", user_id=user.id, phone=JANA)
        stranger = acting(user)
    invite(house)
    assert "asks you to act" not in house.visit(stranger).get("/en/moje/za-koho").text


def test_a_question_to_somebody_else_is_not_there(house: House):
    invite(house)
    other = jana(house, proven_contact="+420700000999", phone=JANA)
    for stranger in (house.cast.gustav, other, house.cast.anna_herself):
        visit = house.visit(stranger).get("/en/moje/za-koho")
        assert "asks you to act" not in visit.text
        visit.send(f"/en/moje/za-koho/{given(house).id}", 404, answer="yes")
    assert given(house).user_id is None


def test_of_two_people_who_share_a_telephone_the_first_answer_counts(house: House):
    first, second = jana(house, proven_contact=JANA), jana(house, proven_contact=JANA)
    invite(house)
    late = house.visit(second).get("/en/moje/za-koho")
    house.visit(first).get("/en/moje/za-koho").send(answer="yes")
    late.send(answer="yes", status=404)
    assert given(house).user_id == first.user


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": ""}, "name"),
        ({"contact": "kdovíjak"}, "contact"),
        ({"kind": ""}, "kind"),
        ({"kind": "guardian"}, "kind"),
        ({"powers": ""}, "powers"),
        ({"powers": "everything"}, "powers"),
        ({"until": "jednou"}, "until"),
        ({"until": "1. 1. 2020"}, "until"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(house: House, said: dict[str, str], field: str):
    page = invite(house, 422, **said)
    assert [each.get("href") for each in page.root.iterfind(".//div[@role='alert']//a")] == [f"#{field}"]
    assert page.root.find(f".//*[@id='{field}']") is not None
    assert page.value("name") == said.get("name", "Jana Dcera")
    with reading(house.database) as session:
        assert session.exec(select(Mandate).where(Mandate.invited_contact != "")).all() == []


def test_there_is_an_end_to_asking(house: House):
    for number in range(10):
        invite(house, contact=f"700 000 70{number}")
    assert "10 people have not answered yet" in invite(house, 422).text


def test_a_supporter_is_given_no_more_than_advice(house: House):
    invite(house, kind="supporter", powers="manage")
    assert given(house).powers == {Power.SEE, Power.PREPARE}


def test_a_representative_is_removed_in_two_clicks(house: House):
    page = house.visit(house.cast.anna_herself).get(PAGE)
    assert "They may: see the rides, prepare orders, order rides, cancel rides." in page.text
    page.follow("Remove: Cyril Vozka")
    assert page.heading == "Remove Cyril Vozka?"
    page.send()
    assert page.path == PAGE
    assert "Remove: Cyril Vozka" not in page.text
    assert house.visit(house.cast.cyril).get("/en/moje").path == "/en/moje/za-koho"
    page.send(f"{PAGE}/{_of_cyril(house)}/odebrat")
    page.get(f"{PAGE}/{_of_cyril(house)}/odebrat", 404)


def test_an_invitation_can_be_taken_back_before_it_is_answered(house: House):
    asked = jana(house, proven_contact=JANA)
    page = invite(house)
    page.get(f"{PAGE}/{given(house).id}/odebrat").send()
    assert "asks you to act" not in house.visit(asked).get("/en/moje/za-koho").text


def test_nobody_frees_themselves_of_a_guardian_on_the_web(house: House):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Otakar Opatrovník")
        scope = (Power.BOOK, Power.MANAGE)
        kind = MandateKind.GUARDIAN_LIMITED
        guardianship = a_mandate(session, house.cast.anna, user, *scope, kind=kind, exclusive=True, evidence=DECREE)
    page = house.visit(house.cast.anna_herself).get(PAGE)
    assert "Only together with them you may: order rides, change the profile." in page.text
    assert "/odebrat" not in page.html
    assert "/pridat" not in page.html
    for mandate_id in (guardianship.id, _of_cyril(house)):
        page.get(f"{PAGE}/{mandate_id}/odebrat", 403)
        page.send(f"{PAGE}/{mandate_id}/odebrat", 403)
    page.get(f"{PAGE}/pridat", 403)
    page.send(f"{PAGE}/pridat", 403, name="Jana", contact=JANA, kind="supporter")
    assert house.visit(house.cast.cyril).get("/en/moje").heading == "Rides of Anna Vozková"


def test_a_department_is_named_with_whoever_is_in_charge(house: House):
    with writing(house.database) as session:
        olga = a_user(session, Role.REPRESENTATIVE, "Olga Sociální")
        department = an_organisation(session, olga)
        a_mandate(session, house.cast.anna, olga, organisation_id=department.id)
    assert "Olga Sociální, Odbor sociálních služeb" in house.visit(house.cast.anna_herself).get(PAGE).text


def test_the_client_reads_who_ordered_what_and_nothing_of_her_own_doing(house: House):
    with writing(house.database) as session:
        hers = a_ride(session, house.town, house.cast.anna, "9:00", by=house.cast.anna_herself)
        his = a_ride(session, house.town, house.cast.anna, "14:00", by=house.cast.cyril)
        rides.cancel(
            session, hers, version=hers.version, world=house.town.world, by=house.cast.cyril, now=house.clock()
        )
        a_confirmed_ride(session, house.town, house.cast.bedrich, "14:00", by=house.cast.hana)
    page = house.visit(house.cast.anna_herself).get(PAGE)
    assert "Cyril Vozka: ordered a ride" in page.text
    assert "Cyril Vozka: cancelled a ride" in page.text
    assert page.text.count("ordered a ride") == 1
    assert f"/en/jizdy/{his.code}" in page.html


def test_what_others_did_long_ago_is_not_on_the_page_any_more(house: House):
    page = house.visit(house.cast.anna_herself)
    by = replace(house.cast.cyril, on_behalf_of=house.cast.anna.id)
    with writing(house.database) as session:
        for days, kind in ((89, "PlaceRemoved"), (91, "PlaceRecorded")):
            then = house.clock() - timedelta(days=days)
            record(session, kind, subject=("client", house.cast.anna.id), by=by, now=then)
    page.get(PAGE)
    assert "Cyril Vozka: removed a place" in page.text
    assert "saved a place" not in page.text


def test_every_event_of_a_clients_record_that_others_cause_has_its_words():
    kinds = {value for name, value in vars(happened).items() if name.isupper()}
    ours = {"ClientRegistered", "OrganisationFounded", "MemberJoined", "MemberLeft", "HandedOver"}
    assert kinds - ours <= set(deeds.DEEDS)


def test_a_representative_who_is_no_client_is_led_to_the_people_they_act_for(house: House):
    assert house.visit(house.cast.cyril).get(PAGE).path == "/en/moje/za-koho"
    house.visit(house.cast.cyril).get(f"{PAGE}/pridat", 404)


def _of_cyril(house: House) -> int:
    with reading(house.database) as session:
        found = session.exec(select(Mandate).where(Mandate.user_id == house.cast.cyril.user)).one()
        return found.id or 0
