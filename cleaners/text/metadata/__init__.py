"""Headline, byline, date, publisher and language of a plain text, out of the blocks around the article.

Bylines and dates are read above the first paragraph and in what is removed, so a date or a name in a paragraph is never
taken for the article's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cleaners.documents import Change, CleanText
from cleaners.text.dates import iso_date
from cleaners.text.furniture import Judgement, Page, examine
from cleaners.text.furniture.lexicon import lexicon, words_of
from cleaners.text.metadata.names import bare_names, opened_names
from cleaners.text.metadata.surroundings import Surroundings, bare, is_dated

_RIGHTS = re.compile(r"(?:©|\(c\)|copyright)\W*(?:(?:19|20)\d\d\W*(?:(?:19|20)\d\d)?)?\W*(?:by\s)?", re.IGNORECASE)
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

    >>> read_metadata("Budget passed\\nBy Ann Lee\\nMay 3, 2024\\nThe council met on Friday and passed it.", 0.4)
    Metadata(title='Budget passed', byline='Ann Lee', published='2024-05-03', publisher=None, language='en')
    """
    page, judgement = examine(text, strictness)
    around = Surroundings(page, judgement)
    return Metadata(
        around.heading[0],
        next(_bylines(around), None),
        next(_dates(around), None),
        next(_publishers(page, judgement), None),
        language_of(page),
    )


def _dates(around: Surroundings) -> Iterator[str]:
    """Dates near the headline and below the article; one that says when the text was updated comes last."""
    late: list[str] = []
    for at in around.nearby():
        block = around.page.blocks[at]
        if at == around.title or not around.is_signature(at) or (date := iso_date(block.text)) is None:
            continue
        words = words_of(block.text)[:2]
        if words and not _UPDATED.isdisjoint(words):
            late.append(date)
        else:
            yield date
    yield from late


def _bylines(around: Surroundings) -> Iterator[str]:
    """Names behind ``By``, be it on the line above; then bare ones beside a date, or between the headline and one."""
    if around.heading[1]:
        yield around.heading[1]
    blocks, removed = around.page.blocks, around.judgement.removed
    nearby = [at for at in around.nearby() if at != around.title]
    for at in nearby:
        if blocks[at].words <= 25 and (at < around.start or removed.get(at) == "byline"):
            text = bare(blocks[at])
            if " ".join(words_of(text)) in lexicon().by and at + 1 < around.start:
                text = f"{text} {bare(blocks[at + 1])}"
            if names := opened_names(text):
                yield names
    for at in nearby:
        signed = removed.get(at) == "byline"
        may = signed or (at < around.start and _may_sign(around, at))
        if may and (names := bare_names(bare(blocks[at]))):
            yield names


def _may_sign(around: Surroundings, at: int) -> bool:
    """Does a block stand where bare names do: in a line with a date, next to one, or right below the headline?"""
    blocks, rule = around.page.blocks, around.judgement.removed.get(at, "model")
    if (
        blocks[at].words > 14
        or blocks[at].text[0] in "#[("
        or not rule.startswith(("model", "byline", "timestamp", "related"))
    ):
        return False
    if any(is_dated(blocks[near]) for near in (at - 1, at, at + 1) if 0 <= near < around.start):
        return True
    return at - 1 == around.title and around.start - at <= 3


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
