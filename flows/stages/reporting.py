"""Stage "report": the files of the output -> ``report.html`` and its side pages."""

from __future__ import annotations

import shutil

from flows.stages.job import Job, Progress
from flows.stages.writing import Written


def report_output(job: Job, given: Written, progress: Progress) -> Written:
    """Write the page for people, from the files that stand in the output: beside them, then moved."""
    from flows.report import make_report, put_in_place

    for left in job.output.glob(".report-*"):
        shutil.rmtree(left, ignore_errors=True)  # copydesk report was killed while it wrote there
    folder = job.workspace.folder("report")
    make_report(job.output, folder)
    put_in_place(folder, job.output)
    progress("report", 1, 1, "page")
    return given
