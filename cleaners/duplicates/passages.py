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

RUN = 3
"""Words in a run."""

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


class Occurrences(NamedTuple):
    """What stands in which sentences of a text: stems, or runs of words.

    The occurrences of thing number ``n`` are those from ``first[n]`` to ``first[n + 1]``; of each there is the sentence
    (``at``), what it weighs, and what it weighs within quotations (``said``).
    """

    first: Integers
    at: Integers
    weights: Floats
    said: Floats


class Layout(NamedTuple):
    """What the sentences of a text hold, whatever it is compared with.

    ``spans`` are the sentences with the marks around them; ``mass`` is what the content words of each come to,
    ``run_count`` the number of runs of three words in each, ``said_count`` of those within quotations; ``spoken`` is
    the share of a sentence's words in quotations.  ``stems`` are numbered as in the fingerprint, ``runs`` as the
    distinct ``hashes`` of those that end in the sentence they begin in.
    """

    spans: list[tuple[int, int]]
    mass: Floats
    run_count: Floats
    said_count: Floats
    spoken: Floats
    stems: Occurrences
    hashes: Hashes
    runs: Occurrences


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
    ours, theirs = left.layout, right.layout
    matches = _matches(ours, theirs, both)
    passages = [_passage(run, ours, theirs) for run in _together(matches)]
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
    count = len(low)
    stems = _contents(text, sentence, spoken > 0)
    said = spoken[: -RUN + 1] * spoken[1:-1] * spoken[RUN - 1 :]
    hashes, runs = _runs(text, sentence, said)
    return Layout(
        spans=_spans(text),
        mass=np.bincount(stems.at, stems.weights, minlength=count).astype(np.float64),
        run_count=np.maximum(high - low - RUN + 1, 1).astype(np.float64),
        said_count=np.maximum(np.bincount(sentence[: len(said)], said, minlength=count), 1.0),
        spoken=np.bincount(sentence, spoken, minlength=count) / (high - low),
        stems=stems,
        hashes=hashes,
        runs=runs,
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


def _contents(text: Profile, sentence: Integers, spoken: Flags) -> Occurrences:
    """The stems with content in each sentence; a word counts once a sentence, and in quotations if it is in one."""
    prints = text.fingerprint
    weight = np.where(prints.name, NAME_WEIGHT, 1.0) * prints.weight.each
    heavy = weight[prints.place] > 0
    cells = prints.place[heavy] * len(text.sentences) + sentence[heavy]
    keys = distinct(cells)
    stems, at = np.divmod(keys, len(text.sentences))
    weights = weight[stems]
    quoted = find(keys, np.sort(cells[spoken[heavy]]))[0] if spoken.any() else np.zeros(len(keys), bool)
    first = np.zeros(len(prints.stems) + 1, dtype=np.intp)
    np.bincount(stems, minlength=len(prints.stems)).cumsum(out=first[1:])
    return Occurrences(first, at, weights, weights * quoted)


def _runs(text: Profile, sentence: Integers, said: Floats) -> tuple[Hashes, Occurrences]:
    """The distinct runs of three words within a sentence, sorted, and where they stand."""
    within = (sentence[: len(said)] == sentence[2:]).nonzero()[0]  # a run over the end of a sentence is in neither
    runs = combine(text.hashes, RUN)[within]
    order = runs.argsort()
    ordered = runs[order]
    new = np.ones(len(runs) + 1, dtype=np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:-1])
    first = new.nonzero()[0]
    within = within[order]
    return ordered[first[:-1]], Occurrences(first, sentence[within], np.ones(len(within)), said[within])


def _shared(
    ours: Occurrences, theirs: Occurrences, places: tuple[Integers, Integers], shape: tuple[int, int], spoken: bool
) -> tuple[Floats, Floats | None]:
    """What every two sentences share, by the lighter weight: every occurrence here with every one there of the things
    that both texts have (``places`` in each); and where that is asked for, what they share within quotations."""
    here_first, there_first = ours.first[places[0]], theirs.first[places[1]]
    here_count, there_count = ours.first[places[0] + 1] - here_first, theirs.first[places[1] + 1] - there_first
    count = here_count * there_count
    count[count > MOST_PLACES] = 0
    thing = np.arange(len(count)).repeat(count)
    number = np.arange(len(thing)) - (count.cumsum() - count)[thing]
    here, there = np.divmod(number, there_count[thing])
    here += here_first[thing]
    there += there_first[thing]
    cells = ours.at[here] * shape[1] + theirs.at[there]

    def table(here_weights: Floats, there_weights: Floats) -> Floats:
        weights = np.minimum(here_weights[here], there_weights[there])
        summed = np.bincount(cells, weights, minlength=shape[0] * shape[1])
        return summed.reshape(shape).astype(np.float64)  # without a cell it comes in integers

    return table(ours.weights, theirs.weights), table(ours.said, theirs.said) if spoken else None


def _matches(here: Layout, there: Layout, both: Overlap) -> list[_Match]:
    """Every sentence with the one that holds most of it, either way round, in reading order."""
    shape = (len(here.spans), len(there.spans))
    speak = bool(here.spoken.any() and there.spoken.any())
    weight, said = _shared(here.stems, there.stems, (both.here, both.there), shape, speak)
    held, places = find(here.hashes, there.hashes)
    runs, said_runs = _shared(here.runs, there.runs, (held.nonzero()[0], places[held]), shape, speak)
    of_left = np.maximum(weight / (here.mass[:, None] + 1e-9), runs / here.run_count[:, None])
    of_right = np.maximum(weight / (there.mass[None, :] + 1e-9), runs / there.run_count[None, :])
    spoken = (here.spoken[:, None] >= SPOKEN_FROM) & (there.spoken[None, :] >= SPOKEN_FROM)
    if said is not None and said_runs is not None:
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


def _together(matches: list[_Match]) -> list[list[_Match]]:
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


def _passage(run: list[_Match], here: Layout, there: Layout) -> Passage:
    first, last = run[0], run[-1]
    left = here.spans[first.left][0], here.spans[last.left][1]
    right = there.spans[first.right][0], there.spans[last.right][1]
    return Passage(first.kind, left, right)


def _unmatched(side: Layout, matched: set[int]) -> list[tuple[int, int]]:
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
