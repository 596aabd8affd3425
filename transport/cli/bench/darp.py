"""`transport bench darp`: public dial-a-ride instances, solved and judged."""

import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from transport.cli.bench.instances import Instance, Unreadable, read
from transport.routing import engine

app = typer.Typer()


@app.command()
def darp(
    files: Annotated[list[Path], typer.Argument(help="Instances, in either of the two public formats.")],
    *,
    seconds: Annotated[float | None, typer.Option(help="How long to think about each (10).", min=0)] = None,
    iterations: Annotated[
        int | None, typer.Option(help="How often to try at most; alone, it gives the same plan each time.", min=0)
    ] = None,
    workers: Annotated[int, typer.Option(help="How many searches at once.", min=1)] = 1,
    seed: Annotated[int, typer.Option(help="Another number makes another search.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the results as JSON, with the routes.")] = False,
) -> None:
    """Solve dial-a-ride instances: distance driven, vehicles used, and whether the judge accepts the plan."""
    results: list[dict[str, Any]] = []
    unreadable = False
    engine.warm_up()  # compiling is no thinking
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading", total=len(files))
        for path in files:
            try:
                instance = read(path)
            except Unreadable as error:
                typer.echo(str(error), err=True)
                unreadable = True
            else:
                bar.update(task, description=instance.name)
                results.append(_solved(instance, seconds, iterations, workers, seed))
            bar.advance(task)
    if as_json:
        typer.echo(json.dumps(results))
    else:
        _print(results)
    if unreadable:
        raise typer.Exit(2)


def _solved(
    instance: Instance, seconds: float | None, iterations: int | None, workers: int, seed: int
) -> dict[str, Any]:
    begin = time.perf_counter()
    plan = engine.solve(instance.problem, seconds=seconds, iterations=iterations, seed=seed, workers=workers)
    took = time.perf_counter() - begin
    return {
        "instance": instance.name,
        "cost": engine.score(instance.problem, plan).distance,
        "vehicles": len(plan.runs),
        "feasible": not engine.judge(instance.problem, plan),  # everybody is promised a ride, and the judge counts
        "seconds": round(took, 3),
        "routes": instance.routes(plan),
    }


def _print(results: list[dict[str, Any]]) -> None:
    table = Table("instance")
    for name in ("cost", "vehicles", "feasible", "seconds"):
        table.add_column(name, justify="right")
    for result in results:
        feasible = "yes" if result["feasible"] else "no"
        cost, seconds = f"{result['cost']:.2f}", f"{result['seconds']:.1f}"
        table.add_row(result["instance"], cost, str(result["vehicles"]), feasible, seconds)
    Console().print(table)
