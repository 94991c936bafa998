"""What a run did, in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import printable

if TYPE_CHECKING:
    from flows.stages import RunSummary


def last_line(summary: RunSummary) -> str:
    """What a run says when it is done: the counts and where the output is."""
    reused = f" ({summary.known:,} known from an earlier run)" if summary.known else ""
    decided = f" ({summary.decisions:,} decided by people)" if summary.decisions else ""
    return f"{summary.sentence}{reused}{decided}; see {printable(nearest(summary.output / 'report.html'))}"


def nearest(path: Path) -> Path:
    """A path as it is said most briefly: from the working folder where it lies within."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def as_markdown(summary: RunSummary) -> str:
    """The counts as tables, for Prefect's user interface."""
    parts = [
        f"**{summary.sentence}**",
        _table("Pairs", summary.relations),
        _table("Set aside", summary.reasons),
        _table("Seconds", summary.seconds),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _table(title: str, figures: dict[str, int] | dict[str, float]) -> str:
    r"""A table of figures; nothing where there are none.

    >>> _table("Pairs", {"rewrite": 1})
    '| Pairs | |\n| :-- | --: |\n| rewrite | 1 |'
    """
    rows = [f"| {name} | {figure:,} |" for name, figure in figures.items()]
    return "\n".join((f"| {title} | |", "| :-- | --: |", *rows)) if rows else ""
