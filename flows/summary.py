"""What a run did, in words."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import RunError, printable
from flows.outputs.lines import rows

if TYPE_CHECKING:
    from flows.options import RunOptions
    from flows.stages import RunSummary


CLUSTERS_SHOWN = 100
"""Rows of the table of clusters: an artifact is one value in Prefect's database."""

MEMBERS_SHOWN = 300
"""Characters that the other members of a cluster are cut to."""


def last_line(summary: RunSummary) -> str:
    """What a run says when it is done: the counts and where the output is."""
    reused = f"{summary.known:,} known from an earlier run" if summary.known else ""
    decided = f"{summary.decisions:,} decided by people" if summary.decisions else ""
    more = ", ".join(filter(None, (reused, decided)))
    return f"{summary.sentence}{f' ({more})' if more else ''}; see {_page(summary)}"


def _page(summary: RunSummary) -> str:
    page = f"{summary.address.rstrip('/')}/report.html" if summary.address else nearest(summary.output / "report.html")
    return printable(page)


def served_line(summary: RunSummary, now: datetime) -> str:
    """What a scheduled run says when it is done: the counts, what had changed since the run before, and when."""
    decided = f"; {summary.decisions:,} decided by people" if summary.decisions else ""
    return f"{summary.sentence} ({summary.picked_up}{decided}), {now:%Y-%m-%d %H:%M:%S}; see {_page(summary)}"


def check_any_read(
    summary: RunSummary, seeds: Sequence[str], options: RunOptions, say: Callable[[str], object]
) -> None:
    """Say so where there was nothing to read, or nothing but what was set aside.

    Raises :class:`~flows.errors.RunError` where that is because no record has the field that was named for the text:
    what was asked for cannot be had.  Files that are set aside for what they are do not fail a run.
    """
    count = summary.counts["read"]
    if not count:
        say(f"nothing to read: {printable(', '.join(seeds))} holds no file that is not hidden; name another place")
    if not count or count > summary.counts["rejected"]:
        return
    first = next(rows(summary.output / "rejected.jsonl"))
    inputs = "the one input was" if count == 1 else f"all {count:,} inputs were"
    whose = "" if count == 1 else f"; {printable(first['path'])} for one"
    told = f"{inputs} set aside, so there is no text{whose}: {printable(first['detail'])}"
    if options.text_field and set(summary.reasons) == {"no-text"} and repr(options.text_field) in first["detail"]:
        raise RunError(told)
    say(told)


def nearest(path: Path) -> Path:
    """A path as it is said most briefly: from the working folder where it lies within."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def as_markdown(summary: RunSummary) -> str:
    """The counts as tables, for Prefect's user interface."""
    parts = [
        f"**{summary.sentence}**",
        f"Inputs: {summary.picked_up}. Reused from earlier runs: {summary.known:,}.",
        _table("Pairs", summary.relations),
        _table("Set aside", summary.reasons),
        _table("Seconds", summary.seconds),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def clusters_table(output: Path) -> list[dict[str, Any]]:
    """The largest clusters, as rows for Prefect's user interface; ``clusters.jsonl`` has them all."""
    found = rows(output / "clusters.jsonl")
    largest = heapq.nsmallest(CLUSTERS_SHOWN, found, key=lambda row: (-len(row["members"]), row["canonical"]))
    return [
        {
            "canonical": printable(row["canonical"]),
            "members": len(row["members"]),
            "others": printable(", ".join(path for path in row["members"] if path != row["canonical"])[:MEMBERS_SHOWN]),
            "why": printable(row["why"]),
        }
        for row in largest
    ]


def _table(title: str, figures: dict[str, int] | dict[str, float]) -> str:
    r"""A table of figures; nothing where there are none.

    >>> _table("Pairs", {"rewrite": 1})
    '| Pairs | |\n| :-- | --: |\n| rewrite | 1 |'
    """
    rows = [f"| {name} | {figure:,} |" for name, figure in figures.items()]
    return "\n".join((f"| {title} | |", "| :-- | --: |", *rows)) if rows else ""
