"""Real processes that start at the same moment on one database.

Each racer is a fresh interpreter (spawn) with connections of its own. As it takes seconds to start one, the same
racers run all races of a test session; before each they wait for one another.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import Engine

from transport.kernel.db import connect, writing
from transport.kernel.errors import ServiceError

PATIENCE = 120
"""Seconds for interpreters to start and finish on a slow machine."""

RACERS = 4

Task = Callable[..., Any]


class Racers:
    """RACERS processes, waiting for their next race."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._barrier = context.Barrier(RACERS)  # kept, as it is gone with its last owner here
        pipes = [context.Pipe() for _ in range(RACERS)]
        self._pipes = [ours for ours, _ in pipes]
        self._processes = [
            context.Process(target=_wait_for_races, args=(theirs, self._barrier), daemon=True) for _, theirs in pipes
        ]
        for process in self._processes:
            process.start()

    def race(self, url: str, task: Task, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
        """What each `task(engine, *arguments[i])` returned, or the code of its refusal; any other error fails."""
        assert len(arguments) == RACERS
        for pipe, each in zip(self._pipes, arguments, strict=True):
            pipe.send((url, task, each))
        found = []
        for pipe in self._pipes:
            assert pipe.poll(PATIENCE), "a racer does not answer"
            found.append(pipe.recv())
        assert [each for each in found if isinstance(each, str) and each.startswith("!")] == []
        return found

    def go_home(self) -> None:
        for pipe in self._pipes:
            pipe.send(None)
        for process in self._processes:
            process.join(PATIENCE)


def act(engine: Engine, deed: Callable[..., str], *given: Any) -> str:
    """A task for racers who do different things: each deed in a transaction of its own, as behind a door."""
    with writing(engine) as session:
        return deed(session, *given)


def _wait_for_races(pipe: Connection, barrier: Barrier) -> None:
    while (task := pipe.recv()) is not None:
        url, work, arguments = task
        pipe.send(_run(url, work, arguments, barrier))


def _run(url: str, task: Task, arguments: tuple[Any, ...], barrier: Barrier) -> Any:
    engine = connect(url)
    try:
        barrier.wait(PATIENCE)
        return task(engine, *arguments)
    except ServiceError as refusal:
        return refusal.code
    except Exception as error:  # noqa: BLE001 - told to the test, which fails
        return f"! {type(error).__name__}: {error}"
    finally:
        engine.dispose()
