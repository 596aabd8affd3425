"""vrp-cli (reinterpretcat): evolution of large-neighbourhood searches, in its pragmatic format."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import vrp_cli

from bench.model import Route, planned
from bench.peers.whole import Call, Van, day
from transport.routing.engine import Plan, Problem, StopKind

KINDS = {"pickup": StopKind.PICKUP, "delivery": StopKind.DROPOFF}
ALONE = {"logging": {"enabled": False}, "parallelism": {"numThreadPools": 1, "threadsPerPool": 1}}
MIDNIGHT = datetime(2026, 1, 1, tzinfo=UTC)


def solve(problem: Problem, seconds: float) -> Plan:
    """The best plan found in time; nobody served when a run of it cannot be driven."""
    today = day(problem)
    jobs = [
        {
            "id": str(number),
            "pickups": [{"places": [_place(ride.pickup)], "demand": ride.load}],
            "deliveries": [{"places": [_place(ride.dropoff)], "demand": ride.load}],
        }
        for number, ride in enumerate(today.rides)
    ]
    fleet = {
        "vehicles": [_vehicle(number, van) for number, van in enumerate(today.vans)],
        "profiles": [{"name": "car"}],
    }
    aims = [[{"type": "minimize-unassigned"}], [{"type": "minimize-cost"}]]
    drives = {
        "profile": "car",
        "travelTimes": today.durations.ravel().tolist(),
        "distances": today.distances.ravel().tolist(),
    }
    found = json.loads(
        vrp_cli.solve_pragmatic(
            problem=json.dumps({"plan": {"jobs": jobs}, "fleet": fleet, "objectives": aims}),
            matrices=[json.dumps(drives)],
            config=json.dumps({"termination": {"maxTime": max(round(seconds), 1)}, "environment": ALONE}),
        )
    )
    routes: dict[int, Route] = {}
    for tour in found["tours"]:
        done = [act for stop in tour["stops"] for act in stop["activities"] if act["type"] in KINDS]
        routes[int(tour["typeId"])] = [(today.rides[int(act["jobId"])].row, KINDS[act["type"]]) for act in done]
    return planned(problem, routes)


def _place(call: Call) -> dict[str, Any]:
    return {"location": {"index": call.location}, "duration": call.service, "times": [list(map(_moment, call.window))]}


def _vehicle(number: int, van: Van) -> dict[str, Any]:
    earliest, latest = map(_moment, van.window)
    shift = {
        "start": {"earliest": earliest, "location": {"index": van.start}},
        "end": {"latest": latest, "location": {"index": van.end}},
    }
    return {
        "typeId": str(number),
        "vehicleIds": [f"{number}_1"],
        "profile": {"matrix": "car"},
        "costs": {"fixed": 0, "distance": 1, "time": 0},
        "shifts": [shift],
        "capacity": van.load,
        "limits": {"maxDuration": van.longest},
    }


def _moment(ticks: int) -> str:
    return (MIDNIGHT + timedelta(seconds=ticks)).strftime("%Y-%m-%dT%H:%M:%SZ")
