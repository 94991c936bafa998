"""Does a run grow as its folder does?  Time and memory a text at several sizes, and folders made to find a square.

    python benchmarks/growth.py [--counts 1000 10000] [--bytes 600] [--corners 2000] [--workers 2] [--near]

For each size a run from nothing, a second run over the unchanged folder, and one after a hundredth was added; then what
was kept for later runs, in bytes a text.  The corners: one template filled in, one text over and over, texts of one
line, one text of 50 MB among others; each at two sizes, which tells a line from a square.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

from made_folder import ROOT, make_texts, moulds_in, write_folder
from measured import Measured, measure

RUN = """
import json, sys
from flows.options import RunOptions
from flows.stages import run_plain

if __name__ == "__main__":
    seeds, output, workers, near = sys.argv[1:]
    options = RunOptions(workers=int(workers), near_duplicates_only=near == "near")
    summary = run_plain([seeds], output, options)
    told = {"seconds": summary.seconds, "counts": summary.counts, "compared": summary.compared}
    print(json.dumps(told))
"""


def run(seeds: Path, output: Path, told: argparse.Namespace) -> Measured:
    """One run, in a process of its own."""
    script = output.parent / "run.py"
    script.write_text(RUN, "utf-8")
    near = "near" if told.near else "whole"
    command = [sys.executable, str(script), str(seeds), str(output), str(told.workers), near]
    return measure(command, {"PYTHONPATH": str(ROOT)})


def show(name: str, count: int, found: Measured, first: Measured | None = None) -> None:
    """A line for one run."""
    told = json.loads(found.printed.splitlines()[-1])
    share = f"{found.cpu / first.cpu:6.1%} of first" if first else ""
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in told["seconds"].items())
    line = f"{name:22} {count:>8,} {found.wall:7.1f} s {found.cpu:7.1f} cpu s {found.cpu / count * 1e3:7.2f} ms a text"
    print(f"{line} {found.peak:7.0f} MB {told['counts']['pairs']:>8,} pairs {share}\n    {stages}", flush=True)


def grow(count: int, told: argparse.Namespace) -> None:
    """A folder from nothing, unchanged, and a little larger."""
    with tempfile.TemporaryDirectory(dir=told.work) as name:
        seeds, output = Path(name, "seeds"), Path(name, "output")
        texts = (text for text, _ in make_texts(count + count // 100, told.bytes, moulds_in(ROOT / "seeds")))
        write_folder(seeds, islice(texts, count))
        first = run(seeds, output, told)
        show("from nothing", count, first)
        show("unchanged", count, run(seeds, output, told), first)
        write_folder(seeds / "more", texts)
        show("a hundredth added", count, run(seeds, output, told), first)
        kept = [file for file in (output / ".copydesk/shelves").rglob("*") if file.is_file()]
        by_shelf = {folder.name.split("-")[0]: 0 for folder in (output / ".copydesk/shelves").iterdir()}
        for file in kept:
            by_shelf[file.relative_to(output / ".copydesk/shelves").parts[0].split("-")[0]] += file.stat().st_size
        print(f"    kept: {', '.join(f'{shelf} {size / count:.0f}' for shelf, size in by_shelf.items())} bytes a text")


def template(count: int) -> Iterator[str]:
    """One report with other names and figures each time."""
    draw = random.Random(1)
    for _ in range(count):
        place = "".join(draw.choice(("ba", "ko", "ri", "ta", "mu", "len", "dor")) for _ in range(4)).capitalize()
        n = [draw.randint(1, 99) for _ in range(6)]
        yield (
            f"Shares in {place} closed at {n[0]}.{n[1]}, up {n[2]} points, in volume of {n[3]}{n[4]},000. Analysts had "
            f"expected {n[5]} points. The index of the {place} exchange ended the session higher, as exporters gained "
            f"and banks recovered from losses earlier in the week. Trading in {place} resumes tomorrow at nine."
        )


def identical(count: int) -> Iterator[str]:
    """The same text over and over."""
    [text] = template(1)
    return (text for _ in range(count))


def one_line(count: int) -> Iterator[str]:
    """Texts of a few words."""
    draw = random.Random(2)
    names = ["".join(draw.choice("bcdfglmnprstvaeiou") for _ in range(7)) for _ in range(3000)]
    return (f"Sold: {draw.choice(names)} {draw.choice(names)} {draw.randint(1, 999)}" for _ in range(count))


def giant(count: int) -> Iterator[str]:
    """One text of 50 MB among texts of a template."""
    yield "word after word " * (50 * 1024 * 1024 // 16)
    yield from template(count - 1)


CORNERS: dict[str, Callable[[int], Iterator[str]]] = {
    "one template": template,
    "one text": identical,
    "one line each": one_line,
    "50 MB among others": giant,
}


def corner(name: str, count: int, told: argparse.Namespace) -> Measured:
    """A folder made to find a square."""
    with tempfile.TemporaryDirectory(dir=told.work) as folder:
        write_folder(Path(folder, "seeds"), CORNERS[name](count), dressed=False)
        found = run(Path(folder, "seeds"), Path(folder, "output"), told)
    show(name, count, found)
    return found


def main() -> None:
    """Measure growth."""
    parser = argparse.ArgumentParser(description="Time and memory a text, and what is quadratic.")
    parser.add_argument("--counts", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--bytes", type=int, default=600)
    parser.add_argument("--corners", type=int, default=2000, help="texts of the smaller of two sizes; 0: none")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--near", action="store_true", help="near-duplicates only")
    parser.add_argument("--work", type=Path, help="where to put the files [default: the system's temporary folder]")
    told = parser.parse_args()
    for count in told.counts:
        grow(count, told)
    for name in CORNERS if told.corners else ():
        small, large = (corner(name, size, told) for size in (told.corners, 4 * told.corners))
        print(f"    4 times the texts: {large.cpu / small.cpu:.1f} times the processor time")


if __name__ == "__main__":
    main()
