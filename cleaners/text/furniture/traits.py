"""What lines show by themselves: their length, their words, their punctuation, the furniture they name.

Everything is read off for all lines of a text at once (:mod:`cleaners.text.furniture.sample`).  Rules look at
:class:`Traits`; the model, which is asked about whole pages only, at :func:`measures` too.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.hashing import span_hashes
from cleaners.text.furniture import letters
from cleaners.text.furniture.letters import UNSPACED
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.sample import Sample, Samples, head
from cleaners.text.furniture.vocabulary import NUMERAL, READER, Ids, vocabulary

SENTENCE_ENDS = frozenset(".!?…。！？؟۔।")
BULLET = re.compile(r"(?:[-*+•·–—▪►»›]|\\-|#{1,6}|\d{1,3}[.)])\s+")

_PARAGRAPH = 10
"""Words from which a sentence counts as prose for the model; for the rules seven do."""
_SHORT = 160
"""Characters below which a line can be a date line or a menu."""
_LONG = 60
"""Words from which a line with two sentences in what is read of it counts as one that ends in one."""
_READ = 2_000
"""Characters of such a line in which they are looked for: the first words may be a menu."""
_DATED = 40
"""Words of a line among which a date is looked for."""
_SENTENCE = re.compile(r"[.!?…][”\"’»)]? [“\"‘«(]?[^\W\d_a-z]|[。！？]")
_CLOCK = re.compile(r"\b(?:(?:19|20)\d\d|\d{1,2}[:.]\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4})\b")
_WEB = ("http:", "https:", "www.", "@", ".com")

NAMES = (
    "characters", "words", "word length", "function words", "capitals", "upper case", "digits", "ends a sentence",
    "ends with a colon", "ends with dots", "commas", "sentences", "bullet", "starts small", "separators", "web address",
    "speaks to the reader", "quotation", "known phrase", "opens with a phrase", "holds phrases", "names comments",
    "names related", "names promotion", "names stamp", "names legal", "names portrait", "stamp", "name", "prose",
    "glued words",
)  # fmt: skip
"""The measures of a line, in the order of the columns of :func:`measures`."""


class Traits(NamedTuple):
    """What the lines of a text show, an item a line.

    ``words`` and ``prose`` count words (``prose`` those of a sentence, 0 for all else); ``functional`` is the share of
    function words; ``whole``, ``starts`` and ``inside`` are the kinds of furniture named, as bit sets over the
    lexicon's kinds; ``uses`` the uses that any word has, and sixteen bits higher those that any has not, ``opens``
    those of the first word; ``letters`` and ``first`` the classes of all characters and of the first one; ``numerals``
    counts words of digits, ``dates`` dates and times; ``characters`` is the length.
    """

    words: Ids
    prose: Ids
    stamp: NDArray[np.bool_]
    sentence: NDArray[np.bool_]
    functional: NDArray[np.float64]
    whole: Ids
    starts: Ids
    inside: Ids
    uses: NDArray[np.uint32]
    opens: NDArray[np.uint32]
    letters: NDArray[np.uint16]
    first: NDArray[np.uint16]
    numerals: Ids
    dates: Ids
    characters: Ids


@lru_cache(maxsize=1)
def groups() -> tuple[int, ...]:
    """The kinds of furniture, bundled as the model looks at them."""
    kinds = lexicon().kinds
    return tuple(
        sum(1 << kinds.index(name) for name in names)
        for names in (
            ("comment-form", "comment-thread"),
            ("related-list",),
            ("share-bar", "follow-us", "newsletter", "paywall", "advertisement", "login"),
            ("byline", "timestamp", "reading-time"),
            ("cookie-notice", "copyright"),
            ("portrait",),
        )
    )


def traits(lines: Samples, language: str) -> Traits:
    """What the lines of a text in ``language`` show.

    >>> shown = traits(Samples(["Leave a Reply", "The council met on Friday and passed the budget."]), "en")
    >>> shown.words.tolist(), shown.prose.tolist(), (shown.whole & groups()[0] > 0).tolist()
    ([3, 9], [0, 9], [True, False])
    """
    parts = [traits_of(sample, language) for _, sample in lines] or [traits_of(Sample([]), language)]
    return parts[0] if len(parts) == 1 else Traits(*map(np.concatenate, zip(*parts, strict=True)))


def traits_of(sample: Sample, language: str) -> Traits:
    """What the lines of one sample show."""
    known, texts = vocabulary(), sample.texts
    tally = sample.sums(known.tallies[language])
    counts, functional, numerals = sample.counts, tally % NUMERAL, tally // NUMERAL
    hits = known.hits(sample.closed, sample.opens)
    for at in (sample.letters & letters.NO_SPACES).nonzero()[0].tolist():
        counts[at], functional[at] = _unspaced(head(texts[at]), language, counts[at], functional[at])
        named = words_of(head(texts[at]))
        if named and UNSPACED.match(named[0]):
            hits[:2, at] |= lexicon().match_unspaced(named)[:2]
    counted = np.maximum(counts, 1)
    words = np.rint(counts * (sample.lengths / sample.sizes)).astype(np.int64)
    functional_share = functional / counted
    sentence = np.array([end in SENTENCE_ENDS for end in sample.last], bool)
    # Whole articles on one line, as layout tables leave them, may end in a menu.
    for at in (~sentence & (words >= _LONG)).nonzero()[0].tolist():
        sentence[at] = len(_SENTENCE.findall(texts[at], 0, _READ)) >= 2
    clocks, dates = _times(sample, language, (sample.lengths < _SHORT) & (numerals > 0))
    stamped = ((hits[0] | hits[1] | hits[2]) & groups()[3] > 0) | (clocks > 0) | (dates > 0.1 * counted)
    uses = sample.unions(known.uses)
    return Traits(
        words,
        np.where((words >= 7) & sentence & (functional_share > 0.2), words, 0),
        (words < 16) & stamped,
        sentence,
        functional_share,
        hits[0],
        hits[1],
        hits[2],
        uses,
        known.uses.take(sample.closed[sample.opens + 1]),
        sample.letters,
        sample.classes[sample.starts],
        numerals,
        clocks + dates,
        sample.lengths,
    )


def _unspaced(line: str, language: str, counted: int, functional: int) -> tuple[int, int]:
    """The words and the function words of a line in a script without spaces; two characters are about one word."""
    letters_ = len(UNSPACED.findall(line))
    if letters_ <= 2 or not any(letter >= "\u0e00" for letter in (line[0], line[-1], line[len(line) // 2])):
        return counted, functional
    return counted + letters_ // 2, sum(map(lexicon().stop_words[language].__contains__, line))


def _times(sample: Sample, language: str, short: NDArray[np.bool_]) -> tuple[Ids, Ids]:
    """The clocks and numeric dates of ``short`` lines, and their months and weekdays that stand beside a number.

    `May` and `Sun` alone are no date.
    """
    clocks, dates = np.zeros((2, len(short)), np.int64)
    some = short.nonzero()[0]
    if not len(some):
        return clocks, dates
    clocks[some] = [len(_CLOCK.findall(sample.texts[at])) for at in some.tolist()]
    days = _days(language).take(sample.ids).nonzero()[0]
    if len(days):
        line = sample.lines[days]
        first, last = sample.edges[line], sample.edges[line + 1] - 1
        numeric = sample.numerals
        beside = numeric[np.maximum(days - 1, first)] | numeric[np.minimum(days + 1, last)]
        np.add.at(dates, line[short[line] & beside & (days - first < _DATED)], 1)
    return clocks, dates


@lru_cache(maxsize=64)
def _days(language: str) -> NDArray[np.bool_]:
    """Which words of the vocabulary are months and weekdays of a language, English ones where it has no list."""
    days = lexicon().days
    return vocabulary().set_of(days.get(language, days["en"]))


def measures(lines: Samples, shown: Traits) -> NDArray[np.float32]:
    """A row for each of :data:`NAMES`, as long as there are lines."""
    parts = [
        _measures(sample, Traits(*(column[part] for column in shown)))  # type: ignore[arg-type]
        for part, sample in lines
    ]
    return np.concatenate(parts, axis=1) if parts else np.zeros((len(NAMES), 0), np.float32)


def _measures(sample: Sample, shown: Traits) -> NDArray[np.float32]:
    texts, lengths, read, ends = sample.texts, sample.lengths, sample.sizes, sample.last
    # As many words as the traits count, those of scripts without spaces included.
    count = np.maximum(np.rint(shown.words * read / lengths), 1)
    size, large, capitals, titled, glued = _spelling(sample)
    digits, commas, separators = _punctuation(sample)
    bullets, small = _beginnings(sample)
    every = shown.whole | shown.starts | shown.inside
    columns = (
        np.log1p(np.minimum(lengths, 400)),
        np.log1p(np.minimum(shown.words, 60)),
        size / count,
        shown.functional,
        large / count,
        capitals / count,
        digits / read,
        shown.sentence,
        [end == ":" for end in ends],
        [end == "…" or text.endswith("...") for end, text in zip(ends, texts, strict=True)],
        commas / count,
        np.log1p(np.minimum(_seams(sample) * lengths / read, 4)),
        bullets,
        small,
        np.where(lengths < _SHORT, np.minimum(separators, 6), 0),
        sample.holding(_WEB),
        sample.sums((vocabulary().uses & READER).astype(np.int64)) / READER / count,
        shown.letters & letters.QUOTE > 0,
        shown.whole > 0,
        _bit_count(shown.starts),
        _bit_count(shown.inside),
        *(np.where(shown.whole & group, 2, np.where(every & group, 1, 0)) for group in groups()),
        shown.dates,
        (sample.counts >= 2) & (sample.counts <= 4) & (shown.numerals == 0) & (titled == sample.counts),
        np.where(shown.prose >= _PARAGRAPH, shown.prose, 0),
        np.minimum(glued, 4),
    )
    return np.array(columns, np.float32)


def _beginnings(sample: Sample) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which lines begin with a bullet or a number, and which with a small letter, be it behind one."""
    first = sample.classes.take(sample.starts)
    small, bullets = first & letters.LOWER > 0, np.zeros(len(first), bool)
    for at in (first & letters.BULLET).nonzero()[0].tolist():
        if found := BULLET.match(sample.texts[at][:8]):
            bullets[at], small[at] = True, sample.texts[at][found.end() :][:1].islower()
    return bullets, small


def _seams(sample: Sample) -> Ids:
    """How often a sentence ends and another begins in each line."""
    ends = (sample.classes & letters.END).nonzero()[0].tolist()
    places = [at for at in ends if _SENTENCE.match(sample.joined, at)]
    return np.bincount(sample.line_of(places), minlength=len(sample.texts))


def _spelling(sample: Sample) -> NDArray[np.int64]:
    """For each line: letters in words, and words with a capital or digits, all in capitals, with one in front alone,
    and with one behind small letters (`MondayThe`: two elements run together)."""
    spelt = letters.spelling().take(sample.classes)
    sums = np.zeros(len(spelt) + 1, np.int64)
    np.cumsum(spelt, out=sums[1:])
    of_word = sums[sample.word_ends] - sums[sample.word_starts]
    upper, lower, folded = of_word >> 40, of_word >> 20 & 0xFFFFF, of_word & 0xFFFFF
    first = sample.classes[sample.word_starts] & letters.UPPER > 0
    small, capital = sample.classes & letters.LOWER > 0, sample.classes & letters.UPPER > 0
    seams = (small[:-4] & small[1:-3] & small[2:-2] & capital[3:-1] & small[4:]).nonzero()[0] + 3
    glued = np.zeros(len(of_word), np.int64)
    glued[sample.word_starts.searchsorted(seams, "right") - 1] = 1
    columns = (
        sample.word_ends - sample.word_starts,
        (folded > 0) | sample.numerals,
        (upper > 0) & (lower == 0),
        first & (upper == 1),
        glued,
    )
    running = np.zeros((len(columns), len(of_word) + 1), np.int64)
    np.cumsum(columns, axis=1, out=running[:, 1:])
    return running[:, sample.edges[1:]] - running[:, sample.edges[:-1]]


def _punctuation(sample: Sample) -> NDArray[np.int64]:
    """For each line: its digits, commas and separators."""
    marks = np.array([letters.DIGIT, letters.COMMA, letters.SEPARATOR], np.uint16)
    sums = np.zeros((len(marks), len(sample.classes) + 1), np.int64)
    np.cumsum(sample.classes & marks[:, None] > 0, axis=1, out=sums[:, 1:])
    return sums[:, sample.ends] - sums[:, sample.starts]


def _bit_count(sets: Ids) -> Ids:
    """How many bits of each set are on."""
    kinds = np.arange(len(lexicon().kinds))
    return np.asarray((sets[:, None] >> kinds & 1).sum(axis=1))


Spoken = tuple[Ids, NDArray[np.uint64]]
"""Lines, in order, and beside them the hashes of their content words."""


def spoken(lines: Samples, language: str) -> Spoken:
    """The content words of the lines by their hashes, as often as they are said.

    >>> lines, hashes = spoken(Samples(["The budget", "A budget vote"]), "en")
    >>> lines.tolist(), bool(hashes[0] == hashes[1])
    ([0, 1, 1], True)
    """
    parts = [(part.start, spoken_in(sample, language)) for part, sample in lines]
    if len(parts) == 1:
        return parts[0][1]
    places, hashes = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    for first, (own, said) in parts:
        places.append(own + first)
        hashes.append(said)
    return np.concatenate(places), np.concatenate(hashes)


def spoken_in(sample: Sample, language: str) -> Spoken:
    """The content words of the lines of one sample."""
    tally = vocabulary().tallies[language]
    chosen = (sample.word_ends - sample.word_starts > 3) & (tally.take(sample.ids) == 0)  # nor numerals
    return sample.lines[chosen], sample.hashes[chosen]


def content(lines: Ids, hashes: NDArray[np.uint64]) -> tuple[Ids, Ids]:
    """What lines say (:func:`spoken`), each word once a line, as numbers that are the same for one word.

    >>> lines, words = content(*spoken(Samples(["The budget", "A budget vote, a vote"]), "en"))
    >>> lines.tolist(), len(set(words.tolist()))
    ([0, 1, 1], 2)
    """
    words = np.unique(hashes, return_inverse=True)[1]
    size = int(words.max(initial=0)) + 1
    pairs = np.unique(lines * size + words)
    return pairs // size, pairs % size


def line_keys(lines: Samples, letters_read: int) -> NDArray[np.uint64]:
    """Equal numbers for lines that begin alike: the case of their letters, digits and punctuation do not count.

    ``letters_read`` are looked for in twice as many characters.

    >>> one, two, three = line_keys(Samples(["Reply (3)", "REPLY 14", "Report"]), 80)
    >>> bool(one == two), bool(one == three)
    (True, False)
    """
    found = [np.zeros(0, np.uint64)]
    for _, sample in lines:
        ends = np.minimum(sample.ends, sample.starts + 2 * letters_read)
        before, spelt = sample.spelt
        first, end = before.take(sample.starts), before.take(ends)
        found.append(
            np.where(
                end > first,
                span_hashes(spelt, first, np.minimum(end, first + letters_read)),
                span_hashes(sample.folded, sample.starts, ends),
            )
        )
    return np.concatenate(found)
