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
import numpy.typing as npt

from cleaners.documents import Passage, PassageKind
from cleaners.duplicates.features import find
from cleaners.duplicates.fingerprint import CONTENT_RARITY, Flags
from cleaners.duplicates.shingles import Integers, Profile, combine, distinct

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
    """The sentences of a text: their words, mass of content, share of spoken words, and share of verbatim runs."""

    spans: list[tuple[int, int]]
    mass: npt.NDArray[np.float64]
    spoken: npt.NDArray[np.float64]
    verbatim: npt.NDArray[np.float64]


class _Match(NamedTuple):
    kind: PassageKind
    left: int
    right: int


def passages_of(left: Profile, right: Profile) -> tuple[Passage, ...]:
    """Matching passages in the order of the left text, and what is new in either; what is new on the right comes last.

    Neighbouring sentences of one kind are one passage.
    """
    if not len(left.sentences) or not len(right.sentences):
        return ()
    ours, theirs = _side(left, right), _side(right, left)
    matches = _matches(_shared_weight(left, right), ours, theirs)
    passages = [_passage(run, ours, theirs) for run in _runs_of(matches)]
    matched_left, matched_right = {match.left for match in matches}, {match.right for match in matches}
    new_left = [Passage("new", span, None) for span in _unmatched(ours, matched_left)]
    new_right = [Passage("new", None, span) for span in _unmatched(theirs, matched_right)]
    passages = sorted(passages + new_left, key=lambda passage: (passage.left or (0, 0), passage.right or (0, 0)))
    return (*passages, *new_right)


def _side(text: Profile, other: Profile) -> _Side:
    low, high = text.sentences[:, 0], text.sentences[:, 1]
    spans = list(zip(text.spans[low, 0].tolist(), text.spans[high - 1, 1].tolist(), strict=True))
    runs = combine(text.hashes, 3)
    held = np.zeros(len(text))
    held[: len(runs)] = find(runs, distinct(combine(other.hashes, 3)))[0]
    inner = np.maximum(high - 2, low)  # runs that lie in the sentence
    total = np.concatenate(([0.0], np.cumsum(held)))
    verbatim = (total[inner] - total[low]) / np.maximum(inner - low, 1)
    spoken = np.zeros(len(text))
    for start, end in text.quotations.tolist():
        spoken[start:end] = 1.0
    sums = np.concatenate(([0.0], np.cumsum(spoken)))
    sentence, _, weight = _sentence_words(text)
    mass = np.bincount(sentence, weight, minlength=len(low)).astype(np.float64)
    return _Side(_closed(text.text, spans), mass, (sums[high] - sums[low]) / (high - low), verbatim)


def _closed(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that take the marks behind their last word along, up to the next white space."""
    closed = []
    for (start, end), (following, _) in zip(spans, [*spans[1:], (len(text), 0)], strict=True):
        marks = _NO_SPACE.match(text, end, following)
        closed.append((start, marks.end() if marks else end))
    return closed


def _sentence_words(text: Profile) -> tuple[Integers, Integers, npt.NDArray[np.float64]]:
    """The distinct content words of each sentence: sentence, place in the vocabulary of the text, weight."""
    length = text.sentences[:, 1] - text.sentences[:, 0]
    sentence = np.repeat(np.arange(len(length)), length)
    kept: Flags = text.rarity >= CONTENT_RARITY
    stems, place = np.unique(text.stems[kept], return_inverse=True)
    keys, index = np.unique(sentence[kept] * (len(stems) + 1) + place, return_index=True)
    return keys // (len(stems) + 1), keys % (len(stems) + 1), text.rarity[kept][index] - 1.0


def _shared_weight(left: Profile, right: Profile) -> npt.NDArray[np.float64]:
    """The weight of the content words that two sentences share, shape (left sentences, right sentences)."""
    tables = []
    vocabulary = np.unique(np.concatenate((left.stems, right.stems)))
    for text in (left, right):
        table = np.zeros((len(text.sentences), len(vocabulary)), dtype=np.float32)
        sentence = np.repeat(np.arange(len(text.sentences)), text.sentences[:, 1] - text.sentences[:, 0])
        kept = text.rarity >= CONTENT_RARITY
        table[sentence[kept], np.searchsorted(vocabulary, text.stems[kept])] = np.sqrt(text.rarity[kept] - 1.0)
        tables.append(table)
    shared: npt.NDArray[np.float64] = (tables[0] @ tables[1].T).astype(np.float64)
    return shared


def _matches(shared: npt.NDArray[np.float64], ours: _Side, theirs: _Side) -> list[_Match]:
    """Every sentence with the one that holds most of it, either way round, in reading order."""
    of_left = shared / (ours.mass[:, None] + 1e-9)
    of_right = shared / (theirs.mass[None, :] + 1e-9)
    found = {(i, int(of_left[i].argmax())) for i in range(shared.shape[0])}
    found |= {(int(of_right[:, j].argmax()), j) for j in range(shared.shape[1])}
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
