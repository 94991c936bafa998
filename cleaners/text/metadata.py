"""Headline, byline, date, publisher and language of a plain text, out of its blocks and the names they go under.

Only lines that leave the text are read for bylines and dates, so a date or a name in a paragraph is never taken for
the article's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cleaners.text.dates import iso_date
from cleaners.text.furniture import Judgement, Page, examine
from cleaners.text.furniture.letters import WORD
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.furniture.rules import is_byline, is_name

_REACH = 12
"""How many blocks from the article its date and byline may stand."""
_RIGHTS = re.compile(r"(?:©|\(c\)|copyright)\W*(?:(?:19|20)\d\d\W*(?:(?:19|20)\d\d)?)?\W*(?:by\s)?", re.IGNORECASE)
_CUTS = re.compile(r"\s[|•·–—/-]\s|[|•·;(]|\s-\s|,\s(?!jr)", re.IGNORECASE)
_MARKS = " #*>-–—•·:,.|"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found out about a text; what is not known is ``None``."""

    title: str | None = None
    byline: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None


def read_metadata(text: str, strictness: float) -> Metadata:
    """The metadata of a text whose characters and spacing are mended.

    >>> read_metadata("Budget passed\\nBy Ann Lee\\nMay 3, 2024\\nThe council met on Friday and passed it.", 0.4)
    Metadata(title='Budget passed', byline='Ann Lee', published='2024-05-03', publisher=None, language='en')
    """
    page, judgement = examine(text, strictness)
    title = page.blocks[judgement.title].text.strip(_MARKS) if judgement.title is not None else None
    return Metadata(
        title or None,
        next(_bylines(page, judgement), None),
        next(_dates(page, judgement), None),
        next(_publishers(page, judgement), None),
        language_of(page),
    )


def _nearby(page: Page, judgement: Judgement) -> Iterator[tuple[int, str]]:
    """Removed blocks around the article, those above it first, the nearest first; then those below."""
    kept = [at for at in range(len(page.blocks)) if at not in judgement.removed and at != judgement.title]
    if not kept:
        return
    above = [at for at in judgement.removed if kept[0] - _REACH <= at < kept[0]]
    between = [at for at in judgement.removed if kept[0] < at < kept[-1]][:_REACH]
    below = [at for at in judgement.removed if kept[-1] < at <= kept[-1] + _REACH]
    for at in (*reversed(above), *between, *below):
        yield at, page.blocks[at].text


def _dates(page: Page, judgement: Judgement) -> Iterator[str]:
    """Dates of bylines and timestamps; one that says when the text was updated comes last."""
    late: list[str] = []
    for at, text in _nearby(page, judgement):
        if not page.blocks[at].stamp and judgement.removed[at] not in ("byline", "timestamp"):
            continue
        if (date := iso_date(text)) is None:
            continue
        if tuple(words_of(text)[:1]) in (
            ("updated",),
            ("modified",),
            ("aktualisiert",),
            ("actualizado",),
            ("atualizado",),
        ):
            late.append(date)
        else:
            yield date
    yield from late


def _bylines(page: Page, judgement: Judgement) -> Iterator[str]:
    for at, text in _nearby(page, judgement):
        if judgement.removed[at] != "byline":
            continue
        if is_name(text):
            yield text
        elif is_byline(text) and (name := _author(text)):
            yield name


def _author(text: str) -> str | None:
    """The names of a byline, without its opening, dates, places and offices.

    >>> _author("By Al Jazeera, Dec. 11, 2023"), _author("5:45 AM PST 11/19/2019 by Patrick Shanley")
    ('Al Jazeera', 'Patrick Shanley')
    """
    words = words_of(text)
    spans = [match.span() for match in WORD.finditer(text)]
    for start in range(len(words)):
        size = next((n for n in (4, 3, 2, 1) if " ".join(words[start : start + n]) in lexicon().by), 0)
        if size and start + size < len(words):
            rest = text[spans[start + size][0] :]
            break
    else:
        return None
    name = _CUTS.split(rest)[0]
    kept = re.split(r"\s(?:on|at|in|for)\s|\d", name)[0].split()
    while kept and words_of(kept[-1])[-1:] and words_of(kept[-1])[-1] in lexicon().days["en"]:
        kept.pop()
    return " ".join(kept).strip(_MARKS) or None


def bare_names(text: str) -> str | None:
    """The names of a declared author, which may be a whole byline, an address or no name at all.

    >>> bare_names("By Ann Lee, Political Editor"), bare_names("Ann Lee"), bare_names("https://example.org/ann")
    ('Ann Lee', 'Ann Lee', None)
    """
    if name := _author(text):
        return name
    if len(text) > 100 or "/" in text or "@" in text or any(map(str.isdigit, text)):
        return None
    name = _CUTS.split(text)[0].strip(_MARKS)
    return name if 1 <= len(name.split()) <= 8 and not name.islower() else None


def _publishers(page: Page, judgement: Judgement) -> Iterator[str]:
    """The name in place of a headline, or the holder of the rights below a whole page."""
    for at, rule in judgement.removed.items():
        text = page.blocks[at].text
        if rule == "site-name":
            yield text
        elif rule == "copyright" and (found := _RIGHTS.match(text)):
            holder = re.split(r"[.,|•·]|\sall rights", text[found.end() :], maxsplit=1, flags=re.IGNORECASE)[0].strip()
            words = holder.split()
            if 1 <= len(words) <= 6 and holder[:1].isupper() and not _is_agency(holder):
                yield holder


def _is_agency(holder: str) -> bool:
    return holder.casefold().removeprefix("the ") in lexicon().shared["agencies"]


def language_of(page: Page) -> str | None:
    """The language of a page, as an ISO 639-1 code: by its function words where they decide, else by py3langid.

    Function words settle nearly every article for a tenth of the price; close relatives (Danish and Norwegian, Czech
    and Slovak) and languages without a list are left to the library.
    """
    texts = [block.text for block in page.blocks]
    ranked = page.function_words.most_common(2)
    if ranked and ranked[0][1] >= 8 and (len(ranked) == 1 or ranked[0][1] >= 1.5 * ranked[1][1]):
        return ranked[0][0]
    sample = " ".join(sorted(texts, key=len)[-8:])[:1000]
    if sum(map(str.isalpha, sample)) < 20:
        return None
    from py3langid import classify

    code = str(classify(sample)[0])
    return code if len(code) == 2 else None
