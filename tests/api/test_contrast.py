"""Whether what is written can be read: every pair of colours that meets, by the formula of WCAG."""

import re
from pathlib import Path

import pytest

from transport.api import render

CSS = Path(render.STATIC) / "css"
SCSS = Path(__file__).resolve().parents[2] / "scss"
TEXT, MARK = 7.0, 3.0
"""The least contrast of words (level AAA) and of borders and signs that carry a meaning."""

WORDS = [
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "tint"),
    ("ink-soft", "paper"),
    ("ink-soft", "surface"),
    ("ink-soft", "quiet"),
    ("link", "paper"),
    ("link", "surface"),
    ("link", "tint"),
    ("link", "warn"),
    ("link", "good"),
    ("visited", "paper"),
    ("visited", "surface"),
    ("visited", "warn"),
    ("brand", "paper"),
    ("brand", "tint"),
    ("brand", "block"),
    ("stop", "paper"),
    ("paper", "brand"),
    ("paper", "brand-dark"),
    ("paper", "go"),
    ("paper", "go-dark"),
    ("paper", "stop"),
    ("paper", "stop-dark"),
    ("good-ink", "good"),
    ("warn-ink", "warn"),
    ("bad-ink", "bad"),
    ("ink", "focus"),
]
MARKS = [
    ("line", "paper"),
    ("line", "surface"),
    ("brand", "paper"),
    ("go", "paper"),
    ("stop", "paper"),
    ("stop", "bad"),
    ("warn-line", "warn"),
    ("focus", "ink"),
    ("focus", "brand"),
    ("ink", "paper"),
    ("block-line", "paper"),
    ("held-line", "paper"),
    ("riding-line", "paper"),
    ("over-line", "paper"),
    ("risk-line", "paper"),
    ("bar", "paper"),
    ("bar-other", "paper"),
    ("limit", "paper"),
]


def colours() -> dict[str, str]:
    """The names and values as the committed stylesheets have them."""
    text = "".join((CSS / name).read_text() for name in ("app.css", "staff.css"))
    found = re.findall(r"--([a-z-]+): ?(#[0-9a-f]{3,6})\b", text)
    return {name: value for name, value in found if not name.startswith("govuk")}


def luminance(colour: str) -> float:
    digits = colour.removeprefix("#")
    full = digits if len(digits) == 6 else "".join(2 * each for each in digits)
    shares = (int(full[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_is_the_one_of_wcag():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("ink", "ground"), WORDS)
def test_words_can_be_read_on_their_ground(ink: str, ground: str):
    named = colours()
    assert contrast(named[ink], named[ground]) >= TEXT


@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_borders_and_signs_can_be_seen(mark: str, ground: str):
    named = colours()
    assert contrast(named[mark], named[ground]) >= MARK


def test_every_colour_we_write_has_a_name():
    found = [
        f"{path.name}: {line.strip()}"
        for path in sorted(SCSS.glob("*.scss"))
        for line in path.read_text().splitlines()
        if re.search(r"#[0-9a-f]{3,8}\b", line) and not re.match(r"\s*(\$|--)[a-z-]+:", line)
    ]
    assert found == []


def test_a_rule_that_sets_both_colours_keeps_them_apart():
    named = colours()
    text = "".join((CSS / name).read_text() for name in ("app.css", "staff.css"))
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", text)
    both = [
        (selector, ink, ground)
        for selector, body in rules
        for ink in re.findall(r"(?<![-\w])color:var\(--([a-z-]+)\)", body)
        for ground in re.findall(r"background(?:-color)?:var\(--([a-z-]+)\)", body)
    ]
    assert both
    assert [each for each in both if contrast(named[each[1]], named[each[2]]) < TEXT] == []
