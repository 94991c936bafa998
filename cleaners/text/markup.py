"""Markup as visible characters with their places, so that an extracted text can be traced back to it.

>>> seen = visible("<p>Tom &amp; Ann</p><script>x()</script>")
>>> seen.letters, seen.spans
('Tom&Ann', [(3, 7), (7, 12), (12, 16)])
"""

from __future__ import annotations

import html
import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from cleaners.text.edits import Edit

_TOKEN = re.compile(
    r"((?:<(?!(?:script|style|template|noscript|svg|head)\b|!--)[a-zA-Z/!?][^>]*+(?:>|\Z)\s*+)++)"  # any number of tags
    r"|<!--|<[a-zA-Z][^>]*+(?:>|\Z)|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});?",
    re.IGNORECASE,
)
_TAG = re.compile(r"<!--|<[a-zA-Z/!?][^>]*(?:>|\Z)")
_NAME = re.compile(r"</?([a-zA-Z][\w:-]{0,40})")
_SILENT = frozenset(["script", "style", "template", "noscript", "svg", "head"])
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol",
    "option", "p", "pre", "section", "table", "td", "th", "tr", "ul",
))  # fmt: skip
_ANY_TAG = re.compile(
    rf"<(?:/?({'|'.join(sorted(_BLOCKS))})(?![\w:-])|[a-zA-Z/!?])[^>]*+(?:>|\Z)",  # with the name of a block
    re.IGNORECASE,
)
_WHOLE_TAG = re.compile(r"<[^<>]*>")
_BARE = re.compile(r"(?:\s++|<[^<>]*+>)*+")
_SHOWN = re.compile(
    r"(?:[^<]++|<(?!!--|(?:script|style|template|noscript|svg|head)\b)(?:[a-zA-Z/!?][^>]*+(?:>|\Z))?+)*+", re.IGNORECASE
)
"""Text and tags up to the next comment or silent element."""
_LETTER = re.compile(r"\S")
_WORD = re.compile(r"\S+")
_NEAR = 4000
"""Letters ahead in which a short line is looked for: a word such as `Share` stands everywhere."""
_SHORT = 24
_STRIDE = 500
"""Letters looked at in one go, as a word may be as long as the page."""
_MISSES = 60
"""Lines not found after which the rest is looked for nearby only, so that no page costs quadratic time."""


@dataclass(frozen=True, slots=True)
class Visible:
    """The visible characters of a markup without white space, and the spans of it, entities apart, they stand in.

    The letters of ``spans[at]`` are ``letters[firsts[at]:firsts[at + 1]]``.
    """

    letters: str
    spans: list[tuple[int, int]]
    firsts: list[int]


@dataclass(frozen=True, slots=True)
class _Piece:
    """``extracted[low:high]`` stands in the markup as it is, at ``start:end``; ``first:last`` are its letters."""

    low: int
    high: int
    start: int
    end: int
    first: int
    last: int


def visible(markup: str) -> Visible:
    """The characters a reader sees, white space left out; scripts, styles, comments and tags are passed over."""
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    at = 0
    for start, end in _tokens(markup):
        if start > at and (letters := "".join(markup[at:start].split())):
            pieces.append(letters)
            spans.append((at, start))
        if markup[start : start + 1] == "&" and (letters := "".join(html.unescape(markup[start:end]).split())):
            pieces.append(letters)
            spans.append((start, end))
        at = end
    return Visible("".join(pieces), spans, [0, *itertools.accumulate(map(len, pieces))])


def _tokens(markup: str) -> Iterator[tuple[int, int]]:
    """Where each run of tags, silent element or entity starts and ends, and last the end of the markup."""
    at = 0
    search = _TOKEN.search
    while match := search(markup, at):
        start, at = match.span()
        if match.lastindex is None and markup[start] == "<":
            at = _behind(markup, start, at)
        yield start, at
    yield len(markup), len(markup)


def _behind(markup: str, start: int, end: int) -> int:
    """Where the tags or the opening of a comment at ``start:end`` lead: behind a silent element as a whole."""
    if markup.startswith("<!--", start):
        close = markup.find("-->", start + 4)
        return close + 3 if close >= 0 else len(markup)
    name = _NAME.match(markup, start)
    if name and name[1].lower() in _SILENT and markup[end - 2] != "/":
        found = re.compile(rf"</{name[1]}\s*>", re.IGNORECASE).search(markup, end)
        return found.end() if found else len(markup)
    return end


def plain_text(markup: str) -> str:
    """Everything a reader sees, a line for every block.

    >>> plain_text("<ul><li>Home<li>News</ul><p>Tom &amp;\\nAnn</p><style>p {}</style>")
    'Home\\nNews\\nTom & Ann'
    """
    parts: list[str] = []
    for stretch in _shown(markup):
        pieces = _ANY_TAG.split(stretch.replace("\n", " "))
        pieces[1::2] = ["\n" if block else "" for block in pieces[1::2]]
        parts += pieces
    lines = (" ".join(line.split()) for line in html.unescape("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


def _shown(markup: str) -> Iterator[str]:
    """The stretches of a markup between comments and silent elements, tags and all."""
    at = 0
    while at < len(markup):
        stretch = _SHOWN.match(markup, at)
        end = stretch.end() if stretch else at
        yield markup[at:end]
        tag = _TAG.match(markup, end)
        at = _behind(markup, end, tag.end()) if tag else len(markup)


def tracing_edits(markup: str, extracted: str) -> list[Edit]:
    """The edits that make the markup the extracted text: what was kept stays in place, the rest is cut out.

    >>> from cleaners.text.edits import Revision
    >>> page = "<html><body><nav>Home</nav><p>Tom &amp; Ann met.</p><p>They left.</p></body></html>"
    >>> Revision.of(page).revise("html", tracing_edits(page, "Tom & Ann met.\\nThey left.")).text
    'Tom & Ann met.\\nThey left.'
    """
    trace = _Trace(markup, extracted, visible(markup))
    left = _Piece(0, 0, 0, 0, 0, 0)
    edits: list[Edit] = []
    for piece in trace.pieces():
        edits += trace.between(left, piece)
        left = piece
    end = _Piece(len(extracted), 0, len(markup), 0, len(trace.seen.letters), 0)
    return [*edits, *trace.between(left, end)]


@dataclass(frozen=True, slots=True)
class _Trace:
    """An extracted text and the markup it came from."""

    markup: str
    extracted: str
    seen: Visible

    def between(self, left: _Piece, right: _Piece) -> Iterator[Edit]:
        """The replacement of what stands between two pieces, if anything does."""
        cut, after = self.markup[left.end : right.start], self.extracted[left.high : right.low]
        if not cut and not after:
            return
        rule = "outside-the-article" if right.first > left.last else "markup"
        if _reads_alike(cut, after):  # nothing that is read went
            rule = "markup" if "<" in cut or "&" not in cut else "entity"
        yield Edit(left.end, right.start, after, rule)

    def pieces(self) -> Iterator[_Piece]:
        """The pieces of the extracted text that stand in the markup as they are, in order."""
        at = misses = 0
        for match in re.finditer(r"[^\n]+", self.extracted):
            line = match[0].lstrip("-*•|# \t")
            key = "".join(line.split())
            if not key:
                continue
            limit = at + _NEAR if len(key) < _SHORT or misses > _MISSES else len(self.seen.letters)
            found = self.seen.letters.find(key, at, limit)
            if found < 0:
                misses += 1
                continue
            at = found + len(key)
            yield from self._of_line(match.end() - len(line), found, at)

    def _of_line(self, low: int, first: int, last: int) -> Iterator[_Piece]:
        """A line of the extracted text, from ``low`` on, in the spans that hold ``letters[first:last]``."""
        span = bisect_right(self.seen.firsts, first) - 1
        while first < last:
            start, end = self.seen.spans[span]
            stop = min(last, self.seen.firsts[span + 1])
            low = _word_start(self.extracted, low)
            whole = self.markup[start:end].rstrip() if first == self.seen.firsts[span] < stop - 1 else ""
            if stop == self.seen.firsts[span + 1] and whole and self.extracted.startswith(whole, low):
                yield _Piece(low, low + len(whole), start, start + len(whole), first, stop)
                low += len(whole)
            elif self.markup[start] == "&" and end - start > 1:
                for _ in range(stop - first):
                    low = _word_start(self.extracted, low) + 1
            else:
                start = _behind_letters(self.markup, start, first - self.seen.firsts[span])
                for piece in self._runs(low, start, first, stop):
                    yield piece
                    low = piece.high
            first, span = stop, span + 1

    def _runs(self, low: int, start: int, first: int, last: int) -> Iterator[_Piece]:
        """Letters that follow each other in both texts, in runs between which white space differs."""
        high, end = low, start  # the ends of the run so far
        begun = (low, start, first)
        while first < last:
            low, start = _word_start(self.extracted, high), _word_start(self.markup, end)
            if self.extracted[high:low] != self.markup[end:start]:
                yield _Piece(begun[0], high, begun[1], end, begun[2], first)
                begun = (low, start, first)
            most = min(last - first, _STRIDE)
            words = (_WORD.match(self.extracted, low, low + most), _WORD.match(self.markup, start, start + most))
            size = min(len(word[0]) for word in words if word)
            high, end, first = low + size, start + size, first + size
        yield _Piece(begun[0], high, begun[1], end, begun[2], first)


def _reads_alike(cut: str, text: str) -> bool:
    """Is all that a reader sees of a piece of markup what a text says?  What begins otherwise is not read to its end.

    >>> _reads_alike("<p>\\nTom &amp; <b>Ann</b>", "Tom & Ann"), _reads_alike("<p>Tom", "Ann")
    (True, False)
    """
    begins = _BARE.match(cut)
    first = cut[begins.end() : begins.end() + 1] if begins else ""
    if first != "&" and first != text.lstrip()[:1]:
        return False
    return html.unescape(_WHOLE_TAG.sub(" ", cut)).split() == text.split()


def _word_start(text: str, at: int) -> int:
    """The place of the first character from ``at`` on that is no white space."""
    letter = _LETTER.search(text, at)
    return letter.start() if letter else len(text)


def _behind_letters(markup: str, start: int, count: int) -> int:
    """The place of the letter that follows the next ``count`` letters."""
    for word in _WORD.finditer(markup, start) if count else ():
        if count < len(word[0]):
            return word.start() + count
        count, start = count - len(word[0]), word.end()
        if not count:
            break
    return _word_start(markup, start)
