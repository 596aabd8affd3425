from collections.abc import Sequence
from threading import Thread

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transport.kernel.values import Point
from transport.routing.geo.travel import AirLine, Cached, Legs

AIR = AirLine(1.34, 38)
points = st.builds(Point, st.floats(49.6, 49.9), st.floats(13.1, 13.7))


class Counting:
    """Travel times that count the legs they were asked for."""

    label = "counting"

    def __init__(self) -> None:
        self.legs_asked = 0

    def between(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Legs:
        self.legs_asked += len(origins) * len(destinations)
        return AIR.between(origins, destinations)

    def legs(self, points: Sequence[Point]) -> Legs:
        return self.between(points, points)


def test_the_air_line_is_the_great_circle_made_longer_at_the_speed_of_the_policy():
    legs = AIR.legs([Point(49.762316, 13.380227), Point(49.731776, 13.375825)])
    assert legs.metres[0, 1] == pytest.approx(3411 * 1.34, rel=0.002)
    assert legs.seconds[0, 1] == pytest.approx(legs.metres[0, 1] * 3.6 / 38, abs=1.1)
    assert legs.seconds.dtype == legs.metres.dtype == np.int32
    assert legs.seconds[0, 0] == legs.metres[1, 1] == 0
    assert not legs.guessed.any()


@given(st.lists(points, max_size=6))
def test_air_line_drives_are_whole_symmetric_and_never_negative(places: list[Point]):
    legs = AIR.legs(places)
    assert legs.seconds.shape == (len(places), len(places))
    assert (legs.seconds >= 0).all()
    assert (legs.seconds == legs.seconds.T).all()
    assert (legs.seconds * 38 / 3.6 >= legs.metres - 1.01).all()


@given(st.lists(st.lists(points, max_size=5), max_size=6), st.integers(5, 12))
def test_remembered_drives_are_the_computed_ones_in_any_order_of_asking(asked: list[list[Point]], limit: int):
    cached = Cached(AIR, limit=limit)
    for places in asked:
        known, computed = cached.legs(places), AIR.legs(places)
        assert (known.seconds == computed.seconds).all()
        assert (known.metres == computed.metres).all()


def test_one_new_point_costs_one_row_and_one_column():
    counting = Counting()
    cached = Cached(counting)
    town = [Point(49.7 + k / 1000, 13.3) for k in range(20)]
    cached.legs(town)
    assert counting.legs_asked == 400
    cached.legs([*town, Point(49.75, 13.4)])
    assert counting.legs_asked == 400 + 21 + 20
    cached.legs(town[3:7])
    assert counting.legs_asked == 441


def test_a_failing_source_leaves_nothing_half_known():
    class Failing(Counting):
        broken = True

        def between(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Legs:
            if self.broken:
                raise OSError("no answer")
            return super().between(origins, destinations)

    source = Failing()
    cached = Cached(source)
    town = [Point(49.7, 13.3), Point(49.8, 13.4)]
    with pytest.raises(OSError, match="no answer"):
        cached.legs(town)
    source.broken = False
    assert (cached.legs(town).seconds == AIR.legs(town).seconds).all()


def test_the_memory_is_shared_by_threads():
    cached = Cached(AIR)
    wrong: list[int] = []

    def ask(first: int) -> None:
        for k in range(first, first + 30):
            places = [Point(49.7 + k / 500, 13.3 + j / 300) for j in range(4)]
            if (cached.legs(places).seconds != AIR.legs(places).seconds).any():
                wrong.append(k)

    threads = [Thread(target=ask, args=(first,)) for first in (0, 5, 10, 15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
