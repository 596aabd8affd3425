"""Charts as numbers for a drawing: everything is computed here, the template only writes shapes. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 240
LEFT, TOP, BOTTOM = 44, 16, 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its label under it and its value over it, in the units of the drawing."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars side by side over a base line, and the lines of the scale behind them (value, height on the page)."""

    bars: tuple[Bar, ...]
    scale: tuple[tuple[int, float], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    base: int = HEIGHT - BOTTOM


def bars(counts: Sequence[tuple[str, int]]) -> BarChart:
    """A bar for each (label, count), on a scale that ends on a round number."""
    step = _round_step(max((count for _, count in counts), default=0))
    top = step * max(1, -(-max((count for _, count in counts), default=0) // step))
    room = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT) / max(len(counts), 1)
    wide = min(slot * 0.7, 56)

    def height(value: float) -> float:
        return round(room * value / top, 1)

    drawn = tuple(
        Bar(
            label,
            count,
            x=round(LEFT + slot * index + (slot - wide) / 2, 1),
            y=round(HEIGHT - BOTTOM - height(count), 1),
            width=round(wide, 1),
            height=height(count),
        )
        for index, (label, count) in enumerate(counts)
    )
    scale = tuple((value, round(HEIGHT - BOTTOM - height(value), 1)) for value in range(0, top + 1, step))
    return BarChart(drawn, scale)


def _round_step(most: int) -> int:
    """1, 2 or 5 times a power of ten, so that four to ten lines make the scale."""
    step = 1
    while most / step > 5:
        step *= 2 if str(step)[0] in "15" else 1
        if most / step > 5 and str(step)[0] == "2":
            step = step * 5 // 2
    return step
