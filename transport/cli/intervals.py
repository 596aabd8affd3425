"""A picture of rates with their intervals, one line for each group: SVG without anybody's help."""

from html import escape

from transport.operations.quality.fairness import Line, Report

WIDTH, ROW, LEFT, RIGHT, TOP = 760, 24, 220, 60, 40
MORE, LESS, SAME = "#b00020", "#0b5394", "#333333"


def drawing(report: Report, title: str) -> str:
    """All breakdowns below each other; the dashed line is the rate of everybody."""
    rows: list[tuple[str, Line | None]] = []
    for name, lines in report.breakdowns.items():
        rows += [(name, None), *((line.group, line) for line in lines)]
    widest = max([report.total.high, *(line.rate.high for _, line in rows if line and line.rate)])
    height = TOP + ROW * len(rows) + 30

    def across(share: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * share / widest

    everybody = across(report.total.share)
    shapes = [
        _text(LEFT, 20, "denied per wish, %", "start", SAME),
        _line((everybody, TOP - 8), (everybody, height - 30), SAME, dashes="4 4"),
        _text(everybody, height - 12, f"everybody {100 * report.total.share:.1f}", "middle", SAME),
    ]
    for number, (label, line) in enumerate(rows):
        y = TOP + ROW * number + ROW / 2
        if line is None:
            shapes.append(_text(8, y + 4, label, "start", SAME, weight="bold"))
            continue
        shapes.append(_text(LEFT - 12, y + 4, label or "not known", "end", SAME))
        if line.rate is None:
            shapes.append(_text(LEFT + 4, y + 4, "too few people to show", "start", SAME))
            continue
        colour = {1: MORE, -1: LESS, 0: SAME}[line.stands_out]
        shapes += [
            _line((across(line.rate.low), y), (across(line.rate.high), y), colour),
            f'<circle cx="{across(line.rate.share):.1f}" cy="{y}" r="4" fill="{colour}"/>',
            _text(across(line.rate.high) + 6, y + 4, _mark(line), "start", colour),
        ]
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
            f"<title>{escape(title)}</title>",
            '<g font-family="sans-serif" font-size="13">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            *shapes,
            "</g></svg>\n",
        )
    )


def _mark(line: Line) -> str:
    """The rate, and in words what the colour says."""
    share = f"{100 * line.rate.share:.1f}" if line.rate else ""
    return f"{share} {'more often' if line.stands_out > 0 else 'less often'}" if line.stands_out else share


def _text(x: float, y: float, words: str, anchor: str, colour: str, weight: str = "normal") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-weight="{weight}">'
        f"{escape(words)}</text>"
    )


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, dashes: str = "") -> str:
    points = f"{start[0]:.1f},{start[1]:.1f} {end[0]:.1f},{end[1]:.1f}"
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
