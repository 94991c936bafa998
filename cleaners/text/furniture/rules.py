"""Anchored rules: furniture that a line shows by its own words and by its place.

A rule is a generator from a page to ``(block, name)`` pairs.  Rules know nothing of each other; where two claim a
block, the one that stands first in :data:`RULES` names it.  Everything they may call a removal is in :data:`NAMES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from cleaners.text.furniture.lexicon import WORD, lexicon, words_of
from cleaners.text.furniture.page import Block, Page
from cleaners.text.furniture.traits import BULLET
from cleaners.text.furniture.traits import NAMES as MEASURES

Claims = Iterator[tuple[int, str]]
Rule = Callable[[Page], Claims]

NAMES: dict[str, str] = {
    "advertisement": "marks an advertisement, a sponsor or an offer",
    "byline": "names the author: `By …`, or a bare name after the last paragraph",
    "caption-credit": "credits a picture: `[File: …]`, `Photo by …`, `… / Getty Images`",
    "comment-form": "invites to comment; below the article everything from there on goes",
    "comment-thread": "heads the comments; below the article the whole thread goes",
    "cookie-notice": "asks for consent, or complains about the browser",
    "copyright": "states rights, terms, disclaimers or the reuse of the text",
    "follow-us": "asks to be followed",
    "interface": "belongs to a form, a player or a widget",
    "login": "asks to sign in or to register",
    "menu": "is an entry of a menu",
    "newsletter": "offers a newsletter, alerts or an app",
    "pagination": "turns the page",
    "paywall": "asks to subscribe in order to read on",
    "portrait": "introduces the author or the publisher, or asks for support",
    "print-email": "prints, mails, saves or resizes the page",
    "reading-time": "says how long the text is or how often it was read",
    "related-list": "announces or lists other stories",
    "repeated-contents": "is an entry of a table of contents that repeats headings of the text",
    "share-bar": "shares the page",
    "shortcode": "is markup of the publishing system left in the text",
    "site-name": "is the name of the publication in place of a headline",
    "tags": "lists tags or categories",
    "timestamp": "says when the text was posted or updated and nothing else",
}  # fmt: skip
"""What a line that goes under a name does, for the changes' reader and ``docs/cleaning.md``."""

_MEASURE = {name: at for at, name in enumerate(MEASURES)}
_ANYWHERE = frozenset(
    (
        "share-bar",
        "follow-us",
        "newsletter",
        "comment-form",
        "comment-thread",
        "cookie-notice",
        "related-list",
        "advertisement",
        "reading-time",
        "copyright",
        "paywall",
        "login",
    )
)
"""Kinds that may stand between paragraphs; the others are removed above and below the article only."""
_LONGEST_PHRASE = 14
_PICTURE = (
    r"(?:photos?|photographs?|photography|images?|pictures?|pics?|picture|file|credit|credits|foto|fotos|bild|bilder|"
    r"imagen|fotografía|imagem|immagine|beeld|afbeelding|zdjęcie|fot\.|фото|görsel|fotoğraf|crédit photo|crédit|"
    r"crédito|photo credit|image credit|photo courtesy|courtesy|screenshot|illustration|graphic|"
    r"archivfoto|symbolbild|bildquelle)"
)
_AGENCY = r"(?:getty images?|reuters|afp|ap|epa|efe|dpa|anp|ansa|tass|xinhua|shutterstock|istock|alamy|imago|wireimage)"
_CREDIT_BRACKET = re.compile(rf"[\[(]\s*{_PICTURE}\b[^\])]{{0,90}}[\])]\W*$", re.IGNORECASE)
_AGENCY_BRACKET = re.compile(
    rf"[\[(][^\])]{{0,60}}(?:/\s?{_AGENCY}|getty images|\bap photo\b[^\])]{{0,60}})[^\])]{{0,30}}[\])]\W*$",
    re.IGNORECASE,
)
_CREDIT_TAIL = re.compile(
    rf"(?:^|[.\s|(]){_PICTURE}\s?(?:credit|by|courtesy(?: of)?|source)?\s?[:©]\s?[^:.!?]{{2,70}}$", re.IGNORECASE
)
_AGENCY_TAIL = re.compile(rf"(?:[/|©]\s?|\bvia )(?:{_AGENCY})\W*$|\bgetty images\W*$", re.IGNORECASE)
_CREDIT_HEAD = re.compile(rf"(?:{_PICTURE})s? (?:by|courtesy of|via)\b|©\s?(?:{_AGENCY})\b", re.IGNORECASE)
_CREDIT_MARKS = ("/", "|", "©", ":", "via ", "Getty", "GETTY", "getty")
_REPORTING = re.compile(
    r"\W{0,3}(?:additional |further |with )?(?:reporting|writing|editing|compiled|edited|written|reported)"
    r" (?:and \w+ )?(?:by|from)\b"
    r"|\W{0,3}(?:source|sources|quelle|fuente|fonte|bron|źródło|источник|kaynak|来源|來源)\s?:",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"(?:©|\(c\)\s|copyright\b)", re.IGNORECASE)
_SHORTCODE = re.compile(
    r"\[/?[a-z_]+(?:\s+[a-z_]+=[^\]]*)?\].*\[/[a-z_]+\]|"
    r"\[/?(?:caption|gallery|embed|youtube|audio|video|vc_[a-z_]+)\b[^\]]*\]"
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{2,64}")


@lru_cache(maxsize=1)
def _bits() -> dict[str, int]:
    return {kind: 1 << at for at, kind in enumerate(lexicon().kinds)}


def _kind(bits: int, allowed: frozenset[str] | None = None) -> str | None:
    """The first kind of a bit set that is allowed."""
    return next((kind for kind, bit in _bits().items() if bits & bit and (allowed is None or kind in allowed)), None)


def _inside(page: Page, at: int) -> bool:
    first, last = page.core
    return first <= at <= last


def _ends_sentence(block: Block) -> bool:
    return bool(block.shown.measures[_MEASURE["ends a sentence"]])


def _is_title(block: Block) -> bool:
    """Could this be the headline of another story: short, and no sentence with its full stop?"""
    return block.shown.words <= 24 and not block.shown.prose and block.text[-1] not in ".:;,"


def repeated_contents(page: Page) -> Claims:
    """Three list items or more in a row that all come back below as lines of their own."""
    last = {_bare(block.text): at for at, block in enumerate(page.blocks)}
    run: list[int] = []
    for at, block in enumerate(page.blocks):
        bullet = BULLET.match(block.text)
        if bullet and last.get(_bare(block.text[bullet.end() :]), -1) > at:
            run.append(at)
            continue
        if len(run) >= 3:
            yield from ((entry, "repeated-contents") for entry in run)
        run = []


def _bare(text: str) -> str:
    return text.strip(" #*:.").casefold()


def comments(page: Page) -> Claims:
    """Below the article, everything from an invitation to comment or from the heading of a thread on."""
    bits = _bits()
    form, thread = bits["comment-form"], bits["comment-thread"]
    for at, block in enumerate(page.blocks):
        named = block.shown.hits.whole & (form | thread) or _counted(block) & thread
        if not named or block.shown.words > 30 or page.prose_above[at] < 25:
            continue
        if _closes(page, at, form | thread):
            kind = "comment-form" if named & form else "comment-thread"
            yield from ((later, kind) for later in range(at, len(page.blocks)))
            return


def _counted(block: Block) -> int:
    """What a line opens with that begins with a number: ``10 thoughts on "…"``."""
    return block.shown.hits.starts if block.text[:1].isdecimal() else 0


def _closes(page: Page, at: int, named: int) -> bool:
    """Is what follows the heading ``at`` comments to the end, and no article?

    It is where the turns of a conversation follow: names, times, `Reply`.  A heading of more than one word is trusted
    without them where a fair share of the prose stands above it, a bare `Comments` only where half of it does.
    """
    rest = page.blocks[at + 1 :]
    prose = sum(block.shown.prose > 0 for block in rest)
    turns = sum(
        block.shown.words < 16
        and (block.shown.stamp or bool((block.shown.hits.whole | block.shown.hits.inside) & named))
        for block in rest
    )
    if turns >= 2 and turns >= 0.3 * prose:
        return True
    share = page.prose_above[at] / page.prose_above[-1]
    return share >= (0.3 if page.blocks[at].shown.words > 1 else 0.5)


def related_lists(page: Page) -> Claims:
    """A heading that announces other stories, and the headlines under it."""
    related = _bits()["related-list"]
    blocks = page.blocks
    for at, block in enumerate(blocks):
        hits, words = block.shown.hits, block.shown.words
        if not (hits.whole & related) or words > _LONGEST_PHRASE:
            continue
        if words < 2 and _inside(page, at) and not block.text.isupper():
            continue
        yield at, "related-list"
        for later in range(at + 1, min(at + 16, len(blocks))):
            if not _is_title(blocks[later]):
                break
            yield later, "related-list"


def leads(page: Page) -> Claims:
    """A line that leads to another story: ``Read more: …``, ``Related: …``, ``Also on …``."""
    for at, block in enumerate(page.blocks):
        if block.shown.words > 40 or not block.shown.words:
            continue
        size = _opener(block.shown.low, lexicon().leads)
        if not size or size >= block.shown.words:
            continue
        if _followed_by_colon(block.text, size) or (size > 1 and not _ends_sentence(block) and block.shown.words >= 6):
            yield at, "related-list"


def _opener(words: Sequence[str], openers: frozenset[str]) -> int:
    """How many words of the longest phrase a line opens with; 0 without any."""
    words = words[:5]
    return next((size for size in range(len(words), 0, -1) if " ".join(words[:size]) in openers), 0)


def _followed_by_colon(text: str, size: int) -> bool:
    for count, word in enumerate(WORD.finditer(text), 1):
        if count == size:
            return text[word.end() :].lstrip(' )”"’*')[:1] in (":", "|", "：", "►", "→", ">")
    return False


def phrases(page: Page) -> Claims:
    """A line that is known furniture word for word."""
    blocks = page.blocks
    for at, block in enumerate(blocks):
        hits, words = block.shown.hits, block.shown.words
        if not hits.whole or words > _LONGEST_PHRASE or (_ends_sentence(block) and words > 9):
            continue
        if not _inside(page, at):
            kind = _kind(hits.whole)
        elif words > 1 or _has_company(blocks, at) or block.text.isupper():
            kind = _kind(hits.whole, _ANYWHERE)
        else:
            kind = _kind(hits.whole & _bits()["advertisement"]) or (
                "share-bar" if block.text in ("Share", "Tweet") else None
            )
        if kind and not (words < 3 and (block.text[-1] == ":" or (kind == "menu" and block.text[-1] in ".…"))):
            yield at, kind


def labels(page: Page) -> Claims:
    """Above and below the article, a short line that opens with a known phrase: `Tags: …`, `Reading time …`."""
    for at, block in enumerate(page.blocks):
        if block.shown.words > 25 or _inside(page, at) or _ends_sentence(block):
            continue
        label, colon, _ = block.text[:60].partition(":")
        words = block.shown.words
        brief = words <= 5 or (words <= 8 and "0" in block.shown.low)
        kind = _kind(lexicon().match(words_of(label)).whole, _LABELS) if colon else None
        kind = kind or (_kind(block.shown.hits.starts, _LABELS) if brief else None)
        if kind:
            yield at, kind


_LABELS = frozenset(
    [
        "tags",
        "timestamp",
        "reading-time",
        "pagination",
        "print-email",
        "share-bar",
        "copyright",
        "follow-us",
        "newsletter",
    ]
)


def _has_company(blocks: Sequence[Block], at: int) -> bool:
    """Does a neighbour name furniture too?"""
    return any(
        0 <= near < len(blocks) and blocks[near].shown.hits.whole and blocks[near].shown.words <= _LONGEST_PHRASE
        for near in (at - 1, at + 1)
    )


def prompts(page: Page) -> Claims:
    """At the edges of the article, sentences that ask for a subscription, a follow, a donation or a mail."""
    for at, block in enumerate(page.blocks):
        if block.shown.words > 60 or not (_near_start(page, at) or _near_end(page, at)):
            continue
        hits = block.shown.hits
        networks = len(lexicon().shared["networks"].intersection(block.shown.low))
        if networks >= 2 and block.shown.words <= 30:
            yield at, "follow-us"
        elif _MAIL.search(block.text[:400]) and lexicon().shared["address"].intersection(words_of(block.text[:40])[:2]):
            yield at, "portrait"
        elif (
            named := _kind(hits.inside & (hits.starts | hits.whole), _PROMPTS)
            or ((_near_end(page, at) and _kind(hits.inside, _PROMPTS)) or None)
        ) or (not block.shown.prose and (named := _kind(hits.starts, _PROMPTS)) and not _inside(page, at)):
            yield at, named


_PROMPTS = frozenset(
    (
        "newsletter",
        "follow-us",
        "share-bar",
        "paywall",
        "copyright",
        "portrait",
        "cookie-notice",
        "login",
        "comment-form",
        "advertisement",
        "interface",
    )
)


def _near_start(page: Page, at: int) -> bool:
    """Does hardly any prose stand above a block?"""
    return (page.prose_above[at] <= 40 and at <= 6) or at < page.core[0]


def _near_end(page: Page, at: int) -> bool:
    """Does hardly any prose stand below a block, and no paragraph but one?"""
    return at > page.core[1] or (at >= page.core[1] - 1 and page.prose_above[-1] - page.prose_above[at + 1] <= 40)


def closing_lists(page: Page) -> Claims:
    """Below the article, two headlines or more with bullets: other stories."""
    run: list[int] = []
    for at in range(len(page.blocks) - 1, max(page.core[1], 0), -1):
        block = page.blocks[at]
        bullet = BULLET.match(block.text)
        if (
            not bullet
            or not _is_title(block)
            or not block.shown.words >= 3
            or not _is_headline(block.text[bullet.end() :])
        ):
            break
        run.append(at)
    if len(run) >= 2 and not page.blocks[run[-1] - 1].text.endswith(":"):
        yield from ((at, "related-list") for at in run)


def _is_headline(text: str) -> bool:
    """Are the words of a line written large, as in the headlines of English papers?"""
    words = [word for word in WORD.findall(text) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) >= 0.7 * len(words)


def reporting(page: Page) -> Claims:
    """At the end, who reported, wrote, edited or contributed: ``(Reporting by …; editing by …)``, ``Source: …``."""
    for at, block in enumerate(page.blocks):
        if _near_end(page, at) and block.shown.words <= 60 and _REPORTING.match(block.text[:120]):
            yield at, "byline"


def rights(page: Page) -> Claims:
    """A copyright line."""
    for at, block in enumerate(page.blocks):
        if (
            block.shown.words <= 45
            and _RIGHTS.match(block.text)
            and (not _inside(page, at) or "0" in block.shown.low[:10])
        ):
            yield at, "copyright"


def credit_lines(page: Page) -> Claims:
    """A caption with its credit."""
    for at, block in enumerate(page.blocks):
        if block.shown.words > 70:
            continue
        if _is_credited(block):
            yield at, "caption-credit"


def _is_credited(block: Block) -> bool:
    """Does a line end or begin with the credit of a picture?"""
    tail = block.text[-130:]
    last = tail.rstrip(" .,;")[-1:]
    if last in (")", "]"):
        return bool(_CREDIT_BRACKET.search(tail) or _AGENCY_BRACKET.search(tail))
    if any(mark in tail for mark in _CREDIT_MARKS):
        open_end = tail[-1] not in ".?!"
        return bool(_AGENCY_TAIL.search(tail) or (open_end and _CREDIT_TAIL.search(tail)))
    return block.shown.words <= 16 and _CREDIT_HEAD.match(block.text) is not None


def stamps(page: Page) -> Claims:
    """Above and below the article, a line that holds a date or a time and no word of its own."""
    found = [at for at, block in enumerate(page.blocks) if block.shown.words <= 18 and is_stamp(block.text)]
    inside = [at for at in found if _inside(page, at)]
    for at in found:  # two dates and more inside head the entries of a chronicle
        if at not in inside or (len(inside) == 1 and _near_start(page, at)):
            yield at, "timestamp"


@lru_cache(maxsize=1)
def _stamp_words() -> frozenset[str]:
    lexical = lexicon()
    posted = {word for phrase in lexical.posted for word in phrase.split()}
    return lexicon().shared["time"] | frozenset().union(*lexical.days.values()) | posted


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


def bylines(page: Page) -> Claims:
    """Outside the article, ``By`` and a name, with or without a date; or a bare name as the last line."""
    first, last = page.core
    for at, block in enumerate(page.blocks):
        if (at < first or at > last or _near_start(page, at)) and is_byline(block.text):
            yield at, "byline"
    end = len(page.blocks) - 1
    if 0 <= last < end and last == end - 1 and is_name(page.blocks[end].text):
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


def site_names(page: Page) -> Claims:
    """The first line where it is the name of a publication."""
    if len(page.blocks) > 1 and is_masthead(page.blocks[0].text):
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


def shortcodes(page: Page) -> Claims:
    """Markup of the publishing system left in the text."""
    for at, block in enumerate(page.blocks):
        if block.text.startswith("[") and block.shown.words <= 40 and _SHORTCODE.match(block.text[:400]):
            yield at, "shortcode"


RULES: tuple[Rule, ...] = (
    repeated_contents,
    site_names,
    comments,
    stamps,
    bylines,
    credit_lines,
    rights,
    related_lists,
    leads,
    reporting,
    closing_lists,
    prompts,
    phrases,
    labels,
    shortcodes,
)
"""The anchored rules, in the order in which they name a removal."""


def anchored(page: Page) -> dict[int, str]:
    """The blocks that rules remove, each with the name of the first rule that claims it.

    >>> anchored(Page.read("The council met on Friday and passed the budget at last.\\n\\n2 mins read"))
    {1: 'reading-time'}
    """
    claims: dict[int, str] = {}
    if page.core[1] < 0:
        return claims
    for rule in RULES:
        for at, name in rule(page):
            claims.setdefault(at, name)
    return claims
