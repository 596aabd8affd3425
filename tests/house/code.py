"""The house as text: what the tests of the house read."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
HOUSE = HOME / "transport"
ROOMS = ("accounts", "routing", "booking", "operations")


def modules(*parts: str) -> list[Path]:
    """Python files of the named parts of the house; of all of it when none is named."""
    folders = [HOUSE / part for part in parts] if parts else [HOUSE]
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def where(path: Path, node: ast.AST | None = None) -> str:
    """`transport/kernel/db.py:12`, for a person to go to."""
    line = getattr(node, "lineno", None)
    return f"{path.relative_to(HOME)}" + (f":{line}" if line else "")


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Every call in a file with its dotted name, as written: `datetime.now`, `session.commit`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def classes(path: Path) -> Iterator[tuple[ast.ClassDef, set[str]]]:
    """Every class in a file with the names of its bases and the keywords set to True (`table`)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ClassDef):
            bases = {ast.unparse(base) for base in node.bases}
            switched_on = {
                word.arg
                for word in node.keywords
                if word.arg and isinstance(word.value, ast.Constant) and word.value.value is True
            }
            yield node, bases | switched_on


def tracked() -> list[Path]:
    """The files of the repository, as git knows them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=HOME, check=True, capture_output=True).stdout
    return [HOME / name for name in listed.decode().split("\0") if name and (HOME / name).is_file()]


def texts() -> Iterator[tuple[Path, str]]:
    """Those of them that are text."""
    for path in tracked():
        try:
            yield path, path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
