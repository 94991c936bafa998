"""Stage "report": the files of the output -> ``report.html``, its side pages, and the other forms asked for."""

from __future__ import annotations

import shutil

from flows.outputs.also import ALSO
from flows.stages.job import Job, Progress
from flows.stages.standing import Standing, fingerprint
from flows.stages.writing import Written
from flows.versions import code_version

REPORTING = ("flows.report", "flows.stages.reporting")
"""What makes the page."""


def report_output(job: Job, given: Written, progress: Progress) -> Written:
    """Write the page for people, from the files that stand in the output: beside them, then moved."""
    from flows.report import NEEDED

    for left in job.output.glob(".report-*"):
        shutil.rmtree(left, ignore_errors=True)  # copydesk report was killed while it wrote there
    standing = Standing.of(job.workspace)
    sides = not job.options.near_duplicates_only  # see flows.report.has_sides: run.json is not there yet
    version = f"{code_version(*REPORTING)} {sides}"
    key = fingerprint((job.output / name for name in NEEDED), version)
    if job.options.fresh or standing.told("report", key, job.output) is None:
        _make(job, standing, key, version, sides)
    _write_also(job)
    progress("report", 1, 1, "page")
    return given


def _make(job: Job, standing: Standing, key: str, version: str, sides: bool) -> None:
    """Make the page and those of its side pages that show something else than before."""
    from flows.report import make_report, put_in_place

    folder = job.workspace.folder("report")
    told = standing.made.get("report", {}).get("told")
    earlier: dict[str, str] = {}
    if isinstance(told, dict) and told["version"] == version and not job.options.fresh:
        earlier = told["pages"]

    def stands(name: str, key: str) -> bool:
        return earlier.get(name) == key and standing.stands("report", name, job.output)

    pages = make_report(job.output, folder, sides=sides, stands=stands)
    made = {page.relative_to(folder).as_posix(): page for page in sorted(folder.rglob("*")) if page.is_file()}
    told = {"version": version, "pages": pages}
    standing.record("report", key, made, told, standing=pages.keys() - made.keys())
    put_in_place(folder, job.output, pages)


def _write_also(job: Job) -> None:
    """The other forms that were asked for; those of an earlier run that were not go, as they would tell of that one."""
    for kind, (name, write) in ALSO.items():
        if kind not in job.options.also:
            (job.output / name).unlink(missing_ok=True)
            continue
        file = job.workspace.run / name
        write(job.output, file)
        file.replace(job.output / name)
