"""Random days in the town: after every step nothing is impossible, and every promise stands as it was made.

The walk is drawn by Hypothesis, the same walks every time; a failing one prints its steps. Here a few short ones and
the beginning of a month; the whole month of two thousand steps is walked by `make prove`.
"""

import json
import os
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.builders.town import DAY
from tests.journeys.walking import MOVES, Walk, a_walk
from transport.booking.contracts.balance import ContractUnit
from transport.booking.rides.lifecycle import Status
from transport.booking.rides.models import Ride

UNITS = {
    ContractUnit.METRES: 120_000,
    ContractUnit.RIDES: 9,
    ContractUnit.PERSONS: 9,
    ContractUnit.VEHICLE_MINUTES: 2 * 16 * 60,
}
MONTH, STEPS = 30, int(os.environ.get("TRANSPORT_TEST_STEPS", "25"))
WALKS = int(os.environ.get("TRANSPORT_TEST_WALKS", "1"))
"""How many walks for each unit that a contract may buy."""
ENOUGH = 1_000
"""So many steps have tried everything that people can do."""
FIGURES = os.environ.get("TRANSPORT_TEST_FIGURES", "")


def walked(session: Session, steps: list[tuple[str, int]], unit: ContractUnit, allotment: int, count: int = 1) -> Walk:
    walk = a_walk(session, unit, allotment, DAY, count)
    for name, number in steps:
        walk.step(name, number)
        walk.look()
    return walk


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
@settings(
    max_examples=WALKS,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # shrinking a walk takes an hour; its steps are printed
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(steps=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 10_000)), min_size=25, max_size=40))
def test_nothing_becomes_impossible_whatever_people_do(session, unit, steps):
    connection = session.connection()
    with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as own:
        walked(own, steps, unit, UNITS[unit], count=3)
        own.rollback()


@pytest.mark.slow
def test_a_walk_really_gets_somewhere(session):
    """The walk would prove nothing if chance were always refused."""
    steps = [(name, number) for number in range(1, 9) for name in ("book", "confirm", "confirm", "drive", "drive")]
    walk = walked(session, steps, ContractUnit.METRES, 1_000_000)
    statuses = set(session.exec(select(Ride.status)))
    assert Status.COMPLETED in statuses, walk.done
    assert sum(not step.count(":") for step in walk.done) > len(walk.done) // 2


@pytest.mark.slow
def test_no_promise_of_a_month_is_overwritten_or_lost(session):
    random = Random(2026)
    walk = a_walk(session, ContractUnit.METRES, 150_000, DAY, MONTH)
    for _ in range(STEPS):
        walk.step(random.choice(MOVES), random.randrange(10_000))
        walk.look()
    done = Counter(step.split(":")[0] for step in walk.done if ":" not in step)
    refused = Counter(step for step in walk.done if ":" in step)
    figures = {"steps": STEPS, "promises": len(walk.made), "done": dict(done), "refused": dict(refused)}
    if FIGURES:
        Path(FIGURES).write_text(json.dumps(figures | {"until": str(walk.now)}, indent=2), "utf-8")
    assert len(walk.made) > STEPS // 10
    assert STEPS < ENOUGH or set(done) == set(MOVES)
