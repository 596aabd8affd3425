"""The one door to numba: plain functions over arrays become machine code, kept on disk between runs.

The cache folder carries a digest of the engine's sources. numba itself looks only at the file that holds a
function, so after an update it would go on calling old copies of functions compiled in from other files.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

import numba  # type: ignore[import-untyped]  # numba ships no types

P = ParamSpec("P")
R = TypeVar("R")


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for source in sorted(folder.rglob("*.py")):
        found.update(source.read_bytes())
    return found.hexdigest()[:16]


_FOLDER = Path(__file__).parent
numba.config.CACHE_DIR = str(_FOLDER / "__pycache__" / f"kernels-{_digest(_FOLDER)}")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile on first call; it releases the interpreter while it runs and never reorders float arithmetic."""
    return cast("Callable[P, R]", numba.njit(cache=True, nogil=True, fastmath=False, no_cfunc_wrapper=True)(function))
