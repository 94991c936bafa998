"""The maps of the stage "write": some documents or pairs -> their part of every table in the output."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cleaners.duplicates.compare import compare_profiles
from cleaners.duplicates.shingles import profile
from flows.decisions import Answer
from flows.outputs.rows import row, spell, spell_rows, verdict_row
from flows.outputs.schema import TABLE
from flows.stages.cleaning import Cleaned
from flows.stages.comparing import Verdicts
from flows.stages.deciding import load_decided
from flows.stages.documents import Documents
from flows.stages.reasons import load_counts, with_reason
from flows.store import written
from flows.tables import read_table, write_table

_TOLD = ("title", "byline", "published", "publisher", "language", "encoding", "chars_in", "chars_out", "text")


@dataclass(frozen=True, slots=True)
class Rendering:
    """Work: the inputs ``start`` to ``stop`` (rows of the table) into a part of every file."""

    start: int
    stop: int
    cleaned: Cleaned
    fates: Path
    folder: Path

    def file(self, kind: str) -> Path:
        """The part of one of the files."""
        return self.folder / f"{self.start:09d}.{kind}"


@dataclass(frozen=True, slots=True)
class RenderingPairs:
    """Work: the pairs ``start`` to ``stop`` into a part of ``pairs.jsonl``."""

    start: int
    stop: int
    cleaned: Cleaned
    pairs: Path
    verdicts: Path
    shelf: Path
    decisions: Path
    file: Path


@dataclass(frozen=True, slots=True)
class RenderedPart:
    """What stands in a part."""

    work: Rendering
    statuses: dict[str, int]
    reasons: dict[str, int]
    changes: int


def render_part(work: Rendering) -> RenderedPart:
    """Write the part of every file that some inputs make up."""
    documents = work.cleaned.documents()
    numbers = np.arange(*np.searchsorted(documents.rows, (work.start, work.stop)))
    texts = documents.texts(numbers, [*_TOLD, "changes", "change_count"])
    inputs = documents.table.slice(work.start, work.stop - work.start)
    table = _documents(work, documents, numbers, inputs, texts)
    write_table(table, work.file("documents.arrow"))
    with written(work.file("documents.jsonl")) as lines:
        lines.writelines(spell_rows(table))
    with written(work.file("changes.jsonl")) as lines:
        paths = table.column("path").take(pa.array(documents.rows[numbers] - work.start)).to_pylist()
        counts = load_counts(work.cleaned.lines)
        columns = (texts.column(name).to_pylist() for name in ("publisher", "changes"))
        for path, publisher, changes in zip(paths, *columns, strict=True):
            told = changes.split("\n") if changes else ()
            lines.writelines(row(with_reason(each, path, publisher, counts), path=path) for each in told)
    rejected = inputs.filter(inputs.column("place").is_null()).select(["path", "reason", "detail"])
    with written(work.file("rejected.jsonl")) as lines:
        lines.writelines(spell_rows(rejected))
    reasons = Counter(rejected.column("reason").to_pylist())
    statuses = Counter(table.column("status").to_pylist())
    return RenderedPart(work, dict(statuses), dict(reasons), pc.sum(texts.column("change_count")).as_py() or 0)


def spell_line(value: dict[str, Any]) -> bytes:
    """An object as a line."""
    return f"{spell(value)}\n".encode()


def _documents(
    work: Rendering, documents: Documents, numbers: NDArray[np.int64], inputs: pa.Table, texts: pa.Table
) -> pa.Table:
    """Rows of :data:`TABLE` for some inputs; ``texts`` has those of the documents among them."""
    fates = read_table(work.fates).slice(numbers[0] if len(numbers) else 0, len(numbers))
    canonical = fates.column("canonical").to_numpy()
    at = np.full(work.stop - work.start, -1, dtype=np.int64)
    at[documents.rows[numbers] - work.start] = np.arange(len(numbers))
    places = pa.array(at, mask=at < 0)
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "path": inputs.column("path"),
        "id": pa.array([each and each.hex() for each in inputs.column("id").to_pylist()], pa.string()),
        "status": pc.fill_null(_status(canonical == numbers).take(places), "rejected"),
        "canonical": pa.array(documents.paths(canonical), pa.string()).take(places),
        "relation": fates.column("relation").take(places),
        "cluster": fates.column("cluster").take(places),
    }
    columns |= {name: texts.column(name).take(places) for name in _TOLD}
    return pa.table(columns, schema=TABLE).combine_chunks()


def _status(is_canonical: NDArray[np.bool_]) -> pa.Array:
    return pa.array(np.where(is_canonical, "canonical", "duplicate").astype(object), pa.string())


def render_pairs(work: RenderingPairs) -> dict[str, int]:
    """Write some pairs, those that are related or closer or decided on; how many there are of each relation."""
    documents = work.cleaned.documents()
    pairs = np.load(work.pairs, mmap_mode="r")[work.start : work.stop]
    table = Verdicts.load(work.verdicts, work.shelf).take(np.arange(work.start, work.stop), ["relation", "row"])
    lefts, rights = (documents.paths(pairs[side]) for side in ("left", "right"))
    said = load_decided(work.decisions)
    relations: Counter[str] = Counter()
    with written(work.file) as handle:
        found: Iterable[Any] = zip(pairs.tolist(), lefts, rights, *map(pa.ChunkedArray.to_pylist, table), strict=True)
        for ends, left, right, relation, rest in found:
            if answer := said.get(ends):
                decided = _decided_row(documents, ends, answer, rest)
                relations[decided["relation"]] += 1
                handle.write(spell_line({"left": left, "right": right, **decided}))
            elif rest is not None:
                relations[relation] += 1
                handle.write(row(rest, left=left, right=right))
    return dict(relations)


def _decided_row(documents: Documents, ends: tuple[int, int], answer: Answer, rest: str | None) -> dict[str, Any]:
    """A row for a pair that a person decided on: the relation is theirs, score and evidence are what was measured."""
    if rest is None:  # unrelated by its verdict, of which nothing is kept
        texts = documents.texts(np.array(ends), ["text", "language", "published", "publisher"]).to_pylist()
        rest = verdict_row(compare_profiles(*(profile(**each) for each in texts)))
    found: dict[str, Any] = json.loads(f"{{{rest}}}")
    said = {"who": answer.who, "when": answer.when, "what": answer.what, "found": found["relation"]}
    return found | {"relation": answer.relation(found["relation"]), "decision": said}
