"""The racers of this session."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.races.runners import Racers


@pytest.fixture(scope="session")
def racers() -> Iterator[Racers]:
    racers = Racers()
    yield racers
    racers.go_home()


@pytest.fixture
def race(racers: Racers, database_url: str) -> Callable[..., list[Any]]:
    """`race(task, arguments)`: what each racer returned, all of them at once on the test's database."""
    return lambda task, arguments: racers.race(database_url, task, arguments)
