"""The one door to numba: plain functions over arrays become machine code, kept on disk between runs.

The cache folder carries a digest of the sources that hold such functions or their arrays. numba itself looks only
at the file of one function, so after an update it would go on calling old copies compiled in from other files.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import config

P = ParamSpec("P")
R = TypeVar("R")


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for source in sorted(folder.rglob("*.py")):
        text = source.read_bytes()
        if b"compiled" in text or source.stem == "network":
            found.update(text)
    return found.hexdigest()[:16]


_FOLDER = Path(__file__).parent
# short loops over one run gain nothing from vectors, but take long to compile
config.LOOP_VECTORIZE = 0  # type: ignore[attr-defined]
config.SLP_VECTORIZE = 0  # type: ignore[attr-defined]
config.CACHE_DIR = str(_FOLDER / "__pycache__" / f"kernels-{_digest(_FOLDER)}")  # type: ignore[attr-defined]  # made at run time


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first call; it releases the interpreter while it runs and never reorders float arithmetic.

    It must not make arrays, nor may what it calls. Then numba need not count references to them, which would cost
    more than all arithmetic, and stall threads that read the same arrays.
    """
    return _compile(function, everywhere=False)


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """The same, and a copy of it in everything compiled that calls it.

    A call hands over every array of every tuple, which takes longer than what an inner function does with them.
    """
    return _compile(function, everywhere=True)


def _compile(function: Callable[P, R], *, everywhere: bool) -> Callable[P, R]:
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
    return cast("Callable[P, R]", numba.njit(**options, forceinline=everywhere)(function))
