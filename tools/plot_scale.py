"""Draw how good a plan gets for how much thinking, on days of several sizes.

    transport bench scale --rides 1000 --vehicles 60 --seconds 60 --json > 1000.json      (and so on)
    python -m tools.plot_scale 1000.json 5000.json 20000.json > docs/scale.svg

Both axes are per ride, so that days of all sizes share them: lines that lie on one another say that a ride of a large
day needs no more thinking than one of a small day. What each size needs for a tenth less driving is printed beside.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

WIDTH, HEIGHT = 720, 400
LEFT, TOP, RIGHT, BOTTOM = 64, 24, 120, 52  # margins
INK = (("#0b5394", ""), ("#b45f06", "8 4"), ("#38761d", "2 3"), ("#741b47", "10 3 2 3"), ("#333333", "4 4"))
GOAL = 90  # per cent of the driving at the start

Line = list[tuple[float, float]]  # milliseconds of thinking per ride, driving per ride in per cent of the first plan's


def line(run: dict[str, Any]) -> Line:
    """The curve of one run of `transport bench scale`, per ride."""
    served = [(point["seconds"], point["cost"] / (run["rides"] - point["unserved"])) for point in run["curve"]]
    first = served[0][1]
    return [(1000 * seconds / run["rides"], 100 * cost / first) for seconds, cost in served]


def reached(points: Line, goal: float) -> float | None:
    """The thinking per ride after which the goal was reached; None when it never was."""
    return next((thought for thought, driving in points if driving <= goal), None)


def drawing(runs: Sequence[dict[str, Any]]) -> str:
    """All runs in one picture (SVG)."""
    lines = [line(run) for run in runs]
    longest = max(thought for points in lines for thought, _ in points) or 1
    lowest = 10 * int(min(driving for points in lines for _, driving in points) / 10)
    highest = max(lowest + 10, 10 * -int(-max(driving for points in lines for _, driving in points) // 10))

    def at(thought: float, driving: float) -> tuple[float, float]:
        across = LEFT + (WIDTH - LEFT - RIGHT) * thought / longest
        return across, TOP + (HEIGHT - TOP - BOTTOM) * (highest - driving) / (highest - lowest)

    shapes = [text(WIDTH / 2, HEIGHT - 10, "thinking per ride, milliseconds", "middle")]
    shapes += [text(LEFT, TOP - 8, "driving per ride, % of the first plan's", "start")]
    for driving in range(lowest, highest + 1, 10):
        x, y = at(0, driving)
        shapes += [text(x - 8, y + 4, str(driving), "end"), path([(x, y), at(longest, driving)], "#cccccc", "")]
    for tenth in range(0, 11, 2):
        x, y = at(longest * tenth / 10, lowest)
        shapes.append(text(x, y + 20, f"{longest * tenth / 10:.0f}", "middle"))
    for run, points, (colour, dashes) in zip(runs, lines, INK, strict=False):
        shapes.append(path([at(*point) for point in points], colour, dashes))
        x, y = at(*points[-1])
        shapes.append(text(x + 6, y + 4, f"{run['rides']:,} rides", "start", colour))
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            "<title>Driving per ride against thinking per ride, for days of several sizes</title>",
            '<g font-family="sans-serif" font-size="13">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *shapes,
            "</g></svg>\n",
        )
    )


def text(x: float, y: float, words: str, anchor: str, colour: str = "#333333") -> str:
    """A few words."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def path(points: Sequence[tuple[float, float]], colour: str, dashes: str) -> str:
    """A line through the points."""
    along = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{along}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'


def main(files: Sequence[str]) -> int:
    """Print the picture, and beside it what a tenth less driving took."""
    if not files:
        print("plot_scale: name the files that `transport bench scale --json` wrote.", file=sys.stderr)
        return 1
    runs = sorted((json.loads(Path(name).read_text("utf-8")) for name in files), key=lambda run: int(run["rides"]))
    for run in runs:
        thought = reached(line(run), GOAL)
        took = "not reached" if thought is None else f"{thought:.1f} ms per ride"
        print(f"{run['rides']:>7,} rides: {100 - GOAL} % less driving per ride: {took}", file=sys.stderr)
    print(drawing(runs), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
