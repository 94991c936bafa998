"""A text prepared once for every comparison it will take part in: words, sentences, figures, names, hashed shingles.

>>> text = profile("Mali ended the mission. The council voted on Friday to bring 13,000 peacekeepers home.")
>>> text.language, len(text), len(text.sentences), text.shingles(3).dtype.name
('en', 14, 2, 'uint64')
>>> [text.word(i) for i in text.figures], [text.word(i) for i in text.names]
(['13,000'], ['Friday'])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from cleaners.duplicates.lexicon import VOTERS, Lexicon, language_of
from cleaners.duplicates.quotations import quoted_spans
from cleaners.duplicates.words import Scan, scan

if TYPE_CHECKING:
    from cleaners.duplicates.fingerprint import Fingerprint, Slots
    from cleaners.duplicates.passages import Layout

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.intp]
Numbers = TypeVar("Numbers", Hashes, Integers)

CLOSERS = frozenset("\"'”’»)]」』）")
"""What may stand between the mark that ends a sentence and the space behind it."""

SPACED_STOPS = frozenset(".!?…")
"""Marks that end a sentence only before white space: 2.5, U.N.'s, news.com."""

UNKNOWN = "und"
"""ISO 639-2 for an undetermined language: words are judged by length, and no language is guessed."""

TITLES = frozenset(
    ["bros", "col", "corp", "dr", "gen", "gov", "hon", "inc", "jr", "lt", "mr", "mrs", "ms", "prof", "rep", "sen", "st"]
)
"""Words whose full stop ends no sentence; so is the stop after a single letter (J. Smith, U.S.)."""

_FACTOR, _LAST_FACTOR, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93), np.uint64(32)

WRAPPED_WIDTH = (40, 100)
"""A text is taken for hard-wrapped when its lines are between so many characters long; then a line end is a space."""


@dataclass(frozen=True, eq=False)
class Profile:
    """A text and what :func:`profile` found in it.  Arrays run parallel to the words, in reading order.

    ``spans`` are half-open character spans, shape (words, 2).  ``hashes`` and ``stems`` are 64-bit xxh3 hashes of the
    normalised word and of its stem; ``rarity`` is 0 for function words and rises to 3.5 (see
    :mod:`cleaners.duplicates.lexicon`); ``digits`` counts the digits of numbers.  ``sentences`` are half-open ranges
    of words, shape (n, 2); ``names`` are positions of words, ``quotes`` those of characters that may open or close a
    quotation.
    """

    text: str
    language: str | None
    spans: Integers
    hashes: Hashes
    stems: Hashes
    rarity: npt.NDArray[np.float64]
    digits: Integers
    sentences: Integers
    quotes: Integers
    names: Integers
    published: str | None = None
    publisher: str | None = None
    _shingles: dict[int, Hashes] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """The number of words."""
        return len(self.hashes)

    @property
    def figures(self) -> Integers:
        """Positions of the numbers."""
        return np.flatnonzero(self.digits)

    def word(self, position: int) -> str:
        """The word at a position, as the text spells it."""
        start, end = self.spans[position]
        return self.text[start:end]

    def read_as(self, language: str | None) -> Profile:
        """The same text prepared in another language; itself where that is its own."""
        if language == self.language:
            return self
        return profile(self.text, language or UNKNOWN, published=self.published, publisher=self.publisher)

    def shingles(self, size: int) -> Hashes:
        """The distinct hashes of every run of ``size`` words, sorted.  A text shorter than that has none."""
        found = self._shingles.get(size)
        if found is None:
            found = self._shingles[size] = distinct(combine(self.hashes, size))
        return found

    @cached_property
    def quotations(self) -> Integers:
        """Word ranges between quotation marks, shape (n, 2); the search for candidates does without."""
        bounds = np.array(quoted_spans(self.text, self.quotes), dtype=np.intp).reshape(-1, 2)
        low = self.spans[:, 0].searchsorted(bounds[:, 0])
        high = self.spans[:, 1].searchsorted(bounds[:, 1], "right")
        return _ranges(low, high)[high > low]

    @cached_property
    def slots(self) -> Slots:
        """Figures and names by their surroundings; only near-verbatim texts are asked for them."""
        from cleaners.duplicates.fingerprint import slots

        return slots(self)

    @cached_property
    def layout(self) -> Layout:
        """What the sentences hold; only texts with something in common are asked for it."""
        from cleaners.duplicates.passages import layout_of

        return layout_of(self)

    @cached_property
    def fingerprint(self) -> Fingerprint:
        """The sets that a comparison intersects, made when they are first asked for."""
        from cleaners.duplicates.fingerprint import fingerprint

        return fingerprint(self)


def profile(
    text: str, language: str | None = None, *, published: str | None = None, publisher: str | None = None
) -> Profile:
    """Prepare a text for comparison.  ``language`` (ISO 639-1) is guessed from function words where it is not given.

    ``published`` (ISO 8601) and ``publisher`` help to tell which text was made from which.

    Never raises on a ``str``: an empty text has no words.
    """
    marks = scan(text)
    language = language or language_of(marks.surfaces[:VOTERS])
    lexicon = Lexicon.of(language)
    rows = lexicon.rows(marks.surfaces)
    sentences = _sentences(marks)
    return Profile(
        text=text,
        language=None if language == UNKNOWN else language,
        spans=marks.words,
        hashes=lexicon.hashes[rows],
        stems=lexicon.stems[rows],
        rarity=lexicon.rarity[rows],
        digits=lexicon.digits[rows],
        sentences=sentences,
        quotes=marks.quotes,
        names=_names(rows, lexicon.capital[rows], sentences),
        published=published,
        publisher=publisher,
    )


def combine(hashes: Hashes, size: int) -> Hashes:
    """One 64-bit hash for every run of ``size`` hashes, in order; empty where there are fewer.

    A polynomial in an odd constant (the golden ratio's 64 bits), so the order of words counts, and a final
    multiply-shift so that low bits are as good as high ones.

    >>> words = np.array([1, 2, 3], dtype=np.uint64)
    >>> len(combine(words, 2)), len(combine(words, 4)), combine(words, 2)[0] == combine(words[::-1], 2)[1]
    (2, 0, np.False_)
    """
    count = len(hashes) - size + 1
    if count <= 0:
        return np.empty(0, dtype=np.uint64)
    return mixed([hashes[step : step + count] for step in range(size)])


def mixed(columns: Sequence[Hashes]) -> Hashes:
    """One hash for every row of some columns of hashes, as :func:`combine` has it.

    >>> words = np.array([1, 2, 3], dtype=np.uint64)
    >>> np.array_equal(mixed([words[:2], words[1:]]), combine(words, 2))
    True
    """
    total = columns[0].copy()
    for column in columns[1:]:
        total *= _FACTOR
        total += column
    total ^= total >> _HALF
    total *= _LAST_FACTOR
    total ^= total >> _HALF
    return total


def distinct(hashes: Numbers) -> Numbers:
    """The distinct numbers, sorted: :func:`numpy.unique` without its overhead for short arrays.

    >>> distinct(np.array([3, 1, 3], dtype=np.uint64)).tolist()
    [1, 3]
    """
    ordered = hashes.copy()
    ordered.sort()
    if len(ordered) < 2:
        return ordered
    kept = np.empty(len(ordered), dtype=bool)
    kept[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]


def find(values: npt.NDArray[Any], those: npt.NDArray[Any]) -> tuple[npt.NDArray[np.bool_], Integers]:
    """Which of ``values`` are among ``those`` (sorted), and where; the place of what is not there means nothing.

    >>> held, places = find(np.array([1, 5]), np.array([5, 9]))
    >>> held.tolist(), int(places[1])
    ([False, True], 0)
    """
    if not len(those):
        return np.zeros(len(values), dtype=np.bool_), np.zeros(len(values), dtype=np.intp)
    places = those.searchsorted(values)
    places[places == len(those)] = 0
    held: npt.NDArray[np.bool_] = those[places] == values
    return held, places


def _sentences(marks: Scan) -> Integers:
    """Word ranges of the sentences, shape (n, 2).

    A sentence ends at a terminal mark before white space, save after a title or an initial, and at a line end unless
    the text is hard-wrapped.
    """
    text, surfaces = marks.text, marks.surfaces
    wrapped = _is_wrapped(text)
    kept = [0]
    for at, cut in zip(marks.stops.tolist(), marks.words[:, 0].searchsorted(marks.stops).tolist(), strict=True):
        if cut == kept[-1] or (text[at] == "." and _abbreviates(surfaces[cut - 1])):
            continue
        if _ends_sentence(text, at, wrapped):
            kept.append(cut)
    if kept[-1] < len(surfaces):
        kept.append(len(surfaces))
    return _ranges(np.array(kept[:-1], dtype=np.intp), np.array(kept[1:], dtype=np.intp))


def _ranges(low: Integers, high: Integers) -> Integers:
    """Half-open ranges, shape (n, 2)."""
    found = np.empty((len(low), 2), dtype=np.intp)
    found[:, 0], found[:, 1] = low, high
    return found


def _ends_sentence(text: str, at: int, wrapped: bool) -> bool:
    if text[at] == "\n":
        return not wrapped or text[at + 1 : at + 2] == "\n"
    if text[at] not in SPACED_STOPS:
        return True
    after, length = at + 1, len(text)
    while after < length and text[after] in CLOSERS:
        after += 1
    return after == length or text[after].isspace()


def _abbreviates(word: str) -> bool:
    """Whether a full stop behind this word ends no sentence."""
    return (len(word) == 1 and word.isupper()) or word.lower() in TITLES


def _is_wrapped(text: str) -> bool:
    low, high = WRAPPED_WIDTH
    lengths = sorted(len(line) for line in text.split("\n", 40)[:40] if line)
    return len(lengths) > 4 and lengths[-1] <= high and lengths[len(lengths) // 2] >= low


def _names(forms: Integers, capital: npt.NDArray[np.bool_], sentences: Integers) -> Integers:
    """Positions of words with a capital that the start of a sentence does not explain.

    The first word of a sentence counts where the text has it with a capital elsewhere too.  A sentence mostly in
    capitals (a headline) says nothing of names.
    """
    if not len(forms):
        return np.empty(0, dtype=np.intp)
    first, length = sentences[:, 0], sentences[:, 1] - sentences[:, 0]
    shouting = (2 * np.add.reduceat(capital.astype(np.intp), first) > length) & (length > 4)
    candidate = capital & ~shouting.repeat(length)
    inner = candidate.copy()
    inner[first] = False
    known = np.sort(forms[inner])
    places = candidate.nonzero()[0]
    return places[find(forms[places], known)[0]]
