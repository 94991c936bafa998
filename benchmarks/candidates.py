"""What the candidate stage finds and what it costs, as the corpus grows.

    python -m benchmarks.candidates --labelled FOLDER [--moulds FILE.jsonl.gz ...] [--sizes 10000 31600 100000]

FOLDER holds labelled sets: ``<name>.docs.jsonl.gz`` (``id``, ``text``) and ``<name>.pairs.tsv`` (``left``, ``right``,
``label``, ``grade``; label 1: one text was made from the other).  Where to get them is told in ``docs/rewrites.md``.
The corpus is the labelled texts and, up to the size asked for, texts made in their image
(:mod:`benchmarks.mixed_corpus`).  Moulds are further texts to make them from (``text`` or ``gold``).

Printed for every size: milliseconds a text by step, pairs a text after each step, and the recall of labelled rewrites:
of all, and of those that ``compare`` accepts.  For the largest size also what each view finds by itself.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.mixed_corpus import made_texts
from cleaners.documents import FOLDED
from cleaners.duplicates.candidates import (
    CandidateOptions,
    Found,
    Pairs,
    Rows,
    bucket_of,
    bucket_pairs,
    choose,
    key_rows,
    merge_found,
    score_pairs,
)
from cleaners.duplicates.compare import compare_profiles
from cleaners.duplicates.shingles import Profile, profile
from cleaners.duplicates.sketches import Sketch, Sketches, sketch

PART = 4096
VIEWS = ("stems", "names", "pairs")


@dataclass(slots=True)
class Labelled:
    """Labelled texts, numbered as they come, and their pairs: (set and grade, left, right, label)."""

    texts: list[str] = field(default_factory=list)
    pairs: list[tuple[str, int, int, int]] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path) -> Labelled:
        sets = cls()
        for tsv in sorted(folder.glob("*.pairs.tsv")):
            name = tsv.name.removesuffix(".pairs.tsv")
            number: dict[str, int] = {}
            for row in _records(folder / f"{name}.docs.jsonl.gz"):
                number[row["id"]] = len(sets.texts)
                sets.texts.append(row["text"])
            with tsv.open(encoding="utf-8") as lines:
                for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                    ends = number[row["left"]], number[row["right"]]
                    sets.pairs.append((f"{name} {row['grade']}", min(ends), max(ends), int(row["label"])))
        return sets


@dataclass(slots=True)
class Clock:
    """CPU seconds by step."""

    seconds: dict[str, float] = field(default_factory=dict)

    def time(self, step: str, began: float) -> None:
        self.seconds[step] = self.seconds.get(step, 0.0) + time.process_time() - began


def main() -> None:
    options = _arguments()
    labelled = Labelled.read(options.labelled)
    moulds = labelled.texts + [_text(row) for file in options.moulds for row in _records(file)]
    moulds = [text for text in moulds if 60 <= len(text.split()) <= 900]
    clock = Clock()
    profiles = [profile(text) for text in labelled.texts]
    accepted = [_accepts(profiles[left], profiles[right]) for _, left, right, label in labelled.pairs if label]
    sketches = list(map(sketch, profiles))
    for size in options.sizes:
        _grow(sketches, moulds, size, clock)
        _measure(Sketches.of(sketches[:size]), labelled, np.array(accepted), size == options.sizes[-1])
    per_text = {step: 1000 * spent / (len(sketches) - len(profiles)) for step, spent in clock.seconds.items()}
    print("  ".join(f"{step} {spent:.2f} ms a text" for step, spent in per_text.items()))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--labelled", type=Path, required=True)
    parser.add_argument("--moulds", type=Path, nargs="*", default=[])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 31_600, 100_000])
    return parser.parse_args()


def _records(file: Path) -> Iterator[dict[str, str]]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _text(row: dict[str, str]) -> str:
    text = row.get("text") or row["gold"]
    return text if isinstance(text, str) else "\n".join(text)


def _accepts(left: Profile, right: Profile) -> bool:
    return compare_profiles(left, right).relation in FOLDED


def _grow(sketches: list[Sketch], moulds: Sequence[str], size: int, clock: Clock) -> None:
    """Sketches of made texts until there are ``size``; seeded by how many there are, so larger holds smaller."""
    for made in made_texts(moulds, size - len(sketches), seed=len(sketches)):
        began = time.process_time()
        prepared = profile(made.text)
        clock.time("profile", began)
        began = time.process_time()
        sketches.append(sketch(prepared))
        clock.time("sketch", began)


def _measure(sketches: Sketches, labelled: Labelled, accepted: np.ndarray, by_view: bool) -> None:
    options = CandidateOptions()
    count = len(sketches)
    clock = Clock()
    began = time.process_time()
    rows = np.concatenate([key_rows(part, first, options) for first, part in _parts(sketches)])
    clock.time("keys", began)
    began = time.process_time()
    found = _found(rows, options)
    clock.time("buckets", began)
    began = time.process_time()
    pairs = merge_found([found], sketches.content, options)
    clock.time("merge", began)
    began = time.process_time()
    scores = score_pairs(pairs, sketches)
    clock.time("score", began)
    began = time.process_time()
    chosen = choose(pairs, scores, sketches.content, options)
    clock.time("choose", began)
    print(f"\n{count:,} texts, {len(rows) / count:.0f} keys and {len(sketches.words) / count:.0f} rare words a text")
    print("  ms a text: " + "  ".join(f"{step} {1000 * spent / count:.3f}" for step, spent in clock.seconds.items()))
    print(f"  pairs a text: {len(found) / count:.1f} share a key, {len(pairs) / count:.2f} share {options.shared}, "
          f"{len(chosen) / count:.2f} are compared")  # fmt: skip
    _recall("  ", chosen, labelled, accepted)
    for view, name in enumerate(VIEWS if by_view else ()):
        first, last = sum(options.views[:view]), sum(options.views[: view + 1])
        tree = rows["key"] >> np.uint64(32)
        own = _found(rows[(tree >= first) & (tree < last)], options)
        pairs = merge_found([own], sketches.content, options)
        print(f"  {name} alone: {len(own) / count:.1f} pairs a text share a key, {len(pairs) / count:.2f} share two")
        all_of_them = replace(options, neighbours=count)
        _recall("    ", choose(pairs, np.ones(len(pairs)), sketches.content, all_of_them), labelled, accepted)


def _found(rows: Rows, options: CandidateOptions) -> Found:
    bucket = bucket_of(rows, 8)
    return np.concatenate([bucket_pairs(rows[bucket == number], options) for number in range(8)])


def _parts(sketches: Sketches) -> Iterator[tuple[int, Sketches]]:
    for first in range(0, len(sketches), PART):
        starts = sketches.starts[first : first + PART + 1]
        words = sketches.words[starts[0] : starts[-1]]
        yield first, Sketches(words, starts - starts[0], sketches.content[first : first + PART])


def _recall(margin: str, pairs: Pairs, labelled: Labelled, accepted: np.ndarray) -> None:
    kept = set(zip(pairs["left"].tolist(), pairs["right"].tolist(), strict=True))
    rewrites = [(grade, (left, right) in kept) for grade, left, right, label in labelled.pairs if label]
    hit = np.array([found for _, found in rewrites])
    sets = np.array([grade.split(" ")[0] for grade, _ in rewrites])
    by_set = "  ".join(f"{name} {hit[sets == name].mean():.3f}" for name in sorted(set(sets)))
    print(f"{margin}recall: {hit.mean():.3f} of all ({by_set}), {hit[accepted].mean():.3f} of those compare accepts")


if __name__ == "__main__":
    main()
