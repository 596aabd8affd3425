"""What a ride must provide: places, seconds at the door, equipment, crew."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.booking.clients import needs
from transport.booking.clients.models import Needs
from transport.booking.clients.needs import Assistance, Mobility
from transport.kernel import policy
from transport.kernel.values import Load

RULES = policy.load(Path("data/service.toml")).on(date(2026, 11, 22))


def wanting(mobility: Mobility = Mobility.WALKS, **fields: Any) -> Needs:
    recorded_at = datetime(2026, 11, 20, tzinfo=UTC)
    return Needs(client_id=1, version=1, mobility=mobility, recorded_at=recorded_at, **fields)


@pytest.mark.parametrize(
    ("mobility", "companions", "places"),
    [
        (Mobility.WALKS, 0, Load(1, 0)),
        (Mobility.CANE, 1, Load(2, 0)),
        (Mobility.WALKER, 0, Load(1, 0)),
        (Mobility.WHEELCHAIR_TRANSFER, 0, Load(1, 0)),
        (Mobility.WHEELCHAIR_STAYS, 0, Load(0, 1)),
        (Mobility.ELECTRIC_WHEELCHAIR, 2, Load(2, 1)),
    ],
)
def test_who_stays_in_the_chair_takes_a_wheelchair_place_and_everybody_else_a_seat(
    mobility: Mobility, companions: int, places: Load
) -> None:
    assert needs.load(wanting(mobility), companions) == places


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"chair_width_cm": 80, "chair_length_cm": 120}, set()),
        ({"chair_width_cm": 81}, {needs.LARGE_CHAIR}),
        ({"chair_length_cm": 130}, {needs.LARGE_CHAIR}),
        ({"child_seat": True}, {needs.CHILD_SEAT}),
    ],
)
def test_a_chair_larger_than_every_ramp_takes_and_a_child_seat_are_asked_of_the_vehicle(
    fields: dict[str, Any], wanted: set[str]
) -> None:
    profile = wanting(Mobility.WHEELCHAIR_STAYS, **fields)
    assert needs.features(profile, RULES) == {needs.RAMP, *wanted}


@pytest.mark.parametrize(("steps", "two"), [(0, False), (2, False), (3, True)])
def test_more_steps_than_one_person_manages_with_a_wheelchair_take_two(steps: int, two: bool) -> None:
    for mobility in (Mobility.WHEELCHAIR_STAYS, Mobility.WHEELCHAIR_TRANSFER):
        assert (needs.SECOND_PERSON in needs.features(wanting(mobility), RULES, steps)) is two
    assert needs.SECOND_PERSON not in needs.features(wanting(Mobility.CANE), RULES, steps)


def test_who_must_never_be_left_alone_is_handed_over_at_both_doors() -> None:
    usual, watched = wanting(), wanting(never_alone=True)
    extra = RULES.dwell.hand_over
    assert needs.dwell(watched, RULES) == tuple(each + extra for each in needs.dwell(usual, RULES))


def test_only_a_chair_that_is_loaded_with_the_person_weighs_on_the_ramp() -> None:
    assert needs.chair_mass(wanting(Mobility.ELECTRIC_WHEELCHAIR, chair_mass_kg=240)) == 240
    assert needs.chair_mass(wanting(Mobility.WHEELCHAIR_TRANSFER, chair_mass_kg=95)) == 0
    assert needs.chair_mass(wanting(Mobility.WHEELCHAIR_STAYS)) == 0


def test_a_chair_needs_a_ramp_and_stairs_need_a_second_person() -> None:
    assert needs.features(wanting(), RULES) == frozenset()
    assert needs.features(wanting(Mobility.WHEELCHAIR_STAYS), RULES) == {needs.RAMP}
    assert needs.features(wanting(stairs=True), RULES) == {needs.SECOND_PERSON}
    both = wanting(Mobility.WHEELCHAIR_STAYS, assistance=Assistance.STAIRS)
    assert needs.features(both, RULES) == {needs.RAMP, needs.SECOND_PERSON}
    assert needs.features(wanting(assistance=Assistance.ROOM), RULES) == {needs.SECOND_PERSON}


@pytest.mark.parametrize(
    ("mobility", "fields", "boarding", "alighting"),
    [
        (Mobility.WALKS, {}, 180, 180),
        (Mobility.WALKER, {}, 300, 300),
        (Mobility.WHEELCHAIR_STAYS, {}, 480, 480),
        (Mobility.WHEELCHAIR_STAYS, {"stairs": True}, 720, 720),
        (Mobility.WALKS, {"blind": True}, 240, 240),
        (Mobility.WALKS, {"calm": True, "hand_over_to": "stacionář"}, 240, 300),
    ],
)
def test_time_at_the_door_follows_the_need(
    mobility: Mobility, fields: dict[str, Any], boarding: int, alighting: int
) -> None:
    assert needs.dwell(wanting(mobility, **fields), RULES) == (boarding, alighting)


@given(
    mobility=st.sampled_from(Mobility),
    assistance=st.sampled_from(Assistance),
    flags=st.fixed_dictionaries({key: st.booleans() for key in ("stairs", "blind", "calm")}),
    companions=st.integers(0, 3),
)
def test_nobody_is_given_less_time_than_a_person_who_walks(
    mobility: Mobility, assistance: Assistance, flags: dict[str, bool], companions: int
) -> None:
    wanted = wanting(mobility, assistance=assistance, **flags)
    boarding, alighting = needs.dwell(wanted, RULES, companions)
    assert alighting >= boarding >= RULES.dwell.walking
    load = needs.load(wanted, companions)
    assert load.seats + load.wheelchairs == companions + 1 + (mobility is Mobility.SCOOTER)


def test_a_scooter_stands_beside_its_rider():
    scooter = wanting(Mobility.SCOOTER, chair_mass_kg=140)
    assert needs.load(scooter, 0) == Load(seats=1, wheelchairs=1)
    assert needs.chair_mass(scooter) == 140
    assert needs.RAMP in needs.features(scooter, RULES)
