"""Stage "write": clean texts, fates and verdicts -> the files of the output, all but ``run.json``."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cleaners.duplicates.compare import compare_profiles
from cleaners.duplicates.shingles import profile
from flows.decisions import Answer
from flows.outputs.commit import Commit, stands
from flows.outputs.names import text_names
from flows.outputs.rows import row, spell, verdict_row
from flows.stages.cleaning import Cleaned
from flows.stages.clustering import Clustered
from flows.stages.comparing import Verdicts
from flows.stages.deciding import load_decided
from flows.stages.documents import Documents
from flows.stages.job import Job, Progress
from flows.store import written
from flows.tables import read_table, write_table

PART_CHARS = 4 << 20
"""Characters (in and out) of the documents in a part; also what makes a row group of ``documents.parquet``."""

PART_ROWS = 4096

PAIRS_AT_ONCE = 4096
"""Pairs whose verdicts are read and written together."""

TABLE = pa.schema(
    [
        ("path", pa.string()),
        ("id", pa.string()),
        ("status", pa.string()),
        ("canonical", pa.string()),
        ("relation", pa.string()),
        ("cluster", pa.string()),
        ("title", pa.string()),
        ("byline", pa.string()),
        ("published", pa.string()),
        ("publisher", pa.string()),
        ("language", pa.string()),
        ("encoding", pa.string()),
        ("chars_in", pa.int64()),
        ("chars_out", pa.int64()),
        ("text", pa.string()),
    ]
)
"""``documents.parquet`` and, in this order, the keys of ``documents.jsonl``."""

_TOLD = ("title", "byline", "published", "publisher", "language", "encoding", "chars_in", "chars_out", "text")


@dataclass(frozen=True, slots=True)
class Written:
    """The output stands; what is left is to say so (:func:`~flows.stages.finishing.finish`).

    ``counts`` holds ``read`` (= ``canonical`` + ``duplicate`` + ``rejected``), ``clusters``, ``pairs`` and ``changes``;
    ``relations`` the pairs by relation, ``reasons`` the inputs that were set aside by reason.
    """

    clustered: Clustered
    counts: dict[str, int]
    relations: dict[str, int]
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Writing:
    """Work for one worker: the inputs ``start`` to ``stop`` (rows of the table) into a part of every file."""

    start: int
    stop: int
    cleaned: Cleaned
    fates: Path
    names: Path
    folder: Path
    output: Path

    def file(self, kind: str) -> Path:
        """The part of one of the files."""
        return self.folder / f"{self.start:09d}.{kind}"


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """What stands in a part."""

    work: Writing
    statuses: dict[str, int]
    reasons: dict[str, int]
    changes: int


def write_outputs(job: Job, given: Clustered, progress: Progress) -> Written:
    """Write every file beside its place, then move them all."""
    cleaned = given.compared.candidates.cleaned
    folder = job.workspace.folder("parts")
    names = _name_texts(job, given)
    work = (Writing(start, stop, cleaned, given.fates, names, folder, job.output) for start, stop in _cut(given))
    parts: list[WrittenPart] = []
    count = 0
    progress("write", 0, cleaned.count, "documents")
    for part in job.engine.map(write_part, work):
        parts.append(part)
        count += part.work.stop - part.work.start
        progress("write", count, cleaned.count, "documents")
    commit = Commit(job.workspace)
    target = job.workspace.folder("output")
    for kind in ("documents.jsonl", "changes.jsonl", "rejected.jsonl"):
        _join([part.work.file(kind) for part in parts], target / kind)
        commit.add(target / kind, kind)
    _join_tables([part.work.file("documents.arrow") for part in parts], target / "documents.parquet")
    relations = _write_pairs(job, given, target / "pairs.jsonl")
    for kind in ("documents.parquet", "pairs.jsonl"):
        commit.add(target / kind, kind)
    commit.add(given.clusters, "clusters.jsonl")
    commit.add_texts((name for name in read_table(names).column("name").to_pylist() if name), _moves(parts))
    commit.carry_out()
    return _counted(given, parts, relations)


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


def write_part(work: Writing) -> WrittenPart:
    """Write the part of every file that some inputs make up, and the texts among them that have changed."""
    documents = work.cleaned.documents()
    numbers = np.arange(*np.searchsorted(documents.rows, (work.start, work.stop)))
    fates = _fates(work, documents, numbers)
    table = documents.texts(numbers, [*_TOLD, "changes", "change_count"])
    told = iter(zip(fates, table.to_pylist(), strict=True))
    rows, statuses, reasons = [], Counter[str](), Counter[str]()
    inputs = documents.table.slice(work.start, work.stop - work.start).to_pylist()
    with written(work.file("changes.jsonl")) as changes, written(work.file("rejected.jsonl")) as rejected:
        for given in inputs:
            found = dict.fromkeys(TABLE.names) | {"path": given["path"], "id": given["id"] and given["id"].hex()}
            if given["place"] is None:
                found["status"] = "rejected"
                rejected.write(spell_line({name: given[name] for name in ("path", "reason", "detail")}))
                reasons[given["reason"]] += 1
            else:
                fate, text = next(told)
                found |= fate | {name: text[name] for name in _TOLD}
                for change in text["changes"].split("\n") if text["changes"] else ():
                    changes.write(row(change, path=given["path"]))
            statuses[found["status"]] += 1
            rows.append(found)
    with written(work.file("documents.jsonl")) as lines:
        lines.writelines(map(spell_line, rows))
    write_table(pa.Table.from_pylist(rows, schema=TABLE), work.file("documents.arrow"))
    _write_texts(work, numbers, table)
    return WrittenPart(work, dict(statuses), dict(reasons), sum(table.column("change_count").to_pylist()))


def spell_line(value: dict[str, Any]) -> bytes:
    """An object as a line."""
    return f"{spell(value)}\n".encode()


def _fates(work: Writing, documents: Documents, numbers: NDArray[np.int64]) -> list[dict[str, Any]]:
    """Status, canonical path, relation and cluster of each document."""
    table = read_table(work.fates).slice(numbers[0] if len(numbers) else 0, len(numbers))
    canonical = table.column("canonical").to_numpy()
    return [
        {
            "status": "canonical" if number == head else "duplicate",
            "canonical": path,
            "relation": relation,
            "cluster": cluster,
        }
        for number, head, path, relation, cluster in zip(
            numbers.tolist(),
            canonical.tolist(),
            documents.paths(canonical),
            table.column("relation").to_pylist(),
            table.column("cluster").to_pylist(),
            strict=True,
        )
    ]


def _write_texts(work: Writing, numbers: NDArray[np.int64], table: pa.Table) -> None:
    """Write the canonical texts that do not stand in the output yet, and a list of them with their names."""
    names = read_table(work.names).column("name").slice(numbers[0] if len(numbers) else 0, len(numbers))
    moves = []
    for at, name in enumerate(names.to_pylist()):
        if name is None:
            continue
        content = table.column("text")[at].as_py().encode()
        if not stands(work.output / "texts" / name, content):
            file = work.folder / f"{work.start:09d}-{at:05d}.txt"
            file.write_bytes(content)  # the run's own folder: nobody sees it before it is moved
            moves.append((file.name, name))
    with written(work.file("moves")) as handle:
        handle.write(json.dumps(moves).encode())


def _moves(parts: list[WrittenPart]) -> Iterator[tuple[Path, str]]:
    for part in parts:
        for file, name in json.loads(part.work.file("moves").read_bytes()):
            yield part.work.folder / file, name


def _join(parts: list[Path], target: Path) -> None:
    with written(target, durable=True) as handle:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, handle, 1 << 20)


def _join_tables(parts: list[Path], target: Path) -> None:
    with written(target, durable=True) as handle, pq.ParquetWriter(handle, TABLE, compression="zstd") as writer:
        for part in parts:
            writer.write_table(read_table(part))


def _write_pairs(job: Job, given: Clustered, target: Path) -> dict[str, int]:
    """Write every pair that is related or closer, or decided on; how many there are of each relation."""
    candidates = given.compared.candidates
    documents = candidates.cleaned.documents()
    pairs = np.load(given.pairs)
    verdicts = Verdicts.of(job, candidates, pairs)
    relations: Counter[str] = Counter()
    said = load_decided(given.decisions)
    with written(target, durable=True) as handle:
        for start in range(0, len(pairs), PAIRS_AT_ONCE):
            some = np.arange(start, min(start + PAIRS_AT_ONCE, len(pairs)))
            lefts, rights = (documents.paths(pairs[side][some]) for side in ("left", "right"))
            table = verdicts.take(some, ["relation", "row"])
            relation, rows = (table.column(name).to_pylist() for name in ("relation", "row"))
            for ends, left, right, name, rest in zip(pairs[some].tolist(), lefts, rights, relation, rows, strict=True):
                if answer := said.get(ends):
                    found = _decided_row(documents, ends, answer, rest)
                    relations[found["relation"]] += 1
                    handle.write(spell_line({"left": left, "right": right, **found}))
                elif rest is not None:
                    relations[name] += 1
                    handle.write(row(rest, left=left, right=right))
    return dict(sorted(relations.items()))


def _decided_row(documents: Documents, ends: tuple[int, int], answer: Answer, rest: str | None) -> dict[str, Any]:
    """A row for a pair that a person decided on: the relation is theirs, score and evidence are what was measured."""
    if rest is None:  # unrelated by its verdict, of which nothing is kept
        texts = documents.texts(np.array(ends), ["text", "language"]).to_pylist()
        rest = verdict_row(compare_profiles(*(profile(each["text"], each["language"]) for each in texts)))
    found: dict[str, Any] = json.loads(f"{{{rest}}}")
    said = {"who": answer.who, "when": answer.when, "what": answer.what, "found": found["relation"]}
    return found | {"relation": answer.relation(found["relation"]), "decision": said}


def _counted(given: Clustered, parts: list[WrittenPart], relations: dict[str, int]) -> Written:
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
    return Written(given, counts, relations, dict(sorted(reasons.items())))
