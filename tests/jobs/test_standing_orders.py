"""By night all standing orders of the open days are answered, each day in a transaction of its own."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tests.builders.standing import asked, every
from tests.builders.town import NOW, a_town, another_day
from tests.cast import gather
from transport import jobs
from transport.booking.standing import allocation, batch
from transport.booking.standing.models import DateState, StandingDate
from transport.kernel.db import reading, writing
from transport.kernel.errors import Conflict
from transport.operations.quality import invariants
from transport.routing.planning import day as days

WEEK = timedelta(days=7)


@pytest.fixture
def town(services):
    with writing(services.database) as session:
        cast = gather(session)
        town = a_town(session, emil=cast.emil)
        another_day(session, town, town.day + WEEK)
        asked(session, town, cast.bedrich, every(2), by=cast.hana)
    return town


def states(services) -> list[DateState]:
    with reading(services.database) as session:
        return list(session.exec(select(col(StandingDate.state)).order_by(col(StandingDate.day))))


def test_dates_of_open_days_are_answered_and_later_ones_wait(services, town):
    assert jobs.answer_standing_orders(services, NOW) == 2
    assert states(services) == [DateState.PLACED, DateState.PLACED, DateState.ASKED, DateState.ASKED]
    assert jobs.answer_standing_orders(services, NOW) == 0
    with reading(services.database) as session:
        assert invariants.faults(session, world=services.world, now=NOW) == []


def test_a_day_that_moves_on_meanwhile_is_thought_about_again(services, town, monkeypatch):
    thought: list[int] = []

    def think(found, **how):
        if not thought:
            with writing(services.database) as session:
                days.lock(session, found.book.day)  # somebody decides about the day
        thought.append(found.book.version)
        return batch_think(found, **how)

    batch_think = batch.think
    monkeypatch.setattr(batch, "think", think)
    jobs.answer_day(services.database, services.world, town.day, NOW)
    assert len(thought) == 2
    assert states(services)[0] is DateState.PLACED


def test_a_day_that_never_rests_waits_for_the_next_night(services, town, monkeypatch):
    def refuse(*_, **__):
        raise Conflict("plan.day_has_moved_on")

    monkeypatch.setattr(allocation, "apply", refuse)
    assert jobs.answer_standing_orders(services, NOW) == 0
    assert set(states(services)) == {DateState.ASKED}
