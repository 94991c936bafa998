"""Headline, byline, date, publisher and language of a plain text, out of the blocks around the article.

Bylines and dates are read above the first paragraph and in what is removed, so a date or a name in a paragraph is never
taken for the article's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from cleaners.documents import Change, CleanText
from cleaners.text.dates import iso_date
from cleaners.text.furniture import Judgement, Page, examine
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.metadata.headline import bare, stems
from cleaners.text.metadata.names import bare_names, opened_names
from cleaners.text.metadata.surroundings import Surroundings, is_dated

_RIGHTS = re.compile(r"(?:©|\(c\)|copyright)\W*(?:(?:19|20)\d\d\W*(?:(?:19|20)\d\d)?)?\W*(?:by\s)?", re.IGNORECASE)
_STAMPED = re.compile(r"[^\W\d]{2,12}\.?,?\s[^.?!]{6,30}\b(?:19|20)\d\d\b,?\s{1,3}(?:at\s)?\d\d?:\d\d")
"""A date and a clock in front of a paragraph, as where a page has no line of its own for them."""
_UPDATED = frozenset(["updated", "modified", "aktualisiert", "actualizado", "atualizado", "aggiornato", "обновлено"])


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found out about a text; what is not known is ``None``."""

    title: str | None = None
    byline: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None

    def of(self, text: str, changes: tuple[Change, ...]) -> CleanText:
        """A clean text that these are the metadata of."""
        return CleanText(text, self.title, self.byline, self.published, self.publisher, self.language, changes)


def read_metadata(text: str, strictness: float) -> Metadata:
    """The metadata of a text whose characters and spacing are mended.

    >>> read_metadata("Council passes budget\\nBy Ann Lee\\nMay 3, 2024\\nThe council met and passed it on Friday.", 0)
    Metadata(title='Council passes budget', byline='Ann Lee', published='2024-05-03', publisher=None, language='en')
    """
    return metadata_of(*examine(text, strictness))


def read_opening(text: str, strictness: float) -> Metadata:
    """Headline, byline and date alone of such a text: all that a page's lines above its article are asked.

    >>> found = read_opening("Council passes budget\\nBy Ann Lee\\nThe council met and passed it on Friday.", 0)
    >>> found.title, found.byline, found.language
    ('Council passes budget', 'Ann Lee', None)
    """
    return _opening(Surroundings(*examine(text, strictness), cut_out=True))


def metadata_of(page: Page, judgement: Judgement) -> Metadata:
    """The metadata of a text that was read as a page and judged."""
    return replace(
        _opening(Surroundings(page, judgement)),
        publisher=next(_publishers(page, judgement), None),
        language=language_of(page),
    )


def _opening(around: Surroundings) -> Metadata:
    return Metadata(around.heading.title, next(_bylines(around), None), next(_dates(around), None))


def _dates(around: Surroundings) -> Iterator[str]:
    """Dates near the headline and below the article; one that says when the text was updated comes last."""
    late: list[str] = []
    stamps = [around.page.blocks[at].text for at in around.nearby() if at != around.title and around.is_signature(at)]
    for text in (around.heading.stamp, *stamps):
        if (date := iso_date(text)) is None:
            continue
        words = words_of(text)[:2]
        if words and not _UPDATED.isdisjoint(words):
            late.append(date)
        else:
            yield date
    yield from late
    if around.start < len(around.page.blocks) and (stamp := _STAMPED.match(around.page.blocks[around.start].text)):
        yield from filter(None, [iso_date(stamp[0])])


def _bylines(around: Surroundings) -> Iterator[str]:
    """Names in the headline's block; above the article those behind ``By``, be it on the line above, then bare ones
    beside a date, or between the headline and one; then those below the article.  Where no line is sure to be the
    headline bare names are left alone: on checked pages nearly half of them were those of other stories."""
    if around.heading.names:
        yield around.heading.names
    removed = around.judgement.removed
    nearby = [at for at in around.nearby() if at != around.title]
    above = [at for at in nearby if at < around.start]
    below = [at for at in nearby if at >= around.start and removed.get(at) == "byline"]
    for zone in (above, below):
        for at in zone:
            if names := _opened(around, at):
                yield names
        for at in zone if around.cut_out or around.title is not None else ():
            may = removed.get(at) == "byline" or _may_sign(around, at)
            if may and (names := bare_names(bare(around.page.blocks[at]))) and not _told_of(around, names):
                yield names


def _opened(around: Surroundings, at: int) -> str | None:
    """The names behind ``By`` in a block or, where that is all of it, in the next one."""
    blocks = around.page.blocks
    if blocks[at].words > 25:
        return None
    text = bare(blocks[at])
    if " ".join(words_of(text)) in lexicon().by and at + 1 < around.start:
        text = f"{text} {bare(blocks[at + 1])}"
    return opened_names(text)


def _told_of(around: Surroundings, names: str) -> bool:
    """Is a bare name what the article is about?  All of its words stand in the headline or the first paragraphs."""
    words = stems(words_of(names), around.page.language)
    told = around.lead | {*stems(words_of(around.heading.title or ""), around.page.language)}
    return len(words) > 1 and told.issuperset(words)


def _may_sign(around: Surroundings, at: int) -> bool:
    """Does a block stand where bare names do: in a line with a date, next to one, or right below the headline?"""
    blocks, rule = around.page.blocks, around.judgement.removed.get(at, "model")
    heads = blocks[at].text.startswith("#") and not blocks[at].text.startswith("###")
    if blocks[at].words > 14 or blocks[at].text[0] in "[(" or (heads and not is_dated(blocks[at])):
        return False
    if not rule.startswith(("model", "byline", "timestamp", "related")):
        return False
    if any(is_dated(blocks[near]) for near in (_beside(around, at, -1), at, _beside(around, at, 1))):
        return True
    return at - 1 == around.title and around.start - at <= 3


def _beside(around: Surroundings, at: int, step: int) -> int:
    """The next block above the article that is not a mark between two others, such as a dash; ``at`` without one."""
    blocks, near = around.page.blocks, at + step
    if 0 <= near < around.start and not blocks[near].words:
        near += step
    return near if 0 <= near < min(around.start, len(blocks)) else at


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
