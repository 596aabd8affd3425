"""How a long import tells the person waiting how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Called now and then while an import works."""

    def __call__(self, step: str, done: int, total: int | None = None) -> None:
        """`done` of `total` (None: unknown) units of the step are finished."""


def silent(step: str, done: int, total: int | None = None) -> None:
    """Tell nobody."""
