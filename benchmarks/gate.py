"""The speed that must not be lost: what each step takes, told in units of what the obvious script takes for a text.

    python benchmarks/gate.py            the ratios, beside those that are kept
    python benchmarks/gate.py --keep     keep the ratios measured now
    python benchmarks/gate.py --json     the ratios alone, for a program

Both sides run in one process, in turn, on the same texts, and of several turns the fastest counts for each: so a slow
or a busy machine changes both alike.  ``tests/test_speed.py`` fails where a step has become slower by :data:`ALLOWED`.
Other tests run beside it on the other core, which costs a step of numpy more than the script; so ratios are kept while
the other core is busy, with ``python -m pytest tests/text`` for one.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from made_folder import ROOT, make_texts, moulds_in, shingles, write_folder

sys.path.insert(0, str(ROOT))

from flows.options import RunOptions
from flows.stages import run_plain

KEPT = Path(__file__).with_name("gate.json")

ALLOWED = 1.2
"""Times the ratio that is kept."""

TEXTS, TURNS = 40, 5

RUN_OVER, ADDED = 400, 4
"""Texts of a folder that is run over again, and those added to it: so many that files, which are read at a speed of
their own, and the fixed cost of a run are not all that is measured."""

SEVERAL = 5
"""Measurements of which the middle one is kept: what a busy neighbour takes must not become the yardstick."""


def ratios() -> dict[str, float]:
    """What each step takes for the texts (``compare``: for as many pairs), by what the obvious script does; and so for
    runs over a folder that is known already, text for text."""
    texts = [text for text, _ in make_texts(TEXTS, 3000, moulds_in(ROOT / "seeds"))]
    steps = _steps(texts)
    for step in (_obvious, *steps.values()):
        step(texts[:10])  # what is loaded or remembered once
    best = dict.fromkeys(["obvious", *steps], float("inf"))
    for _ in range(TURNS):
        for name, step in {"obvious": _obvious, **steps}.items():
            begun = time.process_time()
            step(texts)
            best[name] = min(best[name], time.process_time() - begun)
    found = {name: best[name] / best["obvious"] for name in steps}
    found |= _runs(texts)
    return {name: round(ratio, 3) for name, ratio in found.items()}


def _runs(yardstick: list[str]) -> dict[str, float]:
    """What a run over an unchanged folder takes, and one where a hundredth was added, text for text."""
    texts = [text for text, _ in make_texts(RUN_OVER + ADDED * TURNS, 1500, moulds_in(ROOT / "seeds"))]
    best = dict.fromkeys(("obvious", "unchanged", "added"), float("inf"))
    with tempfile.TemporaryDirectory() as name:
        seeds, output = Path(name, "seeds"), Path(name, "output")
        write_folder(seeds / "first", texts[:RUN_OVER])
        run_plain([seeds], output, RunOptions(engine="inline"))
        for turn in range(TURNS):
            for kind in best:
                if kind == "added":
                    start = RUN_OVER + ADDED * turn
                    write_folder(seeds / f"more-{turn}", texts[start : start + ADDED])
                begun = time.process_time()
                if kind == "obvious":
                    _obvious(yardstick)
                else:
                    run_plain([seeds], output, RunOptions(engine="inline"))
                best[kind] = min(best[kind], time.process_time() - begun)
    obvious = best.pop("obvious") / len(yardstick)
    return {kind: spent / RUN_OVER / obvious for kind, spent in best.items()}


def _obvious(texts: list[str]) -> None:
    import ftfy
    from datasketch import MinHash

    for text in texts:
        signature = MinHash(num_perm=128)
        for run in shingles(ftfy.fix_text(text)):
            signature.update(run.encode())


def _steps(texts: list[str]) -> dict[str, Callable[[list[str]], None]]:
    from cleaners.duplicates.compare import compare_profiles
    from cleaners.duplicates.near import runs_of
    from cleaners.duplicates.shingles import profile
    from cleaners.duplicates.sketches import sketch
    from cleaners.text.clean import CleanOptions, clean
    from cleaners.text.furniture import Page
    from cleaners.text.furniture.judge import judge

    mended = CleanOptions(off=("tables", "furniture", "metadata"))

    def comparing(some: list[str]) -> None:
        profiles = [profile(text, "en") for text in some]
        for one, other in zip(profiles, profiles[1:] + profiles[:1], strict=True):
            compare_profiles(one, other, passages=True)

    return {
        "clean": lambda some: [clean(text) for text in some] and None,
        "mend": lambda some: [clean(text, mended) for text in some] and None,
        "furniture": lambda some: [judge(Page.read(text), mended.strictness) for text in some] and None,
        "sketch": lambda some: [sketch(profile(text, "en")) for text in some] and None,
        "runs": lambda some: [runs_of(text) for text in some] and None,
        "compare": comparing,
    }


def main() -> None:
    """Show the ratios, or keep them."""
    parser = argparse.ArgumentParser(description="The speed that must not be lost.")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--json", action="store_true")
    told = parser.parse_args()
    if told.json:
        print(json.dumps(ratios()))
        return
    several = [ratios() for _ in range(SEVERAL if told.keep else 1)]
    found = {name: statistics.median(each[name] for each in several) for name in several[0]}
    if told.keep:
        KEPT.write_text(f"{json.dumps(found, indent=2)}\n", "utf-8")
    kept = json.loads(KEPT.read_bytes())
    for name, ratio in found.items():
        print(f"{name:8} {ratio:6.3f} of the obvious script; kept {kept[name]:.3f}")


if __name__ == "__main__":
    main()
