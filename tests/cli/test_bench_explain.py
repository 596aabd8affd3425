"""A day too full at the terminal: everybody left out is listed, with changes that are proven."""

import json

from typer.testing import CliRunner

from transport.cli.bench.explain import app, too_full
from transport.routing import engine


def test_everybody_left_out_is_explained_and_every_change_is_proven():
    words = ("--rides", "100", "--vehicles", "4", "--seconds", "0.5", "--seed", "1", "--json")
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["left_out"] == len(told["wishes"]) > 0
    assert told["with_a_change"] == sum(bool(wish["changes"]) for wish in told["wishes"]) > 0
    assert told["accepted"] is True
    wishes = {wish.id: wish for wish in too_full(100, 4, 1).requests}
    later = [(wish["wish"], each) for wish in told["wishes"] for each in wish["changes"] if each["kind"] == "later"]
    for name, change in later:
        assert change["window"] == [time + change["amount"] for time in wishes[name].pickup_window]
    assert later


def test_the_table_says_in_words_what_would_make_room():
    result = CliRunner().invoke(app, ("--rides", "100", "--vehicles", "4", "--seconds", "0.5", "--seed", "1"))
    assert result.exit_code == 0, result.output
    assert "no_room" in result.output
    assert "vehicle: duty" in result.output
    assert "accepted: True" in result.output


def test_a_day_too_full_has_vehicles_of_all_models():
    day = too_full(60, 4, 0)
    assert len({duty.layouts for duty in day.duties}) == 4
    assert any("second person" in wish.features for wish in day.requests)
    assert engine.Inserter(day, engine.Plan()).insert(day.requests[0])
