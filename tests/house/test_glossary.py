"""One word for one thing: what the code remembers and the states it knows stand in the glossary."""

import ast
import re
from pathlib import Path

from tests.house.code import HOME, ROOMS, classes, modules, where

ENGINE = "engine"
"""Mathematics with words of its own; it knows neither people nor promises."""

ROWS = {
    match["word"]: match[0]
    for match in re.finditer(
        r"^\| `(?P<word>[^`]+)` \|.*$",
        (HOME / "docs" / "glossary.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
}


def sources() -> list[Path]:
    return [path for path in modules(*ROOMS, "kernel") if ENGINE not in path.parts]


def values(kind: ast.ClassDef) -> list[str]:
    assigned = [node.value for node in kind.body if isinstance(node, ast.Assign)]
    return [str(value.value) for value in assigned if isinstance(value, ast.Constant)]


def test_every_table_is_in_the_glossary():
    tables = {kind.name: where(path, kind) for path in sources() for kind, is_a in classes(path) if "table" in is_a}
    assert tables
    assert {name: place for name, place in tables.items() if name not in ROWS} == {}


def test_every_kind_and_state_is_in_the_glossary_with_all_its_values():
    missing = []
    for path in sources():
        for kind, bases in classes(path):
            if "StrEnum" in bases:
                row = ROWS.get(kind.name, "")
                missing += [
                    f"{where(path, kind)}: {kind.name}.{word}" for word in values(kind) if f"`{word}`" not in row
                ]
    assert missing == []


def test_a_word_has_one_meaning():
    text = (HOME / "docs" / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert sorted(words) == sorted(set(words))
