"""`transport bench scale`: a made-up city day, planned in parts by one worker or many, and judged."""

import json
import multiprocessing
import resource
import time
from collections.abc import Iterator
from concurrent.futures import Executor, wait
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from transport.cli.bench.city import city
from transport.kernel.executors import executor
from transport.kernel.settings import Settings
from transport.routing import engine
from transport.routing.engine.decompose import EFFORT, PART, Round, solve_large

LOCAL = "local"

app = typer.Typer()


@app.command()
def scale(
    *,
    rides: Annotated[int, typer.Option(help="Wishes of the day.", min=1)] = 1000,
    vehicles: Annotated[int, typer.Option(help="Vehicles, eight hours each.", min=1)] = 60,
    seconds: Annotated[float, typer.Option(help="How long to think.", min=0)] = 60,
    workers: Annotated[int, typer.Option(help="How many parts at once.", min=1)] = 2,
    cluster: Annotated[
        str | None,
        typer.Option(help=f"A Dask scheduler, tcp://host:8786, or '{LOCAL}' (TRANSPORT_CLUSTER_URL, else processes)."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another number makes another day.", min=0)] = 0,
    part: Annotated[int, typer.Option(help="Requests in a part.", min=1)] = PART,
    effort: Annotated[int, typer.Option(help="Iterations for each request of a part.", min=1)] = EFFORT,
    undivided: Annotated[bool, typer.Option(help="The whole day at once, in this process.")] = False,
    kill: Annotated[bool, typer.Option(help="Kill one worker of this machine after the first plan.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Plan the day of a made-up city: wishes served, distance driven, memory, and whether the judge accepts it."""
    problem = city(rides, vehicles, seed)
    engine.warm_up()  # compiling is no thinking
    if undivided:
        curve = Curve(problem, kill=kill)
        plan = engine.solve(problem, seconds=seconds, seed=seed, workers=workers, progress=curve.note)
    else:
        with _executor(workers, Settings().cluster_url if cluster is None else cluster) as crew:
            wait([crew.submit(engine.warm_up) for _ in range(workers)])
            curve = Curve(problem, kill=kill)
            plan = solve_large(
                problem,
                executor=crew,
                seconds=seconds,
                seed=seed,
                part=part,
                effort=effort,
                progress=curve.note_round,
            )
    result = {"rides": rides, "vehicles": vehicles, **curve.result(plan, workers)}
    if as_json:
        typer.echo(json.dumps(result))
        return
    table = Table(show_header=False)
    for name, value in result.items():
        table.add_row(name.replace("_", " "), str(value))
    Console().print(table)


class Curve:
    """How the plan got better, and at what price. The clock runs from here."""

    def __init__(self, problem: engine.Problem, *, kill: bool) -> None:
        self._problem = problem
        self._kill = kill
        self._begin = time.perf_counter()
        self._points: list[dict[str, float]] = []
        self._first: engine.Score | None = None
        self._rounds: list[Round] = []

    def note(self, progress: engine.Progress) -> None:
        """A point of an undivided search."""
        self._point(progress.unserved, progress.cost)

    def note_round(self, done: Round) -> None:
        """A point of a divided one; the first is the plan it started from."""
        figures = engine.score(self._problem, done.plan)
        if self._first is None:
            self._first = figures
            for worker in multiprocessing.active_children()[: int(self._kill)]:
                worker.kill()
        self._rounds.append(done)
        self._point(figures.unserved, figures.cost)

    def _point(self, unserved: int, cost: float) -> None:
        self._points.append({"seconds": round(self._seconds(), 1), "unserved": unserved, "cost": round(cost)})

    def _seconds(self) -> float:
        return time.perf_counter() - self._begin

    def result(self, plan: engine.Plan, workers: int) -> dict[str, Any]:
        """What came of it; distances in metres, memory in MiB: this process and its largest child for each worker."""
        seconds = self._seconds()
        figures = engine.score(self._problem, plan)
        own, child = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        first = self._first
        return {
            "seconds": round(seconds, 1),
            "served": figures.served,
            "distance": figures.distance,
            "construction": first and {"served": first.served, "distance": first.distance},
            "improvement_percent": first and round(100 * (1 - figures.distance / first.distance), 2),
            "improvement_percent_per_ride": first
            and round(100 * (1 - figures.distance / figures.served * first.served / first.distance), 2),
            "peak_memory_mib": round((own + workers * child) / 1024),
            "accepted": not engine.judge(self._problem, plan),
            "parts": max((done.parts for done in self._rounds), default=1),
            "rounds": len(self._rounds),
            "lost_parts": sum(done.lost for done in self._rounds),
            "curve": self._points,
        }


@contextmanager
def _executor(workers: int, cluster: str) -> Iterator[Executor]:
    """The service's executor, or one on a Dask cluster that lives as long as this command."""
    if cluster != LOCAL:
        with executor(workers=workers, cluster_url=cluster) as crew:
            yield crew
        return
    from distributed import LocalCluster  # noqa: PLC0415 - an optional extra

    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as here,
        executor(workers=workers, cluster_url=here.scheduler_address) as crew,
    ):
        yield crew
