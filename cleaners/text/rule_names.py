"""The rules of the shipped steps by name, for whoever wants to switch one off.

>>> unknown_rule("furniture", "byline") is unknown_rule("mojibake", "utf-8 read as cp1252, a byte lost") is None
True
>>> unknown_rule("furniture", "bylines")[:1]
('byline',)
"""

from __future__ import annotations

import difflib
import re
from functools import cache

from cleaners.text.furniture.rules.rule import NAMES
from cleaners.text.mojibake.mixups import MIXUPS
from cleaners.text.mojibake.readings import READINGS

SPACING = {
    "blank lines": "more than one blank line, or any before or behind the text",
    "control character": "control characters",
    "hard-wrapped line": "a line end within a paragraph",
    "invisible character": "characters of no width that mean nothing where they stand",
    "line break": "line ends other than `\\n`",
    "line edge": "spaces at the edges of a line or of the text",
    "odd space": "tabs, no-break spaces and spaces of other widths",
    "run of spaces": "more than one space",
    "terminal escape": "colours and cursor movements of a terminal",
    "word divided at a line end": "a hyphen that only divided a word, and the line end behind it",
}
COLUMNS = {
    "column": "a column that stood beside another, put in front of it or behind it; what is in neither was furniture",
}
TABLES = {
    "empty-row": "a row of a layout table with nothing in it",
    "layout-cell": "the frame of a layout table's cell",
}
MODEL = {
    "model:above-the-article": "stands above the article and is none, as the model has it",
    "model:below-the-article": "stands below the article and is none",
    "model:between-paragraphs": "stands within the article and is none",
    "model:menu-like": "is short, no sentence, and none of the article",
    "model:names-comments": "speaks of comments, and is none of the article",
    "model:names-other-stories": "speaks of other stories, and is none of the article",
    "model:stamp": "is a date or a time, and none of the article",
}
RECURRING = {"recurring-line": "stands in many different texts of one source (see `docs/cleaning.md`)"}
CHARACTERS = {
    "curly quote": "a curly quotation mark, where straight ones are asked for",
    "cp1252 read as latin-1": "a control character that is a character of Windows",
    "decomposed character": "a letter and its mark, made one",
    "escaped character": "`\\u2019` and the like",
    "half a character": "half of a surrogate pair",
    "html entity": "`&amp;` and the like",
    "ligature": "`ﬁ` and the like",
    "quoted-printable": "`=E2=80=93` and the like",
    "utf-16 read as ucs-2": "two halves of a surrogate pair",
}
_BEHIND = re.compile(r"(?: and as .*|, (?:twice|\d+ times|a byte lost|white space stripped|A0 turned into a space))+")
"""What a rule's name may go on with, behind the two encodings: how often, and what else was lost."""


@cache
def rule_names() -> dict[str, dict[str, str]]:
    """What each rule of a step is about, by step and name."""
    read = {f"utf-8 read as {name}" for name in ("latin-1", *(reading.name for reading in READINGS))}
    read |= {f"{mixup.right} read as {mixup.wrong}" for mixup in MIXUPS}
    encodings = dict.fromkeys(sorted(read), "text in one encoding that was read in another, however often")
    return {
        "columns": COLUMNS,
        "mojibake": {**CHARACTERS, **encodings},
        "spacing": SPACING,
        "tables": TABLES,
        "furniture": {**NAMES, **MODEL},
        "recurring": RECURRING,
    }


def unknown_rule(step: str, rule: str) -> tuple[str, ...] | None:
    """None for a rule that a shipped step has, else what may have been meant, nearest first.

    >>> unknown_rule("spacing", "tofu")
    ()
    """
    known = rule_names()[step]
    if rule in known or (step == "mojibake" and _BEHIND.sub("", rule, count=1) in known):
        return None
    return tuple(difflib.get_close_matches(rule, known, n=3))
