"""How fast page furniture is found, and how fast a text is cleaned in all, beside ftfy on the same texts.

    python benchmarks/furniture_speed.py PAGES.jsonl.gz [--lines FILE]

Rows of PAGES are as in ``furniture_examples.py``; FILE holds clean lines, of which texts of about 3 kB are made.
Ordinary texts are those without damaged characters.  Every figure is processor time, the best of five rounds, with the
ratio to ftfy in the same round beside it: on a busy machine only the ratio says much.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import ftfy
from furniture_examples import rows

from cleaners.text.clean import CleanOptions, clean, prepared
from cleaners.text.furniture.judge import judge
from cleaners.text.furniture.page import Page
from cleaners.text.mojibake import is_suspect

ROUNDS = 5
SIZE = 3000


def seconds(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """The processor time of one round."""
    start = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - start


def furniture(text: str) -> None:
    """The furniture step alone, on a text whose characters and spacing are mended."""
    judge(Page.read(text), CleanOptions().strictness)


def ordinary(path: Path) -> Iterator[str]:
    """Texts of about 3 kB made of the undamaged lines of a file."""
    text = ""
    for line in path.read_text("utf-8").splitlines():
        if len(line) > 40 and not is_suspect(line):
            text += line + "\n"
        if len(text) > SIZE:
            yield text
            text = ""


def report(name: str, texts: Sequence[str]) -> None:
    """Print the speeds on texts of one kind."""
    ready = [prepared(text, CleanOptions()) for text in texts]
    lines = sum(len(Page.read(text).lines) for text in ready)
    size = sum(len(text.encode()) for text in texts) / 1e6
    gc.collect()
    gc.freeze()
    timed = [(seconds(ftfy.fix_text, texts), seconds(furniture, ready), seconds(clean, texts)) for _ in range(ROUNDS)]
    engine, step, whole = map(min, zip(*timed, strict=True))
    print(
        f"{name:12s} {len(texts):4d} texts of {size / len(texts) * 1e3:5.1f} kB, {lines / len(texts):4.0f} lines   "
        f"furniture {lines / step:6,.0f} lines/s, {size / step:5.2f} MB/s, {engine / step:4.2f} x ftfy   "
        f"clean {size / whole:5.2f} MB/s, {engine / whole:4.2f} x ftfy   (ftfy {size / engine:4.2f} MB/s)",
        flush=True,
    )


def main() -> None:
    """Measure from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", type=Path)
    parser.add_argument("--lines", type=Path, help="a file of clean lines")
    options = parser.parse_args()
    pages = list(rows(options.pages))
    if options.lines:
        report("lines", list(ordinary(options.lines)))
    report("bodies", [page["gold"] for page in pages if not is_suspect(page["gold"])])
    for kind in pages[0]["flat"]:
        report(kind, [page["flat"][kind] for page in pages][::3])


if __name__ == "__main__":
    main()
