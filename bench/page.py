"""The measured half of docs/benchmarks.md: tables, and where and when they were measured."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table as RichTable

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"
MEASURED = "<!-- measured by make bench: what stands below is written anew -->"
LIBRARIES = ("numba", "numpy")


@dataclass(frozen=True, slots=True)
class Table:
    """Figures with a title; the first column is text. `note` says how to read them."""

    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def show(self, console: Console) -> None:
        """Print it."""
        shown = RichTable(title=self.title, caption=self.note, title_justify="left", caption_justify="left")
        for number, name in enumerate(self.columns):
            shown.add_column(name, justify="right" if number else "left")
        for row in self.rows:
            shown.add_row(*row)
        console.print(shown)

    def markdown(self) -> str:
        """Write it down."""
        head = [self.columns, ["---", *["--:"] * (len(self.columns) - 1)]]
        lines = ["| " + " | ".join(row) + " |" for row in [*head, *self.rows]]
        return "\n".join([f"## {self.title}", "", self.note, "", *lines, ""])


def write(path: Path, tables: Iterable[Table], versions: dict[str, str], now: datetime) -> None:
    """Replace what the last run wrote; what is written by hand above it stays."""
    by_hand = path.read_text(encoding="utf-8").partition(MEASURED)[0]
    parts = [by_hand + MEASURED + "\n", machine(versions, now), *(table.markdown() for table in tables)]
    path.write_text("\n".join(parts), encoding="utf-8")


def machine(versions: dict[str, str], now: datetime) -> str:
    """Where, when and with what: a line for people who compare."""
    libraries = {**versions, **{name: version(name) for name in LIBRARIES}}
    programs = " · ".join(f"{name} {number}" for name, number in libraries.items())
    return (
        f"Measured on {now.astimezone(UTC):%Y-%m-%d, %H:%M} UTC on {_processor()}, {os.cpu_count()} cores, "
        f"{platform.system()}, Python {platform.python_version()}. {programs}.\n"
    )


def _processor() -> str:
    known = Path("/proc/cpuinfo")
    if known.exists():
        for line in known.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
