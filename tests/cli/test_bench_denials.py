"""A crowded day at the terminal: whatever is offered after a denial can be booked."""

import json

import pytest
from typer.testing import CliRunner

from transport.cli.bench import denials


@pytest.mark.slow
def test_everything_offered_after_a_denial_is_bookable_at_once(monkeypatch):
    monkeypatch.setattr(denials, "AROUND", ())
    result = CliRunner().invoke(denials.app, ("--orders", "140", "--count", "4", "--json"))
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["denied"] >= 4
    assert told["offered"] == told["bookable"] > 0
    assert told["all_bookable"] is True
    assert told["refused"] == {}
