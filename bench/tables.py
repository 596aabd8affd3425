"""What is measured, table by table."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

from bench.days import DAYS
from bench.insertions import insertions
from bench.page import Table
from bench.published import SETS, published
from bench.runs import Outcome, run
from bench.solvers import OURS, STOCK, solver

Say = Callable[[str], object]
"""Told what is being measured."""

SHORT = 10.0
"""Seconds for each instance of a short run."""

AGAINST_THE_BEST = (
    "Gap to the best known cost in percent after {seconds:g} s, each solver with one worker. Only plans that our judge "
    "accepts count; all rides must be served."
)
SIDE_BY_SIDE = (
    "Wishes served and kilometres driven after {seconds:g} s, each with one worker. The days are without what stock "
    "OR-Tools lacks: rush hours, rests, layouts to choose from."
)
ONE_WISH = (
    "Milliseconds. The engine: all places for a wish on a planned day of 7 vehicles and 130 wishes, rush hours and "
    "rests included. The page: offers for a wish on the demo's day, with database and rules."
)


def against_the_best(
    data: Path, folders: list[str], solvers: list[str], seconds: float | None, *, every: bool, say: Say
) -> Iterator[Table]:
    """For every set of published instances that is there: how far from the best known everybody is."""
    for folder in folders:
        think = seconds or (SETS[folder] if every else SHORT)
        rows: list[list[str]] = []
        gaps: dict[str, list[float]] = {name: [] for name in solvers}
        for each in published(data, folder, every=every):
            problem = each.instance.problem
            rows.append([each.instance.name, str(len(problem.requests)), f"{each.best:.2f}"])
            for name in solvers:
                say(f"{each.instance.name}: {name}, {think:g} s")
                outcome = run(solver(name), problem, think)
                if not outcome.fault:
                    gaps[name].append(100 * (outcome.distance / each.best - 1))
                rows[-1].append(outcome.fault or _percent(gaps[name][-1]))
        if rows:
            rows.append(["mean", "", "", *(_mean(gaps[name], len(rows)) for name in solvers)])
            yield Table(folder, AGAINST_THE_BEST.format(seconds=think), ["", "rides", "best known", *solvers], rows)


def _percent(gap: float) -> str:
    """Best known values are rounded to two decimals; what that alone explains is no gap."""
    return f"{round(gap, 2) + 0:.2f}"


def _mean(gaps: list[float], instances: int) -> str:
    if not gaps:
        return "–"
    return _percent(mean(gaps)) + (f" (of {len(gaps)})" if len(gaps) < instances else "")


def side_by_side(seconds: float, say: Say) -> Table:
    """Ours and stock OR-Tools on the same days."""
    rows = []
    for name, make in DAYS.items():
        outcomes = {}
        for who in (OURS, STOCK):
            say(f"{name}: {who}, {seconds:g} s")
            outcomes[who] = run(solver(who), make(), seconds)
        ours, stock = outcomes[OURS], outcomes[STOCK]
        rows.append([name, *_figures(ours), *_figures(stock), _per_ride(ours, stock)])
    columns = ["", f"{OURS}: served", "km", f"{STOCK}: served", "km", "km per ride, ours less"]
    return Table("Side by side", SIDE_BY_SIDE.format(seconds=seconds), columns, rows)


def _figures(outcome: Outcome) -> list[str]:
    return [outcome.fault, ""] if outcome.fault else [str(outcome.served), f"{outcome.distance / 1000:.0f}"]


def _per_ride(ours: Outcome, stock: Outcome) -> str:
    """How much less each ride takes, in percent, where both serve somebody."""
    if not (ours.served and stock.served):
        return "–"
    return f"{100 * (1 - ours.distance / ours.served / (stock.distance / stock.served)):.1f} %"


def one_wish(say: Say) -> Table:
    """How long a person waits for offers."""
    say("one wish, the engine")
    engine = insertions(SHORT)
    say("one wish, the pages: building a demo takes a minute or two")
    command = [sys.executable, "-m", "tools.bench", "--json"]
    pages = json.loads(subprocess.run(command, check=False, stdout=subprocess.PIPE).stdout)
    return Table(
        "One wish",
        ONE_WISH,
        ["", "wishes", "median", "95 of 100", "slowest"],
        [
            [name, *(f"{figures[key]:g}" for key in ("wishes", "p50_ms", "p95_ms", "slowest_ms"))]
            for name, figures in (("the engine", engine), ("the page", pages))
        ],
    )
