"""What happened is a row, and whoever reacts to it reacts to something that can happen."""

import ast

from tests.house.code import HOUSE, modules, tree, where

JOBS = HOUSE / "jobs"


def constants(node: ast.AST) -> set[str]:
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return {value for value in found if isinstance(value, str)}


def reactions() -> set[str]:
    """The kinds of events in the table of reactions at the top of the house."""
    for node in ast.walk(tree(JOBS / "__init__.py")):
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "REACTIONS":
            assert isinstance(node.value, ast.Dict)
            return set().union(*(constants(key) for key in node.value.keys if key))
    raise AssertionError("there is no table REACTIONS in jobs")


def test_every_reaction_is_to_an_event_that_somebody_records():
    recorded = set().union(*(constants(tree(path)) for path in modules() if path.parent != JOBS))
    assert reactions() - recorded == set()


def test_an_event_is_never_changed_or_deleted():
    guilty = [
        where(path, node)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"update", "delete", "sqlalchemy.update", "sqlalchemy.delete"}
        and node.args
        and ast.unparse(node.args[0]) in {"Event", "events.Event"}
    ]
    assert guilty == []
