"""One prepares, another one decides: the whole order is shown, and what has happened meanwhile is said."""

import pytest
from sqlmodel import select

from tests.api.client.conftest import House, Visit
from tests.builders.booking import a_draft, chosen
from tests.builders.clients import a_mandate, a_user, acting
from transport import jobs
from transport.booking.clients import mandates
from transport.booking.clients.models import MandateKind, Power
from transport.booking.rides import drafts
from transport.booking.rides.models import Consent, ConsentOutcome, Ride
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing

DECREE = "usnesení soudu, 4. 3. 2026, spis na odboru"


@pytest.fixture
def ivo(house: House) -> Actor:
    """Anna's supporter: he sees and prepares."""
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
        a_mandate(session, house.cast.anna, user, Power.PREPARE, kind=MandateKind.SUPPORTER)
        return acting(user)


def prepared(house: House, by: Actor) -> tuple[str, str]:
    """An order up to its last page; the key of the draft, the address of that page."""
    with writing(house.database) as session:
        draft = a_draft(session, house.town, house.cast.anna, by=by, back="12:00")
        drafts.note(session, draft, now=house.clock(), back="yes", help=True)
        chosen(session, house.town, draft, by=by)
        return draft.key, f"/en/objednat/{draft.key}/kontrola"


def asked(house: House, by: Actor) -> Visit:
    """The order was sent for approval; what whoever asked then sees."""
    return house.visit(by).get(prepared(house, by)[1]).send()


def rides(house: House) -> list[Ride]:
    with reading(house.database) as session:
        return list(session.exec(select(Ride)))


def outcome(house: House) -> ConsentOutcome:
    with reading(house.database) as session:
        return session.exec(select(Consent)).one().outcome


def test_a_supporter_prepares_from_the_first_question_and_sends_it_for_approval(house: House, ivo: Actor):
    visit = house.visit(ivo).get("/en/moje")
    visit.send("/en/objednat")
    for answer in (
        {"origin": str(house.town.places["home"])},
        {"words": "hospital"},
        {},
        {"day": house.town.day.isoformat()},
        {"anchor": "leave_at", "time": "9:00"},
        {"back": "no"},
        {"companions": "0"},
    ):
        visit.send(said=answer or {"pick": visit.options("pick")[0]})
    visit.send(outbound=visit.options("outbound")[0])
    assert visit.heading == "Check the order and send it for approval"
    visit.send()
    assert visit.path.startswith("/en/souhlas/")
    assert "It waits for the yes of: Anna Vozková." in visit.text
    assert rides(house) == []


def test_the_client_sees_the_whole_order_and_agrees(house: House, ivo: Actor):
    address = asked(house, ivo).path
    anna = house.visit(house.cast.anna_herself).get("/en/moje")
    anna.get(address)
    assert anna.heading == "Do you agree to this ride?"
    for words in ("Ivo Rádce prepared this order", "home", "hospital", "The way there", "The way back", "Kč"):
        assert words in anna.text
    anna.send(answer="yes")
    assert anna.heading == "The ride is ordered"
    assert len(rides(house)) == 2
    for ride in rides(house):
        assert f"/en/jizdy/{ride.code}" in anna.html
    anna.send("/en/souhlas/" + address.rsplit("/", 1)[1], answer="yes")
    assert len(rides(house)) == 2
    assert house.visit(ivo).get(address).heading == "The ride is ordered"


def test_the_clients_own_page_leads_to_the_question(house: House, ivo: Actor):
    address = asked(house, ivo).path
    page = house.visit(house.cast.anna_herself).get("/en/moje")
    assert address in page.html
    assert "Ivo Rádce prepared it. Nothing is ordered until you agree." in page.text


def test_the_client_says_no_and_nothing_is_ordered(house: House, ivo: Actor):
    address = asked(house, ivo).path
    anna = house.visit(house.cast.anna_herself).get(address)
    anna.send(answer="no")
    assert anna.heading == "This was not ordered"
    anna.send(address, answer="yes")
    assert anna.heading == "This was not ordered"
    assert rides(house) == []
    assert "/en/souhlas/" not in anna.get("/en/moje").html


def test_a_question_that_nobody_answers_lapses_and_may_be_asked_again(house: House, ivo: Actor):
    visit = asked(house, ivo)
    address = visit.path
    house.clock.forward(days=1)
    anna = house.visit(house.cast.anna_herself).get(address)
    assert anna.heading == "The time to agree is over"
    anna.send(address, answer="yes")
    assert (anna.heading, rides(house)) == ("The time to agree is over", [])
    jobs.lapse(house.app.state.services, house.clock())
    assert outcome(house) is ConsentOutcome.LAPSED
    visit.get(address).follow("Go back to the order")
    visit.send(said={leg: visit.options(leg)[0] for leg in ("outbound", "return")}).send()
    assert visit.path not in {address, ""}
    assert visit.heading == "The order waits for a yes"


def test_while_an_answer_is_awaited_the_order_leads_to_the_question(house: House, ivo: Actor):
    key, check = prepared(house, ivo)
    visit = house.visit(ivo).get(check).send()
    address = visit.path
    for step in ("", "/nabidka", "/kontrola"):
        assert visit.get(f"/en/objednat/{key}{step}").path == address
    visit.send(address, answer="no")
    assert visit.heading == "This was not ordered"
    assert visit.get(f"/en/objednat/{key}").path == f"/en/objednat/{key}/nabidka"


def test_nobody_agrees_to_what_was_changed_meanwhile(house: House, ivo: Actor):
    key, check = prepared(house, ivo)
    address = house.visit(ivo).get(check).send().path
    anna = house.visit(house.cast.anna_herself).get(address)
    with writing(house.database) as session:
        draft = drafts.get(session, key, by=ivo, now=house.clock())
        drafts.note(session, draft, now=house.clock(), companions=["seat"])
    anna.send(answer="yes")
    assert anna.heading == "The order has been changed"
    assert rides(house) == []


def test_a_supporter_cannot_agree_and_is_told_that_it_is_over_when_the_client_ends_it(house: House, ivo: Actor):
    visit = asked(house, ivo)
    address = visit.path
    visit.send(address, 403, answer="yes")
    with writing(house.database) as session:
        for mandate in mandates.people(session, ivo, on=house.town.day)[0].mandates:
            mandates.revoke(session, mandate, by=house.cast.anna_herself, now=house.clock())
    visit.get(address, 404)
    anna = house.visit(house.cast.anna_herself).get(address)
    assert anna.heading == "This order is not valid any more"
    anna.send(address, answer="yes")
    assert rides(house) == []


def test_a_client_with_an_exclusive_guardian_asks_and_the_guardian_agrees_but_may_not_manage(house: House):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Otakar Opatrovník")
        kind = MandateKind.GUARDIAN_LIMITED
        a_mandate(session, house.cast.anna, user, Power.BOOK, kind=kind, exclusive=True, evidence=DECREE)
        otakar = acting(user)
    anna = asked(house, house.cast.anna_herself)
    assert "It waits for the yes of: Otakar Opatrovník, Cyril Vozka." in anna.text
    anna.send(anna.path, 403, answer="yes")
    guardian = house.visit(otakar).get(anna.path)
    assert "Anna Vozková prepared this order" in guardian.text
    guardian.send(answer="yes")
    assert len(rides(house)) == 2
    with reading(house.database) as session:
        may = mandates.powers(session, house.cast.anna.id or 0, otakar, on=house.town.day)
    assert Power.MANAGE not in may


def test_what_one_joint_representative_prepares_the_other_one_decides(house: House):
    with writing(house.database) as session:
        pair = [a_user(session, Role.REPRESENTATIVE, name) for name in ("Karel První", "Lenka Druhá")]
        for user in pair:
            a_mandate(session, house.cast.bedrich, user, joint=True)
        karel, lenka = map(acting, pair)
        draft = a_draft(session, house.town, house.cast.bedrich, by=karel)
        drafts.note(session, draft, now=house.clock(), back="no", help=True)
        chosen(session, house.town, draft, by=karel)
    first = house.visit(karel).get(f"/en/objednat/{draft.key}/kontrola").send()
    assert "It waits for the yes of: Lenka Druhá." in first.text
    second = house.visit(lenka).get("/en/moje")
    assert first.path in second.html
    second.get(first.path).send(answer="yes")
    assert len(rides(house)) == 1


def test_an_answer_we_cannot_read_changes_nothing(house: House, ivo: Actor):
    address = asked(house, ivo).path
    anna = house.visit(house.cast.anna_herself).get(address)
    anna.send(answer="maybe")
    assert anna.heading == "Do you agree to this ride?"
    assert outcome(house) is ConsentOutcome.PENDING
