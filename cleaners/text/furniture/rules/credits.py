"""Who wrote, took, owns or published it, and when: bylines, dates, captions with their credits, rights."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture import letters
from cleaners.text.furniture.letters import WORD
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.page import Block, Page
from cleaners.text.furniture.rules.rule import Claims, rule
from cleaners.text.furniture.sample import HEAD
from cleaners.text.furniture.vocabulary import AGENCY, BY, OPPOSITES, PICTURE, REPORTS, RIGHTS, TIME

_AGENCY = r"(?:getty images?|reuters|afp|ap|epa|efe|dpa|anp|ansa|tass|xinhua|shutterstock|istock|alamy|imago|wireimage)"
_AGENCY_BRACKET = re.compile(
    rf"[\[(][^\])]{{0,60}}(?:/\s?{_AGENCY}|getty images|\bap photo\b[^\])]{{0,60}})[^\])]{{0,30}}[\])]\W*$",
    re.IGNORECASE,
)
_AGENCY_TAIL = re.compile(rf"(?:[/|©]\s?|\bvia )(?:{_AGENCY})\W*$|\bgetty images\W*$", re.IGNORECASE)
_CREDIT_MARKS = ("/", "|", "©", ":", "via ", "Getty", "GETTY", "getty")
_REPORTING = re.compile(
    r"\W{0,3}(?:additional |further |with )?(?:reporting|writing|editing|compiled|edited|written|reported)"
    r" (?:and \w+ )?(?:by|from)\b"
    r"|\W{0,3}(?:source|sources|quelle|fuente|fonte|bron|źródło|источник|kaynak|来源|來源)\s?:",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"(?:©|\(c\)\s|copyright\b)", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@rule(lambda page: (page.shown.opens & REPORTS > 0) & (page.shown.words <= 60))
def reporting(page: Page, suspects: Sequence[int]) -> Claims:
    """At the end, who reported, wrote, edited or contributed: ``(Reporting by …; editing by …)``, ``Source: …``."""
    for at in suspects:
        block = page.blocks[at]
        if at >= page.closing and block.words <= 60 and _REPORTING.match(block.text[:120]):
            yield at, "byline"


def _may_state_rights(page: Page) -> NDArray[np.bool_]:
    marked = (page.shown.first & letters.BRACKET > 0) | (page.shown.opens & RIGHTS > 0)
    return marked & (page.shown.words <= 45)


@rule(_may_state_rights)
def rights(page: Page, suspects: Sequence[int]) -> Claims:
    """A copyright line."""
    for at in suspects:
        block = page.blocks[at]
        if block.words <= 45 and _RIGHTS.match(block.text) and (not page.inside(at) or "0" in block.low[:10]):
            yield at, "copyright"


def _may_be_credited(page: Page) -> NDArray[np.bool_]:
    """Lines with a mark or an opening that credits have; of the longest the tail was not read."""
    shown = page.shown
    opens = (shown.opens & PICTURE > 0) | (shown.first & letters.BRACKET > 0)
    marked = (shown.letters & letters.CREDIT > 0) | (shown.uses & AGENCY > 0)
    return (shown.words <= 70) & (opens | marked | (shown.characters > HEAD))


@rule(_may_be_credited)
def credit_lines(page: Page, suspects: Sequence[int]) -> Claims:
    """A caption with its credit."""
    return ((at, "caption-credit") for at in suspects if page.blocks[at].words <= 70 and _is_credited(page.blocks[at]))


class _Credits(NamedTuple):
    """Credits that name a picture: in brackets, at the end of a line, at its beginning."""

    bracket: re.Pattern[str]
    tail: re.Pattern[str]
    head: re.Pattern[str]


@lru_cache(maxsize=1)
def _credits() -> _Credits:
    """Made when first asked for: who judges no furniture need not read the lexicon."""
    picture = f"(?:{'|'.join(map(re.escape, sorted(lexicon().shared['pictures'], reverse=True)))})"
    return _Credits(
        re.compile(rf"[\[(]\s*{picture}\b[^\])]{{0,90}}[\])]\W*$", re.IGNORECASE),
        re.compile(
            rf"(?:^|[.\s|(]){picture}\s?(?:credit|by|courtesy(?: of)?|source)?\s?[:©]\s?[^:.!?]{{2,70}}$", re.IGNORECASE
        ),
        re.compile(rf"(?:{picture})s? (?:by|courtesy of|via)\b|©\s?(?:{_AGENCY})\b", re.IGNORECASE),
    )


def _is_credited(block: Block) -> bool:
    """Does a line end or begin with the credit of a picture?"""
    tail = block.text[-130:]
    last = tail.rstrip(" .,;")[-1:]
    if last in (")", "]"):
        return bool(_credits().bracket.search(tail) or _AGENCY_BRACKET.search(tail))
    if any(map(tail.__contains__, _CREDIT_MARKS)):
        open_end = tail[-1] not in ".?!" and any(map(tail.lower().__contains__, lexicon().shared["pictures"]))
        return bool(_AGENCY_TAIL.search(tail) or (open_end and _credits().tail.search(tail)))
    return block.words <= 16 and _credits().head.match(block.text) is not None


@rule(lambda page: (page.shown.uses & TIME << OPPOSITES == 0) & (page.shown.numerals > 0) & (page.shown.words <= 18))
def stamps(page: Page, suspects: Sequence[int]) -> Claims:
    """Above and below the article, a line that holds a date or a time and no word of its own."""
    found = [at for at in suspects if page.blocks[at].words <= 18 and is_stamp(page.blocks[at].text)]
    inside = [at for at in found if page.inside(at)]
    for at in found:  # two dates and more inside head the entries of a chronicle
        if not page.inside(at) or (len(inside) == 1 and at < page.opening):
            yield at, "timestamp"


@lru_cache(maxsize=1)
def _stamp_words() -> frozenset[str]:
    lexical = lexicon()
    posted = {word for phrase in lexical.posted for word in phrase.split()}
    return lexical.shared["time"] | frozenset().union(*lexical.days.values()) | posted


def is_stamp(text: str) -> bool:
    """Does a line hold a date or a time and no word of its own?

    >>> is_stamp("Posted Jan. 19, 2023"), is_stamp("January sales")
    (True, False)
    """
    words = words_of(text)
    if "0" not in words or not all(map(_stamp_words().__contains__, words)):
        return False
    lexical = lexicon()
    return any(word in days for days in lexical.days.values() for word in words) or _YEAR.search(text) is not None


def _may_be_bylines(page: Page) -> NDArray[np.bool_]:
    """Lines with an opening of bylines that begin with it or with a date."""
    return (page.shown.uses & BY > 0) & (page.shown.opens & (BY | TIME) > 0)


@rule(_may_be_bylines, also=-1)
def bylines(page: Page, suspects: Sequence[int]) -> Claims:
    """Outside the article, ``By`` and a name, with or without a date; or a bare name as the last line."""
    for at in suspects:
        if (not page.inside(at) or at < page.opening) and is_byline(page.blocks[at].text):
            yield at, "byline"
    end = len(page.blocks) - 1
    if 0 <= page.core[1] == end - 1 and is_name(page.blocks[end].text):
        yield end, "byline"


def is_byline(text: str) -> bool:
    """Does a line say ``By`` and then names, dates and nothing else?

    >>> is_byline("By Al Jazeera, Dec. 11, 2023"), is_byline("By the end of the year")
    (True, False)
    """
    if len(text) > 140:
        return False
    raw = WORD.findall(text)
    words = words_of(text)
    skipped = next((at for at, word in enumerate(words) if word not in _stamp_words()), len(words))
    if skipped and "0" not in words[:skipped]:
        skipped = 0
    opener = next((size for size in (4, 3, 2, 1) if " ".join(words[skipped : skipped + size]) in lexicon().by), 0)
    rest = list(zip(raw[skipped + opener :], words[skipped + opener :], strict=True))
    if not opener or not rest or len(rest) > 14:
        return False
    named = [word for word, low in rest if low not in _stamp_words() or word.istitle()]
    known = all(word[0].isupper() or low in lexicon().shared["joints"] or low in _stamp_words() for word, low in rest)
    return known and rest[0][0][0].isupper() and bool(named)


def is_name(text: str) -> bool:
    """Is a line a person's name and nothing else?

    >>> is_name("Pedro Okalamar"), is_name("Click here"), is_name("A decade of war")
    (True, False, False)
    """
    words = text.split()
    return (
        2 <= len(words) <= 4
        and len(text) <= 40
        and words[0].casefold() not in lexicon().stop_words["en"]
        and all(
            word[0].isupper() and word.replace(".", "").replace("-", "").replace("’", "").replace("'", "").isalpha()
            for word in words
        )
        and not any(word.isupper() and len(word) > 3 for word in words)
        and not lexicon().match(words_of(text)).whole
        and text[-1] not in ".:!?"
    )


@rule(lambda page: np.zeros(len(page.blocks), bool), also=0)
def site_names(page: Page, suspects: Sequence[int]) -> Claims:
    """The first line where it is the name of a publication."""
    if suspects and suspects[0] == 0 < len(page.blocks) - 1 and is_masthead(page.blocks[0].text):
        yield 0, "site-name"


def is_masthead(text: str) -> bool:
    """Is a line the name of a publication?

    >>> is_masthead("The Wall Street Herald"), is_masthead("Herald of Spring Flies South")
    (True, False)
    """
    words = text.split()
    return (
        2 <= len(words) <= 6
        and words[-1].casefold() in lexicon().shared["mastheads"]
        and not any(mark in text for mark in ",;:–—")
        and all(word[0].isupper() or word.casefold() in lexicon().shared["joints"] for word in words)
        and text[-1] not in ".:!?"
    )
