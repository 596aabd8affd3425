"""Time and quality against size, as a picture."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from tools import plot_scale


def run(rides: int, *points: tuple[float, int, float]) -> dict[str, Any]:
    curve = [{"seconds": seconds, "unserved": unserved, "cost": cost} for seconds, unserved, cost in points]
    return {"rides": rides, "curve": curve}


SMALL = run(100, (1, 20, 800), (2, 0, 950), (3, 0, 900))
LARGE = run(200, (2, 40, 1600), (4, 0, 1900), (6, 0, 1800))


def test_days_that_go_equally_well_lie_on_one_line():
    assert plot_scale.line(SMALL) == [(10, 100), (20, 95), (30, 90)]
    assert plot_scale.line(LARGE) == plot_scale.line(SMALL)


def test_what_a_goal_took_or_that_it_was_not_reached():
    assert plot_scale.reached(plot_scale.line(SMALL), 95) == 20
    assert plot_scale.reached(plot_scale.line(SMALL), 50) is None


def test_the_picture_is_one_that_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    files = []
    for each in (LARGE, SMALL, run(300, (1, 0, 500))):
        file = tmp_path / f"{each['rides']}.json"
        file.write_text(json.dumps(each), encoding="utf-8")
        files.append(str(file))
    assert plot_scale.main(files) == 0
    printed = capsys.readouterr()
    picture = ET.fromstring(printed.out)  # noqa: S314 - made by ourselves
    words = [node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert [word for word in words if word and "rides" in word] == ["100 rides", "200 rides", "300 rides"]
    assert "100 rides: 10 % less driving per ride: 30.0 ms per ride" in printed.err
    assert "300 rides: 10 % less driving per ride: not reached" in printed.err


def test_without_files_it_says_what_it_needs(capsys: pytest.CaptureFixture[str]):
    assert plot_scale.main([]) == 1
    assert "scale --json" in capsys.readouterr().err
