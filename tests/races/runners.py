"""Starting several real processes at the same moment on one database.

Each racer is a fresh interpreter (spawn), with its own connections, that waits at the barrier before it begins.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from typing import Any

from sqlalchemy import Engine

from transport.kernel.db import connect
from transport.kernel.errors import ServiceError

PATIENCE = 120
"""Seconds for interpreters to start and finish on a slow machine."""

Racer = Callable[..., Any]


def race(url: str, racer: Racer, arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What each `racer(engine, *arguments[i])` returned, or the code of its refusal; anything else is raised."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(len(arguments))
    results: Any = context.Queue()
    processes = [
        context.Process(target=_run, args=(url, racer, each, number, barrier, results))
        for number, each in enumerate(arguments)
    ]
    for process in processes:
        process.start()
    found = dict(results.get(timeout=PATIENCE) for _ in processes)
    for process in processes:
        process.join(PATIENCE)
    failures = [each for each in found.values() if isinstance(each, str) and each.startswith("!")]
    assert failures == []
    return [found[number] for number in range(len(processes))]


def _run(url: str, racer: Racer, arguments: tuple[Any, ...], number: int, barrier: Barrier, results: Any) -> None:
    engine: Engine = connect(url)
    try:
        barrier.wait(PATIENCE)
        answer: Any = racer(engine, *arguments)
    except ServiceError as refusal:
        answer = refusal.code
    except Exception as error:  # noqa: BLE001 - told to the test, which fails
        answer = f"! {type(error).__name__}: {error}"
    finally:
        engine.dispose()
    results.put((number, answer))
