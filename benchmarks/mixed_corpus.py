"""A corpus of any size in which the true repeats are known: real texts, and texts made in their image.

Made texts take a real text as a mould: its common words and its punctuation stay, every other word is replaced by one
of like frequency, names by invented names, figures by figures.  What a text is about is drawn at several levels,
because real texts do not share words at random: the trade (words that all news uses), a topic (some hundreds of words),
a story (some dozens that a few texts share, as independent coverage of one event does).  On top come exact copies,
edited copies, and texts of one template (weather, markets, results) that differ in names and figures only.
"""

from __future__ import annotations

import math
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

_TOKEN = re.compile(r"\w+(?:['’]\w+)*|\W+")
_SYLLABLES = (
    *("ba", "bor", "da", "del", "fa", "fen", "gar", "go", "ha", "il", "ja", "ka", "kel", "la", "lor", "ma", "mi"),
    *("na", "nor", "o", "pa", "ra", "ri", "sa", "sen", "ta", "tov", "u", "va", "wen", "ya", "zu"),
)
_TEMPLATES = (
    "Weather for {name}: a high of {n}C and a low of {n}C, with winds of {n} km/h from the {side}. Rain of {n} mm is "
    "expected by {hour}:00, then clear spells. Humidity {n} per cent. The outlook for the rest of the week is mixed.",
    "Shares in {name} closed at {n}.{n}, {move} {n} points or {n}.{n} per cent, in volume of {n}{n},000. Analysts had "
    "expected {n} points. The index ended the session at {n},{n}{n}. Trading resumes at {hour}:00 tomorrow.",
    "{name} {n}, {name} {n}. Half-time: {n}-{n}. Attendance: {n},{n}{n}. Scorers: {name} ({n} min), {name} ({n} min). "
    "{name} meet {name} on Saturday at {hour}:00. Referee: {name}. Both sides remain in the top half of the table.",
)


@dataclass(frozen=True, slots=True)
class Made:
    """A made text; ``source`` is the number of the text it repeats (itself if none), ``story`` its story or None."""

    text: str
    kind: str
    source: int
    story: int | None = None


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of a made corpus.  Crawled news repeats itself more than this; the rest should be hard to tell apart."""

    copies: float = 0.01
    edited: float = 0.02
    templates: float = 0.03
    in_stories: float = 0.5
    of_story: float = 0.55
    topical: float = 0.3
    of_trade: float = 0.12


def made_texts(moulds: Sequence[str], count: int, seed: int = 1, shares: Shares | None = None) -> Iterator[Made]:
    """``count`` texts in the image of ``moulds``, always the same for a seed."""
    shares = shares or Shares()
    draw = random.Random(seed)
    patterns = [_Mould(text) for text in moulds]
    originals: list[tuple[int, str]] = []
    story = -1
    left_in_story = 0
    for number in range(count):
        roll = draw.random()
        if originals and roll < shares.copies + shares.edited:
            source, text = draw.choice(originals)
            if roll < shares.copies:
                yield Made(text, "copy", source)
            else:
                yield Made(_edited(text, draw), "edited", source)
        elif roll > 1 - shares.templates:
            yield Made(_filled(draw.choice(_TEMPLATES), draw), "template", number)
        else:
            if not left_in_story:
                story += 1
                left_in_story = int(draw.paretovariate(1.2)) if draw.random() < shares.in_stories else 1
                left_in_story = min(left_in_story, 200)
                words = _Words(draw, shares)
            left_in_story -= 1
            text = draw.choice(patterns).cast(words, draw)
            if len(originals) < 20_000:
                originals.append((number, text))
            yield Made(text, "made", number, story)


class _Words:
    """Where the words of one story come from."""

    def __init__(self, draw: random.Random, shares: Shares) -> None:
        self.draw = draw
        self.shares = shares
        self.topic = min(int(draw.paretovariate(0.7)), 100)
        self.own: dict[int, list[str]] = {}

    def word(self, band: int) -> str:
        roll = self.draw.random()
        if roll < self.shares.of_story:
            own = self.own.setdefault(band, [])
            if len(own) < 4:
                own.append(self._fresh(band))
            return self.draw.choice(own)
        roll -= self.shares.of_story
        if roll < self.shares.topical:
            return self.draw.choice(_pool(self.topic, band))
        if roll < self.shares.topical + self.shares.of_trade:
            return self.draw.choice(_pool(-1, band))
        return self._fresh(band)

    def _fresh(self, band: int) -> str:
        return _name(self.draw) if band < 0 else self.draw.choice(_bands()[band])


class _Mould:
    """A text cut into tokens, with the frequency band of each word that is to be replaced."""

    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        self.places: dict[str, list[int]] = {}
        for place, token in enumerate(self.tokens):
            if token[0].isalnum() and _band(token.lower()) is not None:
                self.places.setdefault(token, []).append(place)

    def cast(self, words: _Words, draw: random.Random) -> str:
        tokens = list(self.tokens)
        for token, places in self.places.items():
            fresh = _figure(token, draw) if token[0].isdigit() else words.word(_band(token.lower()) or 0)
            fresh = fresh.capitalize() if token[0].isupper() else fresh
            for place in places:
                tokens[place] = fresh
        return "".join(tokens)


@cache
def _zipf() -> dict[str, float]:
    from wordfreq import get_frequency_dict

    return {word: math.log10(share) + 9 for word, share in get_frequency_dict("en", "large").items() if word.isalpha()}


@cache
def _band(word: str) -> int | None:
    """Frequency bands are quarters of a power of ten; None for words so common that they stay; -1 for unlisted ones."""
    if word[0].isdigit():
        return 0
    zipf = _zipf().get(word)
    if zipf is None or zipf < 1.5:
        return -1
    return None if zipf >= 5.5 else int(zipf * 4)


@cache
def _bands() -> dict[int, list[str]]:
    bands: dict[int, list[str]] = {}
    for word in _zipf():
        bands.setdefault(int(_zipf()[word] * 4), []).append(word)
    return bands


@cache
def _pool(topic: int, band: int) -> list[str]:
    """The words of a band that a topic uses; topic -1 stands for what all news uses."""
    draw = random.Random(f"{topic}:{band}")
    if band < 0:
        return [_name(draw) for _ in range(60)]
    return draw.sample(_bands()[band], k=min(len(_bands()[band]), 100 if topic < 0 else 20))


def _name(draw: random.Random) -> str:
    """One of half a million invented names; as in life, a few are everywhere (ranks by a Pareto law)."""
    rank = min(int(20 * draw.paretovariate(0.6)), 500_000)
    spell = random.Random(rank)
    return "".join(spell.choice(_SYLLABLES) for _ in range(spell.choice((2, 3, 3, 4)))).capitalize()


def _figure(token: str, draw: random.Random) -> str:
    if len(token) == 4 and token[:2] in ("19", "20"):
        return str(draw.randint(1985, 2024))
    return "".join(draw.choice("0123456789") if char.isdigit() else char for char in token)


def _edited(text: str, draw: random.Random) -> str:
    """An edited copy: one sentence in six is dropped, one word in twenty-five replaced."""
    sentences = [each for each in re.split(r"(?<=[.!?])\s+", text) if draw.random() > 1 / 6] or [text]
    words = " ".join(sentences).split(" ")
    bands = sorted(_bands())
    return " ".join(draw.choice(_bands()[draw.choice(bands)]) if draw.random() < 0.04 else word for word in words)


def _filled(template: str, draw: random.Random) -> str:
    slots = {
        "{n}": lambda: str(draw.randint(1, 99)),
        "{name}": lambda: _name(draw),
        "{hour}": lambda: str(draw.randint(6, 22)),
        "{side}": lambda: draw.choice(("north", "south", "east", "west")),
        "{move}": lambda: draw.choice(("up", "down")),
    }
    return re.sub(r"\{\w+\}", lambda match: slots[match.group()](), template)
