"""The passages that two texts share, side by side: sentences matched by the weight of the words they have in common.

>>> from cleaners.duplicates.shingles import profile
>>> left = profile("The last of the peacekeepers left Bamako on Friday. Rain fell.")
>>> right = profile("On Friday Bamako saw the last of its peacekeepers. Markets rose.")
>>> [(p.kind, p.left, p.right) for p in passages_of(left, right)]
[('reworded', (0, 51), (0, 50)), ('new', (52, 62), None), ('new', None, (51, 64))]
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from cleaners.documents import Passage, PassageKind
from cleaners.duplicates.features import Overlap
from cleaners.duplicates.fingerprint import Flags, Floats
from cleaners.duplicates.shingles import Hashes, Integers, Profile, combine, distinct, find

REWORDED_FROM = 0.4
"""Share of a sentence's weight that a sentence of the other text must hold: at .4 matches of independent reports are
few, and most sentences of labelled rewrites have one."""

LEAST_SHARED = 2.0
"""Weight that two sentences must share: two rare words or a few that are less so."""

NAME_WEIGHT = 0.5
"""What a name weighs of its rarity: sentences of one event share its names whatever they say."""

LEAST_RUNS = 4
"""Or runs of three words: six words on end."""

VERBATIM_FROM = 0.75
"""Share of the runs of three words that the one sentence must have of the other."""

MOST_PLACES = 2500
"""A word that stands in so many pairs of sentences says nothing of which belong together."""

MOST_SENTENCES = 1000
"""A text of more sentences gets no passages: a table of all pairs would take too much memory."""

SPOKEN_FROM = 0.6
"""Share of what two sentences have in common that both have inside quotations: who says it, and where, may be told in
as many words as one likes."""


class Layout(NamedTuple):
    """What the sentences of a text hold, whatever it is compared with.

    ``spans`` are the sentences with the marks around them; ``mass`` is what the content words of each come to, ``runs``
    are the runs of three words, those ``within`` a sentence flagged, in ``sentences`` each, ``run_count`` of them in
    each; ``spoken`` is the share of a sentence's words in quotations.  Parallel to each other stand the ``stems`` (by
    their places in the fingerprint) that a sentence (``at``) holds, what each weighs, and what it does within
    quotations.  ``said_runs`` flags the runs within quotations, ``said_count`` of them in each sentence.
    """

    spans: list[tuple[int, int]]
    stems: Integers
    at: Integers
    weights: Floats
    said: Floats
    mass: Floats
    runs: Hashes
    within: Flags
    sentences: Integers
    run_count: Floats
    spoken: Floats
    said_runs: Floats
    said_count: Floats


class _Side(NamedTuple):
    """The sentences of a text, the content words and the runs of three words in them that the other text has too, and
    the same with weight within quotations only."""

    layout: Layout
    words: _Occurrences
    said: _Occurrences
    runs: _Occurrences
    said_runs: _Occurrences


class _Occurrences(NamedTuple):
    """What stands where: the number of a shared thing, sorted, the sentence it stands in, and what it weighs."""

    things: Integers
    sentences: Integers
    weights: Floats


class _Match(NamedTuple):
    kind: PassageKind
    left: int
    right: int


def passages_of(left: Profile, right: Profile, both: Overlap | None = None) -> tuple[Passage, ...]:
    """Matching passages in the order of the left text, and what is new in either; what is new on the right comes last.

    ``both`` is the overlap of the two, where it is known already.  A sentence that became several is one passage, and
    so are sentences that were copied on end or are new on end.
    """
    if np.array_equal(left.hashes, right.hashes) and len(left):
        return (Passage("verbatim", _whole(left), _whole(right)),)
    if not 0 < len(left.sentences) <= MOST_SENTENCES or not 0 < len(right.sentences) <= MOST_SENTENCES:
        return ()
    both = both or Overlap(left.fingerprint, right.fingerprint)
    shared_runs = distinct(left.layout.runs)
    shared_runs = shared_runs[find(shared_runs, distinct(right.layout.runs))[0]]
    ours, theirs = _side(left, both.here, shared_runs), _side(right, both.there, shared_runs)
    matches = _matches(ours, theirs)
    passages = [_passage(run, ours, theirs) for run in _runs_of(matches)]
    matched_left, matched_right = {match.left for match in matches}, {match.right for match in matches}
    new_left = [Passage("new", span, None) for span in _unmatched(ours, matched_left)]
    new_right = [Passage("new", None, span) for span in _unmatched(theirs, matched_right)]
    passages = sorted(passages + new_left, key=lambda passage: (passage.left or (0, 0), passage.right or (0, 0)))
    return (*passages, *new_right)


def _whole(text: Profile) -> tuple[int, int]:
    spans = _spans(text)
    return spans[0][0], spans[-1][1]


def layout_of(text: Profile) -> Layout:
    """What the sentences of a text hold; :attr:`Profile.layout` keeps it."""
    low, high = text.sentences[:, 0], text.sentences[:, 1]
    sentence = np.arange(len(low)).repeat(high - low)
    spoken = np.zeros(len(text))
    for start, end in text.quotations.tolist():
        spoken[start:end] = 1.0
    runs = combine(text.hashes, 3)
    in_runs, said_runs = sentence[: len(runs)], spoken[: len(runs)] * spoken[1:-1] * spoken[2:]
    stems, at, weights, said = _contents(text, sentence, spoken > 0)
    return Layout(
        spans=_spans(text),
        stems=stems,
        at=at,
        weights=weights,
        said=said,
        mass=np.bincount(at, weights, minlength=len(low)).astype(np.float64),
        runs=runs,
        within=in_runs == sentence[2:],  # a run over the end of a sentence is in neither
        sentences=in_runs,
        run_count=np.maximum(high - low - 2, 1).astype(np.float64),
        spoken=np.bincount(sentence, spoken, minlength=len(low)) / (high - low),
        said_runs=said_runs,
        said_count=np.maximum(np.bincount(in_runs, said_runs, minlength=len(low)), 1.0),
    )


def _side(text: Profile, shared: Integers, shared_runs: Hashes) -> _Side:
    """The sentences of a text; ``shared`` are the places of the stems that the other text has too."""
    layout = text.layout
    number = np.full(len(text.fingerprint.stems), -1, dtype=np.intp)
    number[shared] = np.arange(len(shared))
    numbers = number[layout.stems]
    kept = numbers >= 0
    words = _Occurrences(numbers[kept], layout.at[kept], layout.weights[kept])
    held, thing = find(layout.runs, shared_runs)
    held &= layout.within
    order = thing[held].argsort(kind="stable")
    runs = _Occurrences(thing[held][order], layout.sentences[held][order], np.ones(len(order)))
    return _Side(
        layout=layout,
        words=words,
        said=words._replace(weights=layout.said[kept]),
        runs=runs,
        said_runs=runs._replace(weights=layout.said_runs[held][order]),
    )


def _spans(text: Profile) -> list[tuple[int, int]]:
    """The sentences as spans that take the marks around them along, up to white space."""
    first, last = text.spans[text.sentences[:, 0], 0].tolist(), text.spans[text.sentences[:, 1] - 1, 1].tolist()
    letters, spans, reached = text.text, [], 0
    for start, end, following in zip(first, last, [*first[1:], len(letters)], strict=True):
        low, high = start, end
        while low > reached and not letters[low - 1].isspace():
            low -= 1
        while high < following and not letters[high].isspace():
            high += 1
        spans.append((low, high))
        reached = high
    return spans


def _contents(text: Profile, sentence: Integers, spoken: Flags) -> tuple[Integers, Integers, Floats, Floats]:
    """The stems with content in each sentence, the sentences, what the stems weigh, and what they do in quotations; a
    word counts once a sentence."""
    prints = text.fingerprint
    weight = np.where(prints.name, NAME_WEIGHT, 1.0) * prints.weight
    heavy = weight[prints.place] > 0
    cells = prints.place[heavy] * len(text.sentences) + sentence[heavy]
    keys = distinct(cells)
    stems, at = np.divmod(keys, len(text.sentences))
    weights = weight[stems]
    quoted = find(keys, np.sort(cells[spoken[heavy]]))[0] if spoken.any() else np.zeros(len(keys), bool)
    return stems, at, weights, weights * quoted


def _shared(ours: _Occurrences, theirs: _Occurrences, shape: tuple[int, int]) -> Floats:
    """What every two sentences share, by the lighter weight: every occurrence here with every one there."""
    if not len(ours.things) or not len(theirs.things):
        return np.zeros(shape)
    kinds = 1 + max(ours.things[-1], theirs.things[-1])
    here_each, there_each = np.bincount(ours.things, minlength=kinds), np.bincount(theirs.things, minlength=kinds)
    first, count = (there_each.cumsum() - there_each)[ours.things], there_each[ours.things]
    count = np.where(count * here_each[ours.things] > MOST_PLACES, 0, count)
    here = np.arange(len(count)).repeat(count)
    there = (first - count.cumsum() + count).repeat(count) + np.arange(len(here))
    cells = ours.sentences[here] * shape[1] + theirs.sentences[there]
    weights = np.minimum(ours.weights[here], theirs.weights[there])
    table = np.bincount(cells, weights, minlength=shape[0] * shape[1])
    return table.reshape(shape).astype(np.float64)


def _matches(ours: _Side, theirs: _Side) -> list[_Match]:
    """Every sentence with the one that holds most of it, either way round, in reading order."""
    here, there = ours.layout, theirs.layout
    shape = (len(here.spans), len(there.spans))
    weight, runs = _shared(ours.words, theirs.words, shape), _shared(ours.runs, theirs.runs, shape)
    of_left = np.maximum(weight / (here.mass[:, None] + 1e-9), runs / here.run_count[:, None])
    of_right = np.maximum(weight / (there.mass[None, :] + 1e-9), runs / there.run_count[None, :])
    spoken = (here.spoken[:, None] >= SPOKEN_FROM) & (there.spoken[None, :] >= SPOKEN_FROM)
    if here.spoken.any() and there.spoken.any():
        said, said_runs = _shared(ours.said, theirs.said, shape), _shared(ours.said_runs, theirs.said_runs, shape)
        of_left = np.maximum(of_left, said_runs / here.said_count[:, None])
        of_right = np.maximum(of_right, said_runs / there.said_count[None, :])
        spoken |= said_runs >= np.maximum(SPOKEN_FROM * runs, LEAST_RUNS)
        spoken |= (said > 0) & (said >= SPOKEN_FROM * weight)
    found = set(enumerate(of_left.argmax(axis=1).tolist()))
    found |= {(i, j) for j, i in enumerate(of_right.argmax(axis=0).tolist())}
    kept = (np.maximum(of_left, of_right) >= REWORDED_FROM) & ((weight >= LEAST_SHARED) | (runs >= LEAST_RUNS))
    verbatim = runs >= VERBATIM_FROM * np.minimum(here.run_count[:, None], there.run_count[None, :])
    return [_Match(_kind(verbatim[i, j], spoken[i, j]), i, j) for i, j in sorted(found) if kept[i, j]]


def _kind(verbatim: bool, spoken: bool) -> PassageKind:
    if spoken:
        return "quotation"
    return "verbatim" if verbatim else "reworded"


def _runs_of(matches: list[_Match]) -> list[list[_Match]]:
    """Matches that belong together: of one kind, and one sentence against several, or copied on end."""
    runs: list[list[_Match]] = []
    for match in matches:
        last = runs[-1][-1] if runs else None
        steps = (match.left - last.left, match.right - last.right) if last and last.kind == match.kind else None
        if steps in ((0, 1), (1, 0)) or (steps == (1, 1) and match.kind == "verbatim"):
            runs[-1].append(match)
        else:
            runs.append([match])
    return runs


def _passage(run: list[_Match], ours: _Side, theirs: _Side) -> Passage:
    first, last = run[0], run[-1]
    here, there = ours.layout.spans, theirs.layout.spans
    left, right = (here[first.left][0], here[last.left][1]), (there[first.right][0], there[last.right][1])
    return Passage(first.kind, left, right)


def _unmatched(side: _Side, matched: set[int]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    previous = -2
    for at, span in enumerate(side.layout.spans):
        if at in matched:
            continue
        if previous == at - 1 and spans:
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
        previous = at
    return spans
