"""Labelled pairs of texts, as the benchmarks read them.

A collection is two files: ``<name>.docs.jsonl.gz`` with a line ``{"id": ..., "text": ...}`` a text, and
``<name>.pairs.tsv`` with the columns ``left``, ``right``, ``label`` and ``grade``.  ``left`` is the text that may have
been made from ``right``; label 1 says it was, 0 that both were written independently.  The name says what a pair of
label 0 is: in ``*-same-event`` two independent reports of one event.  Grades named ``hardneg`` are texts on different
events.  ``docs/rewrites.md`` says where each collection comes from.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class LabelledPair(NamedTuple):
    """Two texts, whether the left one was made from the right one, and to which group and story they belong."""

    left: str
    right: str
    derived: bool
    collection: str
    grade: str
    story: str

    @property
    def group(self) -> str:
        """Collection and grade, the unit of every table."""
        return f"{self.collection}:{self.grade}"


def read_pairs(folder: Path) -> list[LabelledPair]:
    """All pairs of all collections in a folder, sorted by collection."""
    pairs: list[LabelledPair] = []
    for table in sorted(folder.glob("*.pairs.tsv")):
        name = table.name.removesuffix(".pairs.tsv")
        texts: dict[str, str] = {}
        with gzip.open(folder / f"{name}.docs.jsonl.gz", "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                texts[row["id"]] = row["text"]
        with table.open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
                left, right = row["left"], row["right"]
                pairs.append(
                    LabelledPair(texts[left], texts[right], row["label"] == "1", name, row["grade"], story(name, left))
                )
    return pairs


def story(collection: str, text_id: str) -> str:
    """The story a text tells, so that cross-validation never trains on a story it tests."""
    if collection == "meter":  # N|courts/02.11.99/doctor/...: one slug runs over many days
        return f"meter:{text_id.split('/')[2]}"
    if collection.startswith("basil"):
        return f"{collection}:{text_id.rsplit('_', 1)[0]}"
    return f"{collection}:{text_id.split('|', maxsplit=1)[0]}"


def recall_at(positives: Floats, negatives: Floats, rate: float) -> float:
    """Share of the positives above the score that lets ``rate`` of the negatives through."""
    limit = np.sort(negatives)[::-1][int(rate * len(negatives))]
    return float((positives > limit).mean())


def area_under_curve(positives: Floats, negatives: Floats) -> float:
    """The chance that a random positive scores above a random negative; ties count half."""
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, "left") + np.searchsorted(ordered, positives, "right")
    return float(below.mean() / (2 * len(negatives)))


class Sample:
    """Pairs as columns: groups, labels and the pools of independent reports that recall is measured against."""

    def __init__(self, pairs: Iterable[LabelledPair]) -> None:
        self.pairs = list(pairs)
        self.group = np.array([pair.group for pair in self.pairs])
        self.collection = np.array([pair.collection for pair in self.pairs])
        self.derived = np.array([pair.derived for pair in self.pairs])
        self.story = np.array([pair.story for pair in self.pairs])
        self.same_event = ~self.derived & np.char.endswith(self.collection, "same-event")
        self.unrelated = ~self.derived & np.char.startswith(np.array([p.grade for p in self.pairs]), "hardneg")
        self.same_source = ~self.derived & ~self.same_event & ~self.unrelated

    def positive_groups(self) -> list[str]:
        """The groups of rewrites, sorted."""
        return sorted(set(self.group[self.derived].tolist()))

    def table(self, scores: Floats, called: npt.NDArray[np.bool_] | None = None) -> list[str]:
        """Lines of a table: recall at 1 % and 5 % false alarms against both pools, and the share called."""
        lines = [f"{'':34}   n  AUC  R@1  R@5  | R@5 same source | called"]
        for group in self.positive_groups():
            some = scores[self.group == group]
            pool = scores[self.same_event]
            cells = [f"{area_under_curve(some, pool):.3f}", *(f"{recall_at(some, pool, r):.2f}" for r in (0.01, 0.05))]
            other = f"{recall_at(some, scores[self.same_source], 0.05):.2f}" if self.same_source.any() else "   -"
            share = f"{called[self.group == group].mean():.3f}" if called is not None else "-"
            lines.append(f"{group:34} {len(some):4} {' '.join(cells)} | {other:>15} | {share}")
        if called is not None:
            for group in sorted(set(self.group[~self.derived].tolist())):
                mask = self.group == group
                lines.append(f"{group:34} {mask.sum():4} wrongly called {called[mask].mean():.4f}")
        return lines


def folds(stories: npt.NDArray[np.str_], count: int, seed: int) -> npt.NDArray[np.intp]:
    """A fold for every pair; all pairs of a story are in one."""
    names = sorted(set(stories.tolist()))
    order = np.random.default_rng(seed).permutation(len(names))
    fold_of = {name: int(order[i]) % count for i, name in enumerate(names)}
    return np.array([fold_of[name] for name in stories.tolist()], dtype=np.intp)
