"""Stage "candidates": clean texts -> the pairs that are worth comparing (see :mod:`flows.stages.joining`).

Which pairs those are follows from the texts in the order of their paths and from nothing else, so an unchanged folder's
pairs are kept from one run to the next, under the hash of both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners.duplicates.candidates import PAIR, CandidateOptions, Pairs, choose
from cleaners.duplicates.near import BANDS
from cleaners.duplicates.near import OPTIONS as NEAR
from flows.shelves import Shelf
from flows.stages import joining
from flows.stages.cleaning import Cleaned
from flows.stages.documents import Documents
from flows.stages.job import Job, Progress
from flows.stages.joining import Bucket, Range, Sketching, pair_bucket, pair_range, sketch_part, sketches_shelf
from flows.stages.kept import digest, keep, load
from flows.store import Workspace
from flows.tables import save
from flows.versions import code_version

SKETCHING = ("flows.stages.sketching",)
"""What makes a sketch of a text."""

JOINING = ("flows.stages.joining", "flows.stages.candidates")
"""What makes pairs of sketches."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs of document numbers: a file with a sorted array of :data:`~cleaners.duplicates.candidates.PAIR`.

    ``columns`` is a folder with one array a column over all documents: ``text_key``, ``digest`` and ``chars`` (those
    that came in and those that went out).
    """

    cleaned: Cleaned
    columns: Path
    pairs: Path
    count: int


def sketching_shelf(workspace: Workspace) -> Shelf:
    """The shelf of sketches by this version of the code."""
    return sketches_shelf(workspace.shelves / f"sketches-{code_version(*SKETCHING)}")


def pairs_folder(workspace: Workspace) -> Path:
    """Where the pairs of the last run are kept, under the version of the code."""
    return workspace.shelves / f"pairs-{code_version(*JOINING)}"


def find_candidates(job: Job, given: Cleaned, progress: Progress) -> Candidates:
    """Texts that share rare words -> the pairs to compare; copies of a text are paired with the first of them."""
    near = job.options.near_duplicates_only
    options = NEAR if near else job.options.duplicate_options().candidates
    documents = given.documents()
    target = job.workspace.folder("columns")
    keys = documents.light("text_key")
    save(keys, target / "text_key.npy")
    save(documents.light("digest"), target / "digest.npy")
    save(documents.light("chars_in") + documents.light("chars_out"), target / "chars.npy")
    folder, key = pairs_folder(job.workspace), digest(keys.tobytes(), f"{near} {options}".encode())
    pairs = None if job.options.fresh else load(folder, "pairs", key, PAIR)
    if pairs is None:
        pairs = _find(job, given, documents, options, progress)
        keep(pairs, folder, "pairs", key)
    else:
        progress("candidates", len(documents), len(documents), "documents")
    file = job.workspace.run / "candidates.npy"
    save(pairs, file)
    progress("candidates", len(pairs), len(pairs), "pairs")
    return Candidates(given, target, file, len(pairs))


def _find(job: Job, given: Cleaned, documents: Documents, options: CandidateOptions, progress: Progress) -> Pairs:
    folder = job.workspace.folder("sketches")
    parts = _sketch(job, given, len(documents), options, progress)
    columns = (np.load(folder / f"content-{part.first}.npy") for part in parts)
    content = np.concatenate([np.empty(0, dtype=np.uint64), *columns])
    if len(content) <= options.few:
        return choose(np.empty(0, PAIR), np.empty(0), content, options)
    save(content, folder / "content.npy")
    firsts, buckets = tuple(part.first for part in parts), parts[0].buckets
    part, reach = joining.sizes(len(content))
    filled = (Bucket(number, firsts, folder, options, reach) for number in range(buckets))
    for _ in job.engine.map(pair_bucket, filled):
        pass
    work = (
        Range(number, buckets, folder, options, part, joining.SCORED, job.options.near_duplicates_only)
        for number in range(-(-len(content) // reach))
    )
    pairs: list[NDArray[Any]] = [np.empty(0, PAIR)]
    scores: list[NDArray[Any]] = [np.empty(0)]
    for found, scored in job.engine.map(pair_range, work):
        pairs.append(np.load(found))
        scores.append(np.load(scored))
    return choose(np.concatenate(pairs), np.concatenate(scores), content, options)


def _sketch(job: Job, given: Cleaned, count: int, options: CandidateOptions, progress: Progress) -> list[Sketching]:
    """Write the sketches and keys of all documents."""
    folder = job.workspace.folder("sketches")
    shelf = sketching_shelf(job.workspace)
    if job.options.fresh:
        shelf.clear()
    known = job.workspace.folder("known") / shelf.folder.name
    shelf.catalogue().save(known)
    files, near = (given.table, given.catalogue, given.shelf), job.options.near_duplicates_only
    buckets = 1 + count * (BANDS if near else options.trees) // joining.BUCKET_ROWS
    size, _ = joining.sizes(count)
    work = [
        Sketching(first, min(first + size, count), files, shelf, known, folder, buckets, options, near)
        for first in range(0, count, size)
    ]
    done = 0
    for part in job.engine.map(sketch_part, work):
        done += part
        progress("candidates", done, count, "documents")
    return work
