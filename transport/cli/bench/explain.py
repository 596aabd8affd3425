"""`transport bench explain`: a day with more wishes than room, and what would help each of those left out."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from transport.cli.bench.city import FLEET, city
from transport.routing import engine

app = typer.Typer()

STAIRS = "second person"
MINUTE = 60.0


@app.command()
def explain(
    *,
    rides: Annotated[int, typer.Option(help="How many wishes the day has.", min=2)] = 200,
    vehicles: Annotated[int, typer.Option(help="How many vehicles there are for them.", min=1)] = 7,
    seconds: Annotated[float, typer.Option(help="How long to think about each of the two days.", min=0)] = 5.0,
    iterations: Annotated[
        int, typer.Option(help="How often to try for each wish whether other rides can make room.", min=0)
    ] = 0,
    seed: Annotated[int, typer.Option(help="Another number makes another day.", min=0)] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Plan a day too full, and say of each wish left out why, and which smallest changes would make room for it.

    The other day offered has the same vehicles and half the wishes.
    """
    engine.warm_up()  # compiling is no thinking
    problem = too_full(rides, vehicles, seed)
    tomorrow = replace(problem, requests=problem.requests[: rides // 2])
    plan, quiet = (engine.solve(day, seconds=seconds, seed=seed) for day in (problem, tomorrow))
    left_out = {left.request for left in plan.unserved}
    wishes = [
        _explained(problem, plan, wish, (tomorrow, quiet, replace(wish, id=f"{wish.id} tomorrow")), iterations)
        for wish in problem.requests
        if wish.id in left_out
    ]
    proofs = [change["accepted"] for wish in wishes for change in wish["changes"]]
    took = [wish["seconds"] for wish in wishes]
    kinds = Counter(kind for wish in wishes for kind in {change["kind"] for change in wish["changes"]})
    totals = {
        "rides": rides,
        "vehicles": vehicles,
        "left_out": len(wishes),
        "with_a_change": sum(bool(wish["changes"]) for wish in wishes),
        "with_a_change_today": sum(any(each["kind"] != "day" for each in wish["changes"]) for wish in wishes),
        "kinds": dict(kinds.most_common()),
        "accepted": not engine.judge(problem, plan) and all(proofs),
        "mean_seconds": round(sum(took) / len(took), 3) if took else 0.0,
        "most_seconds": max(took, default=0.0),
    }
    if as_json:
        typer.echo(json.dumps({**totals, "wishes": wishes}))
    else:
        _print(wishes, totals)


def too_full(rides: int, vehicles: int, seed: int) -> engine.Problem:
    """A made-up city whose few vehicles are of all models; some have a second person, whom one wish in ten needs;
    and one rider in ten wants to be alone.
    """
    problem = city(rides, vehicles, seed)
    source = np.random.default_rng(seed)
    duties = []
    for row, duty in enumerate(problem.duties):
        layouts, features = FLEET[row % len(FLEET)]
        duties.append(replace(duty, layouts=layouts, features=features | ({STAIRS} if row % 3 == 0 else set())))
    requests = (
        replace(wish, features=wish.features | ({STAIRS} if stairs < 0.1 else set()), solo=alone < 0.1)
        for wish, (stairs, alone) in zip(problem.requests, source.random((rides, 2)), strict=True)
    )
    return replace(problem, requests=tuple(requests), duties=tuple(duties))


def _explained(
    problem: engine.Problem,
    plan: engine.Plan,
    wish: engine.Request,
    tomorrow: tuple[engine.Problem, engine.Plan, engine.Request],
    iterations: int,
) -> dict[str, Any]:
    begin = time.perf_counter()
    explanation = engine.explain(problem, plan, wish, also={"tomorrow": tomorrow}, iterations=iterations)
    took = time.perf_counter() - begin
    changes = [
        {
            "kind": change.kind,
            "amount": change.amount,
            "detail": change.detail,
            "duty": change.duty,
            "window": change.request.pickup_window,
            "arrive_by": change.request.dropoff_window[1],
            "accepted": not engine.judge(change.problem, change.plan),
        }
        for change in explanation.changes
    ]
    return {"wish": wish.id, "reason": explanation.reason, "seconds": round(took, 3), "changes": changes}


def _print(wishes: list[dict[str, Any]], totals: dict[str, Any]) -> None:
    table = Table("wish", "reason", "what would make room")
    for wish in wishes:
        table.add_row(wish["wish"], wish["reason"], "; ".join(_words(wish["changes"])) or "–")
    console = Console()
    console.print(table)
    for name, value in totals.items():
        console.print(f"{name.replace('_', ' ')}: {value}")


def _words(changes: list[dict[str, Any]]) -> Iterator[str]:
    for kind, alike in groupby(changes, key=lambda change: change["kind"]):
        yield f"{kind}: " + ", ".join(filter(None, (_amount(change) for change in alike)))


def _amount(change: dict[str, Any]) -> str:
    detail = change["detail"] or ""
    if change["kind"] in {"earlier", "later", "arrive_by", "ride_time", "hours"}:
        return f"{detail} {change['amount'] / MINUTE:g} min".strip()
    return f"{change['amount']:g} kg" if change["kind"] == "chair_mass" else detail
