"""One solver, one problem, so many seconds: what came of it."""

from dataclasses import dataclass

from bench.model import Solver, Unfit
from transport.routing.engine import Problem, judge, score


@dataclass(frozen=True, slots=True)
class Outcome:
    """The figures of one plan; `fault` says in a few words why it is none that could be driven."""

    served: int = 0
    unserved: int = 0
    distance: float = 0.0
    fault: str = ""


def run(solver: Solver, problem: Problem, seconds: float) -> Outcome:
    """Let the solver think, and the judge look at its plan."""
    try:
        plan = solver(problem, seconds)
    except Unfit as why:
        return Outcome(fault=str(why))
    except Exception as error:  # noqa: BLE001 - that another solver breaks down is a result as well
        return Outcome(fault=type(error).__name__)
    figures = score(problem, plan)
    broken = [fault.code for fault in judge(problem, plan)]
    worse = [code for code in broken if code != "required_unserved"]
    fault = worse[0].replace("_", " ") if worse else f"{len(broken)} left out" if broken else ""
    return Outcome(figures.served, figures.unserved, figures.distance, fault)
