"""A text prepared once for every comparison it will take part in: words, sentences, figures, names, hashed shingles.

    >>> left = profile("Mali ended the mission. The council voted on Friday for a withdrawal of 13,000 peacekeepers.")
    >>> left.language, len(left), len(left.sentences), left.shingles(3).dtype.name
    ('en', 15, 2, 'uint64')
    >>> [left.word(i) for i in left.figures], [left.word(i) for i in left.names]
    (['13,000'], ['Friday'])
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cleaners.duplicates.lexicon import Lexicon, language_of

Hashes = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.intp]

# Marks that belong to a word but are no letters for \w: Latin, Cyrillic, Hebrew and Arabic points; the Indic and
# South-East Asian blocks (vowel signs), without the dandas; joiners.
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06ed"
    "\u0900-\u0963\u0966-\u109f\u1780-\u17d3\u200c\u200d"
)
# Scripts that put no space between words.
_UNSPACED = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u109f\u1780-\u17d3\u3005-\u3007\u3040-\u30ff\u3400-\u9fff"
_UNSPACED += "\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"\d+(?:[.,:]\d+)*|[^\W\d_][\w{_MARKS}]*(?:['’-][\w{_MARKS}]+)*|[\w{_MARKS}]+")
_UNSPACED_RUN = re.compile(rf"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_HAS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
_SENTENCE_END = re.compile(r"""[.!?…][.!?…"'”’»)\]]*(?=\s)|[。！？．｡।؟۔]["”’」』）]*|\n[^\S\n]*\n|\n""")
_QUOTATION = re.compile(
    r"“[^“”]{1,1000}|„[^„“]{1,1000}|«[^«»]{1,1000}|「[^「」]{1,1000}|\"[^\"]{1,1000}\"|``[^`']{1,1000}''"
)


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """A text and what :func:`profile` found in it.  Arrays run parallel to the words, in reading order.

    ``spans`` are half-open character spans, shape (words, 2).  ``hashes`` and ``stems`` are 64-bit xxh3 hashes of the
    normalised word and of its stem; ``rarity`` is 0 for function words and rises to 3.5 (see
    :mod:`cleaners.duplicates.lexicon`).  ``sentences`` and ``quotations`` are half-open ranges of words, shape
    (n, 2); ``figures`` and ``names`` are positions of words.
    """

    text: str
    language: str | None
    spans: Integers
    hashes: Hashes
    stems: Hashes
    rarity: npt.NDArray[np.float64]
    sentences: Integers
    quotations: Integers
    figures: Integers
    names: Integers
    _shingles: dict[int, Hashes] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """The number of words."""
        return len(self.hashes)

    def word(self, position: int) -> str:
        """The word at a position, as the text spells it."""
        start, end = self.spans[position]
        return self.text[start:end]

    def shingles(self, size: int) -> Hashes:
        """The distinct hashes of every run of ``size`` words, sorted.  A text shorter than that has none."""
        found = self._shingles.get(size)
        if found is None:
            found = self._shingles[size] = np.unique(combine(self.hashes, size))
        return found


def profile(text: str, language: str | None = None) -> Profile:
    """Prepare a text for comparison.  ``language`` (ISO 639-1) is guessed from function words where it is not given.

    Never raises on a ``str``: an empty text has no words.
    """
    spans = _word_spans(text)
    surfaces = [text[start:end] for start, end in spans]
    language = language or language_of(map(str.lower, surfaces))
    lexicon = Lexicon.of(language)
    words = [lexicon[surface] for surface in surfaces]
    bounds = np.array(spans, dtype=np.intp).reshape(-1, 2)
    sentences = _sentences(text, bounds[:, 0])
    return Profile(
        text=text,
        language=language,
        spans=bounds,
        hashes=np.array([word.hash for word in words], dtype=np.uint64),
        stems=np.array([word.stem for word in words], dtype=np.uint64),
        rarity=np.array([word.rarity for word in words], dtype=np.float64),
        sentences=sentences,
        quotations=_quotations(text, bounds),
        figures=np.array([i for i, surface in enumerate(surfaces) if surface[0].isdigit()], dtype=np.intp),
        names=_names(surfaces, sentences),
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


def _word_spans(text: str) -> list[tuple[int, int]]:
    spans = [match.span() for match in _WORD.finditer(text)]
    if not _HAS_UNSPACED.search(text):
        return spans
    return [part for start, end in spans for part in _unspaced_parts(text, start, end)]


def _unspaced_parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Runs of Chinese, Japanese, Thai ... as overlapping pairs of characters; anything else as it stands."""
    for run in _UNSPACED_RUN.finditer(text, start, end):
        low, high = run.span()
        if high - low > 2 and _HAS_UNSPACED.match(text, low):
            yield from ((at, at + 2) for at in range(low, high - 1))
        else:
            yield low, high


def _sentences(text: str, starts: Integers) -> Integers:
    """Word ranges of the sentences, shape (n, 2)."""
    ends = np.fromiter((match.end() for match in _SENTENCE_END.finditer(text)), dtype=np.intp)
    cuts = np.unique(np.concatenate(([0], np.searchsorted(starts, ends), [len(starts)])))
    return np.stack((cuts[:-1], cuts[1:]), axis=1).astype(np.intp)


def _quotations(text: str, spans: Integers) -> Integers:
    """Word ranges between quotation marks, shape (n, 2)."""
    found = [match.span() for match in _QUOTATION.finditer(text)]
    bounds = np.array(found, dtype=np.intp).reshape(-1, 2)
    ranges = np.stack((np.searchsorted(spans[:, 0], bounds[:, 0]), np.searchsorted(spans[:, 1], bounds[:, 1])), axis=1)
    kept: Integers = ranges[ranges[:, 1] > ranges[:, 0]]
    return kept


def _names(surfaces: list[str], sentences: Integers) -> Integers:
    """Positions of words with a capital that the start of a sentence does not explain.

    The first word of a sentence counts where the text has it with a capital elsewhere too.  A sentence wholly in
    capitals (a headline) says nothing of names.
    """
    capital = [surface[0].isupper() for surface in surfaces]
    inner: set[str] = set()
    candidates: list[int] = []
    for low, high in sentences.tolist():
        found = [i for i in range(low, high) if capital[i]]
        if 2 * len(found) > high - low > 4:
            continue
        candidates += found
        inner.update(surfaces[i] for i in found if i > low)
    return np.array([i for i in candidates if surfaces[i] in inner and len(surfaces[i]) > 1], dtype=np.intp)
