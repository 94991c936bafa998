"""What stands in an output: of what each file was made, and what it then held, so that what follows from the same is
not made again.

The record is never trusted alone.  A file stands where it was to be made of the very same, and where its bytes are
still those that were written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import xxhash

from flows.store import Workspace, written


@dataclass(slots=True)
class Standing:
    """The record of one output: by name of a step, what it ``made``: of what, which files, and what it told of them.

    Its file begins with a hash of the rest: a record that was cut short is none.
    """

    file: Path
    made: dict[str, dict[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace) -> Standing:
        """The record of an output; empty where there is none, or none that can be read."""
        file = workspace.root / "standing"
        try:
            digest, _, content = file.read_bytes().partition(b"\n")
        except FileNotFoundError:
            return cls(file)
        whole = digest.decode("ascii", "replace") == xxhash.xxh3_128_hexdigest(content)
        return cls(file, json.loads(content) if whole else {})

    def told(self, step: str, key: str, folder: Path) -> Any:
        """What a step told when it made its files of ``key``; None where it did not, or they do not stand."""
        found = self.made.get(step)
        if found is None or found["key"] != key:
            return None
        files: Mapping[str, str] = found["files"]
        if any(fingerprint([folder / name]) != digest for name, digest in files.items()):
            return None
        return found["told"]

    def stands(self, step: str, name: str, folder: Path) -> bool:
        """Whether one of the files that a step made is as it was, of whatever the others were made."""
        digest = self.made.get(step, {}).get("files", {}).get(name)
        return digest is not None and fingerprint([folder / name]) == digest

    def record(self, step: str, key: str, files: Mapping[str, Path], told: Any, standing: Iterable[str] = ()) -> None:
        """Remember that the files of a step, by the names they will go by, were made of ``key``; those that are
        ``standing`` have not been made again."""
        earlier = self.made.get(step, {}).get("files", {})
        digests = {name: earlier[name] for name in standing} | {
            name: fingerprint([file]) for name, file in files.items()
        }
        self.made[step] = {"key": key, "files": digests, "told": told}
        content = json.dumps(self.made).encode()
        with written(self.file) as handle:
            handle.write(xxhash.xxh3_128_hexdigest(content).encode() + b"\n" + content)


def fingerprint(files: Iterable[Path], *more: str) -> str:
    """A hash of what some files hold, and of some words; a file that is not there is as good as any other.

    128 bits of xxh3, made to notice change, not malice: who can write to an output can write to its record.
    """
    digest = xxhash.xxh3_128("\0".join(more).encode())
    for file in files:
        digest.update(b"\0")
        try:
            with file.open("rb") as handle:
                while block := handle.read(1 << 20):
                    digest.update(block)
        except FileNotFoundError:
            digest.update(b"\0missing")
    return digest.hexdigest()
