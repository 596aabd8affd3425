"""Draw how many late stops are warned of in time for how many warnings in vain (SVG).

python -m tools.plot_alerts docs/evidence/alerts.json > docs/alerts.svg
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.plot_scale import path, text

WIDTH, HEIGHT = 720, 400
LEFT, TOP, RIGHT, BOTTOM = 64, 24, 24, 52  # margins
LINES = (
    ("pickup", "chance", "in_force", "pickups, by the chance", "#0b5394", ""),
    ("pickup", "margin", "before", "pickups, by the margin before", "#b45f06", "8 4"),
    ("dropoff", "chance", "in_force", "arrivals, by the chance", "#38761d", "2 3"),
    ("dropoff", "margin", "before", "arrivals, by the margin before", "#741b47", "10 3 2 3"),
)
"""Kind of stop, rule, its threshold that counts (a dot), words, colour, dashes."""

Point = tuple[float, float]  # warnings in vain a day, per cent of the late stops warned of in time


def line(rule: dict[str, dict[str, float]]) -> list[Point]:
    """A rule at all its thresholds, from the fewest warnings to the most."""
    return sorted((each["in_vain"], 100 * each["share"]) for each in rule.values())


def drawing(figures: dict[str, Any]) -> str:
    """Both rules on both kinds of stops; what is in force, or was, is a dot."""
    widest = 1 + int(max(x for kind, rule, *_ in LINES for x, _ in line(figures[kind][rule])))

    def at(point: Point) -> Point:
        return (
            LEFT + (WIDTH - LEFT - RIGHT) * point[0] / widest,
            TOP + (HEIGHT - TOP - BOTTOM) * (100 - point[1]) / 100,
        )

    shapes = [text(WIDTH / 2, HEIGHT - 10, "warnings a day of stops that came in time after all", "middle")]
    shapes += [text(LEFT, TOP - 8, "late stops warned of ten minutes before the end of the window, %", "start")]
    for share in range(0, 101, 20):
        x, y = at((0, share))
        shapes += [text(x - 8, y + 4, str(share), "end"), path([(x, y), at((widest, share))], "#cccccc", "")]
    for count in range(widest + 1):
        x, y = at((count, 0))
        shapes.append(text(x, y + 20, str(count), "middle"))
    for number, (kind, rule, dot, words, colour, dashes) in enumerate(LINES):
        tried = figures[kind][rule]
        shapes.append(path([at(point) for point in line(tried)], colour, dashes))
        chosen = tried[figures[kind][dot]]
        x, y = at((chosen["in_vain"], 100 * chosen["share"]))
        shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>')
        x, y = WIDTH - RIGHT - 240, HEIGHT - BOTTOM - 20 * (len(LINES) - number)
        shapes += [path([(x, y), (x + 40, y)], colour, dashes), text(x + 48, y + 4, words, "start", colour)]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            "<title>Late stops warned of in time against warnings in vain, by the rule now and the one before</title>",
            '<g font-family="sans-serif" font-size="13">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *shapes,
            "</g></svg>\n",
        )
    )


def main(files: Sequence[str]) -> int:
    """Print the picture."""
    if len(files) != 1:
        print("plot_alerts: name the file that `python -m tools.alerts --json` wrote.", file=sys.stderr)
        return 1
    print(drawing(json.loads(Path(files[0]).read_text("utf-8"))), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
