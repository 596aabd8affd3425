"""Denials per wish, with how sure one can be: a bias is found, and chance is not taken for one."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.booking import a_confirmed_ride, a_draft, a_ride, looked
from tests.builders.town import NOW
from transport.kernel.errors import Invalid
from transport.operations.quality import fairness, queries
from transport.operations.quality.fairness import MadeWish
from transport.routing.fleet.models import Shift

DISTRICTS = ("Bory", "Doubravka", "Lochotín", "Slovany")


def simulated(seed: int, rates: dict[str, float], count: int = 2000) -> list[MadeWish]:
    dice = random.Random(seed)
    found = []
    for _ in range(count):
        district = dice.choice(list(rates))
        hour, need, channel = dice.randrange(6, 20), dice.choice(["walks", "cane"]), dice.choice(["web", "phone"])
        denied = dice.random() < rates[district]
        found.append(MadeWish(dice.randrange(400), district, need, channel, hour, denied))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_a_district_that_is_denied_more_often_stands_out_and_nothing_else(seed):
    rates = dict.fromkeys(DISTRICTS, 0.05) | {"Slovany": 0.18}
    out = fairness.of(simulated(seed, rates), below=5).standing_out
    assert ("district", "Slovany", 1) in [(name, line.group, line.stands_out) for name, line in out]
    assert [line for name, line in out if name == "district" and line.stands_out > 0 and line.group != "Slovany"] == []


def test_chance_is_taken_for_a_bias_in_fewer_than_one_breakdown_of_ten():
    reports = [fairness.of(simulated(seed, dict.fromkeys(DISTRICTS, 0.08)), below=5) for seed in range(60)]
    false_alarms = sum(len({name for name, _ in report.standing_out}) for report in reports)
    assert false_alarms < 0.1 * 4 * len(reports)


def test_the_interval_is_the_one_wilson_published():
    # Newcombe's worked examples: 81 of 263, 15 of 148, 0 of 20, 1 of 29, at 95 %
    worked = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0.0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (count, of), expected in worked.items():
        rate = fairness.rate(count, of, 0.95)
        assert (rate.low, rate.high) == pytest.approx(expected, abs=0.0001)


def test_the_difference_is_the_one_newcombe_published():
    one, other = fairness.rate(56, 70, 0.95), fairness.rate(48, 80, 0.95)
    assert fairness.difference(one, other) == pytest.approx((0.0524, 0.3339), abs=0.0001)


@given(st.integers(0, 50), st.integers(0, 50))
def test_the_interval_holds_the_rate_that_was_counted(count, more):
    rate = fairness.rate(count, count + more, 0.95)
    assert 0 <= rate.low <= rate.share + 1e-9
    assert rate.share <= rate.high + 1e-9 <= 1 + 1e-6


def test_groups_of_few_people_are_hidden_and_cannot_be_told_from_the_total():
    made = [MadeWish(n, "Bory", "walks", "web", 9, denied=n % 9 == 0) for n in range(50)]
    made += [MadeWish(n, "Slovany", "walks", "web", 9, denied=False) for n in range(50, 80)]
    made += [MadeWish(99, "Lobzy", "walks", "web", 9, denied=True)]
    lines = {line.group: line.rate for line in fairness.of(made, below=5).breakdowns["district"]}
    assert lines["Bory"] is not None
    assert (lines["Lobzy"], lines["Slovany"]) == (None, None)


def test_persons_are_counted_by_how_often_they_were_denied():
    denials = {1: 1, 2: 1, 3: 2, 4: 3, 5: 7}
    made = [MadeWish(who, "Bory", "walks", "web", 9, True) for who, times in denials.items() for _ in range(times)]
    assert fairness.of(made, below=0).persons == {"1": 2, "2": 1, "3+": 2}
    assert fairness.of(made, below=2).persons == {"1": 2, "2": None, "3+": 2}


def test_a_report_about_nothing_accuses_nobody():
    report = fairness.of([], below=5)
    assert (report.total.of, report.standing_out) == (0, [])


def test_a_denied_wish_taken_at_another_time_is_one_wish(session, town, cast):
    for shift_id in (town.car_shift, town.van_shift):
        session.get_one(Shift, shift_id).starts = town.second("10:30")
    session.flush()
    a_confirmed_ride(session, town, cast.bedrich, "9:00", by=cast.dana)
    a_ride(session, town, cast.anna, "12:00", by=cast.cyril)
    made = queries.wishes(session, town.day, town.day)
    assert sorted((wish.client, wish.hour, wish.channel, wish.need, wish.denied) for wish in made) == sorted(
        [
            (cast.bedrich.id, 9, "phone", "walks", True),
            (cast.anna.id, 12, "web", "wheelchair_stays", False),
        ]
    )


def test_a_wish_that_was_denied_and_given_up_counts(session, town, cast):
    for shift_id in (town.car_shift, town.van_shift):
        session.delete(session.get_one(Shift, shift_id))
    session.flush()
    looked(session, town, a_draft(session, town, cast.bedrich, by=cast.dana), by=cast.dana, now=NOW)
    assert [wish.denied for wish in queries.wishes(session, town.day, town.day)] == [True]


def test_a_report_ends_after_it_begins(session, town):
    with pytest.raises(Invalid, match=r"span\.ends_before_start"):
        queries.wishes(session, town.day, town.day.replace(day=1))
