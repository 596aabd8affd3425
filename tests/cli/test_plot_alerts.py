"""How rules for warnings are compared on what was noted, and the picture of it."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tools import alerts, plot_alerts
from tools.alerts import Noted
from transport.routing.planning.models import StopKind

LIMIT = 10_000
NOTED = (
    Noted(StopKind.PICKUP, LIMIT, LIMIT + 300, ((LIMIT - 1200, LIMIT - 200, LIMIT - 700), (LIMIT, LIMIT + 120, 0))),
    Noted(StopKind.PICKUP, LIMIT, LIMIT + 60, ((LIMIT - 300, LIMIT + 90, LIMIT - 700),)),
    Noted(StopKind.PICKUP, LIMIT, LIMIT - 60, ((LIMIT - 900, LIMIT - 500, LIMIT - 500),)),
)
"""One is late and was close to it early, one was said to be late and came in time, one was never in danger."""


def test_a_lower_chance_warns_earlier_and_lateness_that_never_came_is_in_vain():
    found = alerts.compared(NOTED, 2)
    assert (found["stops"], found["late"]) == (3, 1)
    assert found["chance"]["0.10"] == {"warned": 1, "in_time": 1, "share": 1.0, "in_vain": 0.5}
    assert found["chance"]["0.25"] == {"warned": 1, "in_time": 0, "share": 0.0, "in_vain": 0.5}
    assert found["margin"]["300"]["in_time"] == 1


def test_the_picture_names_both_rules_and_marks_what_is_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    both = alerts.compared(NOTED, 2)
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps({"pickup": both, "dropoff": both}), encoding="utf-8")
    assert plot_alerts.main([str(file)]) == 0
    picture = ET.fromstring(capsys.readouterr().out)  # noqa: S314 - made by ourselves
    space = "{http://www.w3.org/2000/svg}"
    words = {node.text for node in picture.iter(f"{space}text")}
    assert {each[3] for each in plot_alerts.LINES} <= words
    assert len(list(picture.iter(f"{space}circle"))) == 4


def test_without_a_file_it_says_what_it_needs(capsys: pytest.CaptureFixture[str]):
    assert plot_alerts.main([]) == 1
    assert "tools.alerts --json" in capsys.readouterr().err
