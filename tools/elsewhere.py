"""The demo's service moved to another town, so that its map can be shown over roads that may be published.

    python -m tools.elsewhere FOLDER ROADS.osm.pbf

Writes FOLDER/data, the rules and places of the demo around another centre, and builds the demo on those roads in
FOLDER. Names and addresses stay those of Plzeň: nothing on the picture is true but the roads, and whose they are
stands on it.
"""

import argparse
import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
CENTRE = (49.7475, 13.3776)
"""The middle of Plzeň, as in service.toml."""
HEIDELBERG = (49.41, 8.685)
SMALLER = 0.8
"""The other town is smaller, so everything moves together."""


def main() -> int:
    """Build the demo elsewhere; 1 if it cannot be built."""
    parser = argparse.ArgumentParser(description="Build the demo in another town.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("roads", type=Path)
    parser.add_argument("--centre", nargs=2, type=float, default=HEIDELBERG, metavar=("LAT", "LON"))
    given = parser.parse_args()
    build(given.folder, given.roads, tuple(given.centre))
    return 0


def build(folder: Path, roads: Path, centre: tuple[float, float]) -> None:
    """The demo in this folder, on these roads."""
    move(folder / "data", centre)
    where = settings(folder)
    for words in (["db", "upgrade"], ["geo", "import-roads", str(roads)], ["demo", "--no-serve", "--no-hindsight"]):
        command = [sys.executable, "-m", "transport", *words]
        if subprocess.run(command, check=False, cwd=HOME, env=where, stdout=subprocess.DEVNULL).returncode:
            raise SystemExit(f"elsewhere: transport {words[0]} did not work; it says why above")


def settings(folder: Path) -> dict[str, str]:
    """The environment in which the demo of this folder is built and served, moved or not."""
    moved = {"TRANSPORT_DATA_DIR": str(folder / "data")} if (folder / "data").is_dir() else {}
    return {**os.environ, **moved, "TRANSPORT_LOCAL_DIR": str(folder), "TRANSPORT_DATABASE_URL": ""}


def move(data: Path, centre: tuple[float, float]) -> None:
    """A copy of the rules and places of the demo, around another centre."""
    shutil.copytree(HOME / "data", data, ignore=shutil.ignore_patterns("local"), dirs_exist_ok=True)
    rules = (data / "service.toml").read_text(encoding="utf-8")
    for name, value in zip(("centre_lat", "centre_lon"), centre, strict=True):
        rules = re.sub(rf"^{name} = [\d.]+", f"{name} = {value}", rules, flags=re.MULTILINE)
    (data / "service.toml").write_text(rules, encoding="utf-8")
    path = data / "plzen" / "places.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        for name, old, new in zip(("lat", "lon"), CENTRE, centre, strict=True):
            row[name] = f"{new + (float(row[name]) - old) * SMALLER:.6f}"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
