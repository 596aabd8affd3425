"""What happened is a row, and whoever reacts to it reacts to something that can happen."""

import ast

from tests.house.code import HOUSE, ROOMS, modules, tree, where


def constants(node: ast.AST) -> set[str]:
    return {found.value for found in ast.walk(node) if isinstance(found, ast.Constant) and isinstance(found.value, str)}


def reactions() -> set[str]:
    """The kinds of events in the table of reactions at the top of the house."""
    for node in ast.walk(tree(HOUSE / "jobs.py")):
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and target.id == "REACTIONS" and isinstance(node.value, ast.Dict):
            return set().union(*(constants(key) for key in node.value.keys if key))
    raise AssertionError("there is no table REACTIONS in jobs.py")


def test_every_reaction_is_to_an_event_that_some_room_records():
    recorded = set().union(*(constants(tree(path)) for path in modules(*ROOMS, "kernel")))
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
