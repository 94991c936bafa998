"""A text prepared once for every comparison it will take part in: words, sentences, figures, names, hashed shingles.

>>> text = profile("Mali ended the mission. The council voted on Friday to bring 13,000 peacekeepers home.")
>>> text.language, len(text), len(text.sentences), text.shingles(3).dtype.name
('en', 14, 2, 'uint64')
>>> [text.word(i) for i in text.figures], [text.word(i) for i in text.names]
(['13,000'], ['Friday'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cleaners.duplicates.lexicon import VOTERS, Lexicon, language_of
from cleaners.duplicates.quotations import quoted_spans

if TYPE_CHECKING:
    from cleaners.duplicates.fingerprint import Fingerprint, Slots

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.intp]

# Marks that belong to a word but are no letters for \w: Latin, Cyrillic, Hebrew and Arabic points; the Indic and
# South-East Asian blocks (vowel signs), without the dandas; joiners.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed"
    "\u0900-\u0963\u0966-\u109f\u1780-\u17d3\u200c\u200d"
)
# Scripts that put no space between words.
_UNSPACED = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
_HAS_MARKS = re.compile(f"[{_MARKS}]")
# Numbers, and words with inner apostrophes and hyphens; the plain pattern is the same where no mark occurs, and faster.
_WORD = re.compile(rf"(\d+(?:[.,:]\d+)*|[\w{_MARKS}]+(?:['’-][\w{_MARKS}]+)*)")
_PLAIN_WORD = re.compile(r"(\d+(?:[.,:]\d+)*|\w+(?:['’-]\w+)*)")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_HAS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_SENTENCE_END = re.compile(r"""[.!?…]+["'”’»)\]]*(?=\s)|[。！？．｡।؟۔]|\n""")

UNKNOWN = "und"
"""ISO 639-2 for an undetermined language: words are judged by length, and no language is guessed."""

TITLES = frozenset(
    ["bros", "col", "corp", "dr", "gen", "gov", "hon", "inc", "jr", "lt", "mr", "mrs", "ms", "prof", "rep", "sen", "st"]
)
"""Words whose full stop ends no sentence; so is the stop after a single letter (J. Smith, U.S.)."""

WRAPPED_WIDTH = (40, 100)
"""A text is taken for hard-wrapped when its lines are between so many characters long; then a line end is a space."""


@dataclass(frozen=True, eq=False)
class Profile:
    """A text and what :func:`profile` found in it.  Arrays run parallel to the words, in reading order.

    ``spans`` are half-open character spans, shape (words, 2).  ``hashes`` and ``stems`` are 64-bit xxh3 hashes of the
    normalised word and of its stem; ``rarity`` is 0 for function words and rises to 3.5 (see
    :mod:`cleaners.duplicates.lexicon`); ``digits`` counts the digits of numbers.  ``sentences`` and ``quotations``
    are half-open ranges of words, shape (n, 2); ``names`` are positions of words.
    """

    text: str
    language: str | None
    spans: Integers
    hashes: Hashes
    stems: Hashes
    rarity: npt.NDArray[np.float64]
    digits: Integers
    sentences: Integers
    quotations: Integers
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
    def slots(self) -> Slots:
        """Figures and names by their surroundings; only near-verbatim texts are asked for them."""
        from cleaners.duplicates.fingerprint import slots

        return slots(self)

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
    surfaces, spans = _words(text)
    language = language or language_of(map(str.lower, surfaces[:VOTERS]))
    lexicon = Lexicon.of(language)
    rows = lexicon.rows(surfaces)
    sentences = _sentences(text, spans, surfaces)
    return Profile(
        text=text,
        language=None if language == UNKNOWN else language,
        spans=spans,
        hashes=lexicon.hashes[rows],
        stems=lexicon.stems[rows],
        rarity=lexicon.rarity[rows],
        digits=lexicon.digits[rows],
        sentences=sentences,
        quotations=_quotations(text, spans),
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
    total = hashes[:count].copy()
    for step in range(1, size):
        total *= np.uint64(0x9E3779B97F4A7C15)
        total += hashes[step : step + count]
    total ^= total >> np.uint64(32)
    total *= np.uint64(0xD6E8FEB86659FD93)
    total ^= total >> np.uint64(32)
    return total


def distinct(hashes: Hashes) -> Hashes:
    """The distinct hashes, sorted: :func:`numpy.unique` without its overhead for short arrays.

    >>> distinct(np.array([3, 1, 3], dtype=np.uint64)).tolist()
    [1, 3]
    """
    ordered = np.sort(hashes)
    if len(ordered) < 2:
        return ordered
    kept = np.empty(len(ordered), dtype=bool)
    kept[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=kept[1:])
    return ordered[kept]


def _words(text: str) -> tuple[list[str], Integers]:
    """The words as they stand, and their half-open spans, shape (n, 2)."""
    plain = text.isascii() or not _HAS_MARKS.search(text)
    pieces = (_PLAIN_WORD if plain else _WORD).split(text)  # between, word, between, word ...
    ends = np.cumsum(np.fromiter(map(len, pieces), dtype=np.intp, count=len(pieces)))
    spans = np.stack((ends[:-1:2], ends[1::2]), axis=1)
    if text.isascii() or not _HAS_UNSPACED.search(text):
        return pieces[1::2], spans
    bounds = [part for start, end in spans.tolist() for part in _unspaced_parts(text, start, end)]
    return [text[start:end] for start, end in bounds], np.array(bounds, dtype=np.intp).reshape(-1, 2)


def _unspaced_parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of Chinese, Japanese, Thai ... as overlapping pairs of characters; anything else as it stands."""
    for run in _UNSPACED_RUN.finditer(text, start, end):
        low, high = run.span()
        if high - low > 2 and _HAS_UNSPACED.match(text, low):
            yield from ((at, at + 2) for at in range(low, high - 1))
        else:
            yield low, high


def _sentences(text: str, spans: Integers, surfaces: list[str]) -> Integers:
    """Word ranges of the sentences, shape (n, 2).

    A sentence ends at a terminal mark before white space, save after a title or an initial, and at a line end unless
    the text is hard-wrapped.
    """
    wrapped = _is_wrapped(text)
    ends = [match.end() for match in _SENTENCE_END.finditer(text) if not (wrapped and text[match.start()] == "\n")]
    cuts = np.searchsorted(spans[:, 0], np.array(ends, dtype=np.intp)).tolist()
    kept = [0]
    for end, cut in zip(ends, cuts, strict=True):
        if cut > kept[-1] and not (text[end - 1] == "." and _abbreviates(surfaces[cut - 1])):
            kept.append(cut)
    if kept[-1] < len(surfaces):
        kept.append(len(surfaces))
    bounds = np.array(kept, dtype=np.intp)
    return np.stack((bounds[:-1], bounds[1:]), axis=1)


def _abbreviates(word: str) -> bool:
    """Whether a full stop behind this word ends no sentence."""
    return (len(word) == 1 and word.isupper()) or word.lower() in TITLES


def _is_wrapped(text: str) -> bool:
    low, high = WRAPPED_WIDTH
    lengths = sorted(len(line) for line in text.split("\n", 40)[:40] if line)
    return len(lengths) > 4 and lengths[-1] <= high and lengths[len(lengths) // 2] >= low


def _quotations(text: str, spans: Integers) -> Integers:
    """Word ranges between quotation marks, shape (n, 2)."""
    bounds = np.array(quoted_spans(text), dtype=np.intp).reshape(-1, 2)
    ranges = np.stack((np.searchsorted(spans[:, 0], bounds[:, 0]), np.searchsorted(spans[:, 1], bounds[:, 1])), axis=1)
    kept: Integers = ranges[ranges[:, 1] > ranges[:, 0]]
    return kept


def _names(forms: Integers, capital: npt.NDArray[np.bool_], sentences: Integers) -> Integers:
    """Positions of words with a capital that the start of a sentence does not explain.

    The first word of a sentence counts where the text has it with a capital elsewhere too.  A sentence mostly in
    capitals (a headline) says nothing of names.
    """
    if not len(forms):
        return np.empty(0, dtype=np.intp)
    first, length = sentences[:, 0], sentences[:, 1] - sentences[:, 0]
    shouting = (2 * np.add.reduceat(capital.astype(np.intp), first) > length) & (length > 4)
    candidate = capital & ~np.repeat(shouting, length)
    inner = candidate.copy()
    inner[first] = False
    return np.flatnonzero(candidate & np.isin(forms, forms[inner]))
