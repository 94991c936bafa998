"""How good the decision line is by the answers so far, and how many more would settle that.

    >>> told = Estimate.of([Judged(0.9, True, True)] * 18 + [Judged(0.7, True, False)] * 2 + [Judged(0.4, False, True)])
    >>> print(told.precision, told.recall)
    .90 (.70 to .97), 18 of 20 .95 (.75 to .99), 18 of 19

The judged pairs are those nearest the line, which are the hardest: a run as a whole does better than these figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt

Z = 1.959964
"""Of 95 % of a normal distribution."""

SETTLED = 0.05
"""Half the width of the interval at which a share counts as known: five points either way."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair that a person has judged: its score, whether the line calls it, and whether it is one in truth."""

    score: float
    called: bool
    true: bool


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    @property
    def value(self) -> float:
        """The share itself; one half where nothing is known."""
        return self.part / self.whole if self.whole else 0.5

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of Wilson (1927), which holds for few answers and for shares near 0 and 1 too.

        >>> [round(end, 3) for end in Share(9, 10).interval], Share(0, 0).interval
        ([0.596, 0.982], (0.0, 1.0))
        """
        return wilson(self.value, self.whole)

    def missing(self) -> int:
        """How many more of the same kind would settle it, were the share to stay as it is.

        >>> Share(0, 0).missing(), Share(90, 100).missing(), Share(500, 1000).missing()
        (381, 41, 0)
        """
        low, high = self.whole, max(2 * self.whole, 1000)
        while low < high:
            middle = (low + high) // 2
            ends = wilson(self.value, middle)
            low, high = (low, middle) if ends[1] - ends[0] <= 2 * SETTLED else (middle + 1, high)
        return low - self.whole

    def __str__(self) -> str:
        """The share as it is shown."""
        if not self.whole:
            return "not known yet"
        low, high = (f"{end:.2f}".removeprefix("0") for end in self.interval)
        value = f"{self.value:.2f}".removeprefix("0")
        return f"{value} ({low} to {high}), {self.part:,} of {self.whole:,}"


def wilson(share: float, count: int) -> tuple[float, float]:
    """The interval of Wilson for a share among so many."""
    if not count:
        return 0.0, 1.0
    middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count)
    half = Z * sqrt(share * (1 - share) / count + Z * Z / (4 * count * count)) / (1 + Z * Z / count)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


@dataclass(frozen=True, slots=True)
class Estimate:
    """Precision and recall of the line on the judged pairs, and the line that agrees with most of the answers."""

    answers: int
    precision: Share
    recall: Share
    agreeing: int
    best_line: float | None
    best_agreeing: int

    @classmethod
    def of(cls, judged: Iterable[Judged]) -> Estimate:
        """The estimate from answers."""
        found = sorted(judged, key=lambda each: each.score)
        right = sum(each.called and each.true for each in found)
        line, best = _best_line(found)
        return cls(
            len(found),
            Share(right, sum(each.called for each in found)),
            Share(right, sum(each.true for each in found)),
            sum(each.called == each.true for each in found),
            line,
            best,
        )

    @property
    def missing(self) -> int:
        """About how many more answers would settle both shares; as many of them would count for each as did so far.

        >>> Estimate.of([]).missing, Estimate.of([Judged(0.9, True, True)] * 400).missing
        (762, 0)
        """
        needs = []
        for share in (self.precision, self.recall):
            rate = share.whole / self.answers if share.whole else 0.5
            needs.append(ceil(share.missing() / rate))
        return max(needs)


def _best_line(judged: list[Judged]) -> tuple[float | None, int]:
    """The line between two scores (or at either end) that agrees with most answers; of several the middle one."""
    if not judged:
        return None, 0
    agreeing = sum(each.true for each in judged)  # a line below them all calls everything
    found = [(agreeing, 0)]
    for at, each in enumerate(judged, 1):
        agreeing += -1 if each.true else 1
        if at == len(judged) or judged[at].score > each.score:
            found.append((agreeing, at))
    most = max(found)[0]
    places = [at for count, at in found if count == most]
    at = places[len(places) // 2]
    below = judged[at - 1].score if at else 0.0
    above = judged[at].score if at < len(judged) else 1.0
    return (below + above) / 2, most
