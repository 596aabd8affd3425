"""A revoked mandate is over at once: in the middle of a visit, and for what was prepared with it."""

from sqlmodel import select

from tests.api.client.conftest import House
from tests.builders.booking import a_draft, a_ride, chosen
from tests.builders.clients import a_mandate, a_user, acting
from transport import jobs
from transport.booking.clients import mandates
from transport.booking.clients.models import Mandate, MandateKind, Power
from transport.booking.rides import consents
from transport.booking.rides.models import Consent, ConsentOutcome
from transport.kernel.actor import Actor, Role
from transport.kernel.db import reading, writing
from transport.routing.planning.models import Promise, PromiseState


def revoke(house: House, representative: Actor) -> None:
    with writing(house.database) as session:
        for mandate in session.exec(select(Mandate).where(Mandate.user_id == representative.user)):
            mandates.revoke(session, mandate, by=house.cast.anna_herself, now=house.clock())


def test_the_next_click_after_a_revocation_shows_nothing(house: House):
    with writing(house.database) as session:
        ride = a_ride(session, house.town, house.cast.anna, by=house.cast.cyril)
    visit = house.visit(house.cast.cyril).get(f"/en/jizdy/{ride.code}/zrusit")
    assert "Anna Vozková" in visit.text
    revoke(house, house.cast.cyril)
    visit.send(visit.path, status=404, which="one")
    assert "Vozková" not in visit.text
    visit.get("/en/moje")
    assert "Vozková" not in visit.text


def test_who_may_book_but_not_cancel_is_not_offered_to_cancel(house: House):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
        a_mandate(session, house.cast.anna, user, Power.BOOK)
        ride = a_ride(session, house.town, house.cast.anna, by=acting(user))
    cancelling = f"/en/jizdy/{ride.code}/zrusit"
    visit = house.visit(acting(user)).get(f"/en/jizdy/{ride.code}")
    assert cancelling not in visit.html
    assert visit.get(cancelling).path == f"/en/jizdy/{ride.code}"
    assert cancelling in house.visit(house.cast.cyril).get(f"/en/jizdy/{ride.code}").html


def test_places_of_what_was_prepared_with_a_revoked_mandate_are_free_again(house: House):
    with writing(house.database) as session:
        user = a_user(session, Role.REPRESENTATIVE, "Ivo Rádce")
        a_mandate(session, house.cast.anna, user, Power.PREPARE, kind=MandateKind.SUPPORTER)
        draft = a_draft(session, house.town, house.cast.anna, by=acting(user))
        chosen(session, house.town, draft, by=acting(user))
        consents.ask(session, draft, world=house.town.world, by=acting(user), now=house.clock())
    assert jobs.lapse(house.app.state.services, house.clock()) == 0
    revoke(house, acting(user))
    assert jobs.lapse(house.app.state.services, house.clock()) == 1
    with reading(house.database) as session:
        assert [each.outcome for each in session.exec(select(Consent))] == [ConsentOutcome.LAPSED]
        assert [each.state for each in session.exec(select(Promise))] == [PromiseState.WITHDRAWN]
