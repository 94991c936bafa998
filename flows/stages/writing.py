"""Stage "write": clean texts, fates and verdicts -> the files of the output, all but ``run.json``.

Tables follow from the inputs, the verdicts and what people decided; where they stand already (see
:mod:`flows.stages.standing`) only the texts are looked at, each by itself.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from flows.outputs.commit import Commit
from flows.outputs.names import text_names
from flows.outputs.schema import TABLE
from flows.stages.clustering import Clustered
from flows.stages.comparing import Verdicts, verdicts_shelf
from flows.stages.documents import INPUTS
from flows.stages.job import Job, Progress
from flows.stages.picking import picked_up
from flows.stages.rendering import RenderedPart, Rendering, RenderingPairs, render_pairs, render_part
from flows.stages.standing import Standing, fingerprint
from flows.stages.texts import Placing, place_texts
from flows.store import written
from flows.tables import read_table, write_table
from flows.versions import code_version

PART_CHARS = 4 << 20
"""Characters (in and out) of the documents in a part; also what makes a row group of ``documents.parquet``."""

PART_ROWS = 4096

PAIRS_AT_ONCE = 4096
"""Pairs whose verdicts are read and written together."""

TABLES = ("documents.jsonl", "documents.parquet", "changes.jsonl", "rejected.jsonl", "pairs.jsonl", "clusters.jsonl")

RENDERING = ("flows.stages.rendering", "flows.stages.writing")
"""What makes the tables."""


@dataclass(frozen=True, slots=True)
class Written:
    """The output stands; what is left is to say so (:func:`~flows.stages.finishing.finish`).

    ``counts`` holds ``read`` (= ``canonical`` + ``duplicate`` + ``rejected``), ``clusters``, ``pairs`` and ``changes``;
    ``relations`` the pairs by relation, ``reasons`` the inputs that were set aside by reason; ``inputs`` says how they
    differ from those of the run before (:func:`~flows.stages.picking.picked_up`).
    """

    clustered: Clustered
    counts: dict[str, int]
    relations: dict[str, int]
    reasons: dict[str, int]
    inputs: dict[str, int]


def write_outputs(job: Job, given: Clustered, progress: Progress) -> Written:
    """Write every file that does not stand yet beside its place, then move them all."""
    cleaned = given.compared.candidates.cleaned
    progress("write", 0, cleaned.count, "documents")
    commit, standing = Commit(job.workspace), Standing.of(job.workspace)
    key = _made_of(job, given)
    told = None if job.options.fresh else standing.told("tables", key, job.output)
    target = job.workspace.folder("output")
    if fresh := told is None:
        told = _render(job, given, target, progress)
        for name in TABLES:
            commit.add(target / name, name)
        standing.record("tables", key, {name: target / name for name in TABLES}, told)
    names = _name_texts(job, given)
    texts = (name for name in read_table(names).column("name").to_pylist() if name)
    folder = job.workspace.folder("texts")
    commit.add_texts(texts, folder, _placed(job, given, names, folder, job.engine.map if fresh else map))
    inputs = picked_up(job.output, cleaned.documents().table)
    commit.carry_out()
    if not fresh:
        progress("write", cleaned.count, cleaned.count, "documents")
    counts, relations, reasons = told
    return Written(given, counts, relations, reasons, inputs)


def _made_of(job: Job, given: Clustered) -> str:
    """The hash of everything that the tables are made of."""
    cleaned = given.compared.candidates.cleaned
    inputs = job.workspace.run / "inputs.arrow"
    write_table(cleaned.documents().table.select(INPUTS.names), inputs)
    files = [inputs, given.fates, given.pairs, given.clusters, given.decisions]
    files += [cleaned.lines] if cleaned.lines else []
    return fingerprint(files, cleaned.shelf.name, code_version(*RENDERING), verdicts_shelf(job).folder.name)


def _render(job: Job, given: Clustered, target: Path, progress: Progress) -> list[dict[str, int]]:
    """Write every table; what :class:`Written` tells of them."""
    cleaned = given.compared.candidates.cleaned
    folder = job.workspace.folder("parts")
    work = (Rendering(start, stop, cleaned, given.fates, folder) for start, stop in _cut(given))
    parts: list[RenderedPart] = []
    count = 0
    for part in job.engine.map(render_part, work):
        parts.append(part)
        count += part.work.stop - part.work.start
        progress("write", count, cleaned.count, "documents")
    for kind in ("documents.jsonl", "changes.jsonl", "rejected.jsonl"):
        _join([part.work.file(kind) for part in parts], target / kind)
    _join_tables([part.work.file("documents.arrow") for part in parts], target / "documents.parquet")
    relations = _render_pairs(job, given, target / "pairs.jsonl")
    _join([given.clusters], target / "clusters.jsonl")
    return _counted(given, parts, relations)


def _render_pairs(job: Job, given: Clustered, target: Path) -> dict[str, int]:
    """Write every pair that is related or closer, or decided on; how many there are of each relation."""
    candidates = given.compared.candidates
    pairs = np.load(given.pairs)
    verdicts = Verdicts.of(job, candidates, pairs)
    saved = job.workspace.folder("verdicts")
    verdicts.save(saved)
    folder = job.workspace.folder("parts")
    work = [
        RenderingPairs(
            start,
            min(start + PAIRS_AT_ONCE, len(pairs)),
            candidates.cleaned,
            given.pairs,
            saved,
            verdicts.shelf.folder,
            given.decisions,
            folder / f"{start:09d}.pairs.jsonl",
        )
        for start in range(0, len(pairs), PAIRS_AT_ONCE)
    ]
    relations: Counter[str] = Counter()
    for found in job.engine.map(render_pairs, work):
        relations.update(found)
    _join([part.file for part in work], target)
    return dict(sorted(relations.items()))


def _name_texts(job: Job, given: Clustered) -> Path:
    """The name of each canonical document's text, by document number; null for duplicates."""
    documents = given.compared.candidates.cleaned.documents()
    canonical = read_table(given.fates).column("canonical").to_numpy()
    chosen = np.flatnonzero(canonical == np.arange(len(canonical)))
    ids = documents.table.column("id").take(pa.array(documents.rows[chosen])).to_pylist()
    found = text_names(zip(documents.paths(chosen), (each.hex() for each in ids), strict=True))
    names: NDArray[Any] = np.full(len(canonical), None, dtype=object)
    names[chosen] = found
    file = job.workspace.run / "names.arrow"
    write_table(pa.table({"name": pa.array(names, pa.string())}), file)
    return file


def _cut(given: Clustered) -> Iterator[tuple[int, int]]:
    """Runs of inputs of bounded length, which depend on nothing but the inputs."""
    candidates = given.compared.candidates
    documents = candidates.cleaned.documents()
    weights = np.zeros(len(documents.table), dtype=np.int64)
    weights[documents.rows] = np.load(candidates.columns / "chars.npy")
    start = size = 0
    for at, weight in enumerate(weights.tolist()):
        if at > start and (size + weight > PART_CHARS or at - start == PART_ROWS):
            yield start, at
            start, size = at, 0
        size += weight
    if start < len(weights):
        yield start, len(weights)


def _placed(
    job: Job, given: Clustered, names: Path, folder: Path, mapped: Callable[..., Iterable[Path]]
) -> Iterator[str]:
    """The names of texts that do not stand in the output yet, written below ``folder``.

    Where the tables stand, so will the texts: looking whether they do is ``mapped`` here, as no worker need start.
    """
    candidates = given.compared.candidates
    digests = candidates.columns / "digest.npy"
    count = len(candidates.cleaned.documents())
    work = (
        Placing(start, min(start + PART_ROWS, count), candidates.cleaned, digests, names, folder, job.output / "texts")
        for start in range(0, count, PART_ROWS)
    )
    for listed in mapped(place_texts, work):
        yield from json.loads(listed.read_bytes())


def _join(parts: Iterable[Path], target: Path) -> None:
    with written(target, durable=True) as handle:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, handle, 1 << 20)


def _join_tables(parts: list[Path], target: Path) -> None:
    with written(target, durable=True) as handle, pq.ParquetWriter(handle, TABLE, compression="zstd") as writer:
        for part in parts:
            writer.write_table(read_table(part))


def _counted(given: Clustered, parts: list[RenderedPart], relations: dict[str, int]) -> list[dict[str, int]]:
    statuses, reasons = Counter[str](), Counter[str]()
    for part in parts:
        statuses.update(part.statuses)
        reasons.update(part.reasons)
    counts = {
        "read": statuses.total(),
        **{name: statuses[name] for name in ("canonical", "duplicate", "rejected")},
        "clusters": given.count,
        "pairs": sum(relations.values()),
        "changes": sum(part.changes for part in parts),
    }
    return [counts, relations, dict(sorted(reasons.items()))]
