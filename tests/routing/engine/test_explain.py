"""The smallest change that makes room for a wish: known by arithmetic on a small day, proven on random ones."""

from dataclasses import replace

import pytest

from tests.routing.engine.instances import CLINIC, DEPOT, HOME, MARKET, four_requests, random_problem, ride
from transport.routing.engine import (
    SEATED,
    WHEELCHAIR,
    Change,
    Duty,
    Inserter,
    Layout,
    Leeway,
    Places,
    Plan,
    Problem,
    Request,
    Rest,
    Unserved,
    explain,
    judge,
    place,
    reason,
    solve,
)
from transport.routing.engine.relaxing import relaxations

LIFT, SECOND = "lift", "second person"
CAR = Duty("car", DEPOT, DEPOT, 0, 600, (Layout.of(1, 0),))
BUS = Duty("bus", DEPOT, DEPOT, 0, 600, (Layout.of(1, 0), Layout.of(1, 1, 200)), frozenset({LIFT}))
WISH = ride("wish", HOME, CLINIC, required=False)
"""Two minutes to board, 15 to drive, two to alight; the depot is 10 minutes before and 12 behind."""

TO_THE_MINUTE = Leeway(step=1, wish=600, hours=60)
Told = dict[str, tuple[float, str | None, str]]


def with_rides(*rides: Request, duties: tuple[Duty, ...] = (CAR,)) -> tuple[Problem, Plan]:
    """The small day with these rides, each in its cheapest place."""
    problem, plan = four_requests(duties=duties, requests=()), Plan()
    for each in rides:
        problem, plan = place(problem, plan, each, Inserter(problem, plan).insert(each)[0])
    return problem, plan


def told(problem: Problem, plan: Plan, wish: Request, leeway: Leeway = TO_THE_MINUTE, *, iterations: int = 0) -> Told:
    """Amount, detail and duty of the change of each kind; every proof looked at."""
    changes = explain(problem, plan, wish, leeway=leeway, iterations=iterations).changes
    for change in changes:
        assert_proven(problem, plan, wish, change)
    assert len({(change.kind, change.detail) for change in changes}) == len(changes)
    return {change.kind: (change.amount, change.detail, change.duty) for change in changes}


def riders_of(plan: Plan) -> set[str]:
    return {stop.request for run in plan.runs for stop in run.stops if stop.request is not None}


def assert_proven(problem: Problem, plan: Plan, wish: Request, change: Change) -> None:
    """The judge agrees, the wish is carried as it would be asked, and nobody's promise is another."""
    assert judge(change.problem, change.plan) == []
    carried = riders_of(plan)
    assert riders_of(change.plan) == carried | {wish.id}
    assert any(stop.request == wish.id for run in change.plan.runs if run.duty == change.duty for stop in run.stops)
    asked = {each.id: each for each in change.problem.requests}
    assert asked[wish.id] == change.request
    assert all(asked[each.id] == each for each in problem.requests if each.id in carried)
    before = {duty.id: duty for duty in problem.duties}
    others = [duty for duty in change.problem.duties if duty.id != change.duty]
    assert others == [duty for duty in problem.duties if duty.id != change.duty]
    assert change.request == wish or before[change.duty] in change.problem.duties, "one rule at a time"
    if change.kind != "rearranged":
        unmoved = [run for run in change.plan.runs if run.duty != change.duty]
        assert unmoved == [run for run in plan.runs if run.duty != change.duty]


def test_a_wish_before_the_shift_is_asked_later_or_the_shift_begins_earlier():
    problem, plan = with_rides()
    # the car leaves the depot at 0 at the earliest
    assert told(problem, plan, replace(WISH, pickup_window=(0, 5))) == {
        "later": (5, None, "car"),
        "hours": (5, "start", "car"),
    }


def test_a_wish_after_the_shift_is_asked_earlier_or_the_shift_ends_later():
    problem, plan = with_rides()
    # the car is back at 590 + 2 + 15 + 2 + 12
    assert told(problem, plan, replace(WISH, pickup_window=(590, 595))) == {
        "earlier": (21, None, "car"),
        "hours": (21, "end", "car"),
    }


def test_no_rule_gives_way_beyond_its_leeway():
    problem, plan = with_rides()
    late = replace(WISH, pickup_window=(590, 595))
    assert told(problem, plan, late, replace(TO_THE_MINUTE, hours=20)) == {"earlier": (21, None, "car")}
    assert told(problem, plan, late, replace(TO_THE_MINUTE, wish=20)) == {"hours": (21, "end", "car")}


def test_times_give_way_in_whole_steps():
    problem, plan = with_rides()
    late = replace(WISH, pickup_window=(590, 595))
    assert told(problem, plan, late, replace(TO_THE_MINUTE, step=5)) == {
        "earlier": (25, None, "car"),
        "hours": (25, "end", "car"),
    }


def test_of_two_shifts_the_one_that_is_lengthened_least_is_told():
    problem, plan = with_rides(duties=(replace(CAR, id="early", latest=610), replace(CAR, id="late", latest=615)))
    assert told(problem, plan, replace(WISH, pickup_window=(590, 595)))["hours"] == (6, "end", "late")


def test_a_shift_under_way_begins_when_it_begins():
    problem, plan = with_rides(duties=(replace(CAR, worked=30, rest=Rest(300, (30,))),))
    assert told(problem, plan, replace(WISH, pickup_window=(0, 5))) == {"later": (5, None, "car")}


def test_a_wish_that_must_arrive_too_soon_arrives_later():
    problem, plan = with_rides()
    # boards at 60 at the earliest, is there at 60 + 2 + 15
    assert told(problem, plan, replace(WISH, dropoff_window=(0, 70))) == {"arrive_by": (7, None, "car")}


def test_a_ride_too_short_for_the_way_is_longer():
    problem, plan = with_rides()
    assert told(problem, plan, replace(WISH, max_ride=10)) == {"ride_time": (5, None, "car")}


def test_a_missing_feature_is_given_up_or_given_to_a_duty():
    problem, plan = with_rides()
    assert told(problem, plan, replace(WISH, features=frozenset({SECOND}))) == {
        "features": (1, SECOND, "car"),
        "crew": (1, SECOND, "car"),
    }


def test_of_two_missing_features_neither_alone_helps():
    problem, plan = with_rides()
    assert told(problem, plan, replace(WISH, features=frozenset({LIFT, SECOND}))) == {}


def test_a_heavy_chair_is_as_much_lighter_as_the_lift_needs():
    problem, plan = with_rides(duties=(BUS,))
    heavy = replace(WISH, riders={WHEELCHAIR: 1}, chair_mass=240)
    assert told(problem, plan, heavy) == {"chair_mass": (40, None, "bus")}


def test_a_pinned_wish_takes_another_duty_or_its_own_another_vehicle():
    problem, plan = with_rides(duties=(CAR, BUS))
    assert told(problem, plan, replace(WISH, riders={WHEELCHAIR: 1}, duty="car")) == {
        "pin": (1, "car", "bus"),
        "vehicle_kind": (1, "bus", "car"),
    }


def test_a_vehicle_under_way_is_not_exchanged():
    problem, plan = with_rides(duties=(replace(CAR, worked=30), BUS))
    assert told(problem, plan, replace(WISH, riders={WHEELCHAIR: 1}, duty="car")) == {"pin": (1, "car", "bus")}


def test_a_vehicle_is_not_exchanged_for_one_that_cannot_carry_its_rides():
    chair = replace(WISH, id="Anna", riders={WHEELCHAIR: 1}, pickup_window=(300, 300))
    wide = Duty("van", DEPOT, DEPOT, 0, 600, (Layout.of(3, 0),))
    problem, plan = with_rides(chair, duties=(BUS, wide))
    three = replace(WISH, riders={SEATED: 3}, duty="bus")
    assert told(problem, plan, three) == {"pin": (1, "bus", "van")}


def test_people_on_board_are_neither_moved_to_another_vehicle_nor_fetched_earlier():
    anna = replace(WISH, id="Anna", pickup_window=(-20, -10), duty="bus", aboard_since=-10)
    problem = four_requests(duties=(BUS, CAR), requests=(anna,))
    loose = {
        (each.kind, each.detail): {duty.id for duty in each.case(1)[1]}
        for each in relaxations(problem, WISH, TO_THE_MINUTE)
    }
    assert loose["vehicle_kind", "bus"] == loose["hours", "start"] == {"car"}
    assert loose["hours", "end"] == {"bus", "car"}


def test_a_copy_of_a_vehicle_under_way_starts_where_it_belongs():
    problem = four_requests(duties=(replace(CAR, start=MARKET, worked=30),), requests=())
    (more,) = (each for each in relaxations(problem, WISH, TO_THE_MINUTE) if each.kind == "vehicle")
    assert [(duty.start, duty.worked) for duty in more.case(1)[1]] == [(DEPOT, 0)]


def test_who_wants_to_ride_alone_may_share():
    anna = replace(WISH, id="Anna", pickup_window=(60, 60))
    problem, plan = with_rides(anna, duties=(replace(CAR, layouts=(Layout.of(2, 0),)),))
    # the car is at home from 60 to 62, and again at 94; alone, the wish can leave at 26 at the latest before that
    assert told(problem, plan, replace(WISH, pickup_window=(60, 64), solo=True)) == {
        "earlier": (34, None, "car"),
        "later": (30, None, "car"),
        "sharing": (1, None, "car"),
        "vehicle": (1, "car", "car+"),
    }


def test_a_feature_refused_is_put_up_with():
    problem, plan = with_rides(duties=(BUS,))
    wish = replace(WISH, forbidden=frozenset({LIFT}))
    assert told(problem, plan, wish) == {"features": (1, LIFT, "bus")}
    assert reason(problem, plan, wish) == "features"


def test_a_kind_of_rider_that_no_vehicle_holds_needs_another_vehicle():
    bed = Layout((Places(1, frozenset({"lying"})),))
    problem, plan = with_rides(duties=(CAR, Duty("ambulance", DEPOT, DEPOT, 0, 10, (bed,))))
    wish = replace(WISH, riders={"lying": 1})
    assert told(problem, plan, wish) == {"vehicle_kind": (1, "ambulance", "car")}
    problem, plan = with_rides()
    assert reason(problem, plan, wish) == "layout"
    assert told(problem, plan, wish) == {}


def test_a_full_car_comes_back_for_the_wish_or_a_second_one_comes():
    # the car leaves home at 62, is free at the clinic at 79 and at home again at 94; or it was home at 26
    problem, plan = with_rides(replace(WISH, id="Anna", pickup_window=(60, 60)))
    assert told(problem, plan, replace(WISH, pickup_window=(60, 60))) == {
        "earlier": (34, None, "car"),
        "later": (34, None, "car"),
        "vehicle": (1, "car", "car+"),
    }


def test_one_more_vehicle_is_told_of_every_kind_that_helps():
    busy = replace(WISH, id="Anna", pickup_window=(60, 60))
    problem, plan = with_rides(busy, replace(busy, id="Bert"), duties=(CAR, BUS))
    changes = explain(problem, plan, replace(busy, id="wish"), leeway=TO_THE_MINUTE).changes
    assert [(each.detail, each.duty) for each in changes if each.kind == "vehicle"] == [
        ("car", "car+"),
        ("bus", "bus+"),
    ]


def test_one_more_vehicle_has_a_name_of_its_own():
    busy = replace(WISH, id="Anna", pickup_window=(60, 60))
    problem, plan = with_rides(busy, replace(busy, id="Bert"), duties=(CAR, replace(CAR, id="car+")))
    assert told(problem, plan, replace(busy, id="wish"))["vehicle"] == (1, "car", "car++")


def test_another_day_helps_with_the_wish_as_it_would_be_asked_there():
    problem, plan = with_rides(duties=(replace(CAR, latest=10),))
    free, full = with_rides(), with_rides(replace(WISH, id="Anna", pickup_window=(60, 60)))
    there = replace(WISH, pickup=MARKET, pickup_window=(60, 60))
    also = {"Tuesday": (*full, replace(WISH, pickup_window=(60, 60))), "Wednesday": (*free, there)}
    (change,) = explain(problem, plan, WISH, also=also, leeway=TO_THE_MINUTE).changes
    assert (change.kind, change.detail, change.duty) == ("day", "Wednesday", "car")
    assert change.request == there
    assert judge(change.problem, change.plan) == []


def test_without_duties_only_another_day_helps():
    problem = four_requests(duties=(), requests=())
    told_of = explain(problem, Plan(), WISH, also={"Tuesday": (*with_rides(), WISH)})
    assert (told_of.reason, [change.kind for change in told_of.changes]) == ("hours", ["day"])


def test_a_wish_the_plan_has_room_for_needs_no_change():
    problem, plan = with_rides()
    assert told(problem, plan, WISH) == {"as_asked": (0, None, "car")}


def test_a_search_finds_that_others_can_make_room():
    anna = replace(WISH, id="Anna", pickup_window=(60, 60))
    problem, plan = with_rides(anna, duties=(BUS,))
    problem = replace(problem, duties=(BUS, CAR))
    wish = replace(WISH, pickup_window=(60, 60), features=frozenset({LIFT}))
    assert told(problem, plan, wish, iterations=0).keys() == {
        "earlier",
        "later",
        "features",
        "crew",
        "vehicle_kind",
        "vehicle",
    }
    assert told(problem, plan, wish, iterations=50)["rearranged"] == (0, None, "bus")


def test_promises_the_plan_breaks_already_are_not_held_against_a_change():
    lost = ride("lost", HOME, CLINIC, (1000, 1010))
    problem = four_requests(duties=(CAR,), requests=(lost,))
    plan = Plan((), (Unserved("lost", "hours"),))
    assert told(problem, plan, replace(WISH, max_ride=10)) == {"ride_time": (5, None, "car")}


def test_leeway_has_steps():
    with pytest.raises(ValueError, match="leeway must be above 0"):
        Leeway(step=0)


def test_who_has_a_place_needs_no_explanation():
    problem, plan = with_rides(WISH)
    with pytest.raises(ValueError, match="has a place"):
        explain(problem, plan, WISH)


STEP = Leeway().step


def enough(problem: Problem, plan: Plan, wish: Request, change: Change, amount: float) -> bool:
    """Would less do, where there is less?"""
    duties = problem.duties
    if change.kind in {"earlier", "later"}:
        by = amount if change.kind == "later" else -amount
        pickup, dropoff = ((begin + by, end + by) for begin, end in (wish.pickup_window, wish.dropoff_window))
        wish = replace(wish, pickup_window=pickup, dropoff_window=dropoff)
    elif change.kind == "arrive_by":
        wish = replace(wish, dropoff_window=(wish.dropoff_window[0], wish.dropoff_window[1] + amount))
    elif change.kind == "ride_time":
        wish = replace(wish, max_ride=wish.max_ride + amount)
    elif change.kind == "hours" and change.detail == "end":
        duties = tuple(replace(duty, latest=duty.latest + amount) for duty in duties)
    elif change.kind == "hours":
        duties = tuple(replace(duty, earliest=duty.earliest - amount) if not duty.worked else duty for duty in duties)
    else:
        return False
    return bool(Inserter(replace(problem, duties=duties), plan).insert(wish))


def test_every_change_told_on_random_days_is_proven_and_one_step_less_is_not_enough():
    kinds: set[str] = set()
    for seed in range(24):
        problem = random_problem(seed)
        plan = solve(problem, iterations=60, seed=seed)
        wishes = {each.id: each for each in problem.requests}
        for left in plan.unserved:
            wish = wishes[left.request]
            explanation = explain(problem, plan, wish, iterations=20)
            assert explanation.reason == left.reason
            for change in explanation.changes:
                assert_proven(problem, plan, wish, change)
                assert not enough(problem, plan, wish, change, change.amount - STEP), (seed, change.kind, change.amount)
                kinds.add(change.kind)
    assert len(kinds) >= 8, "too few kinds of change to mean anything"
