"""How new files take the place of an earlier run's: all are complete before the first one moves.

Moving is renaming, which cannot run out of room.  The names of all texts that runs have ever put into place are kept
beside the working files (``texts``), written before the first move: so a run that was killed while moving leaves no
text behind that a later run would not know as ours, and nothing that is not ours is ever removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from flows.errors import RunError, printable
from flows.outputs.checks import FILES, is_ours
from flows.outputs.names import text_names
from flows.store import Workspace, written


@dataclass(slots=True)
class Commit:
    """The new output of a run while it is put together: files of the run's own folder, and where they will go."""

    workspace: Workspace
    texts: list[str] = field(default_factory=list)
    """The names of all texts, those that stand already included."""
    moves: list[tuple[Path, str]] = field(default_factory=list)
    """Files that are complete, and the names below OUTPUT that they will get."""

    def add_texts(self, names: Iterable[str], changed: Iterable[tuple[Path, str]]) -> None:
        """Texts by their names below ``texts/``; ``changed`` are those that do not stand there yet."""
        self.texts += names
        self.moves += ((file, f"texts/{name}") for file, name in changed)

    def add(self, file: Path, name: str) -> None:
        """A file beside the texts."""
        if name not in FILES:
            raise ValueError(f"{name} is none of the files that a run writes: {', '.join(FILES)}")
        self.moves.append((file, name))

    def carry_out(self) -> None:
        """Put every file into its place, then remove texts of earlier runs that have none in this one.

        Raises :class:`~flows.errors.RunError`, before anything is moved, where somebody else's file is in the way.
        """
        folder = self.workspace.output / "texts"
        earlier = _owned(self.workspace)
        self._check_foreign(set(earlier))
        _own(self.workspace, sorted({*earlier, *self.texts}))
        stale = sorted(set(earlier).difference(self.texts))
        _make_way(folder, stale, self.texts)
        for parent in sorted({(self.workspace.output / name).parent for _, name in self.moves}):
            parent.mkdir(parents=True, exist_ok=True)
        for file, name in self.moves:
            file.replace(self.workspace.output / name)
        kept = {name.casefold(): name for name in self.texts} if stale else {}
        for name in stale:
            _remove(folder, name, kept.get(name.casefold()))
        _own(self.workspace, sorted(self.texts))

    def _check_foreign(self, earlier: set[str]) -> None:
        output = self.workspace.output
        real: set[Path] = set()
        for _, name in self.moves:
            path = output / name
            if name.removeprefix("texts/") not in earlier and name not in FILES and os.path.lexists(path):
                raise RunError(
                    f"{printable(path)} is in the way: no run of Copydesk has written it; "
                    "move it away or choose another --output"
                )
            for parent in path.parents:
                if parent == output or parent in real:
                    break
                if parent.is_symlink():
                    raise RunError(f"{printable(parent)} is a link, so texts would land elsewhere; remove it")
                real.add(parent)


def stands(file: Path, content: bytes) -> bool:
    """Whether a file holds exactly this, so that it need not be written again."""
    try:
        return file.stat().st_size == len(content) and not file.is_symlink() and file.read_bytes() == content
    except OSError:
        return False


def _owned(workspace: Workspace) -> list[str]:
    """The texts that earlier runs put into place."""
    try:
        return [json.loads(line) for line in (workspace.root / "texts").read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return list(_told_by_documents(workspace.output))


def _told_by_documents(output: Path) -> Iterator[str]:
    """Where the working folder was deleted: the names that the earlier run's documents must have got."""
    if not is_ours(output):
        return
    with suppress(OSError, ValueError, KeyError), (output / "documents.jsonl").open(encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        yield from text_names([(row["path"], row["id"]) for row in rows if row["status"] == "canonical"])


def _own(workspace: Workspace, names: Iterable[str]) -> None:
    with written(workspace.root / "texts", durable=True) as handle:
        handle.writelines(json.dumps(name).encode() + b"\n" for name in names)


def _make_way(folder: Path, stale: Iterable[str], names: Iterable[str]) -> None:
    """Remove earlier texts at once where one stands in the place of a new folder, or in a folder in the place of a
    new text."""
    gone = set(stale)
    if not gone:
        return
    wanted = set(names)
    parents = {
        "/".join(parts[:depth]) for name in wanted for parts in [name.split("/")] for depth in range(1, len(parts))
    }
    for name in sorted(gone & parents):
        _remove(folder, name, None)
    for name in gone:
        parts = name.split("/")
        if any("/".join(parts[:depth]) in wanted for depth in range(1, len(parts))):
            _remove(folder, name, None)


def _remove(folder: Path, name: str, kept: str | None) -> None:
    """Remove a text of an earlier run and the folders that it leaves empty; not the very file that ``kept`` names."""
    file = folder / name
    with suppress(OSError):
        if kept is not None and file.samefile(folder / kept):
            return
    file.unlink(missing_ok=True)
    for parent in file.parents:
        if parent == folder.parent:
            break
        try:
            parent.rmdir()
        except OSError:
            break
