"""Anchored rules: furniture that a line shows by its own words and its place."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cleaners.text.furniture.lines import Line

_WIDGETS = (
    (
        "share-bar",
        r"(share|tweet|facebook|twitter|whatsapp|linkedin|pinterest|reddit|telegram|instagram|youtube|wechat"
        r"|fb ?messenger|tumblr|share (this|on|via)( .{1,30})?)",
    ),
    ("follow-us", r"follow (us|by email)( .{1,30})?"),
    ("reading-time", r"\d+ min(ute)?s? read"),
    ("advertisement", r"(advertisement|sponsored)"),
    ("timestamp", r"(posted|published|updated)?:? ?(on )?[a-z]{3,9}\.? \d{1,2},? \d{4}"),
)
_WIDGET = re.compile("|".join(f"(?P<{name.replace('-', '_')}>{pattern})" for name, pattern in _WIDGETS), re.IGNORECASE)
_COMMENT_FORM = re.compile(r"(leave a (reply|comment)|post a comment|add a comment)\W*", re.IGNORECASE)
_BYLINE = re.compile(r"by [A-Z][\w.'’ -]{2,60}(, .{6,20})?", re.IGNORECASE)
_CREDIT = re.compile(
    r".{0,250}?(\[(file|photo|image): [^\]]{2,60}\]|\b(image|photo|credit): ?[\w /.-]{3,60})", re.IGNORECASE
)
_NAME = re.compile(r"[A-Z][\w.'’-]+( [A-Z][\w.'’-]*){1,3}")
_MASTHEAD = re.compile(r"(The )?([A-Z]\w+ ){1,4}(Herald|Times|Post|News|Tribune|Journal|Gazette|Magazine|Chronicle)")


def anchored(lines: Sequence[Line]) -> dict[int, str]:
    """The rule by which each removed line goes, by the line's index."""
    rules: dict[int, str] = {}
    prose = [index for index, line in enumerate(lines) if len(line.text) > 120 and line.text[-1] in '.!?"”’»']
    if not prose:
        return rules
    for index, line in enumerate(lines):
        text = line.text
        if index > prose[(len(prose) - 1) // 2] and _COMMENT_FORM.fullmatch(text):
            rules.update((later, "comment-form") for later in range(index, len(lines)))
            break
        if len(text) < 80 and (widget := _WIDGET.fullmatch(text)):
            rules[index] = str(widget.lastgroup).replace("_", "-")
        elif index < prose[0] and len(text) < 80 and _BYLINE.fullmatch(text):
            rules[index] = "byline"
        elif len(text) < 300 and text[-1] != "." and _CREDIT.fullmatch(text):
            rules[index] = "caption-credit"
        elif index == 0 and _MASTHEAD.fullmatch(text):
            rules[index] = "site-name"
        elif index == len(lines) - 1 and index > prose[-1] and _NAME.fullmatch(text):
            rules[index] = "byline"
    rules.update(_contents(lines))
    return rules


def _contents(lines: Sequence[Line]) -> dict[int, str]:
    """List items, three or more in a row, that all return later as lines of their own: a table of contents."""
    last = {line.text: index for index, line in enumerate(lines)}
    found: dict[int, str] = {}
    run: list[int] = []
    for index, line in enumerate((*lines, Line("", 0, 0, 0))):
        if line.text.startswith(("- ", "* ", "• ")) and last.get(line.text[2:], -1) > index:
            run.append(index)
            continue
        if len(run) >= 3:
            found.update(dict.fromkeys(run, "repeated-contents"))
        run = []
    return found
