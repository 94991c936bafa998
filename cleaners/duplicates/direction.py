"""Which of two texts was made from the other.

A text that was made from another keeps to what that one holds, quotes less of it at first hand, leaves out figures and
names, and comes later.  The weights were fitted on pairs whose direction is known (``benchmarks/fit_rewrites.py``).
"""

from __future__ import annotations

from math import log

import numpy as np

from cleaners.documents import Direction
from cleaners.duplicates.features import Overlap, Share
from cleaners.duplicates.fingerprint import Fingerprint, Flags
from cleaners.duplicates.model import RewriteModel, sigmoid
from cleaners.duplicates.shingles import Integers, Profile

SURE_FROM = 0.6
"""A direction that is less likely than this is ``unknown``."""

EARLIER = 3.0
"""Log-odds of a day or more between the dates of publication: the later text was made from the earlier.  Dates may be
those of an update, so they do not decide alone.  A convention, not fitted."""

ATTRIBUTED = 2.0
"""Log-odds of a text that names the other's publisher (“…, Reuters reported”).  A convention, not fitted."""


def direction_of(left: Profile, right: Profile, model: RewriteModel) -> Direction:
    """Which text was made from which; ``unknown`` unless the signs are clear."""
    log_odds = model.direction(signs(left.fingerprint, right.fingerprint))
    log_odds += _dates(left, right) + ATTRIBUTED * (_attributes(left, right) - _attributes(right, left))
    if sigmoid(abs(log_odds)) < SURE_FROM:
        return "unknown"
    return "left-from-right" if log_odds > 0 else "right-from-left"


def signs(left: Fingerprint, right: Fingerprint) -> dict[str, float]:
    """Differences that speak for the left text being made from the right one; swapped texts give the negatives."""
    both = Overlap(left, right)
    return {
        "held": _held(left, both.here) - _held(right, both.there),
        "length": log((right.words + 20) / (left.words + 20)),
        "figures": log(_own(right.digits.each > 0, both.there) / _own(left.digits.each > 0, both.here)),
        "names": log(_own(right.name, both.there) / _own(left.name, both.here)),
        "quotations": _quoted(right) - _quoted(left),
        "rarity": _rarity(right) - _rarity(left),
    }


def _held(text: Fingerprint, shared: Integers) -> float:
    return Share(float(text.weight.each[shared].sum()), text.mass).shrunk(10, 0.4)


def _own(kept: Flags, shared: Integers) -> int:
    """One more than the number of stems kept that are not shared."""
    return 1 + int(np.count_nonzero(kept)) - int(np.count_nonzero(kept[shared]))


def _quoted(text: Fingerprint) -> float:
    return float(np.count_nonzero(~text.told)) / (len(text.told) + 10)


def _rarity(text: Fingerprint) -> float:
    return text.mass / (text.vocabulary + 10)


def _dates(left: Profile, right: Profile) -> float:
    if not left.published or not right.published or left.published[:10] == right.published[:10]:
        return 0.0
    return EARLIER if left.published > right.published else -EARLIER


def _attributes(text: Profile, other: Profile) -> bool:
    """Whether ``text`` names the publisher of ``other`` and is not of the same house."""
    publisher = other.publisher
    if not publisher or publisher == text.publisher:
        return False
    return publisher.casefold() in text.text.casefold()
