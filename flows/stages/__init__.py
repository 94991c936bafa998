"""The stages of a run, in order: plain functions that pass on the names of files, never texts.

    list -> clean -> learn -> candidates -> compare -> cluster -> write -> report

Whoever runs them, the stages are the same and so are the bytes:

    with open_job(seeds, output, options) as job:
        result = None
        for stage in STAGES:
            result = stage.run(job, result, progress)
        summary = finish(job, result)
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flows.options import RunOptions
from flows.stages.candidates import find_candidates
from flows.stages.cleaning import clean_inputs
from flows.stages.clustering import cluster_documents
from flows.stages.comparing import compare_candidates
from flows.stages.finishing import RunSummary, finish
from flows.stages.job import Job, Progress, Stage, open_job, silent
from flows.stages.learning import learn_recurring
from flows.stages.listing import list_inputs
from flows.stages.reporting import report_output
from flows.stages.writing import write_outputs

__all__ = ["STAGES", "Job", "Progress", "RunSummary", "Stage", "finish", "open_job", "run_plain", "silent"]

STAGES: tuple[Stage, ...] = (
    Stage("list", "Listing the inputs", list_inputs),
    Stage("clean", "Cleaning the documents", clean_inputs),
    Stage("learn", "Learning what recurs", learn_recurring),
    Stage("candidates", "Finding pairs worth a look", find_candidates),
    Stage("compare", "Comparing the pairs", compare_candidates),
    Stage("cluster", "Clustering the documents", cluster_documents),
    Stage("write", "Writing the output", write_outputs),
    Stage("report", "Writing the report", report_output),
)


def run_plain(
    seeds: Sequence[str | Path],
    output: str | Path,
    options: RunOptions | None = None,
    progress: Progress = silent,
) -> RunSummary:
    """Run every stage here and now, without Prefect.

    Raises :class:`~flows.errors.CopydeskError` with a sentence for whatever keeps the run from its end.
    """
    with open_job(seeds, output, options) as job:
        result: Any = None
        for stage in STAGES:
            result = stage.run(job, result, progress)
        return finish(job, result)
