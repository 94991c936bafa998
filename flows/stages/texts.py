"""A map of the stage "write": canonical documents -> those of their texts that do not stand in the output yet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from flows.stages.cleaning import Cleaned
from flows.stages.outcomes import text_digest
from flows.store import written
from flows.tables import read_table


@dataclass(frozen=True, slots=True)
class Placing:
    """Work: the texts of documents ``start`` to ``stop``, by the names and digests in two files, into ``folder``."""

    start: int
    stop: int
    cleaned: Cleaned
    digests: Path
    names: Path
    folder: Path
    texts: Path


def place_texts(work: Placing) -> Path:
    """Write the texts whose files in the output do not hold them, and a list of these with the names they go by."""
    names = read_table(work.names).column("name").slice(work.start, work.stop - work.start).to_pylist()
    digests = np.load(work.digests, mmap_mode="r")[work.start : work.stop].tobytes()
    new = [
        at
        for at, name in enumerate(names)
        if name is not None and not _holds(work.texts / name, digests[16 * at : 16 * at + 16])
    ]
    texts = work.cleaned.documents().texts(work.start + np.array(new, dtype=np.int64), ["text"]).column("text")
    moves = []
    for at, text in zip(new, texts, strict=True):
        file = work.folder / f"{work.start + at:09d}.txt"
        file.write_bytes(text.as_py().encode())  # the run's own folder: nobody sees it before it is moved
        moves.append((file.name, names[at]))
    listed = work.folder / f"{work.start:09d}.moves"
    with written(listed) as handle:
        handle.write(json.dumps(moves).encode())
    return listed


def _holds(file: Path, digest: bytes) -> bool:
    """Whether a file holds the text of a digest, so that it need not be written again."""
    try:
        return not file.is_symlink() and text_digest(file.read_bytes()) == digest
    except OSError:
        return False
