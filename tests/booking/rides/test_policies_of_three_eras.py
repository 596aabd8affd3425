"""The same wish under the rules of 2014, 2023 and 2026: when it may be ordered, who may ride, what it costs."""

from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from transport.booking.clients import eligibility
from transport.booking.clients.eligibility import Ground, Person
from transport.booking.clients.models import Eligibility
from transport.booking.contracts import tariffs
from transport.booking.contracts.tariffs import Journey
from transport.booking.rides import rules
from transport.booking.rides.wishing import KindOfPlace, Leg, LegWish, Order
from transport.kernel import calendar, policy
from transport.kernel.clock import LOCAL, at, parse_wall
from transport.kernel.policy import Card, Policy
from transport.routing.planning.wishes import Anchor, Wish

POLICIES = policy.load(Path("data/service.toml"))
CALENDAR = calendar.load(Path("data/plzen"))
ERAS = {"2014": date(2014, 6, 11), "2023": date(2023, 6, 14), "2026": date(2026, 6, 10)}
"""A Wednesday in June under each policy."""


def local(day: date, wall: str) -> datetime:
    hour, minute = map(int, wall.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LOCAL).astimezone(UTC)


def said(era: str, wall: str, asked: datetime) -> list[str]:
    """What the rules say to a ride at `wall` on the Wednesday, asked for at that instant."""
    day = ERAS[era]
    rule = POLICIES.on(day)
    wish = Wish(Anchor.LEAVE_AT, parse_wall(day, wall))
    found = rules.about_day(rule, day, asked) or rules.about_time(rule, day, wish, asked, CALENDAR)
    return [each.code for each in found]


@pytest.mark.parametrize(
    ("era", "days_before", "asked_at", "wall", "answer"),
    [
        ("2014", 1, "21:59", "8:00", []),
        ("2014", 1, "22:01", "8:00", ["ride.too_soon"]),
        ("2014", 1, "12:00", "7:30", ["ride.too_soon"]),
        ("2014", 2, "12:00", "7:30", []),
        ("2014", 1, "12:00", "23:00", []),
        ("2023", 1, "10:59", "8:00", []),
        ("2023", 1, "11:01", "8:00", ["ride.too_soon"]),
        ("2023", 7, "10:00", "8:00", []),
        ("2023", 8, "10:00", "8:00", ["ride.beyond_horizon"]),
        ("2023", 1, "9:00", "23:00", ["ride.outside_hours"]),
        ("2026", 0, "7:30", "8:00", []),
        ("2026", 0, "7:31", "8:00", ["ride.too_soon"]),
        ("2026", 21, "10:00", "8:00", []),
        ("2026", 22, "10:00", "8:00", ["ride.beyond_horizon"]),
        ("2026", 1, "10:00", "5:59", ["ride.outside_hours"]),
    ],
)
def test_when_the_same_ride_may_be_ordered(era: str, days_before: int, asked_at: str, wall: str, answer: list[str]):
    day = ERAS[era]
    asked = local(date.fromordinal(day.toordinal() - days_before), asked_at)
    assert said(era, wall, asked) == answer


@pytest.mark.parametrize(("era", "fare"), [("2014", 30), ("2023", 50), ("2026", 50)])
def test_what_the_same_ride_in_the_city_costs(era: str, fare: int):
    assert tariffs.price(POLICIES.on(ERAS[era]), Journey(age=75)) == fare * 100


@pytest.mark.parametrize(("era", "fare"), [("2014", 30), ("2023", 30), ("2026", 30)])
def test_what_the_same_ride_costs_a_child_with_a_card(era: str, fare: int):
    assert tariffs.price(POLICIES.on(ERAS[era]), Journey(age=10, card=Card.ZTP)) == fare * 100


@pytest.mark.parametrize(("era", "fare"), [("2014", 132), ("2023", 480), ("2026", 480)])
def test_what_twelve_kilometres_out_of_the_city_cost_without_a_way_back(era: str, fare: int):
    journey = Journey(age=75, in_city=False, metres=12_000, returns=False)
    assert tariffs.price(POLICIES.on(ERAS[era]), journey) == fare * 100


@pytest.mark.parametrize(
    ("era", "answer"), [("2014", []), ("2023", ["eligibility.residence"]), ("2026", ["eligibility.residence"])]
)
def test_whether_somebody_of_a_neighbouring_town_may_ride(era: str, answer: list[str]):
    person = Person(date(1930, 1, 1), "Rokycany")
    assert eligibility.reasons(person, ERAS[era], POLICIES.on(ERAS[era])) == answer


@pytest.mark.parametrize(("era", "answer"), [("2014", ["unverified"]), ("2023", ["unverified"]), ("2026", [])])
def test_whether_a_card_counts_before_anybody_has_seen_it(era: str, answer: list[str]):
    day = ERAS[era]
    card = Eligibility(client_id=1, ground=Ground.ZTP, valid_from=date(2010, 1, 1), verified=False, recorded_on=day)
    found = eligibility.reasons(Person(date(1990, 1, 1), "Plzeň", (card,)), day, POLICIES.on(day))
    assert [code.removeprefix("eligibility.") for code in found] == answer


@pytest.mark.parametrize(("era", "answer"), [("2014", ["tariff.no_solo"]), ("2023", ["tariff.no_solo"]), ("2026", [])])
def test_whether_one_may_ride_alone(era: str, answer: list[str]):
    leg = LegWish(Leg.OUTBOUND, 1, 2, ERAS[era], Wish(Anchor.LEAVE_AT, 32_400))
    order = Order("key", 1, (leg,), solo=True)
    assert [each.code for each in rules.about_order(POLICIES.on(ERAS[era]), order, leg, "door")] == answer


@pytest.mark.parametrize(("era", "answer"), [("2014", 1), ("2023", 1), ("2026", 0)])
def test_whether_two_companions_may_come_and_the_way_back_may_be_called_for(era: str, answer: int):
    back = LegWish(Leg.RETURN, 2, 1, ERAS[era], Wish(Anchor.LEAVE_AT, 36_000), will_call=True)
    order = Order("key", 1, (back,), companions=(KindOfPlace.SEAT, KindOfPlace.SEAT))
    codes = [each.code for each in rules.about_order(POLICIES.on(ERAS[era]), order, back, "door")]
    assert codes == ["ride.too_many_companions", "ride.no_will_call"][: 2 * answer]


def of_2026(**booking: object) -> Policy:
    rule = POLICIES.on(ERAS["2026"])
    return rule.model_copy(update={"booking": rule.booking.model_copy(update=booking)})


@pytest.mark.parametrize(
    ("ride", "last"),
    [
        (date(2026, 11, 16), date(2026, 11, 13)),  # a Monday: by Friday
        (date(2026, 11, 18), date(2026, 11, 16)),  # after the holiday on Tuesday: by Monday
        (date(2026, 11, 20), date(2026, 11, 19)),
    ],
)
def test_notice_may_be_counted_in_working_days(ride: date, last: date):
    booking = of_2026(notice_days=1, notice_counts="working").booking
    assert booking.last_day_for(ride, CALENDAR) == last


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_notice_is_right_on_the_days_when_the_clocks_change(day: date):
    rule = of_2026(min_notice_minutes=120)
    eight = parse_wall(day, "8:00")
    assert rules.latest_order(rule, day, eight, CALENDAR) == local(day, "6:00")
    assert at(day, rules.first_second(rule, day, local(day, "6:00"), CALENDAR)) == local(day, "8:00")
    one_day = of_2026(notice_days=1, notice_until=time(11))
    before = date.fromordinal(day.toordinal() - 1)
    assert rules.latest_order(one_day, day, eight, CALENDAR) == local(before, "11:00")


@pytest.mark.parametrize(
    ("to_come", "on_day", "codes"), [(5, 2, []), (6, 2, ["ride.too_many_open"]), (5, 3, ["ride.too_many_on_day"])]
)
def test_a_policy_may_limit_rides_to_come_and_rides_of_one_day(to_come: int, on_day: int, codes: list[str]):
    rule = of_2026(max_open=5, max_per_day=2)
    assert [each.code for each in rules.about_numbers(rule, to_come, on_day)] == codes
    assert rules.about_numbers(POLICIES.on(ERAS["2026"]), 100, 100) == []
