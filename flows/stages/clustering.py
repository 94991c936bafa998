"""Stage "cluster": verdicts -> clusters, and for every document its canonical one.

The choice itself is :func:`cleaners.duplicates.clusters.cluster`; here its inputs are fetched.  Only documents that
some verdict folds are looked at, and never their texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaners.documents import FOLDED, Cluster, Pair, Relation, Verdict
from cleaners.duplicates.candidates import PAIR, Pairs, merge_pairs
from cleaners.duplicates.clusters import cluster, missing_comparisons
from cleaners.duplicates.standing import Standing
from flows.decisions import Answer
from flows.outputs.rows import cluster_row
from flows.stages.candidates import Candidates
from flows.stages.comparing import Compared, Verdicts, compare_pairs
from flows.stages.deciding import decided
from flows.stages.documents import Documents
from flows.stages.job import Job, Progress
from flows.store import written
from flows.tables import save, write_table

Ends = tuple[int, int]
"""The numbers of two documents, the smaller first."""

ROUNDS = 3
"""Rounds of missing comparisons, as in :func:`~cleaners.duplicates.find.find_duplicates`."""

FATES = pa.schema([("canonical", pa.int64()), ("relation", pa.string()), ("cluster", pa.string())])
"""A row for every document: the number of its canonical document, its relation to that one, its cluster."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """What became of the documents (:data:`FATES`), all compared pairs (array, sorted), the rows of the clusters.

    ``decisions`` is a file with what people decided on pairs of them (:mod:`flows.stages.deciding`): of ``answers``
    decisions that stand, ``honoured`` concern two documents of this run.
    """

    compared: Compared
    fates: Path
    pairs: Path
    clusters: Path
    decisions: Path
    count: int
    fresh: int
    answers: int
    honoured: int


def cluster_documents(job: Job, given: Compared, progress: Progress) -> Clustered:
    """Cluster the documents; every member's pair with its canonical document is among the pairs afterwards."""
    candidates = given.candidates
    documents = candidates.cleaned.documents()
    pairs, fresh = np.load(given.pairs), given.fresh
    said = decided(job, candidates, documents)
    options = said.options(job.options.duplicate_options().clusters, documents)
    for turn in range(ROUNDS + 1):
        standings, verdicts = _folded(job, candidates, documents, pairs, said.numbers)
        missing = missing_comparisons(standings, verdicts, options)
        if not missing or turn == ROUNDS:
            break
        more = _numbered(missing, documents)
        fresh += compare_pairs(job, candidates, more)
        pairs = merge_pairs([pairs, more])
    clusters = cluster(standings, verdicts, options)
    own = _numbered([_ordered(c.canonical, m) for c in clusters for m in c.members if m != c.canonical], documents)
    own = merge_pairs([own, np.array(list(said.pairs), dtype=PAIR)])
    fresh += compare_pairs(job, candidates, own)
    pairs = merge_pairs([pairs, own])
    progress("cluster", len(clusters), len(clusters), "clusters")
    rows = job.workspace.run / "clusters.jsonl"
    with written(rows) as handle:
        handle.writelines(map(cluster_row, clusters))
    table = job.workspace.run / "pairs.npy"
    save(pairs, table)
    answers = job.workspace.run / "decisions.jsonl"
    said.save(answers)
    fates = _record_fates(job, candidates, documents, clusters, said.pairs)
    return Clustered(given, fates, table, rows, answers, len(clusters), fresh, said.answers, said.honoured)


def _folded(
    job: Job, candidates: Candidates, documents: Documents, pairs: Pairs, more: NDArray[np.int64]
) -> tuple[list[Standing], list[Pair]]:
    """The documents that some verdict folds or that are copies, ``more`` of them, and every verdict among them all."""
    verdicts = Verdicts.of(job, candidates, pairs)
    table = verdicts.take(np.arange(len(pairs)), ["relation", "score", "direction"])
    folds = pc.is_in(table.column("relation"), value_set=pa.array(sorted(FOLDED))).to_numpy()
    copies = _repeated(np.load(candidates.columns / "digest.npy"))
    numbers = np.unique(np.concatenate((pairs["left"][folds], pairs["right"][folds], copies, more)))
    among = np.isin(pairs["left"], numbers) & np.isin(pairs["right"], numbers)
    standings = _standings(documents, numbers)
    path_of = dict(zip(numbers.tolist(), (each.path for each in standings), strict=True))
    rows = table.filter(pa.array(among)).to_pylist()
    found = [
        Pair(path_of[left], path_of[right], Verdict(row["relation"], row["score"], direction=row["direction"]))
        for (left, right), row in zip(pairs[among].tolist(), rows, strict=True)
    ]
    return standings, found


def _repeated(digests: NDArray[np.bytes_]) -> NDArray[np.uint32]:
    """The documents whose text stands more than once."""
    _, group, counts = np.unique(digests, return_inverse=True, return_counts=True)
    return np.flatnonzero(counts[group] > 1).astype(np.uint32)


def _standings(documents: Documents, numbers: NDArray[np.integer]) -> list[Standing]:
    table = documents.texts(numbers, ["digest", "size", "published", "publisher", "removed"])
    ids = documents.table.column("id").take(pa.array(documents.rows[numbers])).to_pylist()
    return [
        Standing(path, row["digest"].hex(), row["size"], own.hex(), row["published"], row["publisher"], row["removed"])
        for path, own, row in zip(documents.paths(numbers), ids, table.to_pylist(), strict=True)
    ]


def _numbered(pairs: Sequence[tuple[str, str]], documents: Documents) -> Pairs:
    """Pairs of paths (left < right) as sorted pairs of numbers."""
    flat = pa.array([path for pair in pairs for path in pair], pa.string())
    rows = pc.index_in(flat, value_set=documents.table.column("path").combine_chunks()).to_numpy().astype(np.int64)
    numbers = np.searchsorted(documents.rows, rows).astype(np.uint32).reshape(-1, 2)
    found = np.empty(len(numbers), dtype=PAIR)
    found["left"], found["right"] = numbers[:, 0], numbers[:, 1]
    return merge_pairs([found])


def _ordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _record_fates(
    job: Job, candidates: Candidates, documents: Documents, clusters: list[Cluster], said: Mapping[Ends, Answer]
) -> Path:
    """Write down what became of every document."""
    canonical = np.arange(len(documents), dtype=np.int64)
    members = [(c.canonical, m, c.cluster) for c in clusters for m in c.members]
    flat = pa.array([path for head, member, _ in members for path in (head, member)], pa.string())
    rows = pc.index_in(flat, value_set=documents.table.column("path").combine_chunks()).to_numpy().astype(np.int64)
    heads, tails = np.searchsorted(documents.rows, rows).reshape(-1, 2).T
    canonical[tails] = heads
    cluster_ids: list[str | None] = [None] * len(documents)
    for tail, (_, _, name) in zip(tails.tolist(), members, strict=True):
        cluster_ids[tail] = name
    relations = _relations(job, candidates, heads, tails, len(documents))
    for head, tail in zip(heads.tolist(), tails.tolist(), strict=True):
        if answer := said.get((min(head, tail), max(head, tail))):
            relations[tail] = answer.relation(cast(Relation, relations[tail]))
    fates = job.workspace.run / "fates.arrow"
    columns = [pa.array(canonical), pa.array(relations, pa.string()), pa.array(cluster_ids, pa.string())]
    write_table(pa.Table.from_arrays(columns, schema=FATES), fates)
    return fates


def _relations(
    job: Job, candidates: Candidates, heads: NDArray[np.int64], tails: NDArray[np.int64], count: int
) -> list[str | None]:
    """The relation of each member to its canonical document, by document number."""
    found: list[str | None] = [None] * count
    apart = heads != tails
    pairs = np.empty(int(apart.sum()), dtype=PAIR)
    pairs["left"] = np.minimum(heads, tails)[apart]
    pairs["right"] = np.maximum(heads, tails)[apart]
    verdicts = Verdicts.of(job, candidates, pairs).take(np.arange(len(pairs)), ["relation"])
    for tail, relation in zip(tails[apart].tolist(), verdicts.column("relation").to_pylist(), strict=True):
        found[tail] = relation
    return found
