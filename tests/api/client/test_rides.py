"""One's own rides: seen, called off, moved with consent; nobody else's."""

from datetime import timedelta

from sqlmodel import select

from tests.api.client.conftest import House
from tests.builders.booking import a_confirmed_ride, an_order
from transport.booking.clients.models import Client
from transport.booking.rides import asking, offers, queries, rides
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride
from transport.booking.rides.wishing import LegWish, Order
from transport.kernel.clock import at
from transport.kernel.db import reading, writing
from transport.kernel.events import Event
from transport.routing.planning.wishes import Wish


def there_and_back(house: House) -> list[str]:
    with writing(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        order = an_order(session, house.town, anna, by=house.cast.anna_herself, back="12:00")
        return [ride.code for ride in order]


def statuses(house: House, codes: list[str]) -> list[Status]:
    with reading(house.database) as session:
        return [rides.coded(session, code).status for code in codes]


def another_time_offered(house: House, code: str) -> None:
    with writing(house.database) as session:
        ride = rides.coded(session, code)
        wish = queries.visible(session, code, house.cast.dana, now=house.clock.now).wish
        assert wish is not None
        leg = LegWish(
            ride.leg,
            ride.origin_place_id,
            ride.destination_place_id,
            ride.day,
            Wish(wish.anchor, wish.seconds + 3 * 3600),
        )
        order = Order("another time", ride.client_id, (leg,))
        [found] = asking.answers(session, order, world=house.town.world, by=house.cast.dana, now=house.clock.now)
        party = asking.party_of(session, order, leg, house.town.world.policies.on(ride.day))
        offers.offer(
            session, ride, party, found.near[0].option, version=ride.version,
            until=house.clock.now + timedelta(hours=4), world=house.town.world, by=house.cast.dana, now=house.clock.now,
        )  # fmt: skip


def test_anna_sees_the_next_ride_first_with_its_word(house: House):
    codes = there_and_back(house)
    visit = house.visit(house.cast.anna_herself).get("/en/moje")
    assert visit.heading == "My rides"
    assert visit.html.index(f"/en/jizdy/{codes[0]}") < visit.html.index(f"/en/jizdy/{codes[1]}")
    assert "Status: ordered" in visit.text


def test_without_rides_the_page_says_so_and_offers_to_book(house: House):
    visit = house.visit(house.cast.anna_herself).get("/en/moje")
    assert "No ride is booked." in visit.text
    visit.send("/en/objednat")
    assert visit.path.endswith("/odkud")


def test_cyril_sees_his_mothers_rides_under_her_name(house: House):
    there_and_back(house)
    visit = house.visit(house.cast.cyril).get("/en/moje")
    assert visit.heading == "Rides of Anna Vozková"
    assert "You are acting for: Anna Vozková" in visit.text
    assert "Anna Vozková" in visit.get("/en/moje/za-koho").text


def test_gustav_finds_no_ride_and_no_person(house: House):
    [code, _] = there_and_back(house)
    visit = house.visit(house.cast.gustav).get("/en/moje")
    assert visit.heading == "You have nobody to order for yet"
    visit.get(f"/en/jizdy/{code}", status=404)
    visit.get(f"/en/jizdy/{code}/zrusit", status=404)
    visit.get("/en/moje")
    visit.send(f"/en/jizdy/{code}/zrusit", status=404, which="one", csrf="csrf of " + str(house.cast.gustav.user))
    assert statuses(house, [code]) == [Status.REQUESTED]


def test_one_persons_rides_are_not_found_under_anothers_code(house: House):
    house.visit(house.cast.anna_herself).get(f"/en/moje?klient={house.cast.bedrich.code}", status=404)


def test_calling_off_asks_which_way_and_says_that_it_is_in_time(house: House):
    codes = there_and_back(house)
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{codes[0]}/zrusit")
    assert "You are in time." in visit.text
    visit.send(visit.path, status=422)
    assert "Choose what to cancel." in visit.text
    visit.send(visit.path, which="one")
    assert statuses(house, codes) == [Status.CANCELLED, Status.REQUESTED]
    assert "cancelled by you" in visit.text


def test_both_ways_are_called_off_together(house: House):
    codes = there_and_back(house)
    house.visit(house.cast.cyril).get(f"/en/jizdy/{codes[1]}/zrusit").send(which="both")
    assert statuses(house, codes) == [Status.CANCELLED, Status.CANCELLED]


def test_a_late_cancellation_is_said_before_it_is_done(house: House):
    codes = there_and_back(house)
    house.clock.now = at(house.town.day, house.town.second("8:30"))
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{codes[0]}/zrusit")
    assert "this is a late cancellation" in visit.text
    assert statuses(house, codes) == [Status.REQUESTED, Status.REQUESTED]


def test_a_ride_decided_about_meanwhile_is_not_called_off_by_an_old_page(house: House):
    codes = there_and_back(house)
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{codes[0]}/zrusit")
    with writing(house.database) as session:
        ride = rides.coded(session, codes[0])
        rides.confirm(session, ride, version=ride.version, by=house.cast.dana, now=house.clock.now)
    visit.send(visit.path, status=409, which="one")
    assert statuses(house, codes) == [Status.CONFIRMED, Status.REQUESTED]


def test_another_time_is_taken_only_with_her_yes(house: House):
    codes = there_and_back(house)
    another_time_offered(house, codes[1])
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{codes[1]}")
    assert "We offer you another time" in visit.text
    visit.send(f"/en/jizdy/{codes[1]}/jiny-cas", answer="yes")
    assert "The other time was accepted (you)" in visit.text
    with reading(house.database) as session:
        view = queries.visible(session, codes[1], house.cast.anna_herself, now=house.clock.now)
    assert view.promise.window_start >= house.town.second("14:00")
    assert view.ride.status is Status.CONFIRMED


def test_the_first_time_stays_if_she_says_no(house: House):
    codes = there_and_back(house)
    another_time_offered(house, codes[1])
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{codes[1]}")
    visit.send(f"/en/jizdy/{codes[1]}/jiny-cas", answer="no")
    assert "The first time was kept (you)" in visit.text
    assert "We offer you another time" not in visit.text
    assert statuses(house, codes) == [Status.REQUESTED, Status.REQUESTED]


def test_what_her_son_did_is_recorded_on_her_behalf(house: House):
    codes = there_and_back(house)
    house.visit(house.cast.cyril).get(f"/en/jizdy/{codes[0]}/zrusit").send(which="one")
    with reading(house.database) as session:
        [event] = session.exec(select(Event).where(Event.kind == "ride_cancelled")).all()
    assert event.on_behalf_of == house.cast.anna.id
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{codes[0]}")
    assert "The ride was cancelled (the representative)" in visit.text


def test_a_ride_that_is_over_cannot_be_called_off(house: House):
    with writing(house.database) as session:
        anna = session.get_one(Client, house.cast.anna.id)
        ride: Ride = a_confirmed_ride(session, house.town, anna, by=house.cast.dana)
        rides.board(session, ride, by=house.cast.emil, now=house.clock.now)
        rides.alight(session, ride, by=house.cast.emil, now=house.clock.now)
        code = ride.code
    visit = house.visit(house.cast.anna_herself).get(f"/en/jizdy/{code}")
    assert "done" in visit.text
    assert "Cancel this ride" not in visit.text
    assert visit.get(f"/en/jizdy/{code}/zrusit").path == f"/en/jizdy/{code}"
