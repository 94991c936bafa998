"""``report.html``: the output of a run for people, as one file that needs nothing but a browser.

Where a run is too large for one page, ``report/`` holds all its documents and clusters on pages of their own.

It is made from the other files of the output alone, so that it can be made again at any time (``copydesk report``), and
holds no time of day: the same output gives the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from flows.errors import RunError, UsageError, explained, printable

__all__ = ["NEEDED", "has_sides", "make_report", "put_in_place", "write_report"]

_OURS = re.compile(r"(documents|clusters)-\d{4,}\.html|search\.html")

NEEDED = ("documents.jsonl", "changes.jsonl", "pairs.jsonl", "clusters.jsonl", "rejected.jsonl")
"""What the report is made from."""


def write_report(output: Path) -> Path:
    """Write ``report.html``, and its side pages where the run is large, into the output; where the report is.

    Raises :class:`~flows.errors.UsageError` where ``output`` is not the output of a run, and
    :class:`~flows.errors.RunError` where it cannot be read or written.
    """
    import tempfile

    missing = [name for name in NEEDED if not (output / name).is_file()]
    if missing:
        raise UsageError(
            f"{printable(output)} is not the output of a run: it has no {missing[0]}; "
            "name the folder that copydesk run wrote to"
        )
    target = output / "report.html"
    with explained("writing", target), tempfile.TemporaryDirectory(prefix=".report-", dir=output) as beside:
        make_report(output, Path(beside), sides=has_sides(output))
        put_in_place(Path(beside), output)
    return target


def has_sides(output: Path) -> bool:
    """Whether the report on an output is to have side pages: a run for near-duplicates alone has looked at no passage
    and removed no furniture, so there is nothing to set side by side."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return not json.loads((output / "run.json").read_bytes())["options"]["near_duplicates_only"]
    return True


def make_report(
    output: Path, folder: Path, *, sides: bool = True, stands: Callable[[str, str], bool] = lambda name, key: False
) -> dict[str, str]:
    """Make the report on the files of an output, and its side pages if it has any, in another folder.

    A side page that ``stands`` in the output, by its name below it and the hash of what it shows, is not made again.
    Those hashes, by name, are given back.
    """
    from flows.report.gather import gather
    from flows.report.page import render
    from flows.report.side import side_pages

    report = gather(output, sides=sides)
    (folder / "report").mkdir(parents=True, exist_ok=True)
    keys = {}
    for page in side_pages(output, report):
        name = f"report/{page.name}"
        keys[name] = page.key
        if not stands(name, page.key):
            (folder / name).write_bytes(page.markup().encode())
    (folder / "report.html").write_bytes(render(report).encode())
    return keys


def put_in_place(folder: Path, output: Path, pages: Iterable[str] = ()) -> None:
    """Move a report that is complete into the output: the side pages, then the report; then old side pages go, but for
    those among ``pages``, which are named as :func:`make_report` does.

    Raises :class:`~flows.errors.RunError` where ``report/`` is a link, which would lead out of the output.
    """
    side, made = output / "report", sorted((folder / "report").iterdir())
    if side.is_symlink():
        raise RunError(f"{printable(side)} is a link, so pages would land outside the output; replace it by a folder")
    if made:
        side.mkdir(exist_ok=True)
    for page in made:
        page.replace(side / page.name)
    (folder / "report.html").replace(output / "report.html")
    kept = {page.name for page in made} | {name.removeprefix("report/") for name in pages}
    for page in side.iterdir() if side.is_dir() else ():
        if page.name not in kept and _OURS.fullmatch(page.name):
            page.unlink()
    with suppress(OSError):
        side.rmdir()  # where nothing is left in it
