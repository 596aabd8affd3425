"""One chain of steps leads to the shape that the models describe, up and down, on both databases."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from transport.kernel import db
from transport.migrations import chain

VERSIONS = Path(chain.FOLDER) / "versions"


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = db.connect(empty_database_url)
    yield engine
    engine.dispose()


def tables(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(inspect(connection).get_table_names()) - {"alembic_version"}


def test_the_steps_lead_to_what_the_models_describe(empty: Engine):
    chain.upgrade(empty)
    assert tables(empty)
    assert chain.differences(empty) == []
    assert chain.is_current(empty)


def test_the_way_down_leaves_nothing_and_the_way_up_can_be_walked_again(empty: Engine):
    chain.upgrade(empty)
    first = tables(empty)
    chain.downgrade(empty, to="base")
    assert tables(empty) == set()
    assert not chain.is_current(empty)
    chain.upgrade(empty)
    assert tables(empty) == first


def test_the_keys_are_guarded_again_after_a_step(empty: Engine):
    chain.upgrade(empty)
    if empty.dialect.name == "sqlite":
        with empty.connect() as connection:
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_the_chain_has_one_end_and_numbered_steps():
    script = ScriptDirectory(str(chain.FOLDER))
    assert len(script.get_heads()) == 1
    names = sorted(path.name for path in VERSIONS.glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04d}" for number in range(1, len(names) + 1)]
    for name in names:
        assert re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name), f"name the step by its purpose: {name}"


def test_the_steps_need_no_code_of_the_house():
    for path in VERSIONS.glob("*.py"):
        assert "import transport" not in path.read_text(encoding="utf-8"), path.name
        assert "from transport" not in path.read_text(encoding="utf-8"), path.name


def test_what_was_recorded_before_rules_of_real_life_is_kept(empty: Engine):
    chain.upgrade(empty, to="0001")
    with empty.begin() as connection:
        connection.execute(
            text(
                'INSERT INTO "user" (id, login, name, role, password_hash, language, active, created_at) '
                "VALUES (1, 'cyril', 'Cyril', 'representative', '*', 'cs', TRUE, '2026-01-05 00:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO client (id, code, first_name, last_name, search_name, born, phone, email, language, "
                "municipality, active, registered_at) VALUES (1, 'K1', 'Anna', 'Vozková', 'anna vozkova', "
                "'1950-05-17', '', '', 'cs', 'Plzeň', TRUE, '2026-01-05 00:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO mandate (id, client_id, user_id, kind, see, book, manage, pay, valid_from) "
                "VALUES (1, 1, 1, 'guardian', TRUE, TRUE, FALSE, FALSE, '2026-01-05')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO eligibility (id, client_id, ground, valid_from, verified) "
                "VALUES (1, 1, 'ZTP', '2026-01-05', TRUE)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO event "
                "(id, occurred_at, recorded_at, actor, kind, schema, subject_type, subject_id, facts) "
                "VALUES (7, '2026-01-05 00:00:00', '2026-01-05 00:00:00', 'system', 'ride_confirmed', 1, 'ride', '1', "
                "'{}')"
            )
        )
    chain.upgrade(empty)
    with empty.connect() as connection:
        scope = connection.execute(text("SELECT scope FROM mandate")).scalar_one()
        recorded = connection.execute(text("SELECT recorded_on FROM eligibility")).scalar_one()
        sound = connection.execute(text("SELECT sounds_like FROM client")).scalar_one()
        told = connection.execute(text("SELECT event_id, reaction FROM event_handled")).all()
    assert set(scope.split()) == {"see", "prepare", "book", "cancel"}
    assert str(recorded) == "2026-01-05"
    assert sound == "ana vozkova"
    assert [tuple(each) for each in told] == [(7, "tell")], "nobody is told of what is long past"
    chain.downgrade(empty, to="0001")
    with empty.connect() as connection:
        assert [bool(each) for each in connection.execute(text("SELECT see, book, manage FROM mandate")).one()] == [
            True,
            True,
            False,
        ]
