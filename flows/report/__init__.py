"""``report.html``: the output of a run for people, as one file that needs nothing but a browser.

It is made from the other files of the output alone, so that it can be made again at any time (``copydesk report``), and
holds no time of day: the same output gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from flows.errors import UsageError, explained, printable

__all__ = ["NEEDED", "make_report", "write_report"]

NEEDED = ("documents.jsonl", "changes.jsonl", "pairs.jsonl", "clusters.jsonl", "rejected.jsonl")
"""What the report is made from."""


def write_report(output: Path) -> Path:
    """Write ``report.html`` into the output of a run, and say where it is.

    Raises :class:`~flows.errors.UsageError` where ``output`` is not the output of a run, and
    :class:`~flows.errors.RunError` where it cannot be read or written.
    """
    from flows.store import written

    missing = [name for name in NEEDED if not (output / name).is_file()]
    if missing:
        raise UsageError(
            f"{printable(output)} is not the output of a run: it has no {missing[0]}; "
            "name the folder that copydesk run wrote to"
        )
    target = output / "report.html"
    with explained("writing", target), written(target) as handle:
        handle.write(make_report(output))
    return target


def make_report(output: Path) -> bytes:
    """The report on the files of an output."""
    from flows.report.gather import gather
    from flows.report.page import render

    return render(gather(output)).encode()
