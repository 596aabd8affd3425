"""How fast places are found and drives are computed, on real files given on the command line.

python -m tests.routing.geo.bench REGISTER.csv.gz ROADS.osm.pbf
"""

import csv
import gzip
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np

from transport.routing.geo import addresses, osm
from transport.routing.geo.gazetteer import Gazetteer
from transport.routing.geo.network import build
from transport.routing.geo.roads import Roads
from transport.routing.geo.travel import AirLine, Cached


def spent(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def tell(what: str, milliseconds: list[float]) -> None:
    p50, p95 = np.percentile(milliseconds, [50, 95])
    line = f"{what:40} p50 {p50:8.2f} ms   p95 {p95:8.2f} ms   max {max(milliseconds):8.2f} ms\n"
    sys.stdout.write(line)


def main(register: Path, map_file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gazetteer.sqlite"
        tell("import of addresses", [spent(lambda: addresses.build([register], path))])
        with closing(Gazetteer(path)) as gazetteer:
            search(gazetteer, register)
            drive(gazetteer, register, map_file)


def doors(register: Path, count: int) -> list[str]:
    with gzip.open(register, "rt", encoding="cp1250") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["Název ulice"] and row["Číslo orientační"]]
    chosen = random.Random(1).sample(rows, count)
    return [f"{row['Název ulice']} {row['Číslo orientační']}" for row in chosen]


def search(gazetteer: Gazetteer, register: Path) -> None:
    typed = doors(register, 500)
    gazetteer.find(typed[0])
    tell("search: street and number", [spent(partial(gazetteer.find, text)) for text in typed])
    dice = random.Random(2)
    slips = []
    for text in typed:
        k = dice.randrange(1, text.rindex(" "))
        slips.append(text[:k] + dice.choice("aeiouvkst") + text[k + 1 :])
    tell("search: one letter wrong", [spent(partial(gazetteer.find, text)) for text in slips])
    begun = [text[:k] for text in typed[:100] for k in range(1, len(text) + 1)]
    tell("search: while typing", [spent(partial(gazetteer.find, text)) for text in begun])


def drive(gazetteer: Gazetteer, register: Path, map_file: Path) -> None:
    built = []
    tell("import of roads", [spent(lambda: built.append(build(osm.read_streets(map_file))))])
    roads = Roads(built[0], fallback=AirLine(1.34, 38))
    points = [gazetteer.find(text)[0].point for text in doors(register, 300)]
    tell("matrix of 200 points", [spent(lambda: roads.legs(points[:200])) for _ in range(5)])
    cached = Cached(roads)
    cached.legs(points[:200])
    tell("one new point beside 200 known", [spent(partial(cached.legs, points[:k])) for k in range(201, 301)])
    tell("300 points, all known", [spent(lambda: cached.legs(points)) for _ in range(20)])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
