"""Dates as pages write them, to ISO 8601; what is ambiguous stays unread.

>>> iso_date("Posted Jan. 19, 2023"), iso_date("vom 3. März 2024"), iso_date("2023年12月11日")
('2023-01-19', '2024-03-03', '2023-12-11')
>>> iso_date("Sat Dec 29 15:58:00 GMT 2007"), iso_date("Sat, 29 Dec 15:58:00 2007")
('2007-12-29', '2007-12-29')
>>> iso_date("19/11/2019"), iso_date("11/12/2019")
('2019-11-19', None)
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from functools import lru_cache

from cleaners.text.furniture.letters import WORD
from cleaners.text.furniture.lexicon import lexicon

_DIGIT = re.compile(r"\d")
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?((?:19|20)\d\d)(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)([01]\d)([0-3]\d)(?=T?\s?\d\d:?\d\d)")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})[/-](\d{1,2})[/-]((?:19|20)?\d\d)(?![\d/])")
_GLUED_YEAR = re.compile(r"(?<=\b(?:19|20)\d\d)(?=\d{1,2}:\d\d)")  # `Nov 19 20197:05 AM`
# The clock that `date` of Unix puts before the year.
_CLOCK_WITHIN = re.compile(r"(?<=\s)\d\d?:\d\d(?::\d\d)?(?:\s{1,3}[A-Z]{3,4})?(?=\s{1,3}(?:19|20)\d\d\b)")
_AMERICAN = re.compile(r"\b(?:[AP]\.?M\.?|E[SD]?T|P[SD]?T|C[SD]T|M[SD]T)\b")
_ORDINALS = frozenset(["st", "nd", "rd", "th", "er", "de", "del", "of", "º", "ª", "den"])


def iso_date(text: str) -> str | None:
    """The first date of a short text that can be read in one way only, as ``YYYY-MM-DD``."""
    return _first_date(text[:400])


@lru_cache(256)
def _first_date(text: str) -> str | None:
    if not _DIGIT.search(text):
        return None
    return next(_dates(_CLOCK_WITHIN.sub(" ", _GLUED_YEAR.sub(" ", text))), None)


def _dates(text: str) -> Iterator[str]:
    for pattern, order in ((_YEAR_FIRST, (0, 1, 2)), (_COMPACT, (0, 1, 2)), (_DAY_FIRST, (2, 1, 0))):
        for match in pattern.finditer(text):
            parts = match.groups()
            yield from _valid(*(int(parts[at]) for at in order))
    yield from _named(text)
    yield from _slashed(text)


def _named(text: str) -> Iterator[str]:
    """Dates with the month in words: ``19 January 2023``, ``Jan. 19, 2023``."""
    words = [word for word in WORD.findall(text.casefold()) if word not in _ORDINALS]
    months = lexicon().months
    for at, word in enumerate(words):
        month = months.get(word)
        if month is None:
            continue
        before, after = words[max(at - 2, 0) : at], words[at + 1 : at + 3]
        if len(after) == 2 and _is_day(after[0]) and _is_year(after[1]):
            yield from _valid(int(after[1]), month, int(after[0]))
        elif before and after and _is_day(before[-1]) and _is_year(after[0]):
            yield from _valid(int(after[0]), month, int(before[-1]))
        elif before and after and _is_year(before[-1]) and _is_day(after[0]):
            yield from _valid(int(before[-1]), month, int(after[0]))


def _slashed(text: str) -> Iterator[str]:
    """``19/11/2019`` has one reading; ``11/12/2019`` two, unless an American clock stands beside it."""
    for match in _SLASHED.finditer(text):
        first, second, year = map(int, match.groups())
        year += 2000 if year < 100 else 0
        if first > 12 >= second:
            yield from _valid(year, second, first)
        elif second > 12 >= first or first == second or _AMERICAN.search(text):
            yield from _valid(year, first, second)


def _is_day(word: str) -> bool:
    return word.isdecimal() and len(word) <= 2


def _is_year(word: str) -> bool:
    return word.isdecimal() and len(word) == 4 and word[:2] in ("19", "20")


def _valid(year: int, month: int, day: int) -> Iterator[str]:
    """The date, where the calendar has it."""
    try:
        yield datetime.date(year, month, day).isoformat()
    except ValueError:
        return
