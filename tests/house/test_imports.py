"""Imports go down the stairs, and each contract really notices when they do not."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.code import HOME, HOUSE

CONTRACTS = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]

VIOLATIONS = {
    "house": {"kernel/values.py": "import transport.accounts"},
    "operations": {"operations/parking/__init__.py": "'''A room that nobody planned.'''"},
    "booking": {"booking/contracts/__init__.py": "import transport.booking.rides"},
    "routing": {"routing/fleet/__init__.py": "import transport.routing.planning"},
    "circles": {
        "accounts/hen.py": "import transport.accounts.egg",
        "accounts/egg.py": "import transport.accounts.hen",
    },
    "pure": {"kernel/values.py": "import sqlalchemy"},
    "web": {"kernel/clock.py": "import fastapi"},
    "tables": {"api/planted.py": "import transport.booking.rides.models"},
    "ortools": {"kernel/values.py": "import ortools"},
}
"""For each contract the smallest thing that breaks it: what is added to which file."""


def lint(folder: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
    ]
    options = ["--config", "pyproject.toml", "--no-cache"]
    options += [word for contract in contracts for word in ("--contract", contract)]
    return subprocess.run([*command, *options], cwd=folder, check=False, capture_output=True, text=True)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    shutil.copytree(HOUSE, folder / "transport", ignore=lambda _, names: [n for n in names if n == "__pycache__"])
    shutil.copy(HOME / "pyproject.toml", folder)
    return folder


def test_every_contract_is_put_to_the_proof():
    assert {contract["id"] for contract in CONTRACTS} == set(VIOLATIONS)


def test_every_contract_is_kept(copy: Path):
    kept = lint(copy, *VIOLATIONS)
    assert kept.returncode == 0, kept.stdout + kept.stderr


@pytest.mark.slow
@pytest.mark.parametrize("contract", VIOLATIONS)
def test_the_contract_notices_when_it_is_broken(copy: Path, contract: str):
    before = {}
    for name, planted in VIOLATIONS[contract].items():
        path = copy / "transport" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        before[path] = path.read_text(encoding="utf-8") if path.exists() else None
        path.write_text(f"{before[path] or ''}\n{planted}\n", encoding="utf-8")
    try:
        broken = lint(copy, contract)
    finally:
        for path, text in before.items():
            if text is None:
                path.unlink()
            else:
                path.write_text(text, encoding="utf-8")
        shutil.rmtree(copy / "transport" / "operations" / "parking", ignore_errors=True)
    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert "BROKEN" in broken.stdout
