"""The passages that two texts share, side by side: sentences matched by the weight of the words they have in common.

>>> from cleaners.duplicates.shingles import profile
>>> left = profile("The last of the peacekeepers left Bamako on Friday. Rain fell.")
>>> right = profile("On Friday Bamako saw the last of its peacekeepers. Markets rose.")
>>> [(p.kind, p.left, p.right) for p in passages_of(left, right)]
[('reworded', (0, 51), (0, 50)), ('new', (52, 62), None), ('new', None, (51, 64))]
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from cleaners.documents import Passage, PassageKind
from cleaners.duplicates.features import Overlap
from cleaners.duplicates.fingerprint import Floats
from cleaners.duplicates.shingles import Hashes, Integers, Profile, combine, distinct, find

REWORDED_FROM = 0.4
"""Share of a sentence's weight that a sentence of the other text must hold: at .4 matches of independent reports are
few, and most sentences of labelled rewrites have one."""

LEAST_SHARED = 1.5
"""Weight that two sentences must share: one rare word or a few that are less so."""

VERBATIM_FROM = 0.75
"""Share of a sentence's three-word runs that the other text holds."""

SPOKEN_FROM = 0.6
"""Share of a sentence's words inside quotations."""

_NO_SPACE = re.compile(r"\S+")


class _Side(NamedTuple):
    """The sentences of a text: where they stand, the weights of what the other text has too, the mass of their content,
    the share of spoken words and that of three-word runs which the other text has."""

    spans: list[tuple[int, int]]
    weights: Floats
    mass: Floats
    spoken: Floats
    verbatim: Floats


class _Match(NamedTuple):
    kind: PassageKind
    left: int
    right: int


def passages_of(left: Profile, right: Profile) -> tuple[Passage, ...]:
    """Matching passages in the order of the left text, and what is new in either; what is new on the right comes last.

    Neighbouring sentences of one kind are one passage.
    """
    if not len(left) or not len(right):
        return ()
    both = Overlap(left.fingerprint, right.fingerprint)
    theirs_runs, our_runs = distinct(combine(right.hashes, 3)), distinct(combine(left.hashes, 3))
    ours, theirs = _side(left, both.here, theirs_runs), _side(right, both.there, our_runs)
    matches = _matches(ours, theirs)
    passages = [_passage(run, ours, theirs) for run in _runs_of(matches)]
    matched_left, matched_right = {match.left for match in matches}, {match.right for match in matches}
    new_left = [Passage("new", span, None) for span in _unmatched(ours, matched_left)]
    new_right = [Passage("new", None, span) for span in _unmatched(theirs, matched_right)]
    passages = sorted(passages + new_left, key=lambda passage: (passage.left or (0, 0), passage.right or (0, 0)))
    return (*passages, *new_right)


def _side(text: Profile, shared: Integers, other_runs: Hashes) -> _Side:
    """The sentences of a text; ``shared`` are the places of the stems that the other text has too."""
    low, high = text.sentences[:, 0], text.sentences[:, 1]
    length = high - low
    spans = list(zip(text.spans[low, 0].tolist(), text.spans[high - 1, 1].tolist(), strict=True))
    held = np.zeros(len(text))
    runs = combine(text.hashes, 3)
    held[: len(runs)] = find(runs, other_runs)[0]
    verbatim = _sums(held, low, np.maximum(high - 2, low)) / np.maximum(length - 2, 1)
    spoken = np.zeros(len(text))
    for start, end in text.quotations.tolist():
        spoken[start:end] = 1.0
    weights, mass = _weights(text, shared, length)
    return _Side(_closed(text.text, spans), weights, mass, _sums(spoken, low, high) / length, verbatim)


def _sums(values: Floats, low: Integers, high: Integers) -> Floats:
    total = np.concatenate(([0.0], np.cumsum(values)))
    sums: Floats = total[high] - total[low]
    return sums


def _weights(text: Profile, shared: Integers, length: Integers) -> tuple[Floats, Floats]:
    """The square roots of the weights of the shared stems in each sentence, shape (sentences, shared stems), so that
    products of two texts' rows are the weights they share; and what all content of each sentence weighs."""
    prints = text.fingerprint
    sentence = np.repeat(np.arange(len(length)), length)
    column = np.full(len(prints.stems), -1, dtype=np.intp)
    column[shared] = np.arange(len(shared))
    weight = prints.weight[prints.place]
    heavy = np.flatnonzero(weight > 0)
    # A word that stands twice in a sentence counts once.
    keys = np.unique(sentence[heavy] * len(prints.stems) + prints.place[heavy])
    at, stem = keys // len(prints.stems), keys % len(prints.stems)
    mass = np.bincount(at, prints.weight[stem], minlength=len(length)).astype(np.float64)
    kept = column[stem] >= 0
    weights = np.zeros((len(length), len(shared)))
    weights[at[kept], column[stem[kept]]] = np.sqrt(prints.weight[stem[kept]])
    return weights, mass


def _closed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that take the marks behind their last word along, up to the next white space."""
    closed = []
    for (start, end), (following, _) in zip(spans, [*spans[1:], (len(text), 0)], strict=True):
        marks = _NO_SPACE.match(text, end, following)
        closed.append((start, marks.end() if marks else end))
    return closed


def _matches(ours: _Side, theirs: _Side) -> list[_Match]:
    """Every sentence with the one that holds most of it, either way round, in reading order."""
    shared = ours.weights @ theirs.weights.T
    of_left = shared / (ours.mass[:, None] + 1e-9)
    of_right = shared / (theirs.mass[None, :] + 1e-9)
    found = set(enumerate(of_left.argmax(axis=1).tolist()))
    found |= {(i, j) for j, i in enumerate(of_right.argmax(axis=0).tolist())}
    kept = (np.maximum(of_left, of_right) >= REWORDED_FROM) & (shared >= LEAST_SHARED)
    return [_Match(_kind(i, j, ours, theirs), i, j) for i, j in sorted(found) if kept[i, j]]


def _kind(i: int, j: int, ours: _Side, theirs: _Side) -> PassageKind:
    if ours.spoken[i] >= SPOKEN_FROM and theirs.spoken[j] >= SPOKEN_FROM:
        return "quotation"
    verbatim = max(ours.verbatim[i], theirs.verbatim[j]) >= VERBATIM_FROM
    return "verbatim" if verbatim else "reworded"


def _runs_of(matches: list[_Match]) -> list[list[_Match]]:
    """Matches of one kind that go on in both texts."""
    runs: list[list[_Match]] = []
    for match in matches:
        last = runs[-1][-1] if runs else None
        if last and last.kind == match.kind and match.left - last.left in (0, 1) and match.right - last.right in (0, 1):
            runs[-1].append(match)
        else:
            runs.append([match])
    return runs


def _passage(run: list[_Match], ours: _Side, theirs: _Side) -> Passage:
    first, last = run[0], run[-1]
    left = (ours.spans[first.left][0], ours.spans[last.left][1])
    return Passage(first.kind, left, (theirs.spans[first.right][0], theirs.spans[last.right][1]))


def _unmatched(side: _Side, matched: set[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    previous = -2
    for at, span in enumerate(side.spans):
        if at in matched:
            continue
        if previous == at - 1 and spans:
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
        previous = at
    return spans
