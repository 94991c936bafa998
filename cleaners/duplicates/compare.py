"""Two texts -> what they are to each other, how sure that is, and why."""

from __future__ import annotations

import math

import numpy as np

from cleaners.documents import CleanText, Document, Evidence, Relation, Verdict
from cleaners.duplicates.shingles import Hashes, Profile, profile

GRAIN = 2.0**-40
"""Weights are multiples of this: sums of such numbers below 1 are exact in floating point, in any order."""


def compare(left: str | CleanText | Document, right: str | CleanText | Document) -> Verdict:
    """What two texts are to each other.  They are compared as they are: clean them first."""
    return compare_profiles(*(_profile(side) for side in (left, right)))


def compare_profiles(left: Profile, right: Profile) -> Verdict:
    """:func:`compare` for texts that were prepared before."""
    short, long = sorted((left, right), key=lambda side: (len(side), side.text))
    phrases = _share(short.shingles(3), long.shingles(3))
    words, total = _rare(short, long)
    parts = [
        ("prior", 0.0, -6.0, "Two texts are rarely made from each other."),
        ("shared wording", phrases, 12 * min(phrases, 0.5), f"{phrases:.0%} of the shorter text's three-word phrases."),
        ("rare words", words, 12 * max(0.0, words - 0.35), f"{words:.0%} of the shorter text's rare words."),
    ]
    evidence = waterfall(parts)
    score = sum(part.weight for part in evidence)
    relation: Relation = "unrelated"
    if np.array_equal(left.hashes, right.hashes):
        relation = "duplicate"
    elif phrases > 0.8 and len(short) > 0.8 * len(long):
        relation = "near-duplicate"
    elif phrases > 0.8:
        relation = "excerpt"
    elif score > 0.5:
        relation = "rewrite"
    elif words * total > 15:
        relation = "related"
    return Verdict(relation, score, evidence)


def waterfall(parts: list[tuple[str, float, float, str]]) -> tuple[Evidence, ...]:
    """Evidence from (name, measured, log-odds, sentence), the prior first, in shares of the probability."""
    prior, total = parts[0][2], sum(part[2] for part in parts)
    slope = (_sigmoid(total) - _sigmoid(prior)) / (total - prior) if total != prior else 0.0
    weights = [_sigmoid(prior), *(part[2] * slope for part in parts[1:])]
    return tuple(
        Evidence(name, measured, round(weight / GRAIN) * GRAIN, sentence, log_odds)
        for (name, measured, log_odds, sentence), weight in zip(parts, weights, strict=True)
    )


def _profile(side: str | CleanText | Document) -> Profile:
    return profile(side) if isinstance(side, str) else profile(side.text, side.language)


def _share(part: Hashes, whole: Hashes) -> float:
    return float(np.isin(part, whole).mean()) if len(part) else 0.0


def _rare(short: Profile, long: Profile) -> tuple[float, float]:
    stems, first = np.unique(short.stems, return_index=True)
    weight = np.maximum(short.rarity[first] - 1.0, 0.0)
    total = float(weight.sum())
    return (float(weight[np.isin(stems, long.stems)].sum()) / total if total else 0.0), total


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))
