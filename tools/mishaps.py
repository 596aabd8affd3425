"""Random breakdowns and other mishaps: how many promises change, by the repair and by putting everybody in by turns.

    python -m tools.mishaps [--json FILE] [--days 50]

Days of five vehicles and fifty rides; four breakdowns a day and one mishap of each other kind.
"""

import argparse
import json
import random
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.builders.books import a_book
from tests.builders.breaking import KINDS, a_mishap, by_turns, promises_changed, seen
from transport.kernel.errors import Invalid
from transport.routing import engine
from transport.routing.planning import thinking
from transport.routing.planning.day import DayBook
from transport.routing.planning.thinking import Harm
from transport.routing.planning.whatif import TaxiAllowed

SECONDS = 0.3
"""How long one plan is thought about here; at the desk it is longer."""
BREAKDOWNS = 4
TAXI = TaxiAllowed(most=60_000, start=5_000, per_km=3_600, within=1_800)


@dataclass
class Kind:
    """What came of all mishaps of one kind. Sums over the cases; `more` are cases with more changes than by turns."""

    cases: int = 0
    harmless: int = 0
    more: int = 0
    fewer: int = 0
    changed: int = 0
    by_turns: int = 0
    left_out: int = 0
    left_out_with_taxi: int = 0
    taxis: int = 0
    refused: int = 0
    faults: int = 0


def main() -> int:
    """Play them all; 0 if the repair never changed more, and fewer where something changed at all."""
    parser = argparse.ArgumentParser(description="Repair against putting in by turns.")
    parser.add_argument("--json", type=Path, help="where the figures go")
    parser.add_argument("--days", type=int, default=50)
    asked = parser.parse_args()
    found = {kind: Kind() for kind in KINDS}
    for seed in range(asked.days):
        book = a_book(seed)
        for kind in KINDS:
            for turn in range(BREAKDOWNS if kind == "vehicle" else 1):
                meet(found[kind], book, kind, random.Random(1000 * seed + turn))
    figures = {kind: said(each) for kind, each in found.items()}
    text = json.dumps(figures, indent=2, sort_keys=True)
    print(text)
    if asked.json:
        asked.json.write_text(f"{text}\n", encoding="utf-8")
    return 1 if faults_of(figures) else 0


def meet(kind: Kind, book: DayBook, word: str, dice: random.Random) -> None:
    """One mishap, looked at in three ways: repaired, with taxis, by turns."""
    assumptions = next((each for each in (a_mishap(book, word, dice) for _ in range(20)) if each), None)
    if assumptions is None:
        return
    try:
        case = seen(book, assumptions)
    except Invalid:
        kind.refused += 1
        return
    answer = thinking.think(case, SECONDS)
    taxied = thinking.think(seen(book, (*assumptions, TAXI)), SECONDS)
    changed, turns = promises_changed(answer), by_turns(case)
    kind.cases += 1
    kind.harmless += turns == 0
    kind.more += changed > turns
    kind.fewer += changed < turns
    kind.changed += changed
    kind.by_turns += turns
    kind.left_out += sum(each.harm is Harm.LEFT_OUT for each in answer.terms)
    kind.left_out_with_taxi += sum(each.harm is Harm.LEFT_OUT for each in taxied.terms)
    kind.taxis += sum(each.harm is Harm.TAXI for each in taxied.terms)
    kind.faults += sum(bool(engine.judge(each.problem, each.plan)) for each in (answer, taxied))


def said(kind: Kind) -> dict[str, float]:
    """The sums, and means over the cases."""
    count = max(kind.cases, 1)
    return {
        **asdict(kind),
        "mean_changed": round(kind.changed / count, 2),
        "mean_by_turns": round(kind.by_turns / count, 2),
        "share_fewer": round(kind.fewer / max(kind.cases - kind.harmless, 1), 2),
    }


def faults_of(figures: dict[str, dict[str, float]]) -> list[str]:
    """What must not be."""
    faults = [f"{kind}: more promises changed than by turns" for kind, each in figures.items() if each["more"]]
    faults += [f"{kind}: a plan that the judge refuses" for kind, each in figures.items() if each["faults"]]
    if figures["vehicle"]["mean_changed"] >= figures["vehicle"]["mean_by_turns"]:
        faults.append("breakdowns: no fewer promises changed than by turns")
    return faults


if __name__ == "__main__":
    sys.exit(main())
