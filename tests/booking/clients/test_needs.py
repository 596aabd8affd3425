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


def test_only_a_chair_that_is_loaded_with_the_person_weighs_on_the_ramp() -> None:
    assert needs.chair_mass(wanting(Mobility.ELECTRIC_WHEELCHAIR, chair_mass_kg=240)) == 240
    assert needs.chair_mass(wanting(Mobility.WHEELCHAIR_TRANSFER, chair_mass_kg=95)) == 0
    assert needs.chair_mass(wanting(Mobility.WHEELCHAIR_STAYS)) == 0


def test_a_chair_needs_a_ramp_and_stairs_need_a_second_person() -> None:
    assert needs.features(wanting()) == frozenset()
    assert needs.features(wanting(Mobility.WHEELCHAIR_STAYS)) == {needs.RAMP}
    assert needs.features(wanting(stairs=True)) == {needs.SECOND_PERSON}
    both = wanting(Mobility.WHEELCHAIR_STAYS, assistance=Assistance.STAIRS)
    assert needs.features(both) == {needs.RAMP, needs.SECOND_PERSON}
    assert needs.features(wanting(assistance=Assistance.ROOM)) == {needs.SECOND_PERSON}


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
    assert load.seats + load.wheelchairs == companions + 1
