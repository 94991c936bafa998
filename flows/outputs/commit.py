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
from flows.outputs.names import folders_of, text_names
from flows.store import Workspace, written


@dataclass(slots=True)
class Commit:
    """The new output of a run while it is put together: files of the run's own folder, and where they will go."""

    workspace: Workspace
    texts: list[str] = field(default_factory=list)
    """The names of all texts, those that stand already included."""
    changed: list[str] = field(default_factory=list)
    """The names of those that do not stand yet: complete files, under these names below ``placed``."""
    placed: Path = Path()
    moves: list[tuple[Path, str]] = field(default_factory=list)
    """Other files that are complete, and the names that they will get."""

    def add_texts(self, names: Iterable[str], placed: Path, changed: Iterable[str]) -> None:
        """Texts by their names below ``texts/``; ``changed`` are those that do not stand there yet, but in a folder
        that holds nothing else."""
        self.texts += names
        self.placed = placed
        self.changed += changed

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
        stale = _make_way(folder, stale, self.texts)
        for file, name in self.moves:
            file.replace(self.workspace.output / name)
        self._move_texts(folder)
        kept = {name.casefold(): name for name in self.texts} if stale else {}
        for name in stale:
            _remove(folder, name, kept.get(name.casefold()))
        _own(self.workspace, sorted(self.texts))

    def _move_texts(self, folder: Path) -> None:
        """Put the texts into their places: all of them at once where there is no folder of texts yet."""
        if self.changed and not os.path.lexists(folder):
            self.placed.rename(folder)
            return
        # Paths as strings, here and where they are checked: pathlib would take longer over them than the disk does.
        placed, texts = str(self.placed), str(folder)
        for parent in sorted({name.rpartition("/")[0] for name in self.changed}):
            os.makedirs(f"{texts}/{parent}", exist_ok=True)  # noqa: PTH103
        for name in self.changed:
            os.replace(f"{placed}/{name}", f"{texts}/{name}")  # noqa: PTH105

    def _check_foreign(self, earlier: set[str]) -> None:
        """Refuse to replace what is not ours, and to follow a link out of the output."""
        by_parent: dict[str, list[str]] = {}
        for name in self.changed:
            parent, _, last = name.rpartition("/")
            by_parent.setdefault(parent, []).append(last)
        for parent, names in by_parent.items():
            folder = self.workspace.output / "texts" / parent
            self._check_folders(folder, earlier)
            for path in (folder / name for name in names) if os.path.lexists(folder) else ():
                if self._is_foreign(path, earlier):
                    raise _in_the_way(path)

    def _check_folders(self, folder: Path, earlier: set[str]) -> None:
        for parent in (folder, *folder.parents):
            if parent == self.workspace.output:
                break
            if parent.is_symlink() or (parent.exists() and not parent.is_dir() and self._is_foreign(parent, earlier)):
                raise _in_the_way(parent)

    def _is_foreign(self, path: Path, earlier: set[str]) -> bool:
        """Whether a file, or any file in a folder, was not put there by an earlier run."""
        texts = self.workspace.output / "texts"
        if path.is_dir() and not path.is_symlink():
            files = (file for file in path.rglob("*") if not file.is_dir() or file.is_symlink())
            return any(file.relative_to(texts).as_posix() not in earlier for file in files)
        return os.path.lexists(path) and path.relative_to(texts).as_posix() not in earlier


def _in_the_way(path: Path) -> RunError:
    return RunError(
        f"{printable(path)} is in the way: no run of Copydesk has put it there; move it away or choose another --output"
    )


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


def _make_way(folder: Path, stale: list[str], names: list[str]) -> list[str]:
    """Remove stale texts at once where one has the name of a new folder, or lies in a folder with the name of a new
    text; the others are given back."""
    wanted = set(names) if stale else set()
    parents = {parent for name in wanted for parent in folders_of(name)}
    later = []
    for name in stale:
        if name in parents or wanted.intersection(folders_of(name)):
            _remove(folder, name, None)
        else:
            later.append(name)
    return later


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
