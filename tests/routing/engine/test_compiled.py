"""What the machine code of the engine's functions must not contain."""

from typing import Any, cast

import numba
import numpy as np

from transport.routing.engine.compiled import compiled
from transport.routing.engine.network import Floats, network
from transport.routing.engine.problem import SEATED, Costs, Duty, Layout, Pace, Problem, Request

COUNTING = ("NRT_incref", "NRT_decref")


def first_rising(values: Floats, other: Floats) -> float:
    """Hands arrays over and back, which is where numba would count references."""
    found = values if values[0] > other[0] else other
    for value in found:
        if value > found[0]:
            return float(value)
    return 0.0


def machine_code(function: Any) -> str:
    """Its text before the assembler sees it; only of what does not come from the disk."""
    afresh = numba.jit(**function.targetoptions)(function.py_func)
    afresh(np.array([1.0, 3.0]), np.array([2.0, 1.0]))
    (text,) = cast("dict[object, str]", afresh.inspect_llvm()).values()
    return text


def test_compiled_functions_count_no_references() -> None:
    counted = machine_code(numba.njit(first_rising))
    assert all(name in counted for name in COUNTING), "numba counts in another way: what follows proves nothing"
    ours = machine_code(compiled(first_rising))
    assert not any(name in ours for name in COUNTING)


def test_whole_numbers_are_reckoned_by_the_same_code() -> None:
    """Other types would be compiled anew, for a minute, while somebody waits."""

    def types(one: float) -> Any:
        ride = Request("ride", 0, 1, (0, 10), (0, 20), 1, 1, 10, {SEATED: 1})
        duty = Duty("duty", 0, 0, 0, 30, (Layout.of(1, 0),))
        drive = np.array([[0, one], [one, 0]])
        pace = Pace((0 * one,), (one,))
        problem = Problem(
            (ride,), (duty,), drive, drive, pace=pace, costs=Costs(one, one, one, one, one, one), grain=one
        )
        return numba.typeof(network(problem)[0])

    assert types(1) == types(1.0)
