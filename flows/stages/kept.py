"""Arrays that one run keeps for the next: what followed from all documents together, under the hash of what it was made
of.  A file is named after that key and its own content, so that a damaged one is none."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from flows.tables import save


def digest(*told: bytes) -> str:
    """The hash of some things together."""
    return hashlib.blake2b(b"\0".join(told), digest_size=16).hexdigest()


def keep(array: NDArray[Any], folder: Path, name: str, key: str) -> None:
    """Keep an array for the next run, in place of the one that the last run kept under the name."""
    folder.mkdir(exist_ok=True)
    for old in folder.glob(f"{name}-*.npy"):
        old.unlink()
    save(array, folder / f"{name}-{key}-{digest(array.tobytes())}.npy")


def load(folder: Path, name: str, key: str, dtype: np.dtype[Any]) -> NDArray[Any] | None:
    """The array that was kept under a name and a key; None where there is none, or it is damaged."""
    for file in folder.glob(f"{name}-{key}-*.npy"):
        with suppress(OSError, ValueError, EOFError):
            array: NDArray[Any] = np.load(file)
            if array.dtype == dtype and file.stem == f"{name}-{key}-{digest(array.tobytes())}":
                return array
    return None
