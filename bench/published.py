"""The published instances and their best known values, read where they lie."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from transport.cli.bench import instances
from transport.cli.bench.instances import Instance

HOME = Path(__file__).resolve().parents[1]
DATA = HOME.parent / "shared" / "data" / "darp"
SETS = {"cordeau2006": 10.0, "cordeau_laporte2003": 60.0, "mdhdarp": 60.0}
"""Folders, and how many seconds a complete run thinks about each of their instances."""

FEW = {
    "cordeau2006": ("a5-60", "b8-80"),
    "cordeau_laporte2003": ("pr05", "pr09"),
    "mdhdarp": ("a9-72hetIUY", "a16-192hetIUY"),
}
"""Those of a short run."""


@dataclass(frozen=True, slots=True)
class Published:
    """An instance and the least cost anybody has published for it."""

    instance: Instance
    best: float


def published(data: Path, folder: str, *, every: bool) -> Iterator[Published]:
    """The instances of a set, all or a few, as far as they and their best known values are there."""
    paths = [path for path in sorted((data / folder).glob("*")) if every or path.stem in FEW[folder]]
    best = _best(data / "bks.csv") if paths else {}
    for path in paths:
        yield Published(instances.read(path), best[known_as(path.stem)])


def _best(path: Path) -> dict[str, float]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["instance"]: float(row["value"]) for row in csv.DictReader(file)}


def known_as(stem: str) -> str:
    """What the literature calls a file: pr01 to pr20 are R1a to R10a and R1b to R10b."""
    if found := re.fullmatch(r"pr(\d\d)", stem):
        number = int(found[1]) - 1
        return f"R{number % 10 + 1}{'ab'[number // 10]}"
    return f"MD:{stem.removesuffix('hetIUY')}" if stem.endswith("hetIUY") else stem
