"""From `service.toml` to policies, with every fault named by file, line, policy and key."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from transport.kernel.policy.versions import Policies


class PolicyError(ValueError):
    """`service.toml` cannot be used; the text names the file, the line if known, and each key at fault."""


def load(path: Path) -> Policies:
    """Read and check the rules. Raises `PolicyError` listing every fault, one per line."""
    try:
        text = path.read_text(encoding="utf-8")
        raw = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PolicyError(f"{path.name}: {error}") from error
    try:
        return Policies.model_validate(raw)
    except ValidationError as error:
        faults = [_fault(path.name, text, raw, each["loc"], each["msg"]) for each in error.errors()]
        raise PolicyError("\n".join(faults)) from error


def _fault(file: str, text: str, raw: dict[str, Any], where: Sequence[str | int], message: str) -> str:
    keys = [str(part) for part in where if not isinstance(part, int)]
    indexes = [part for part in where if isinstance(part, int)]
    subject = ""
    if keys[:1] == ["policy"] and indexes:
        entry = raw["policy"][indexes[0]]
        name = entry.get("id", indexes[0] + 1) if isinstance(entry, dict) else indexes[0] + 1
        subject = f'policy "{name}": '
        keys = keys[1:]
        line = _line(text, "policy", indexes[0], keys)
    else:
        line = _line(text, "", 0, keys)
    place = f"{file}:{line}" if line else file
    return f"{place}: {subject}{'.'.join(keys)}{': ' if keys else ''}{message.removeprefix('Value error, ')}"


def _line(text: str, array: str, nth: int, keys: Sequence[str]) -> int | None:
    """Line on which the key, or else its nearest table, is written; None when it cannot be told."""
    table: list[str] = []
    seen, found = -1, None
    for number, raw_line in enumerate(text.splitlines(), 1):
        line = raw_line.strip()
        if line.startswith("[["):
            seen += 1
            table = []
        elif line.startswith("["):
            table = line.split("]")[0].strip("[ ").split(".")
            table = table[1:] if array and table[:1] == [array] else table
        if array and seen != nth:
            continue
        if line.startswith("["):
            if table and table == list(keys[: len(table)]):
                found = number
        elif [*table, line.split("=")[0].strip()] == list(keys[: len(table) + 1]) and "=" in line:
            found = number
    return found
