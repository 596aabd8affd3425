"""A ride is ordered page by page: by Anna herself, by her son, in any language, without a script."""

from datetime import date

from sqlmodel import col, select

from tests.api.client.conftest import House, Visit
from tests.builders.booking import a_ride
from tests.builders.clients import a_client
from transport.booking.clients.needs import Mobility
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Denial, Ride, TripRequest
from transport.kernel.actor import Actor
from transport.kernel.db import reading, writing
from transport.routing.planning.models import Promise, PromiseState

DAY = "2026-11-24"


def begun(house: House, who: Actor, lang: str = "cs") -> Visit:
    return house.visit(who).get(f"/{lang}/objednat").send(f"/{lang}/objednat")


def answered(visit: Visit, house: House, *, until: str, at: str = "9:00", **changes: str) -> Visit:
    """Go from the first question to the page of the step `until`."""
    said = {
        "odkud": {"origin": str(house.town.places["home"])},
        "kam": {"destination": "other", "words": "hospital"},
        "misto": {"pick": f"p{house.town.places['hospital']}"},
        "den": {"day": DAY},
        "cas": {"anchor": "leave_at", "time": at},
        "zpet": {"back": changes.get("back", "no"), "return_time": changes.get("return_time", "")},
        "pomoc": {"companions": changes.get("companions", "0")},
    }
    while (step := visit.path.split("/")[-1]) != until:
        visit.send(visit.path, said=said[step])
    return visit


def booked(house: House, who: Actor, lang: str = "cs", **changes: str) -> Visit:
    visit = answered(begun(house, who, lang), house, until="nabidka", **changes)
    visit.send(said=chosen(visit))
    assert visit.path.endswith("/kontrola")
    return visit.send()


def chosen(visit: Visit) -> dict[str, str]:
    return {leg: visit.options(leg)[0] for leg in ("outbound", "return") if visit.options(leg)}


def rides_of(house: House) -> list[Ride]:
    with reading(house.database) as session:
        return list(session.exec(select(Ride).order_by(col(Ride.id))))


def test_anna_orders_there_and_back_and_gets_two_numbers(house: House):
    visit = booked(house, house.cast.anna_herself, back="yes", return_time="půl dvanácté", companions="1")
    rides = rides_of(house)
    assert visit.path.endswith("/hotovo")
    assert [ride.status for ride in rides] == [Status.REQUESTED, Status.REQUESTED]
    assert {ride.persons for ride in rides} == {2}
    assert all(f"{ride.code[:3]} {ride.code[3:]}" in visit.text for ride in rides)


def test_each_step_says_how_many_there_are(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="den")
    assert "Step 3 of 8" in visit.text


def test_her_own_places_come_first_and_nothing_is_chosen_for_her(house: House):
    visit = begun(house, house.cast.anna_herself)
    assert visit.options("origin") == [str(house.town.places["home"]), "other"]
    assert " checked" not in visit.html


def test_cyril_orders_for_his_mother_and_every_page_says_so(house: House):
    visit = begun(house, house.cast.cyril)
    while not visit.path.endswith("/nabidka"):
        assert "Anna Vozková" in visit.text, visit.path
        answered(visit, house, until=following(visit))
    visit.send(said=chosen(visit))
    assert "Anna Vozková" in visit.text
    visit.send()
    assert "Anna Vozková" in visit.text
    [ride] = rides_of(house)
    assert ride.client_id == house.cast.anna.id


def following(visit: Visit) -> str:
    order = ["odkud", "kam", "misto", "den", "cas", "zpet", "pomoc", "nabidka"]
    return order[order.index(visit.path.split("/")[-1]) + 1]


def test_gustav_can_order_for_nobody_and_finds_nobodys_order(house: House):
    anna = begun(house, house.cast.anna_herself)
    gustav = house.visit(house.cast.gustav).get("/cs/objednat")
    gustav.send("/cs/objednat", status=404)
    gustav.get(anna.path, status=404)


def test_nobody_logged_in_is_sent_to_the_login(house: House):
    assert "prihlaseni" in house.visit(None).get("/cs/objednat").path


def test_an_answer_changed_at_the_end_leads_back_to_new_offers(house: House):
    visit = answered(begun(house, house.cast.anna_herself), house, until="nabidka")
    visit.send(said=chosen(visit))
    key = visit.path.split("/")[3]
    visit.get(f"/cs/objednat/{key}/cas").send(anchor="arrive_by", time="1030")
    assert visit.path.endswith("/nabidka")
    with reading(house.database) as session:
        held = session.exec(select(Promise).where(Promise.state == PromiseState.HELD)).all()
    assert held == [], "what was held before stands in nobody's way"


def test_an_order_left_half_way_goes_on_at_the_first_open_question(house: House):
    visit = answered(begun(house, house.cast.anna_herself), house, until="den")
    key = visit.path.split("/")[3]
    assert visit.get(f"/cs/objednat/{key}").path.endswith("/den")
    assert visit.get(f"/cs/objednat/{key}/kontrola").path.endswith("/den")
    assert visit.get(f"/cs/objednat/{key}/nabidka").path.endswith("/den")


def test_a_second_click_finds_the_first_order(house: House):
    visit = answered(begun(house, house.cast.anna_herself), house, until="nabidka")
    visit.send(said=chosen(visit))
    path, html = visit.path, visit.page
    visit.send()
    done = visit.text
    visit.page = html
    visit.send(path)
    assert visit.text == done
    assert len(rides_of(house)) == 1


def test_a_page_that_shows_another_time_than_is_held_books_nothing(house: House):
    visit = answered(begun(house, house.cast.anna_herself), house, until="nabidka")
    visit.send(said=chosen(visit)).send(seen="outbound:0:1")
    assert visit.path.endswith("/kontrola")
    assert rides_of(house) == []


def test_a_hold_that_has_lapsed_is_taken_again_if_it_is_still_free(house: House):
    visit = answered(begun(house, house.cast.anna_herself), house, until="nabidka")
    visit.send(said=chosen(visit))
    house.clock.forward(minutes=30)
    visit.send()
    assert visit.path.endswith("/hotovo")
    assert len(rides_of(house)) == 1


def test_a_lapsed_hold_that_somebody_else_has_taken_becomes_fresh_offers(house: House):
    visit = answered(begun(house, house.cast.anna_herself), house, until="nabidka")
    visit.send(said=chosen(visit))
    house.clock.forward(minutes=30)
    with writing(house.database) as session:
        for at in ("8:30", "9:00", "9:20"):
            other = a_client(
                session,
                f"Jiří V{at[0]}{at[-2:]}",
                born=date(1940, 1, 1),
                mobility=Mobility.WHEELCHAIR_STAYS,
                chair_mass_kg=100,
            )
            a_ride(session, house.town, other, at, by=house.cast.hana, to="zbuch", now=house.clock.now)
    visit.send()
    assert visit.path.endswith("/nabidka")
    assert "mezitím" in visit.text.lower() or "in the meantime" in visit.text
    assert house.cast.anna.id not in {ride.client_id for ride in rides_of(house)}


def test_nothing_suits_means_nothing_is_booked_and_the_telephone_is_shown(house: House):
    visit = answered(begun(house, house.cast.anna_herself), house, until="nabidka").send(nothing="1")
    assert visit.path.endswith("/nevyslo")
    assert "800" in visit.text
    with reading(house.database) as session:
        assert session.exec(select(TripRequest)).all() == []


def test_a_denial_is_explained_and_remembered_even_if_the_page_is_read_twice(house: House):
    with writing(house.database) as session:
        for hour in range(7, 22):
            for minute in ("00", "20", "40"):
                other = a_client(
                    session,
                    f"Jiří V{hour}{minute}",
                    born=date(1940, 1, 1),
                    mobility=Mobility.WHEELCHAIR_STAYS,
                    chair_mass_kg=100,
                )
                try:
                    a_ride(session, house.town, other, f"{hour}:{minute}", by=house.cast.hana, to="zbuch")
                except Exception:  # noqa: BLE001, S112 - filled up as far as it goes
                    continue
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="nabidka")
    visit.get(visit.path)
    assert "Near 9:00 we have nothing free" in visit.text
    with reading(house.database) as session:
        assert len(session.exec(select(Denial).where(Denial.client_id == house.cast.anna.id)).all()) == 1


def test_the_same_ride_again_asks_only_for_the_day_and_what_follows(house: House):
    booked(house, house.cast.anna_herself)
    code = rides_of(house)[0].code
    visit = house.visit(house.cast.anna_herself).get(f"/cs/jizdy/{code}")
    visit.send("/cs/objednat", again=code, client=house.cast.anna.code)
    assert visit.path.endswith("/den")


def test_the_whole_order_can_be_made_in_english(house: House):
    visit = booked(house, house.cast.anna_herself, "en")
    assert visit.heading == "Your ride is booked"
    assert "We pick you up" in visit.text


def test_an_order_kept_for_later_is_found_again_among_her_rides(house: House):
    visit = answered(begun(house, house.cast.anna_herself, "en"), house, until="den")
    assert "Go on with the order you began" in visit.get("/en/moje").text
    key = visit.html.split("/en/objednat/")[1].split('"')[0]
    assert visit.get(f"/en/objednat/{key}").path.endswith("/den")
    answered(visit, house, until="nabidka").send(said=chosen(visit)).send()
    assert "Go on with the order you began" not in visit.get("/en/moje").text
