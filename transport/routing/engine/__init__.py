"""The planning engine: mathematics only, usable as a library. No database, no clock, no network, no names.

- `solve(problem, ...)`: a plan, within a budget; `warm_up()` compiles everything once, before the first caller
- `solve_large(problem, executor=...)`: the same for thousands of rides, in parts, by threads, processes or a cluster
- `insert(problem, plan, request)`: all that could still be promised; `Inserter` for many questions to one plan
- `place`, `retime`: the plan with one more request; the same plan with its times anew
- `judge(problem, plan)`: every broken rule; an empty list means publishable
- `reason`, `explain`: why a request has no place, and the smallest changes proven to give it one
- `score`: figures for people
"""

from transport.routing.engine.changes import Change, Explanation, explain
from transport.routing.engine.decompose import Round, solve_large
from transport.routing.engine.explain import reason
from transport.routing.engine.insertion import Inserter, Insertion, insert, place, retime
from transport.routing.engine.judge import Violation, judge
from transport.routing.engine.plan import Plan, PlannedRun, PlannedStop, StopKind, Unserved
from transport.routing.engine.problem import (
    SEATED,
    WHEELCHAIR,
    Costs,
    Duty,
    Layout,
    Pace,
    Places,
    Problem,
    Request,
    Rest,
)
from transport.routing.engine.relaxing import Leeway
from transport.routing.engine.score import Score, score
from transport.routing.engine.search import Progress, solve
from transport.routing.engine.warming import warm_up

__all__ = [
    "SEATED",
    "WHEELCHAIR",
    "Change",
    "Costs",
    "Duty",
    "Explanation",
    "Inserter",
    "Insertion",
    "Layout",
    "Leeway",
    "Pace",
    "Places",
    "Plan",
    "PlannedRun",
    "PlannedStop",
    "Problem",
    "Progress",
    "Request",
    "Rest",
    "Round",
    "Score",
    "StopKind",
    "Unserved",
    "Violation",
    "explain",
    "insert",
    "judge",
    "place",
    "reason",
    "retime",
    "score",
    "solve",
    "solve_large",
    "warm_up",
]
