"""Random histories of a seed folder: after each, the output kept from run to run must be that of a full run, byte for
byte.

    python tests/flows/histories.py --count 300 [--first 0]

prints how many histories were tried, what happened in them, and the first one that ended otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from folders import COMMENT_FORM, PROMISE, SHARE_BAR, SLOGAN, WIRE, article, fill, left_behind, rows, run

from cleaners.documents import content_id
from flows.decisions import FILE, WHATS, Answer, append
from flows.versions import code_version

STEPS = ("cleaning", "learning", "candidates", "comparing", "writing", "reporting")
"""The modules that ask for the version of a step's code."""


class History:
    """A seed folder, the options of its runs and the code that runs, all changing at random."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.draw = random.Random(seed)
        self.folder = folder
        self.seeds = fill(folder / "seeds", {})
        self.kept = folder / "kept"
        self.options: dict[str, object] = {}
        self.versions: dict[str, int] = {}
        self.made = 0
        self.happened: Counter[str] = Counter()
        self.recurring: set[tuple[str, str]] = set()
        for _ in range(3):
            self.stand()

    def go_on(self, steps: int) -> None:
        """Let some things happen."""
        for _ in range(steps):
            event = self.draw.choice(self.EVENTS)
            event(self)
            self.happened[event.__name__] += 1

    def holds(self) -> bool:
        """Whether a run over what is kept ends as a full one does."""
        full = self.folder / "full"
        with self._versions():
            run(self.seeds, self.kept, **self.options)
            run(self.seeds, full, **self.options)
        same = left_behind(self.kept) == left_behind(full)
        self._count_recurring()
        if same:
            shutil.rmtree(full)
        return same

    def _count_recurring(self) -> None:
        """How often lines came to recur in a folder, and stopped."""
        gone = {
            (row["path"][0], row["before"].strip()) for row in rows(self.kept, "changes") if "recurring" in row["step"]
        }
        self.happened["a line recurs"] += len(gone - self.recurring)
        self.happened["a line recurs no more"] += len(self.recurring - gone)
        self.recurring = gone

    @contextlib.contextmanager
    def _versions(self) -> Iterator[None]:
        def version(*modules: str, step: str) -> str:
            return f"{code_version(*modules)}{self.versions.get(step, 0)}"

        with contextlib.ExitStack() as patches:
            for step in STEPS:
                stand_in = lambda *modules, step=step: version(*modules, step=step)  # noqa: E731
                patches.enter_context(mock.patch(f"flows.stages.{step}.code_version", stand_in))
            yield

    def _file(self) -> Path:
        files = sorted(file for file in self.seeds.rglob("*.txt"))
        return self.draw.choice(files) if files else self._new(article(self.draw.randrange(30)))

    def _new(self, content: str | bytes, folder: str = "") -> Path:
        self.made += 1
        name = f"{folder or self._folder()}/{self.draw.choice('klm')}{self.made:03d}.txt"
        return fill(self.seeds, {name: content}) / name

    def _folder(self) -> str:
        """A source: few, so that lines come to recur in them, and stop."""
        return self.draw.choice("aaabbbxy")

    def add(self) -> None:
        self._new(article(self.draw.randrange(30)))

    def stand(self) -> None:
        """Texts with lines that stand in others as well."""
        folder, above = self._folder(), self.draw.choice(("", SLOGAN, SLOGAN))
        below = self.draw.choice(("", PROMISE, WIRE))
        for _ in range(self.draw.randrange(1, 4)):
            self._new(above + article(self.draw.randrange(30)) + below, folder)

    def copy(self) -> None:
        self._new(self._file().read_bytes() + self.draw.choice(("", SHARE_BAR, COMMENT_FORM)).encode())

    def edit(self) -> None:
        with self._file().open("a", encoding="utf-8") as file:
            file.write("\n\nIt was reported again on Friday, and “nobody” knows why.")

    def cut(self) -> None:
        file = self._file()
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    def spoil(self) -> None:
        self._file().write_bytes(self.draw.choice((b"", b"\x89PNG\r\n\x1a\n", b" \n")))

    def remove(self) -> None:
        self._file().unlink()

    def rename(self) -> None:
        file = self._file()
        self.made += 1
        folder = self.seeds / self.draw.choice((file.parent.name, self._folder()))
        folder.mkdir(exist_ok=True)
        file.rename(folder / f"{self.draw.choice('ghi')}{self.made:03d}.txt")

    def swap(self) -> None:
        one, other = self._file(), self._file()
        contents = one.read_bytes(), other.read_bytes()
        other.write_bytes(contents[0])
        one.write_bytes(contents[1])

    def tell(self) -> None:
        """Change the options of runs."""
        self.options |= self.draw.choice(
            (
                {"straighten_quotes": self.draw.random() < 0.5},
                {"keep": self.draw.choice(("source", "longest", "earliest"))},
                {"prefer_source": self.draw.choice(((), ("a",), ("x", "b")))},
                {"max_bytes": self.draw.choice((900, 1 << 20))},
                {"fresh": self.draw.random() < 0.5},
                {"off": self.draw.choice(((), (), ("recurring",)))},
            )
        )

    def upgrade(self) -> None:
        step = self.draw.choice(STEPS)
        self.versions[step] = self.versions.get(step, 0) + 1

    def decide(self) -> None:
        """A person says something of two documents."""
        ids = sorted({content_id(file.read_bytes()) for file in self.seeds.rglob("*.txt")})
        if len(ids) < 2:
            return
        left, right = self.draw.sample(ids, 2)
        what = self.draw.choice(WHATS)
        append(self.folder / FILE, Answer(what, left, right, "ann", "2026-01-01"))  # type: ignore[arg-type]
        self.options |= {"decisions": str(self.folder / FILE)}

    def meddle(self) -> None:
        """Somebody changes or removes a file of the output."""
        files = [file for file in sorted(self.kept.rglob("*")) if file.is_file() and ".copydesk" not in file.parts]
        if files:
            file = self.draw.choice([file for file in files if file.name != "run.json"] or files)
            if self.draw.random() < 0.5:
                file.unlink()
            else:
                file.write_bytes(file.read_bytes()[:-3] + b"...")

    def wear(self) -> None:
        """The disk loses some of what was kept."""
        files = [file for file in sorted((self.kept / ".copydesk").rglob("*")) if file.is_file()]
        files = [file for file in files if file.name not in ("lock", "format", "texts")]
        if files:
            file = self.draw.choice(files)
            content, half = file.read_bytes(), file.stat().st_size // 2
            worn = (None, content[:half], content[:half] + b"0123" + content[half + 4 :])[self.draw.randrange(3)]
            file.unlink()
            if worn is not None:
                file.write_bytes(worn)

    EVENTS: tuple[Callable[[History], None], ...] = (
        *(add, add, stand, stand, stand, copy, copy, edit, cut, spoil, remove, rename, swap),
        *(tell, upgrade, decide, meddle, wear),
    )


def main() -> None:
    """Try many histories."""
    parser = argparse.ArgumentParser(description="Random histories of a folder against full runs.")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--first", type=int, default=0)
    told = parser.parse_args()
    happened: Counter[str] = Counter()
    begun = time.perf_counter()
    for seed in range(told.first, told.first + told.count):
        with tempfile.TemporaryDirectory() as folder:
            history = History(Path(folder), seed)
            for turn in range(4):
                history.go_on(history.draw.randrange(1, 7))
                if not history.holds():
                    sys.exit(f"history {seed} ends otherwise after turn {turn}: {dict(history.happened)}")
            happened += history.happened
        print(f"{seed - told.first + 1} of {told.count}", file=sys.stderr)
    seconds = time.perf_counter() - begun
    print(f"{told.count} histories, each compared with full runs four times, all the same, in {seconds:.0f} s")
    print(", ".join(f"{name} {count}" for name, count in happened.most_common()))


if __name__ == "__main__":
    main()
