"""What is known of a word before any text is read: its stem and how rare it is in the language at large.

Rarity comes from background frequencies (wordfreq), never from the documents at hand: five files have no statistics,
and a verdict must not change because a sixth file was added.  A language nobody counted is judged by word length.

    >>> english = Lexicon.of("en")
    >>> english["The"].rarity, english["peacekeepers"].rarity > 3
    (0.0, True)
    >>> english["Disarming"].stem == english["disarmed"].stem
    True
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from importlib import resources
from typing import NamedTuple

import xxhash

COMMON_ZIPF = 6.0
"""Words this common (once in a thousand words) or commoner carry no content: rarity 0."""

UNSEEN_ZIPF = 2.5
"""What a word counts as that no list holds.  The small lists end at zipf 3 (once in a million words)."""

MOST_REMEMBERED = 300_000
"""Words a lexicon remembers before it starts afresh: about 60 MB, more than the vocabulary of 10,000 articles."""

STEMMERS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french",
    "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian",
    "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Language (ISO 639-1) -> the name of its Snowball stemmer."""


class Word(NamedTuple):
    """A word as it stands in a text, and what the language says of it."""

    word: str
    hash: int
    stem: int
    rarity: float


class Lexicon(dict[str, Word]):
    """Surface form -> :class:`Word`, looked up once a form.  Use :meth:`of`: one lexicon a language is enough."""

    def __init__(self, language: str | None) -> None:
        super().__init__()
        self._stem = _stemmer(language)
        self._zipf = _frequencies(language)

    @staticmethod
    @cache
    def of(language: str | None) -> Lexicon:
        """The lexicon of a language (ISO 639-1), or the language-free one for ``None`` and unknown languages."""
        return Lexicon(language)

    def __missing__(self, surface: str) -> Word:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        word = normalise(surface)
        stem = self._stem(word)
        found = Word(word, _hash(word), _hash(stem), self._rarity(word, stem))
        self[surface] = found
        return found

    def _rarity(self, word: str, stem: str) -> float:
        """0 (a function word) to 3.5 (a word in no list), in powers of ten of frequency.

        A rare form of a common stem is no rare word, so the commoner of the two counts.
        """
        if not self._zipf:
            return rarity_by_length(word)
        zipf = max(self._zipf.get(word, UNSEEN_ZIPF), self._zipf.get(stem, UNSEEN_ZIPF))
        return max(0.0, COMMON_ZIPF - zipf)


def normalise(surface: str) -> str:
    """Case, compatibility forms, typographic apostrophes and the English possessive do not make another word.

    >>> normalise("Mali’s"), normalise("ＵＮ"), normalise("Straße")
    ('mali', 'un', 'strasse')
    """
    if not surface.isascii():
        surface = unicodedata.normalize("NFKC", surface).replace("’", "'")
    return surface.casefold().removesuffix("'s")


def rarity_by_length(word: str) -> float:
    """Rarity where nobody counted the language: short words are the common ones (Zipf's law of abbreviation).

    >>> rarity_by_length("اور"), rarity_by_length("پارلیمنٹ")
    (0.5, 3.0)
    """
    return min(3.5, max(0.0, 0.5 * (len(word) - 2)))


def language_of(words: Iterable[str]) -> str | None:
    """The language (ISO 639-1) whose commonest words make up most of the words given; ``None`` where none do.

    At least 3 words and one word in ten must be function words of the language: a list of names has none.

    >>> language_of("the council met on friday and passed the budget".split())
    'en'
    >>> language_of("der rat hat am freitag den haushalt und die steuern beschlossen".split())
    'de'
    >>> language_of(["bamako", "gao", "kidal"]) is None
    True
    """
    votes: dict[str, int] = {}
    homes = _homes()
    count = 0
    for word in words:
        count += 1
        for language in homes.get(word, ()):
            votes[language] = votes.get(language, 0) + 1
    best = max(sorted(votes), key=votes.__getitem__, default=None)
    if best is None or votes[best] < max(3, count / 10):
        return None
    return best


@cache
def _homes() -> dict[str, tuple[str, ...]]:
    """Function word -> the languages it is one of."""
    data = json.loads(resources.files("cleaners.duplicates").joinpath("function_words.json").read_text("utf-8"))
    homes: dict[str, tuple[str, ...]] = {}
    for language, words in data["words"].items():
        for word in words.split():
            homes[word] = (*homes.get(word, ()), language)
    return homes


@cache
def _frequencies(language: str | None) -> dict[str, float]:
    """Word -> zipf frequency (log10 of occurrences in a billion words); empty for a language without a list."""
    from wordfreq import available_languages, get_frequency_dict

    if language not in available_languages("small"):
        return {}
    from math import log10

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
