"""Where the manifests lie that were made in advance: files that can be read and printed when nothing else works.

A folder for each day; in it for each vehicle a PDF, and for the whole day one PDF and one table. Names of files are
numbers, never names of people. Beside each stands what it was made of and when somebody last made sure that it is as
it should be; a file that is as it should be is not made again.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

KEPT = timedelta(days=2)
"""After so many days the papers of a day are gone: they are full of names and doors."""
OLD = timedelta(minutes=15)
"""No paper is older than this while its day lasts."""
DAY, WHOLE = "den", "vse"
"""The names of what belongs to the whole day: its table, and the papers of all vehicles in one."""
ABANDONED = 600
"""Seconds after which whoever was making papers is thought to have died."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of one file: of what content and version it was made, and when and against which version it was
    last found to be as it should be.
    """

    name: str
    digest: str
    version: int
    made_at: datetime
    checked_at: datetime
    checked: int

    def current(self, version: int, now: datetime) -> bool:
        """Whether it can be handed out: it is as version `version` of the plan says, and was looked at lately."""
        return self.checked == version and now - self.checked_at <= OLD


class Shelf:
    """The papers of one day."""

    def __init__(self, folder: Path, day: date) -> None:
        self.folder = folder / day.isoformat()

    def papers(self) -> dict[str, Paper]:
        """What lies there, by name: the number of a shift, or DAY. What cannot be read does not lie there."""
        found = {}
        for file in sorted(self.folder.glob("*.json")):
            with suppress(OSError, ValueError, TypeError, KeyError):
                said = json.loads(file.read_text(encoding="utf-8"))
                moments = {name: datetime.fromisoformat(said[name]) for name in ("made_at", "checked_at")}
                found[file.stem] = Paper(**{**said, **moments})
        return found

    def put(self, paper: Paper, **contents: bytes) -> None:
        """Lay a paper down: its contents by kind of file first, then what is known of it; nobody sees half a file."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for kind, content in contents.items():
            self._write(f"{paper.name}.{kind}", content)
        known = asdict(paper) | {"made_at": paper.made_at.isoformat(), "checked_at": paper.checked_at.isoformat()}
        self._write(f"{paper.name}.json", json.dumps(known).encode())

    def read(self, name: str, kind: str) -> bytes | None:
        """The content of a file; None if it does not lie there."""
        try:
            return (self.folder / f"{name}.{kind}").read_bytes()
        except OSError:
            return None

    def remove(self, name: str) -> None:
        """Take everything of this name away."""
        for file in self.folder.glob(f"{name}.*"):
            file.unlink(missing_ok=True)

    def ask(self) -> None:
        """Somebody wants the papers to be looked at now."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / "asked").touch()

    @property
    def asked(self) -> bool:
        """Whether somebody waits for that."""
        return (self.folder / "asked").exists()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else on this machine is making papers of the day; whoever begins has been asked by all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = self.folder / "lock"
        with suppress(OSError):
            if time.time() - lock.stat().st_mtime > ABANDONED:
                lock.unlink(missing_ok=True)
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            yield False
            return
        try:
            (self.folder / "asked").unlink(missing_ok=True)
            yield True
        finally:
            lock.unlink(missing_ok=True)

    def _write(self, name: str, content: bytes) -> None:
        half = self.folder / f".{name}.{os.getpid()}"
        half.write_bytes(content)
        half.replace(self.folder / name)


def forget(folder: Path, today: date) -> int:
    """Delete what is older than KEPT; says how many days."""
    gone = 0
    for each in folder.glob("*-*-*"):
        with suppress(ValueError):
            if date.fromisoformat(each.name) < today - KEPT:
                shutil.rmtree(each, ignore_errors=True)
                gone += 1
    return gone
