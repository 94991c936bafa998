"""The words that furniture is made of, by language, and one matcher for all of them.

Every ``lexicons/<language>.toml`` names phrases by the kind of furniture they belong to.  All phrases of all languages
share one tree of words, so a line is matched in one walk over its words however many phrases there are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any, NamedTuple

from cleaners.text.furniture.letters import UNSPACED, WORD, fold

_LONGEST_UNSPACED = 14
"""How many characters of an unspaced line are looked up: no phrase is longer."""


_REMEMBERED = 400
"""Characters of a text whose words are remembered for the next reader: more than the head of a line has."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as the lexicon compares them: case folded, digits masked.

    >>> words_of("2 mins read — Don't miss")
    ('0', 'mins', 'read', 'don', 't', 'miss')
    """
    return _remembered(text) if len(text) <= _REMEMBERED else _words(text)


def _words(text: str) -> tuple[str, ...]:
    words = WORD.findall(fold(text))
    return tuple(["0" if word.isdecimal() else word for word in words])


_remembered = lru_cache(256)(_words)  # what stands around an article is asked about by one reader after another


@dataclass(slots=True)
class Node:
    """A place in the tree of phrases: where the next word leads, and the kinds of the phrases that end here."""

    then: dict[str, Node] = field(default_factory=dict)
    whole: int = 0
    starts: int = 0
    ends: int = 0
    anywhere: int = 0


class Hits(NamedTuple):
    """Which kinds of furniture a line names, as bit sets over :attr:`Lexicon.kinds`.

    ``whole``: the line is such a phrase and nothing else; ``starts``: it begins with one; ``inside``: one stands in it.
    """

    whole: int
    starts: int
    inside: int


@dataclass(frozen=True)
class Lexicon:
    """All phrases of all languages, ready to match."""

    kinds: tuple[str, ...]
    tree: Node
    unspaced: dict[str, Node]
    stop_words: dict[str, frozenset[str]]
    months: dict[str, int]
    days: dict[str, frozenset[str]]
    by: frozenset[str]
    posted: frozenset[str]
    leads: frozenset[str]
    phrased: frozenset[str]
    shared: dict[str, frozenset[str]]

    def match(self, words: Sequence[str]) -> Hits:
        """What a line of these ``words`` (see :func:`words_of`) names.

        >>> words = lexicon()
        >>> hits = words.match(words_of("Leave a Reply"))
        >>> [kind for bit, kind in enumerate(words.kinds) if hits.whole >> bit & 1]
        ['comment-form']
        """
        whole = starts = inside = 0
        roots = self.tree.then
        last = len(words)
        for at, word in enumerate(words):
            node = roots.get(word)
            place = at
            while node is not None:
                place += 1
                inside |= node.anywhere
                if place == last:
                    inside |= node.ends
                    if at == 0:
                        whole |= node.whole | node.starts
                elif at == 0:
                    starts |= node.starts
                node = node.then.get(words[place]) if place < last else None
        if words and UNSPACED.match(words[0][0]):
            more = self.match_unspaced(words)
            whole, starts = whole | more.whole, starts | more.starts
        return Hits(whole, starts, inside)

    def match_unspaced(self, words: Sequence[str]) -> Hits:
        """What a line names that begins in a script without spaces: its phrases are looked up letter by letter."""
        whole = starts = 0
        line = "".join(words[:_LONGEST_UNSPACED])
        for length in range(1, min(len(line), _LONGEST_UNSPACED) + 1):
            if node := self.unspaced.get(line[:length]):
                if length == len(line):
                    whole |= node.whole | node.starts
                else:
                    starts |= node.starts
        return Hits(whole, starts, 0)


def _phrases(value: str) -> list[str]:
    return [phrase.strip() for phrase in value.split(";") if phrase.strip()]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of all languages, read once."""
    tables = _tables()
    shared = {
        name: frozenset(_phrases(words) if ";" in words else words.split())
        for name, words in tables.pop("shared").items()
    }
    kinds = tuple(tables["en"]["phrases"])
    tree, unspaced = Node(), dict[str, Node]()
    stop_words = {language: frozenset(words_of(words)) for language, words in tables.pop("other")["stop"].items()}
    months: dict[str, int] = {}
    for language, table in tables.items():
        stop_words[language] = frozenset(words_of(table["stop"]))
        for kind, value in table["phrases"].items():
            for phrase in _phrases(value):
                _plant(tree, unspaced, phrase, 1 << kinds.index(kind))
        for number, names in enumerate(_phrases(table["months"]), 1):
            months.update(dict.fromkeys(names.split(), number))
    return Lexicon(
        kinds,
        tree,
        unspaced,
        stop_words,
        months,
        days={language: _days(table) | _days(tables["en"]) for language, table in tables.items()},
        by=_openers(tables, "by"),
        posted=_openers(tables, "posted"),
        leads=_openers(tables, "leads"),
        phrased=frozenset(tables),
        shared=shared,
    )


def _days(table: dict[str, Any]) -> frozenset[str]:
    """The names of months and weekdays of one language."""
    return frozenset(words_of(f"{table['months']} {table['weekdays']}"))


def _openers(tables: dict[str, dict[str, Any]], field: str) -> frozenset[str]:
    """The phrases of a field in all languages, their words joined by single spaces."""
    return frozenset(" ".join(words_of(phrase)) for table in tables.values() for phrase in _phrases(table[field]))


def _tables() -> dict[str, dict[str, Any]]:
    """The lexicon files by their names."""
    folder = resources.files("cleaners.text.furniture").joinpath("lexicons")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {name.removesuffix(".toml"): tomllib.loads(folder.joinpath(name).read_text("utf-8")) for name in names}


def _plant(tree: Node, unspaced: dict[str, Node], phrase: str, kind: int) -> None:
    """Add one phrase: ``x`` is a whole line, ``x *`` begins one, ``* x`` ends one, ``* x *`` stands anywhere."""
    words = words_of(phrase)
    node = tree
    if UNSPACED.match(words[0][0]):
        node = unspaced.setdefault("".join(words), Node())
    else:
        for word in words:
            node = node.then.setdefault(word, Node())
    match (phrase.startswith("*"), phrase.endswith("*")):
        case (True, True):
            node.anywhere |= kind
        case (False, True):
            node.starts |= kind
        case (True, False):
            node.ends |= kind
        case _:
            node.whole |= kind
