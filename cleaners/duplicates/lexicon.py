"""What is known of a word before any text is read: its stem and how rare it is in the language at large.

Rarity comes from background frequencies (wordfreq), never from the documents at hand: five files have no statistics,
and a verdict must not change because a sixth file was added.  A language nobody counted is judged by word length.

    >>> english = Lexicon.of("en")
    >>> the, peacekeepers, disarming, disarmed = english.rows(["The", "peacekeepers", "Disarming", "disarmed"])
    >>> english.rarity[the], english.rarity[peacekeepers] > 3, english.stems[disarming] == english.stems[disarmed]
    (np.float64(0.0), np.True_, np.True_)
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from itertools import repeat
from math import log, log10
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from cleaners.duplicates.words import UNSPACED

COMMON_ZIPF = 6.0
"""Words this common (once in a thousand words) or commoner carry no content: rarity 0."""

UNSEEN_ZIPF = 2.5
"""What a word counts as that no list holds.  The small lists end at zipf 3 (once in a million words)."""

STEM_LETTERS = 5
"""Stems are cut to so many letters, which joins what Snowball leaves apart (investigate, investigation; Russia,
Russian).  Measured on labelled rewrites: 4 to 6 letters find more of them than whole stems, 5 the most."""

MOST_REMEMBERED = 300_000
"""Words a lexicon remembers before it starts afresh: about 60 MB, more than the vocabulary of 10,000 articles."""

VOTERS = 150
"""Words that are asked for the language; the rest of a longer text would not change the answer."""

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Language (ISO 639-1) -> the name of its Snowball stemmer."""


class Lexicon:
    """The words of a language as far as they were met: a row a surface form, columns as arrays.

    ``hashes`` and ``stems`` are 64-bit xxh3 hashes of the normalised word and of its stem; ``rarity`` runs from 0 (a
    function word) to 3.5 (a word in no list), in powers of ten of frequency; ``capital`` says whether the form begins
    with a capital and has a second letter; ``digits`` counts the digits of a number and is 0 for words.  Use
    :meth:`of`: one lexicon a language is enough.
    """

    def __init__(self, language: str | None) -> None:
        self._stem = _stemmer(language)
        self._zipf = _frequencies(language)
        self._clear(1 << 12)

    @staticmethod
    @cache
    def of(language: str | None) -> Lexicon:
        """The lexicon of a language (ISO 639-1), or the language-free one for ``None`` and unknown languages."""
        return Lexicon(language)

    def rows(self, surfaces: Sequence[str]) -> npt.NDArray[np.intp]:
        """The rows of words; forms that were never met are entered.  Rows hold until the next call."""
        if len(self._row) > MOST_REMEMBERED:
            self._clear(1 << 12)
        try:
            return self._known(surfaces)
        except KeyError:
            for surface in set(surfaces).difference(self._row):
                self._enter(surface)
            return self._known(surfaces)

    def _known(self, surfaces: Sequence[str]) -> npt.NDArray[np.intp]:
        return np.fromiter(map(self._row.__getitem__, surfaces), dtype=np.intp, count=len(surfaces))

    def _clear(self, capacity: int) -> None:
        self._row: dict[str, int] = {}
        self.hashes = np.zeros(capacity, dtype=np.uint64)
        self.stems = np.zeros(capacity, dtype=np.uint64)
        self.rarity = np.zeros(capacity, dtype=np.float64)
        self.capital = np.zeros(capacity, dtype=np.bool_)
        self.digits = np.zeros(capacity, dtype=np.intp)

    def _enter(self, surface: str) -> None:
        row = len(self._row)
        if row == len(self.hashes):
            for column in ("hashes", "stems", "rarity", "capital", "digits"):
                setattr(self, column, np.concatenate([getattr(self, column)] * 2))
        word = normalise(surface)
        stem = self._stem(word)
        self.hashes[row] = _hash(word)
        self.stems[row] = _hash(stem[:STEM_LETTERS])
        self.rarity[row] = self._rarity(word, stem)
        self.capital[row] = len(surface) > 1 and surface[0].isupper()
        self.digits[row] = sum(map(str.isdecimal, surface)) if surface[0].isdecimal() else 0
        self._row[surface] = row

    def _rarity(self, word: str, stem: str) -> float:
        """A rare form of a common stem is no rare word, so the commoner of the two counts."""
        if not self._zipf:
            return rarity_by_length(word)
        zipf = max(self._zipf.get(word, UNSEEN_ZIPF), self._zipf.get(stem, UNSEEN_ZIPF))
        return max(0.0, COMMON_ZIPF - zipf)


def normalise(surface: str) -> str:
    """Case, compatibility forms, typographic apostrophes and the English possessive do not make another word.

    >>> normalise("Mali’s"), normalise("ＵＮ"), normalise("Straße"), normalise("1,500")
    ('mali', 'un', 'strasse', '1500')
    """
    if not surface.isascii():
        surface = unicodedata.normalize("NFKC", surface).replace("’", "'")
    if surface[0].isdecimal() and surface[-1].isdecimal():
        return figure(surface)
    return surface.casefold().removesuffix("'s")


def figure(surface: str) -> str:
    """A number in ASCII digits, without its thousands separators.

    >>> figure("1,500,000"), figure("2.5"), figure("١٢")
    ('1500000', '2.5', '12')
    """
    parts = re.split("[.,:]", surface)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
        surface = "".join(parts)
    return surface if surface.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in surface)


def rarity_by_length(word: str) -> float:
    """Rarity where nobody counted the language: short words are the common ones (Zipf's law of abbreviation).

    Pairs of characters, as scripts without spaces are read, are all alike.

    >>> rarity_by_length("ak"), rarity_by_length("bunge"), rarity_by_length("halmashauri")
    (0.0, 1.5, 3.5)
    """
    if UNSPACED.match(word):
        return 2.0
    return min(3.5, max(0.0, 0.5 * (len(word) - 2)))


def language_of(words: Sequence[str]) -> str | None:
    """The language (ISO 639-1) whose commonest words make up most of the words given; ``None`` where none do.

    At least 3 words and one word in ten must be function words of the language: a list of names has none.  Of two
    languages with as many votes the first by code is taken.  Chinese and Japanese are told by their script.

    >>> language_of("The council met on Friday and passed the budget".split())
    'en'
    >>> language_of("Der Rat hat am Freitag den Haushalt und die Steuern beschlossen".split())
    'de'
    >>> language_of(["Bamako", "Gao", "Kidal"]) is None, language_of(["和平", "平の", "のた", "ため", "めに"])
    (True, 'ja')
    """
    if not words:
        return None
    if max(words) > "\u3040":
        kana = sum("\u3040" <= word[0] <= "\u30ff" for word in words)
        han = sum("\u4e00" <= word[0] <= "\u9fff" for word in words)
        if kana + han > len(words) / 2:
            return "ja" if kana > han / 10 else "zh"
    return _elected(words) or _elected([word.lower() for word in words])


def _elected(words: Sequence[str]) -> str | None:
    """The language of the most votes; a word votes the more the commoner it is in a language."""
    roll = _electoral_roll()
    rows = np.fromiter(map(roll.rows.get, words, repeat(len(roll.rows))), dtype=np.intp, count=len(words))
    best = int(roll.votes[rows].sum(axis=0).argmax())
    voters = int(np.count_nonzero(roll.votes[rows, best]))
    return roll.languages[best] if voters >= max(3, len(words) / 10) else None


class _Roll(NamedTuple):
    """Function words, each with its row of ``votes``: a column a language, 0 where it is no function word.  The last
    row is that of all other words."""

    languages: tuple[str, ...]
    rows: dict[str, int]
    votes: npt.NDArray[np.float64]


@cache
def _electoral_roll() -> _Roll:
    """What the vote of each function word weighs in each language.

    By Zipf's law a word of rank r is ``(n + 1) / r`` times as likely as one beyond the n that are listed; the vote is
    the logarithm of that, so that votes add up to a likelihood.
    """
    data = json.loads(resources.files("cleaners.duplicates").joinpath("function_words.json").read_text("utf-8"))
    listed = {language: line.split() for language, line in sorted(data["words"].items())}
    rows = {word: row for row, word in enumerate(dict.fromkeys(word for words in listed.values() for word in words))}
    votes = np.zeros((len(rows) + 1, len(listed)))
    for column, words in enumerate(listed.values()):
        for rank, word in enumerate(words, start=1):
            votes[rows[word], column] += log((len(words) + 1) / rank)
    return _Roll(tuple(listed), rows, votes)


@cache
def _frequencies(language: str | None) -> dict[str, float]:
    """Word -> zipf frequency (log10 of occurrences in a billion words); empty for a language without a list."""
    if language is None:
        return {}
    from wordfreq import available_languages, get_frequency_dict

    if language not in available_languages("small"):
        return {}
    return {word: log10(share) + 9 for word, share in get_frequency_dict(language, "small").items()}


def _stemmer(language: str | None) -> Callable[[str], str]:
    name = STEMMERS.get(language or "")
    if name is None:
        return str
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer(name).stemWord
    return stem


def _hash(word: str) -> int:
    return xxhash.xxh3_64_intdigest(word.encode("utf-8", "surrogatepass"))
