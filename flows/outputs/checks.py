"""May this folder be written to?  Asked before anything is."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from flows.errors import UsageError, printable
from flows.store import FOLDER

FILES = (
    "documents.jsonl",
    "documents.parquet",
    "changes.jsonl",
    "pairs.jsonl",
    "clusters.jsonl",
    "rejected.jsonl",
    "report.html",
    "run.json",
    "documents.sqlite",
    "elasticsearch.ndjson",
)
"""What a run writes beside ``texts/``."""


def check_output(output: Path, seeds: Sequence[Path]) -> Path:
    """The output folder as an absolute path.  Nothing is made or changed yet.

    Raises :class:`~flows.errors.UsageError` where it is a file, lies within the seeds, cannot be written to, or holds
    files under our names that no run of Copydesk has written.
    """
    shown = printable(output)
    if output.exists() and not output.is_dir():
        raise UsageError(f"the output {shown} is a file; name a folder, which may exist or not")
    target = output.resolve()
    for seed in seeds:
        if seed.is_dir() and target.is_relative_to(seed):
            raise UsageError(
                f"the output {shown} lies within the seeds {printable(seed)}, so the next run would read it; "
                "choose a folder outside"
            )
        if seed.is_relative_to(target / "texts") or seed.is_relative_to(target / FOLDER):
            raise UsageError(f"the seeds {printable(seed)} lie among the results in {shown}; choose another --output")
    there = next(folder for folder in (target, *target.parents) if folder.exists())
    if not there.is_dir():
        raise UsageError(f"the output {shown} cannot be made: {printable(there)} is a file; choose another --output")
    if not os.access(there, os.W_OK | os.X_OK):
        raise UsageError(
            f"the output {shown} cannot be written to: permission denied in {printable(there)}; "
            "change the permissions or choose another --output"
        )
    _check_foreign(target, shown)
    return target


def is_ours(output: Path) -> bool:
    """Whether a run of Copydesk has written to this folder."""
    if (output / FOLDER).is_dir():
        return True
    try:
        page = json.loads((output / "run.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(page, dict) and "copydesk" in page


def _check_foreign(target: Path, shown: str) -> None:
    found = [name for name in (*FILES, "texts") if os.path.lexists(target / name)]
    if found and not is_ours(target):
        raise UsageError(
            f"{shown} holds {found[0]}, which no run of Copydesk has written and which a run would replace; "
            "move it away or choose another --output"
        )
    for name in (FOLDER, "texts"):
        if (target / name).is_symlink():
            raise UsageError(f"{shown}/{name} is a link, so files would land outside {shown}; replace it by a folder")
