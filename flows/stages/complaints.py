"""What a run was told that came to nothing, said at its end: a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from flows.errors import printable
from flows.options import did_you_mean
from flows.stages.documents import Documents
from flows.stages.job import Job

NOTES_TOLD = 20
"""Records whose own words on themselves make no sense that ``run.json`` lists."""

SOURCES_TOLD = 10
"""Publishers that are listed, the commonest first, where none has a name like the one asked for."""


def complaints(job: Job, documents: Documents, notes: dict[str, Any]) -> Iterator[str]:
    """What is wrong with the file of decisions, with what records say of themselves, and with preferred sources."""
    if said := job.decisions.complaint(job.options.decisions_file(Path())):
        yield said
    if notes["count"]:
        path, note = (printable(notes["first"][0][name]) for name in ("path", "note"))
        count = "1 record has" if notes["count"] == 1 else f"{notes['count']:,} records have"
        yield f"{count} fields that are missing or unreadable; the first, {path}: {note}"
    if job.options.prefer_source and len(documents):
        yield from _preferring_nobody(job.options.prefer_source, documents)


def unread_fields(inputs: pa.Table) -> dict[str, Any]:
    """How many records tell of themselves what makes no sense, and the first of them."""
    noted = inputs.select(["path", "note"]).filter(pc.field("note").is_valid())
    return {"count": len(noted), "first": noted.slice(0, NOTES_TOLD).to_pylist()}


def _preferring_nobody(sources: tuple[str, ...], documents: Documents) -> Iterator[str]:
    """Preferred sources that are neither the publisher nor the folder of any document."""
    column = documents.texts(np.arange(len(documents)), ["publisher"]).column("publisher")
    counted = sorted(
        (-each["counts"], each["values"]) for each in pc.value_counts(column.drop_null()).to_pylist() if each["values"]
    )
    publishers = [name for _, name in counted]
    known = {name.casefold() for name in publishers}
    paths = documents.table.column("path")
    for source in sources:
        folder = pc.starts_with(paths, source.rstrip("/") + "/")
        if source.casefold() not in known and not pc.any(folder).as_py():
            there = "; no document names a publisher"
            if publishers:
                there = did_you_mean(source, publishers, most=SOURCES_TOLD)
            yield printable(f"the preferred source {source!r} is publisher or folder of no document{there}")
