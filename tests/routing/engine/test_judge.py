"""The judge on the small instance, with plans timed by hand: one broken rule, one clear sentence."""

import ast
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from math import inf, nan
from pathlib import Path
from typing import Any

import pytest

from tests.routing.engine.instances import (
    CLINIC,
    DEPOT,
    HOME,
    LYING,
    MARKET,
    SCHOOL,
    drive,
    four_requests,
    random_problem,
    ride,
)
from transport.routing.engine import (
    SEATED,
    WHEELCHAIR,
    Duty,
    Layout,
    Pace,
    Places,
    Plan,
    PlannedStop,
    Problem,
    Request,
    Rest,
    StopKind,
    Unserved,
    judge,
)

BUS = Duty("bus", DEPOT, DEPOT, 0, 600, (Layout.of(4, 0), Layout.of(1, 2, 200)), frozenset({"lift"}))
ALICE, BOB = ride("Alice", HOME, CLINIC), ride("Bob", SCHOOL, MARKET)
DANA = ride("Dana", CLINIC, SCHOOL, (200, 300))
EVA = replace(ride("Eva", HOME, MARKET, max_ride=40, duty="bus", required=False), aboard_since=40)


def day(*requests: Request, duty: Duty = BUS) -> Problem:
    return four_requests(duties=(duty,), requests=requests)


def codes(problem: Problem, plan: Plan) -> set[str]:
    return {fault.code for fault in judge(problem, plan)}


def verdict(problem: Problem, order: str, *, layout: int = 0) -> set[str]:
    """What the judge has against the bus riding in this order from minute 50 on."""
    return codes(problem, Plan((drive(problem, problem.duties[0].id, order, layout=layout),)))


def test_a_plan_that_keeps_every_rule_has_no_faults() -> None:
    problem = four_requests()
    bus = drive(problem, "bus", "+Cyril -Cyril", layout=1)
    car = drive(problem, "car", "+Alice +Bob -Alice -Bob +Dana -Dana")
    assert judge(problem, Plan((bus, car))) == []


def test_an_empty_plan_leaves_promises_broken_and_nobody_listed() -> None:
    assert codes(four_requests(), Plan()) == {"required_unserved", "unserved_list"}


def test_a_stranger_in_the_plan_is_named() -> None:
    plan = Plan((), (Unserved("Zoe", "no_room"),))
    assert [fault.subject for fault in judge(four_requests(requests=()), plan)] == ["Zoe"]


SHORT = Rest(100, (30,))
"""A hundred minutes of work, then half an hour of rest."""


@pytest.mark.parametrize(
    ("expected", "requests", "order", "duty"),
    [
        (set(), (ALICE, BOB), "+Alice +Bob -Alice -Bob", BUS),
        ({"ride_too_long"}, (replace(ALICE, max_ride=14.5), BOB), "+Alice -Alice +Bob -Bob", BUS),
        ({"too_late"}, (replace(ALICE, pickup_window=(50, 59)),), "+Alice -Alice", BUS),
        ({"leaves_early"}, (ALICE,), "+Alice -Alice", replace(BUS, earliest=51)),
        ({"returns_late"}, (ALICE,), "+Alice -Alice", replace(BUS, latest=90)),
        ({"feature_missing"}, (replace(ALICE, features=frozenset({"ramp"})),), "+Alice -Alice", BUS),
        ({"forbidden_feature"}, (replace(ALICE, forbidden=frozenset({"lift"})),), "+Alice -Alice", BUS),
        (set(), (replace(ALICE, forbidden=frozenset({"ramp"})),), "+Alice -Alice", BUS),
        ({"no_place"}, (replace(ALICE, riders={SEATED: 5}),), "+Alice -Alice", BUS),
        (
            {"no_place"},
            (replace(ALICE, riders={SEATED: 3}), replace(BOB, riders={SEATED: 2})),
            "+Alice +Bob -Alice -Bob",
            BUS,
        ),
        (set(), (replace(ALICE, riders={SEATED: 3}), replace(BOB, riders={SEATED: 2})), "+Alice -Alice +Bob -Bob", BUS),
        ({"no_place"}, (replace(ALICE, riders={LYING: 1}),), "+Alice -Alice", BUS),
        (
            {"chair_too_heavy"},
            (replace(ALICE, chair_mass=99),),
            "+Alice -Alice",
            replace(BUS, layouts=(Layout.of(4, 0, 98),)),
        ),
        ({"not_alone"}, (replace(ALICE, solo=True), BOB), "+Alice +Bob -Alice -Bob", BUS),
        ({"not_alone"}, (ALICE, replace(BOB, solo=True)), "+Alice +Bob -Bob -Alice", BUS),
        (set(), (replace(ALICE, solo=True), replace(BOB, solo=True)), "+Alice -Alice +Bob -Bob", BUS),
        ({"not_once"}, (ALICE,), "+Alice -Alice +Alice -Alice", BUS),
        ({"not_once", "no_dropoff_after"}, (ALICE,), "+Alice", BUS),
        ({"no_pickup_before", "no_dropoff_after"}, (ALICE,), "-Alice +Alice", BUS),
        ({"break_with_riders"}, (replace(ALICE, max_ride=90),), "+Alice 30 -Alice", BUS),
        ({"break_at_the_edge"}, (ALICE,), "+Alice -Alice 30", BUS),
        ({"break_at_the_edge"}, (replace(ALICE, pickup_window=(0, 600)),), "30 +Alice -Alice", BUS),
        ({"no_rest"}, (ALICE, DANA), "+Alice -Alice +Dana -Dana", replace(BUS, rest=SHORT)),
        ({"no_rest"}, (ALICE, DANA), "+Alice -Alice 29 +Dana -Dana", replace(BUS, rest=SHORT)),
        ({"no_rest"}, (ALICE, DANA), "+Alice -Alice 30 +Dana -Dana", replace(BUS, rest=SHORT)),
        ({"no_rest"}, (ALICE, DANA), "+Alice -Alice 72 +Dana -Dana", replace(BUS, rest=SHORT)),
        (set(), (ALICE, DANA), "+Alice -Alice 71 +Dana -Dana", replace(BUS, rest=SHORT)),
        (set(), (ALICE, DANA), "+Alice -Alice 60 40 +Dana -Dana", replace(BUS, rest=Rest(140, (50, 40)))),
        ({"no_rest"}, (ALICE, DANA), "+Alice -Alice 40 60 +Dana -Dana", replace(BUS, rest=Rest(140, (50, 40)))),
        # without parts the limit is the longest run: a break does not begin it anew
        (set(), (ALICE,), "+Alice -Alice", replace(BUS, rest=Rest(41, ()))),
        ({"no_rest"}, (ALICE,), "+Alice -Alice", replace(BUS, rest=Rest(40, ()))),
        ({"no_rest"}, (ALICE, DANA), "+Alice -Alice 99 +Dana -Dana", replace(BUS, rest=Rest(100, ()))),
        # under way: what was worked before counts, and so does the kerb from minute 45 to 50
        (set(), (ALICE,), "+Alice -Alice", replace(BUS, earliest=45, worked=54, rest=SHORT)),
        ({"no_rest"}, (ALICE,), "+Alice -Alice", replace(BUS, earliest=45, worked=55, rest=SHORT)),
        # Eva is on board since minute 40; the market is nine minutes from the depot
        (set(), (EVA,), "-Eva", BUS),
        (set(), (EVA, ALICE), "+Alice -Eva -Alice", BUS),
        ({"ride_too_long"}, (replace(EVA, max_ride=18),), "-Eva", BUS),
        ({"not_once"}, (EVA,), "+Eva -Eva", BUS),
        ({"not_once", "no_pickup_before"}, (EVA,), "-Eva -Eva", BUS),
        ({"left_aboard", "no_dropoff_after", "unserved_list"}, (EVA, ALICE), "+Alice -Alice", BUS),
        ({"no_place"}, (replace(EVA, riders={SEATED: 5}),), "-Eva", BUS),
        ({"no_place"}, (replace(EVA, riders={SEATED: 4}), ALICE), "+Alice -Eva -Alice", BUS),
        ({"not_alone"}, (replace(EVA, solo=True), ALICE), "+Alice -Eva -Alice", BUS),
        ({"not_alone"}, (EVA, replace(ALICE, solo=True)), "+Alice -Eva -Alice", BUS),
        ({"break_with_riders"}, (replace(EVA, max_ride=90), ALICE), "30 -Eva +Alice -Alice", BUS),
        (set(), (EVA, ALICE), "-Eva 30 +Alice -Alice", BUS),
        ({"chair_too_heavy"}, (replace(EVA, chair_mass=99),), "-Eva", replace(BUS, layouts=(Layout.of(4, 0, 98),))),
    ],
)
def test_each_rule(expected: set[str], requests: tuple[Request, ...], order: str, duty: Duty) -> None:
    assert verdict(day(*requests, duty=duty), order) == expected


def test_who_is_on_board_gets_off_the_same_vehicle() -> None:
    van = replace(BUS, id="van")
    problem = four_requests(duties=(BUS, van), requests=(EVA,))
    assert codes(problem, Plan((drive(problem, "van", "-Eva"),))) == {"no_pickup_before"}
    assert codes(problem, Plan()) == {"left_aboard", "unserved_list"}


def test_a_run_in_a_layout_the_vehicle_has_not_got_is_refused() -> None:
    assert verdict(day(ALICE), "+Alice -Alice", layout=2) == {"unknown_layout"}


def test_a_pinned_request_stays_on_its_duty() -> None:
    problem = four_requests(duties=(BUS, replace(BUS, id="van")), requests=(replace(ALICE, duty="van"),))
    (fault,) = judge(problem, Plan((drive(problem, "bus", "+Alice -Alice"),)))
    assert (fault.code, fault.facts) == ("wrong_duty", {"duty": "bus", "pinned": "van"})


def test_riders_and_places_are_told_by_kind() -> None:
    problem = day(replace(ALICE, riders={SEATED: 2, WHEELCHAIR: 1}))
    (fault,) = judge(problem, Plan((drive(problem, "bus", "+Alice -Alice", layout=1),)))
    assert fault.facts == {
        "load": "2 seated, 1 wheelchair",
        "places": "1 for seated, 2 for wheelchair",
        "request": "Alice",
    }
    assert fault.sentence == (
        "Duty bus carries 2 seated, 1 wheelchair from 60 on, its layout has places: 1 for seated, 2 for wheelchair."
    )


def test_who_sits_where_may_change_as_long_as_everybody_finds_a_place() -> None:
    source = random.Random(1)
    kinds = (SEATED, WHEELCHAIR, LYING)
    seen = set()
    for _ in range(400):
        rows = [Places(source.randint(0, 2), frozenset(source.sample(kinds, source.randint(1, 3)))) for _ in range(3)]
        places = [row.holds for row in rows for _ in range(row.count)]
        riders = [source.choice(kinds) for _ in range(source.randint(1, 4))]
        fits = any(all(map(frozenset.__contains__, taken, riders)) for taken in permutations(places, len(riders)))
        problem = day(
            replace(ALICE, riders={kind: riders.count(kind) for kind in kinds}),
            duty=replace(BUS, layouts=(Layout(tuple(rows)),)),
        )
        assert verdict(problem, "+Alice -Alice") == (set() if fits else {"no_place"})
        seen.add(fits)
    assert seen == {True, False}


def test_a_heavy_chair_is_refused_with_both_numbers() -> None:
    problem = four_requests()
    heavy = tuple(replace(each, chair_mass=240) for each in problem.requests if each.id == "Cyril")
    alone = replace(problem, requests=heavy)
    (fault,) = judge(alone, Plan((drive(alone, "bus", "+Cyril -Cyril", layout=1),)))
    assert (fault.code, fault.subject, fault.facts) == ("chair_too_heavy", "Cyril", {"mass": 240, "limit": 200})
    assert fault.sentence == "Request Cyril weighs 240 with the chair, duty bus lifts 200."


def test_work_is_counted_from_the_end_of_the_last_rest() -> None:
    problem = day(ALICE, DANA, duty=replace(BUS, rest=SHORT))
    (fault,) = judge(problem, Plan((drive(problem, "bus", "+Alice -Alice 30 +Dana -Dana"),)))
    assert (fault.code, fault.facts) == ("no_rest", {"work": 112, "max_work": 100})


def test_the_traffic_of_the_day_is_driven_through_band_by_band() -> None:
    run = drive(day(ALICE), "bus", "+Alice -Alice")
    problem = replace(day(ALICE), pace=Pace((0, 70), (1, 2)))
    assert codes(problem, Plan((run,))) == {"drives_too_fast"}
    on, off = run.stops
    # eight minutes to the boundary, the other seven take twice as long; the way back takes 24
    slower = replace(off, arrival=84, start=84, departure=86)
    assert codes(problem, Plan((replace(run, stops=(on, slower), returns=110),))) == set()
    hurried = replace(slower, arrival=83.9)
    assert codes(problem, Plan((replace(run, stops=(on, hurried), returns=110),))) == {"drives_too_fast"}


Change = Callable[[PlannedStop], PlannedStop]


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        ({"drives_too_fast"}, lambda stop: replace(stop, arrival=stop.arrival - 1)),
        ({"starts_before_arrival"}, lambda stop: replace(stop, arrival=stop.arrival + 1)),
        ({"departs_before_start", "service_too_short"}, lambda stop: replace(stop, departure=stop.start - 1)),
        ({"service_too_short"}, lambda stop: replace(stop, departure=stop.start + 1)),
        ({"wrong_location"}, lambda stop: replace(stop, location=MARKET)),
        ({"unknown_location", "wrong_location"}, lambda stop: replace(stop, location=-1)),
        ({"no_time"}, lambda stop: replace(stop, arrival=nan)),
        ({"no_time"}, lambda stop: replace(stop, start=nan)),
        ({"no_time"}, lambda stop: replace(stop, arrival=-inf)),
    ],
)
def test_the_times_of_a_stop_are_added_up_anew(expected: set[str], change: Change) -> None:
    problem = replace(day(ALICE), grain=1)
    run = drive(problem, "bus", "+Alice -Alice")
    on, off = run.stops
    assert codes(problem, Plan((replace(run, stops=(change(on), off)),))) == expected


def test_an_arrival_off_the_grain_is_refused() -> None:
    problem = replace(day(ALICE), grain=1)
    run = drive(problem, "bus", "+Alice -Alice")
    assert codes(problem, Plan((replace(run, returns=91.5),))) == {"off_grain"}


def test_a_second_run_and_an_unknown_duty_are_refused() -> None:
    problem = day(ALICE)
    run = drive(problem, "bus", "+Alice -Alice")
    assert codes(problem, Plan((run, replace(run, stops=())))) == {"two_runs"}
    assert codes(problem, Plan((run, replace(run, duty="ghost", stops=())))) == {"unknown_duty"}


def test_a_break_happens_where_the_vehicle_stands() -> None:
    problem = day(ALICE, DANA)
    run = drive(problem, "bus", "+Alice -Alice 30 +Dana -Dana")
    elsewhere = tuple(replace(stop, location=HOME) if stop.kind is StopKind.BREAK else stop for stop in run.stops)
    assert "break_elsewhere" in codes(problem, Plan((replace(run, stops=elsewhere),)))


def test_whatever_a_plan_says_the_judge_has_an_answer() -> None:
    dice = random.Random(3)
    for seed in range(150):
        problem = random_problem(seed)
        for duty in problem.duties:
            some = dice.sample(problem.requests, min(3, len(problem.requests)))
            order = " ".join(dice.sample([f"{sign}{each.id}" for each in some for sign in "+-"], 2 * len(some)))
            run = drive(problem, duty.id, order, leaves=duty.earliest)
            stops = list(run.stops)
            at = dice.randrange(len(stops))
            stops[at] = replace(stops[at], **dice.choice(NONSENSE))
            nonsense = replace(run, stops=tuple(stops), layout=dice.choice([0, -1, 99]))
            assert judge(problem, Plan((run, nonsense), (Unserved("nobody", ""),)))


NONSENSE: list[dict[str, Any]] = [
    {"request": None},
    {"request": "nobody"},
    {"kind": StopKind.BREAK},
    {"kind": StopKind.BREAK, "request": None, "location": 999},
    {"location": 999},
    {"location": -1},
    {"arrival": nan},
    {"start": inf},
    {"departure": -inf},
    {"arrival": -1e300, "start": 1e300},
]


def imported(source: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found


def test_the_judge_shares_no_code_with_what_it_judges() -> None:
    """Neither it nor what it imports knows more of the engine than its own seating and what a day and a plan are."""
    engine = "transport.routing.engine."
    folder = Path(judge.__code__.co_filename).parent
    reached: set[str] = set()
    waiting = {f"{engine}judge"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        if name.startswith(engine):
            waiting |= imported(folder / f"{name.removeprefix(engine)}.py") - reached
    assert {name.removeprefix(engine) for name in reached if name.startswith("transport")} == {
        "judge",
        "seating",
        "plan",
        "problem",
    }
    assert {name for name in reached if not name.startswith("transport")} <= {
        "collections",
        "collections.abc",
        "dataclasses",
        "enum",
        "itertools",
        "math",
        "numpy",
        "numpy.typing",
    }
