"""Part of the stage "cluster": what people decided, carried over from contents to the documents of this run.

A decision is on two texts.  It holds for every document that has one of them, however its file is called; where both
documents of a decision have the same clean text, it is on those two alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaners.duplicates.clusters import ClusterOptions, Decision
from flows.decisions import Answer
from flows.stages.candidates import Candidates
from flows.stages.documents import Documents
from flows.stages.job import Job
from flows.store import written

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Decided:
    """The decisions that concern documents of this run: by pair of document numbers, left before right.

    ``answers`` counts the decisions that stand in the file, ``honoured`` those whose two documents are both here.
    """

    pairs: Mapping[tuple[int, int], Answer]
    answers: int
    honoured: int

    @property
    def numbers(self) -> Numbers:
        """The documents concerned."""
        return np.unique(np.array([number for pair in self.pairs for number in pair], dtype=np.int64))

    def options(self, options: ClusterOptions, documents: Documents) -> ClusterOptions:
        """The way to cluster, with what was decided."""
        lefts, rights = ([pair[side] for pair in self.pairs] for side in (0, 1))
        paths = zip(*(documents.paths(np.array(side, dtype=np.int64)) for side in (lefts, rights)), strict=True)
        decisions, chosen = [], set()
        for (left, right), answer in zip(paths, self.pairs.values(), strict=True):
            decisions.append(Decision(left, right, answer.folds))
            if answer.what in ("keep-left", "keep-right"):
                chosen.add(left if answer.what == "keep-left" else right)
        return replace(options, decisions=tuple(decisions), chosen=frozenset(chosen))

    def save(self, file: Path) -> None:
        """Write the pairs down for the stages to come."""
        with written(file) as handle:
            for (left, right), answer in self.pairs.items():
                handle.write(f"{json.dumps([left, right, asdict(answer)])}\n".encode())


def load_decided(file: Path) -> dict[tuple[int, int], Answer]:
    """The pairs that :meth:`Decided.save` wrote down."""
    lines = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return {(left, right): Answer(**told) for left, right, told in lines}


def decided(job: Job, candidates: Candidates, documents: Documents) -> Decided:
    """What of the decisions concerns the documents of this run."""
    standing = job.decisions.standing()
    known = _by_id(documents, {each for answer in standing for each in (answer.left, answer.right)})
    digests = np.load(candidates.columns / "digest.npy")
    copies = _by_digest(digests, np.array(sorted({n for found in known.values() for n in found}), dtype=np.int64))
    pairs: dict[tuple[int, int], Answer] = {}
    honoured = 0
    for answer in standing:
        lefts, rights = known.get(answer.left, []), known.get(answer.right, [])
        if not lefts or not rights:
            continue
        honoured += 1
        if digests[lefts[0]] != digests[rights[0]]:
            lefts, rights = copies[bytes(digests[lefts[0]])], copies[bytes(digests[rights[0]])]
        for left in lefts:
            for right in rights:
                pairs[min(left, right), max(left, right)] = answer if left < right else answer.mirrored()
    return Decided(dict(sorted(pairs.items())), len(standing), honoured)


def _by_id(documents: Documents, ids: set[str]) -> dict[str, list[int]]:
    """The numbers of the documents with these ids."""
    column = documents.table.column("id")
    wanted = pa.array([bytes.fromhex(each) for each in sorted(ids)], column.type)
    rows = np.flatnonzero(pc.is_in(column, value_set=wanted).to_numpy())
    rows = rows[np.isin(rows, documents.rows)]
    found: dict[str, list[int]] = {}
    names = column.take(pa.array(rows)).to_pylist()
    for name, number in zip(names, np.searchsorted(documents.rows, rows).tolist(), strict=True):
        found.setdefault(name.hex(), []).append(number)
    return found


def _by_digest(digests: NDArray[np.bytes_], numbers: Numbers) -> dict[bytes, list[int]]:
    """All documents with the text of one of ``numbers``, by the digest of that text."""
    found: dict[bytes, list[int]] = {}
    for number in np.flatnonzero(np.isin(digests, digests[numbers])).tolist():
        found.setdefault(bytes(digests[number]), []).append(number)
    return found
