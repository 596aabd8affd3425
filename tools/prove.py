"""Long runs whose figures go to docs/evidence/: the demo on shipped and on imported geography, many random examples.

    python -m tools.prove                          everything; some ten minutes
    python -m tools.prove --geo FOLDER             where the addresses (*_ADR.csv) and roads (plzen*.osm.pbf) are

Each demo runs in a folder of its own, so that no database of yours is touched.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.simulation.witness import summed
from tools import breakdown

HOME = Path(__file__).resolve().parents[1]
EVIDENCE = HOME / "docs" / "evidence"
GEO = HOME.parent / "shared" / "data" / "geo"
DAYS = 200
ENOUGH = 0.9
"""Share of the legs served with hindsight that must have been promised as they came."""


def main() -> int:
    """Run all proofs; 0 when every one holds."""
    parser = argparse.ArgumentParser(description="Long runs; figures go to docs/evidence/.")
    parser.add_argument("--geo", type=Path, default=GEO, help="folder with addresses and roads to import")
    geo: Path = parser.parse_args().geo
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    faults = prove("shipped", [])
    if geo.is_dir():
        faults += prove("imported", imports(geo))
    else:
        faults.append(f"no addresses and roads in {geo.name}: name their folder with --geo")
    faults += desk()
    faults += month()
    faults += street()
    faults += gate()
    faults += board()
    faults += repairs()
    faults += doors()
    faults += properties()
    for fault in faults:
        print(f"prove: {fault}", file=sys.stderr)
    return 1 if faults else 0


def imports(geo: Path) -> list[list[str]]:
    """The commands that bring real geography in: the register of addresses as published, a map of the city."""
    addresses = [["geo", "import-addresses", str(path)] for path in sorted(geo.glob("*_ADR.csv*"))]
    roads = [["geo", "import-roads", str(path)] for path in sorted(geo.glob("plzen*.osm.pbf"))]
    return [*addresses, *roads]


def prove(name: str, before: list[list[str]]) -> list[str]:
    """Run the demo in an empty folder, check and time it, write its figures; what does not hold is returned."""
    print(f"The demo with {name} geography ...")
    with tempfile.TemporaryDirectory(prefix="transport-prove-") as folder:
        where = {**os.environ, "TRANSPORT_LOCAL_DIR": folder, "TRANSPORT_DATABASE_URL": ""}
        for command in [["db", "upgrade"], *before]:
            subprocess.run([sys.executable, "-m", "transport", *command], env=where, cwd=HOME, check=True)
        began = time.monotonic()
        demo = answer(["demo", "--no-serve", "--json"], where)
        seconds = round(time.monotonic() - began)
        impossible = answer(["check", "--json"], where)
        speed = answer(["--local-dir", folder, "--json"], where, program="tools.bench")
        broken = answer(["--local-dir", folder, "--json"], where, program="tools.breakdown")
    figures = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "seconds": seconds,
        "demo": demo,
        "check": impossible,
        "bench": speed,
        "breakdown": broken,
    }
    text = json.dumps(figures, indent=2, ensure_ascii=False, sort_keys=True)
    (EVIDENCE / f"demo-{name}.json").write_text(f"{text}\n", encoding="utf-8")
    faults = faults_of(demo) + [f"impossible: {fault['sentence']}" for fault in impossible["faults"]]
    if speed["p95_ms"] >= speed["target_p95_ms"]:
        faults.append(f"offers take {speed['p95_ms']} ms (p95)")
    faults += [f"breakdown: {fault}" for fault in breakdown.faults_of(broken)]
    return [f"demo with {name} geography: {fault}" for fault in faults]


def answer(command: list[str], where: dict[str, str], program: str = "transport") -> Any:  # noqa: ANN401 - JSON
    """What a command says with --json; its exit code is judged by the figures, not here."""
    whole = [sys.executable, "-m", program, *command]
    done = subprocess.run(whole, env=where, cwd=HOME, check=False, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def faults_of(demo: dict[str, Any]) -> list[str]:
    """What a day must never show."""
    faults = [f"{name} is {demo[name]}" for name in ("broken_promises", "judge_violations") if demo[name]]
    if demo["promised"] < ENOUGH * demo["hindsight"]:
        faults.append(f"promised {demo['promised']} of {demo['hindsight']} legs")
    return faults


def desk() -> list[str]:
    """How long the operator waits for a client and for offers, on both databases."""
    print("The operator's search and offers ...")
    faults, figures = [], []
    for options in ([], ["--postgres"]):
        done = subprocess.run(
            [sys.executable, "-m", "tools.desk", *options], cwd=HOME, check=False, stdout=subprocess.PIPE
        )
        figures.append(json.loads(done.stdout))
        faults += [f"the operator waits too long ({figures[-1]['database']})"] if done.returncode else []
    text = json.dumps(figures, indent=2, ensure_ascii=False, sort_keys=True)
    (EVIDENCE / "desk.json").write_text(f"{text}\n", encoding="utf-8")
    return faults


def month() -> list[str]:
    """A month of two thousand random steps and forty short walks, everything looked at after each of them."""
    print("A month of random steps ...")
    figures = EVIDENCE / "month.json"
    where = {
        **os.environ,
        "TRANSPORT_TEST_STEPS": "2000",
        "TRANSPORT_TEST_WALKS": "10",
        "TRANSPORT_TEST_FIGURES": str(figures),
    }
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "tests/journeys/test_neighbourhood_walk.py"]
    done = subprocess.run(command, cwd=HOME, env=where, check=False)
    return ["a month of random steps ends in something impossible"] if done.returncode else []


def street() -> list[str]:
    """Two hundred days with breakdowns, delays, wrong clocks and lost signal; what was seen goes to street.json."""
    print(f"{DAYS} simulated days ...")
    with tempfile.TemporaryDirectory(prefix="transport-street-") as folder:
        lines = Path(folder) / "days.jsonl"
        where = {**os.environ, "TRANSPORT_TEST_DAYS": str(DAYS), "TRANSPORT_TEST_FIGURES": str(lines)}
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "tests/simulation"]
        done = subprocess.run(command, cwd=HOME, env=where, check=False)
        days = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    text = json.dumps(summed(days), indent=2, ensure_ascii=False, sort_keys=True)
    (EVIDENCE / "street.json").write_text(f"{text}\n", encoding="utf-8")
    return ["a simulated day shows something impossible"] if done.returncode or len(days) < DAYS else []


def gate() -> list[str]:
    """Every page of every role in every language, in all contexts."""
    print("Every page in every language ...")
    figures = EVIDENCE / "gate.json"
    figures.unlink(missing_ok=True)
    where = {**os.environ, "TRANSPORT_TEST_GATE": "whole", "TRANSPORT_TEST_FIGURES": str(figures)}
    command = [sys.executable, "-m", "pytest", "-q", "-m", "browser", "tests/api/test_gate.py"]
    done = subprocess.run(command, cwd=HOME, env=where, check=False)
    return ["a page has a barrier"] if done.returncode else []


def doors() -> list[str]:
    """Every door by itself on PostgreSQL; day by day their tests run on SQLite."""
    print("The doors one by one on PostgreSQL ...")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "--database", "postgres"]
    done = subprocess.run([*command, "-m", "not browser", "tests/api", "tests/cli"], cwd=HOME, check=False)
    return ["a door does not work on PostgreSQL"] if done.returncode else []


def repairs() -> list[str]:
    """Two hundred breakdowns and fifty mishaps of each other kind: repaired, and put in by turns."""
    print("Breakdowns and other mishaps on random days ...")
    command = [sys.executable, "-m", "tools.mishaps", "--json", str(EVIDENCE / "mishaps.json")]
    done = subprocess.run(command, cwd=HOME, check=False, stdout=subprocess.DEVNULL)
    return ["a repair does more harm than putting in by turns"] if done.returncode else []


def board() -> list[str]:
    """The board of a day with 60 vehicles and 1,200 rides in a browser."""
    print("The board of a big day ...")
    command = [sys.executable, "-m", "tools.board", "--json", str(EVIDENCE / "board.json")]
    done = subprocess.run(command, cwd=HOME, check=False, stdout=subprocess.DEVNULL)
    return ["the board of a big day misses a target"] if done.returncode else []


def properties() -> list[str]:
    """Many more random examples than in the daily run."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--hypothesis-profile", "long", "-k", "properties"]
    done = subprocess.run(command, cwd=HOME, check=False)
    return ["a property does not hold"] if done.returncode else []


if __name__ == "__main__":
    sys.exit(main())
