"""Arrays that one run keeps for the next: what followed from all documents together, under the hash of what it was made
of.  A file is named after that key and its own content, so that a damaged one is none."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.store import written


def digest(*told: bytes) -> str:
    """The hash of some things together."""
    return hashlib.blake2b(b"\0".join(told), digest_size=16).hexdigest()


def keep(array: NDArray[Any], folder: Path, name: str, key: str) -> None:
    """Keep an array for the next run, in place of the one that the last run kept under the name.

    Nothing but its bytes is written: a header that was damaged could make its reader fail in any way.
    """
    folder.mkdir(exist_ok=True)
    for old in folder.glob(f"{name}-*"):
        old.unlink()
    content = array.tobytes()
    with written(folder / f"{name}-{key}-{digest(content)}") as handle:
        handle.write(content)


def load(folder: Path, name: str, key: str, dtype: np.dtype[Any]) -> NDArray[Any] | None:
    """The array that was kept under a name and a key; None where there is none, or it is damaged."""
    for file in folder.glob(f"{name}-{key}-*"):
        with suppress(OSError):
            array: NDArray[Any] = np.fromfile(file, dtype)
            if file.name == f"{name}-{key}-{digest(array.tobytes())}":
                return array
    return None
