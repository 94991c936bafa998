"""Markup as visible characters with their places, so that an extracted text can be traced back to it.

>>> seen = visible("<p>Tom &amp; Ann</p><script>x()</script>")
>>> seen.letters, seen.starts[:4]
('Tom&Ann', [3, 4, 5, 7])
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from cleaners.text.edits import Edit

_TOKEN = re.compile(r"<!--|<(?=[a-zA-Z/!?])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});?")
_TAG = re.compile(r"<!--|<(?=[a-zA-Z/!?])")
_NAME = re.compile(r"</?([a-zA-Z][\w:-]{0,40})")
_SILENT = frozenset(["script", "style", "template", "noscript", "svg", "head"])
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dt", "fieldset", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol",
    "option", "p", "pre", "section", "table", "td", "th", "tr", "ul",
))  # fmt: skip
_NEAR = 4000
"""Letters ahead in which a short line is looked for: a word such as `Share` stands everywhere."""
_SHORT = 24
_MISSES = 60
"""Lines not found after which the rest is looked for nearby only, so that no page costs quadratic time."""


@dataclass(frozen=True, slots=True)
class Visible:
    """The visible characters of a markup without white space, and where each starts and ends in it."""

    letters: str
    starts: list[int]
    ends: list[int]


def visible(markup: str) -> Visible:
    """The characters a reader sees, white space left out; scripts, styles, comments and tags are passed over."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []

    def take(low: int, high: int) -> None:
        for at in range(low, high):
            if not markup[at].isspace():
                letters.append(markup[at])
                starts.append(at)
                ends.append(at + 1)

    at = 0
    while match := _TOKEN.search(markup, at):
        take(at, match.start())
        if match.group().startswith("&"):
            for letter in html.unescape(match.group()):
                if not letter.isspace():
                    letters.append(letter)
                    starts.append(match.start())
                    ends.append(match.end())
            at = match.end()
        else:
            at = _behind(markup, match.start())
    take(at, len(markup))
    return Visible("".join(letters), starts, ends)


def _behind(markup: str, start: int) -> int:
    """Where the tag, comment or silent element that starts here ends; the end of the markup where it never does."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 4)
        return end + 3 if end >= 0 else len(markup)
    end = markup.find(">", start)
    if end < 0:
        return len(markup)
    name = _NAME.match(markup, start)
    if name and markup[start + 1] != "/" and name.group(1).lower() in _SILENT and markup[end - 1] != "/":
        close = re.compile(rf"</{name.group(1)}\s*>", re.IGNORECASE).search(markup, end)
        return close.end() if close else len(markup)
    return end + 1


def plain_text(markup: str) -> str:
    """Everything a reader sees, a line for every block.

    >>> plain_text("<ul><li>Home<li>News</ul><p>Tom &amp;\\nAnn</p><style>p {}</style>")
    'Home\\nNews\\nTom & Ann'
    """
    parts: list[str] = []
    at = 0
    while match := _TAG.search(markup, at):
        parts.append(" ".join(markup[at : match.start()].split("\n")))
        name = _NAME.match(markup, match.start())
        if name and name.group(1).lower() in _BLOCKS:
            parts.append("\n")
        at = _behind(markup, match.start())
    parts.append(" ".join(markup[at:].split("\n")))
    lines = (" ".join(line.split()) for line in html.unescape("".join(parts)).split("\n"))
    return "\n".join(line for line in lines if line)


def tracing_edits(markup: str, extracted: str) -> list[Edit]:
    """The edits that make the markup the extracted text: what was kept stays in place, the rest is cut out.

    >>> from cleaners.text.edits import Revision
    >>> page = "<html><body><nav>Home</nav><p>Tom &amp; Ann met.</p><p>They left.</p></body></html>"
    >>> Revision.of(page).revise("html", tracing_edits(page, "Tom & Ann met.\\nThey left.")).text
    'Tom & Ann met.\\nThey left.'
    """
    seen = visible(markup)
    edits: list[Edit] = []
    source = written = 0  # behind the last piece kept, in the markup and in the extracted text
    for low, high, start, end in _kept(seen, extracted):
        edits += _cut(markup, seen, source, start, extracted[written:low])
        source, written = end, high
    edits += _cut(markup, seen, source, len(markup), extracted[written:])
    return edits


def _cut(markup: str, seen: Visible, start: int, end: int, after: str) -> Iterator[Edit]:
    """The replacement of what stands between two kept pieces."""
    if start == end and not after:
        return
    between = markup[start:end]
    rule = "entity" if between.startswith("&") and "<" not in between and after.strip() else "markup"
    if rule == "markup" and any(visible(between).letters):
        rule = "outside-the-article"
    yield Edit(start, end, after, rule)


def _kept(seen: Visible, extracted: str) -> Iterator[tuple[int, int, int, int]]:
    """Runs ``low, high`` of the extracted text that stand in the markup as they are, at ``start, end``."""
    at = misses = 0
    for match in re.finditer(r"[^\n]+", extracted):
        letters = [place for place in range(match.start(), match.end()) if not extracted[place].isspace()]
        key = "".join(extracted[place] for place in letters)
        skip = len(key) - len(key.lstrip("-*•|#"))
        key, letters = key[skip:], letters[skip:]
        if not key:
            continue
        limit = at + _NEAR if len(key) < _SHORT or misses > _MISSES else len(seen.letters)
        found = seen.letters.find(key, at, limit)
        if found < 0:
            misses += 1
            continue
        yield from _pieces(seen, extracted, letters, found)
        at = found + len(key)


def _pieces(seen: Visible, extracted: str, letters: list[int], found: int) -> Iterator[tuple[int, int, int, int]]:
    """A found line as runs that are the same in the markup: entities, tags and odd white space part them."""
    low = 0
    for at in range(1, len(letters) + 1):
        if at < len(letters) and _goes_on(seen, extracted, letters, found, at):
            continue
        start, end = seen.starts[found + low], seen.ends[found + at - 1]
        if end - start == letters[at - 1] + 1 - letters[low]:  # an entity is longer than its letter
            yield letters[low], letters[at - 1] + 1, start, end
        low = at


def _goes_on(seen: Visible, extracted: str, letters: list[int], found: int, at: int) -> bool:
    """Do a letter and the one before it stand as far apart in the markup as in the extracted text, as themselves?"""
    gap = seen.starts[found + at] - seen.ends[found + at - 1]
    plain = all(seen.ends[found + one] - seen.starts[found + one] == 1 for one in (at - 1, at))
    return plain and gap == letters[at] - letters[at - 1] - 1
