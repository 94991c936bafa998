"""Stage "report": the files of the output -> ``report.html``."""

from __future__ import annotations

from flows.stages.job import Job, Progress
from flows.stages.writing import Written


def report_output(job: Job, given: Written, progress: Progress) -> Written:
    """Write the page for people, from the files that stand in the output: beside them, then moved."""
    from flows.report import make_report

    page = job.workspace.run / "report.html"
    page.write_bytes(make_report(job.output))
    page.replace(job.output / "report.html")
    progress("report", 1, 1, "page")
    return given
