"""`transport user`: adding, listing and shutting out users from a terminal."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from transport.cli import user

ADD = ["add", "dana", "--name", "Dana Dispečerová", "--role", "dispatcher"]
PASSWORD = "correct horse\ncorrect horse\n"


@pytest.fixture(autouse=True)
def here(database: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSPORT_DATABASE_URL", database_url)


def run(*arguments: str, typed: str = "") -> Any:
    result = CliRunner().invoke(user.app, arguments, input=typed)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout[result.stdout.index("[") :]) if "--json" in arguments else result.stdout


def test_a_user_is_added_with_a_password_that_is_asked_for() -> None:
    (added,) = run(*ADD, "--json", typed=PASSWORD)
    assert added == {
        "id": added["id"],
        "login": "dana",
        "name": "Dana Dispečerová",
        "role": "dispatcher",
        "active": True,
        "language": "cs",
    }
    assert run("list", "--json") == [added]


def test_a_person_gets_a_table() -> None:
    run(*ADD, typed=PASSWORD)
    assert "dispatcher" in run("list")


def test_a_user_is_shut_out_and_gets_a_new_password() -> None:
    run(*ADD, typed=PASSWORD)
    assert run("password", "dana", "--json", typed="battery staple\nbattery staple\n")[0]["active"]
    assert not run("disable", "dana", "--json")[0]["active"]
    assert run("enable", "dana", "--json")[0]["active"]
    assert run("role", "dana", "operator", "--json")[0]["role"] == "operator"


@pytest.mark.parametrize(
    ("arguments", "typed", "sentence", "exit_code"),
    [
        (ADD, PASSWORD, "This log-in name is taken.", 5),
        (["disable", "emil"], "", "There is no such user.", 3),
        (["password", "dana"], "short\nshort\n", "The password needs at least 8 characters.", 2),
    ],
)
def test_a_refusal_is_one_line_and_an_exit_code(
    arguments: list[str], typed: str, sentence: str, exit_code: int
) -> None:
    run(*ADD, typed=PASSWORD)
    result = CliRunner().invoke(user.app, arguments, input=typed)
    assert result.exit_code == exit_code
    assert result.stderr.splitlines()[-1] == sentence
