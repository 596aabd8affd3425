"""Who takes part: ours, stock OR-Tools, and the peers that are installed."""

import importlib
from importlib.metadata import PackageNotFoundError, version

from bench import stock
from bench.model import Solver
from transport.routing import engine
from transport.routing.engine import Plan, Problem

PEERS = {"PyVRP": ("pyvrp", "pyvrp"), "VROOM": ("vroom", "pyvroom"), "vrp-cli": ("vrp_cli", "vrp-cli")}
"""The module here and the package on PyPI."""

OURS, STOCK = "ours", "OR-Tools"


def ours(problem: Problem, seconds: float) -> Plan:
    """This project's engine, with one worker as all the others."""
    return engine.solve(problem, seconds=seconds)


def installed() -> dict[str, str]:
    """Who can take part, with the version."""
    versions = {OURS: version("transport"), STOCK: version("ortools")}
    for name, (_, package) in PEERS.items():
        try:
            versions[name] = version(package)
        except PackageNotFoundError:
            continue
    return versions


def solver(name: str) -> Solver:
    """The solver of this name."""
    if name == OURS:
        return ours
    if name == STOCK:
        return stock.solve
    found: Solver = importlib.import_module(f"bench.peers.{PEERS[name][0]}").solve
    return found
