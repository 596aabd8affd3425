"""The service never says no without a sentence."""

import ast
import re
from pathlib import Path

from tests.house.code import HOUSE, calls, modules, tree, where

KINDS = {"NotFound", "Forbidden", "Invalid", "Conflict", "Exhausted"}
PAGES = tuple((HOUSE / "api" / "refusals" / f"{about}.py", "REFUSALS") for about in ("people", "rides", "days"))
TERMINAL = ((HOUSE / "cli" / "refusals.py", "SENTENCES"), (HOUSE / "cli" / "geo.py", "SENTENCES"))


def sentences(path: Path, name: str) -> dict[str, str]:
    """A table of sentences as it is written down, whether or not they are marked for the catalogues."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if ast.unparse(target) != name:
                continue
            keys = [ast.literal_eval(key) for key in node.value.keys if key]
            return dict(zip(keys, map(text_of, node.value.values), strict=True))
    raise AssertionError(f"there is no table {name} in {where(path)}")


def text_of(node: ast.expr) -> str:
    found = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
    return "".join(value for value in found if isinstance(value, str))


def raised() -> dict[str, str]:
    """Every code written down where a refusal is made, and one place that does."""
    return {
        str(call.args[0].value): where(path, call)
        for path in modules()
        for call, name in calls(path)
        if name.removeprefix("errors.") in KINDS and call.args and isinstance(call.args[0], ast.Constant)
    }


def test_every_refusal_has_a_sentence():
    codes = raised()
    known = set().union(*(sentences(*table) for table in (*PAGES, *TERMINAL)))
    assert codes
    assert {code: place for code, place in codes.items() if code not in known} == {}


def test_no_code_has_two_sentences():
    for tables in (PAGES, TERMINAL):
        codes = [code for table in tables for code in sentences(*table)]
        assert len(codes) == len(set(codes))


def test_a_sentence_reads_like_one():
    for table in (*PAGES, *TERMINAL):
        for code, text in sentences(*table).items():
            assert re.match(r"[A-Z{]", text), code


def test_a_text_is_marked_where_it_is_written():
    bare = [
        where(path, call)
        for path in modules("api")
        for call, name in calls(path)
        if name.endswith(("words.text", "words.plural")) and call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert bare == [], 'write words.text(_("…")): what is not marked is not collected'
