"""The finish of a run: ``run.json``, its summary, and order among what is kept for later runs."""

from __future__ import annotations

import json
import platform
import shutil
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from flows.costs import Cost
from flows.errors import explained, printable
from flows.stages.candidates import pairs_folder, sketching_shelf
from flows.stages.cleaning import Shelves
from flows.stages.clustering import Clustered
from flows.stages.comparing import Verdicts
from flows.stages.complaints import complaints, unread_fields
from flows.stages.job import Job
from flows.stages.learning import learned_folder, looked_shelf
from flows.stages.writing import Written
from flows.store import written
from flows.tables import as_keys, read_table
from flows.versions import version_of


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did: ``counts``, ``relations`` and ``reasons`` as in :class:`~flows.stages.writing.Written`.

    ``known`` inputs had been cleaned by earlier runs; ``cleaned`` inputs and ``compared`` pairs of texts are those, all
    different, that this run had to do.
    """

    output: Path
    counts: dict[str, int]
    relations: dict[str, int]
    reasons: dict[str, int]
    known: int
    cleaned: int
    compared: int
    seconds: dict[str, float]
    decisions: int = 0
    """Decisions of people that concern documents of this run."""
    complaints: tuple[str, ...] = ()
    """What the run was told that came to nothing (:mod:`flows.stages.complaints`), a sentence each."""
    address: str = ""
    """Where the output goes in the end, where that is elsewhere; ``output`` is then its mirror."""
    inputs: dict[str, int] = field(default_factory=dict)
    """How the inputs differ from those of the run before (:func:`~flows.stages.picking.picked_up`)."""
    costs: dict[str, Cost] = field(default_factory=dict)
    """What each stage took."""
    megabytes: float = 0.0
    """The size of the inputs."""

    @property
    def picked_up(self) -> str:
        """What has changed since the run before.

        >>> inputs = {"new": 3, "changed": 1, "removed": 0, "same": 12}
        >>> RunSummary(Path("output"), {}, {}, {}, 0, 0, 0, {}, inputs=inputs).picked_up
        '3 new, 1 changed, 0 removed, 12 as before'
        """
        new, changed, removed, same = (
            f"{self.inputs.get(name, 0):,}" for name in ("new", "changed", "removed", "same")
        )
        return f"{new} new, {changed} changed, {removed} removed, {same} as before"

    @property
    def sentence(self) -> str:
        """The run in one sentence.

        >>> counts = {"read": 5, "canonical": 4, "duplicate": 1, "rejected": 0}
        >>> RunSummary(Path("output"), counts, {}, {}, 0, 5, 10, {}).sentence
        '5 read = 4 canonical + 1 duplicate + 0 rejected'
        """
        read, canonical, duplicate, rejected = (
            f"{self.counts[name]:,}" for name in ("read", "canonical", "duplicate", "rejected")
        )
        return f"{read} read = {canonical} canonical + {duplicate} duplicate + {rejected} rejected"


def finish(job: Job, given: Written) -> RunSummary:
    """Tidy what is kept for later runs, and write ``run.json``: the last file, so that it stands for a whole output."""
    clustered = given.clustered
    cleaned = clustered.compared.candidates.cleaned
    notes = unread_fields(cleaned.documents().table)
    summary = RunSummary(
        job.output,
        given.counts,
        given.relations,
        given.reasons,
        cleaned.known,
        cleaned.fresh,
        clustered.fresh,
        {name: cost.seconds for name, cost in job.costs.items()},
        clustered.honoured,
        (*complaints(job, cleaned.documents(), notes), *cleaned.left),
        job.address,
        given.inputs,
        dict(job.costs),
        round(cleaned.size / 1e6, 3),
    )
    with explained("finishing", job.output):
        _tidy(job, clustered)
        told = _told(job, summary) | {"decisions": _decisions(job, clustered), "unread_fields": notes}
        file = job.workspace.folder("output") / "run.json"
        with written(file, durable=True) as handle:
            handle.write(f"{json.dumps(told, indent=2, ensure_ascii=False)}\n".encode())
        file.replace(job.output / file.name)
    return summary


def _spelt(cost: Cost, summary: RunSummary) -> dict[str, float]:
    """What a stage took, and how much of the inputs it got through in a second."""
    seconds = max(cost.seconds, 0.001)
    speeds = {
        "documents_a_second": round(summary.counts["read"] / seconds, 1),
        "megabytes_a_second": round(summary.megabytes / seconds, 3),
    }
    return {**asdict(cost), **speeds}


def _tidy(job: Job, clustered: Clustered) -> None:
    """Keep on the shelves what this run used, for the next one; forget the rest."""
    candidates = clustered.compared.candidates
    shelves = Shelves.of(job.workspace, job.options)
    cleaned = candidates.cleaned
    documents = cleaned.documents()
    used = documents.places
    if cleaned.inputs:  # texts with their recurring lines, which the next run will look for
        keys = read_table(cleaned.inputs).column("key").drop_null()
        before = documents.catalogue.find(as_keys(keys))
        used = np.concatenate((used, before[before >= 0]))
    verdicts = Verdicts.of(job, candidates, np.load(clustered.pairs))
    rejects, sketching = shelves.rejects.catalogue(), sketching_shelf(job.workspace)
    sketches = sketching.catalogue()
    sketched = sketches.find(documents.light("text_key"))
    for shelf, catalogue, places in (
        (shelves.texts, documents.catalogue, used),
        (sketching, sketches, sketched[sketched >= 0]),
        (verdicts.shelf, verdicts.catalogue, verdicts.places),
        (shelves.rejects, rejects, np.arange(len(rejects.keys))),
    ):
        live = np.zeros(len(catalogue.keys), dtype=bool)
        live[places] = True
        shelf.sweep(catalogue, live)
    current = {shelves.texts.folder, shelves.rejects.folder, sketching.folder, verdicts.shelf.folder}
    current |= {pairs_folder(job.workspace), learned_folder(job.workspace), looked_shelf(job.workspace).folder}
    for folder in set(job.workspace.shelves.iterdir()) - current:
        shutil.rmtree(folder, ignore_errors=True)


def _decisions(job: Job, clustered: Clustered) -> dict[str, Any]:
    """What came of the decisions of people; lines that are none, by number with the reason."""
    broken = [asdict(line) for line in job.decisions.broken]
    return {"standing": clustered.answers, "honoured": clustered.honoured, "broken": broken}


_LIBRARIES = ("datasketch", "ftfy", "numpy", "prefect", "pyarrow", "trafilatura")


def _told(job: Job, summary: RunSummary) -> dict[str, Any]:
    """``run.json``: ``seconds`` and ``run`` tell of this one run; the rest follows from the inputs and options."""
    return {
        "copydesk": version_of("copydesk"),
        "versions": {"python": platform.python_version(), **{name: version_of(name) for name in _LIBRARIES}},
        "options": job.options.shaping(),
        "counts": summary.counts,
        "relations": summary.relations,
        "reasons": summary.reasons,
        "seconds": summary.seconds,
        "run": {
            "seeds": [printable(seed) for seed in job.seeds],
            "started": job.started.isoformat(timespec="seconds"),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": job.options.engine,
            "workers": job.options.worker_count(),
            "fresh": job.options.fresh,
            "inputs": summary.inputs,
            "known": summary.known,
            "cleaned": summary.cleaned,
            "compared": summary.compared,
            "megabytes": summary.megabytes,
            "stages": {name: _spelt(cost, summary) for name, cost in summary.costs.items()},
        },
    }
