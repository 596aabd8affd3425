"""What may not be asked for at all: each bad wish has its own answer, and nothing is written."""

from datetime import date, timedelta

import pytest

from tests.builders.booking import a_draft, a_ride
from tests.builders.clients import a_card, a_client, some_needs
from tests.builders.town import DAY, NOW, a_town, a_world, the_policies
from transport.booking.clients import clients
from transport.booking.clients.eligibility import Ground
from transport.booking.clients.needs import Assistance, Mobility
from transport.booking.rides import asking, booking, checking, drafts, rules
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.rules import Whereabouts
from transport.kernel import actor
from transport.kernel.calendar import Calendar
from transport.kernel.clock import at, parse_wall
from transport.kernel.errors import Invalid, NotFound
from transport.kernel.policy import Allowance, AllowancePeriod, AllowanceUnit
from transport.kernel.values import Point, Window
from transport.operations.quality import invariants
from transport.routing.planning.models import Promise
from transport.routing.planning.wishes import Anchor, Wish

CALENDAR = Calendar()
POLICY = the_policies().on(DAY)
HOME = Whereabouts("home", "Plzeň", Point(49.74, 13.37))
HOSPITAL = Whereabouts("hospital", "Plzeň", Point(49.76, 13.38))


def wish(text: str, day: date = DAY) -> Wish:
    return Wish(Anchor.LEAVE_AT, parse_wall(day, text))


def codes(found) -> list[str]:
    return [error.code for error in found]


def test_a_wish_in_the_past_is_refused():
    now = at(DAY, parse_wall(DAY, "9:00"))
    assert codes(rules.about_time(POLICY, DAY, wish("9:00"), now, CALENDAR)) == ["ride.in_the_past"]


def test_a_wish_needs_half_an_hours_notice():
    now = at(DAY, parse_wall(DAY, "9:00"))
    assert codes(rules.about_time(POLICY, DAY, wish("9:29"), now, CALENDAR)) == ["ride.too_soon"]
    assert rules.about_time(POLICY, DAY, wish("9:30"), now, CALENDAR) == []


@pytest.mark.parametrize("text", ["5:59", "22:01"])
def test_nobody_drives_at_night(text):
    assert codes(rules.about_time(POLICY, DAY, wish(text), NOW, CALENDAR)) == ["ride.outside_hours"]


def test_a_day_beyond_the_horizon_is_refused_with_the_last_one():
    today = date(2026, 11, 20)
    last = today + timedelta(days=21)
    assert rules.about_day(POLICY, last, NOW) == []
    (refusal,) = rules.about_day(POLICY, last + timedelta(days=1), NOW)
    assert (refusal.code, refusal.facts) == ("ride.beyond_horizon", {"last": last})
    assert codes(rules.about_day(POLICY, today - timedelta(days=1), NOW)) == ["ride.day_in_the_past"]


def test_places_must_differ_and_lie_in_the_area():
    zbuch = Whereabouts("Domov", "Zbůch", Point(49.68, 13.22))
    prague = Whereabouts("Motol", "Praha", Point(50.07, 14.34))
    assert codes(rules.about_places(POLICY, HOME, HOME)) == ["ride.same_place"]
    assert codes(rules.about_places(POLICY, HOME, prague)) == ["ride.outside_area"]
    assert codes(rules.about_places(POLICY, zbuch, zbuch)) == ["ride.same_place"]
    assert rules.about_places(POLICY, HOME, zbuch) == []
    assert rules.about_places(POLICY, HOME, HOSPITAL) == []
    assert codes(rules.about_places(POLICY, zbuch, prague)) == ["ride.outside_area"]


def test_an_area_may_be_a_circle_or_nothing_but_the_city():
    near = Whereabouts("Starý Plzenec", "Starý Plzenec", Point(49.70, 13.47))
    far = Whereabouts("Klatovy", "Klatovy", Point(49.39, 13.29))
    circle = POLICY.model_copy(
        update={"area": POLICY.area.model_copy(update={"outside_mode": "radius", "radius_km": 27.0})}
    )
    nothing = POLICY.model_copy(update={"area": POLICY.area.model_copy(update={"outside_mode": "none"})})
    assert rules.about_places(circle, HOME, near) == []
    assert codes(rules.about_places(circle, HOME, far)) == ["ride.outside_area"]
    assert codes(rules.about_places(nothing, HOME, near)) == ["ride.outside_area"]


def test_two_rides_may_touch_but_not_overlap():
    assert rules.about_others(Window(0, 100), [Window(100, 200)]) == []
    assert codes(rules.about_others(Window(0, 100), [Window(99, 200)])) == ["ride.overlaps"]


def refusals(session, town, client, text="9:00", *, by, now=NOW, **values) -> list[str]:
    draft = a_draft(session, town, client, text, by=by, now=now, **values)
    found = checking.check(session, drafts.order(draft), world=town.world, by=by, now=now)
    return codes(found)


def test_a_good_order_has_nothing_against_it(session, town, cast):
    assert refusals(session, town, cast.anna, by=cast.cyril) == []


def test_an_expired_card_is_told_with_the_day(session, town, cast):
    young = a_client(session, "Jan Mladý", born=date(1990, 1, 1))
    a_card(session, young, Ground.ZTP, valid_until=DAY - timedelta(days=1))
    assert refusals(session, town, young, by=cast.dana) == ["eligibility.card_expired"]


def test_somebody_young_without_a_card_is_not_entitled(session, town, cast):
    young = a_client(session, "Jan Mladý", born=date(1990, 1, 1))
    assert len(refusals(session, town, young, by=cast.dana)) == 1


def test_a_chair_too_heavy_for_every_vehicle_is_refused_before_anybody_looks(session, town, cast):
    heavy = a_client(session, "Ota Těžký", mobility=Mobility.ELECTRIC_WHEELCHAIR, chair_mass_kg=301)
    assert refusals(session, town, heavy, by=cast.dana) == ["ride.chair_too_heavy"]


def test_too_many_companions_are_refused(session, town, cast):
    assert refusals(session, town, cast.anna, companions=("seat",) * 3, by=cast.cyril) == ["ride.too_many_companions"]


def test_the_way_back_comes_after_the_way_there(session, town, cast):
    assert refusals(session, town, cast.anna, "9:00", back="8:00", by=cast.cyril) == ["ride.return_before_outbound"]


def test_all_reasons_are_told_at_once(session, town, cast):
    found = refusals(session, town, cast.anna, "23:00", to="abroad", companions=("seat",) * 3, by=cast.cyril)
    assert found == ["ride.outside_hours", "ride.outside_area", "ride.too_many_companions"]


def test_a_ride_across_another_one_is_refused(session, town, cast):
    a_ride(session, town, cast.bedrich, "9:00", to="zbuch", by=cast.dana)
    narrow = a_world(booking={"negotiation_minutes": 0})
    draft = a_draft(session, town, cast.bedrich, "9:10", to="station", by=cast.dana)
    with pytest.raises(Invalid, match=r"ride\.overlaps"):
        booking.look(session, draft, world=narrow, by=cast.dana, now=NOW)


def test_an_unknown_place_is_refused(session, town, cast):
    draft = a_draft(session, town, cast.anna, by=cast.cyril)
    drafts.note(session, draft, now=NOW, destination=987_654)
    with pytest.raises(Invalid, match=r"place\.unknown"):
        booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)


def test_a_client_nobody_has_asked_about_needs_is_refused(session, town, cast):
    client = clients.register(
        session, first_name="Nový", last_name="Klient", born=date(1940, 1, 1), by=actor.SYSTEM, now=NOW
    )
    draft = a_draft(session, town, client, by=cast.dana)
    with pytest.raises(Invalid, match=r"client\.needs_unknown"):
        booking.look(session, draft, world=town.world, by=cast.dana, now=NOW)


def test_a_day_that_was_never_opened_is_not_found(session, town, cast):
    draft = a_draft(session, town, cast.anna, day=DAY + timedelta(days=1), by=cast.cyril)
    with pytest.raises(NotFound, match=r"day\.not_open"):
        booking.look(session, draft, world=town.world, by=cast.cyril, now=NOW)


def of_a_month(amount: int) -> dict[str, tuple[Allowance, ...]]:
    return {"allowances": (Allowance(unit=AllowanceUnit.RIDES, period=AllowancePeriod.MONTH, amount=amount),)}


def test_the_remaining_entitlement_is_known_before_booking_and_ends_the_orders(session, cast):
    town = a_town(session, world=a_world(eligibility=of_a_month(2)))
    a_ride(session, town, cast.anna, "9:00", by=cast.cyril)
    policy = town.world.policies.on(DAY)
    [balance] = checking.balances(session, cast.anna.id or 0, DAY, policy)
    assert balance.left == 1
    with pytest.raises(Invalid, match=r"allowance\.rides") as refused:
        a_ride(session, town, cast.anna, "13:00", back="15:00", by=cast.cyril)
    assert refused.value.facts["left"] == 1
    a_ride(session, town, cast.anna, "13:00", by=cast.cyril)
    assert checking.balances(session, cast.anna.id or 0, DAY, policy)[0].left == 0


def test_a_child_without_a_companion_and_a_stranger_to_the_city_are_told_so(session, town, cast):
    child = a_client(session, "Matěj Malý", born=date(2015, 5, 1))
    a_card(session, child)
    with pytest.raises(Invalid, match=r"eligibility\.child_alone"):
        a_ride(session, town, child, by=cast.hana)
    assert a_ride(session, town, child, by=cast.hana, companions=("seat",)).persons == 2
    neighbour = a_client(session, "Jan Vedle", born=date(1940, 5, 1), municipality="Rokycany")
    with pytest.raises(Invalid, match=r"eligibility\.residence"):
        a_ride(session, town, neighbour, by=cast.hana)


def test_where_rides_are_ordered_by_phone_only_the_operator_can(session, cast):
    town = a_town(session, world=a_world(booking={"channels": ("phone",)}))
    with pytest.raises(Invalid, match=r"ride\.phone_only"):
        a_ride(session, town, cast.anna, by=cast.cyril)
    assert a_ride(session, town, cast.anna, by=cast.hana).status is Status.CONFIRMED


def test_help_that_the_service_does_not_give_is_refused(session, cast):
    town = a_town(session, world=a_world(assistance={"levels": ("none", "vehicle", "door")}))
    client = a_client(session, "Olga Schodová", born=date(1940, 5, 1), assistance=Assistance.ROOM)
    with pytest.raises(Invalid, match=r"ride\.help_not_given"):
        a_ride(session, town, client, by=cast.hana)


def test_a_ride_alone_is_sold_where_the_tariff_has_it_and_shares_with_nobody(session, town, cast):
    ride = a_ride(session, town, cast.bedrich, "9:00", by=cast.hana, solo=True)
    promise = session.get_one(Promise, ride.promise_id)
    assert (ride.price, ride.solo, promise.solo) == (10_000, True, True)
    assert invariants.faults(session, world=town.world, now=NOW) == []


def test_needs_said_for_one_ride_leave_the_profile_as_it_was(session, town, cast):
    once = some_needs(session, cast.bedrich, mobility=Mobility.WHEELCHAIR_STAYS, one_off=True)
    ride = a_ride(session, town, cast.bedrich, "9:00", by=cast.hana, needs_id=once.id)
    promise = session.get_one(Promise, ride.promise_id)
    assert (promise.seats, promise.wheelchairs, ride.needs_id) == (0, 1, once.id)
    later = a_ride(session, town, cast.bedrich, "13:00", by=cast.hana)
    assert session.get_one(Promise, later.promise_id).wheelchairs == 0
    with pytest.raises(Invalid, match=r"client\.needs_unknown"):
        a_ride(session, town, cast.anna, "17:00", by=cast.hana, needs_id=once.id)


def test_more_steps_at_a_door_than_one_person_manages_ask_for_a_second_one(session, town, cast):
    clients.add_place(
        session, cast.anna, town.places["home"], label="Domů", stairs=3, is_home=True, by=actor.SYSTEM, now=NOW
    )
    draft = a_draft(session, town, cast.anna, by=cast.hana)
    leg = drafts.order(draft).legs[0]
    party = asking.party_of(session, drafts.order(draft), leg, POLICY)
    assert "second_person" in party.features
