"""Mojibake: text that was decoded with the wrong encoding, and the traces it leaves.

ftfy is the engine; what it leaves damaged is repaired here, each fault by a function of its own.

>>> fix_mojibake("Mali\\u00a0â€œto continue honoring")
'Mali\\xa0“to continue honoring'
>>> fix_mojibake("Ã\\u00a0 la carte")
'à la carte'
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import ftfy
from ftfy.badness import is_bad
from ftfy.chardata import UTF8_DETECTOR_RE

from cleaners.text.edits import Edit, Revision

_SUSPECT = re.compile("[^\x00-\x7f]{2}|[^\x00-\x7f\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2022]|&")
_LINE = re.compile("[^\r\n]+")
_AFTER_NO_BREAK_SPACE = re.compile("(?<=\xa0)" + UTF8_DETECTOR_RE.pattern.split("\n", 2)[2], re.VERBOSE)
_ANCHOR = re.compile("[!->@-~]")


def fix_mojibake(text: str) -> str:
    """``text`` with its mojibake repaired: :func:`mojibake_edits` applied.

    >>> fix_mojibake("The Mona Lisa doesnâ€™t have eyebrows.")
    'The Mona Lisa doesn’t have eyebrows.'
    """
    return Revision.of(text).revise("mojibake", mojibake_edits(text)).text


def mojibake_edits(text: str, *, straighten_quotes: bool = False) -> list[Edit]:
    """The repairs of ``text``, each with what was read as what for its rule.

    >>> mojibake_edits("sÃ³")
    [Edit(start=1, end=3, after='ó', rule='utf-8 read as latin-1')]
    """
    edits: list[Edit] = []
    if not straighten_quotes and not _SUSPECT.search(text):
        return edits
    entities = True
    for line in _LINE.finditer(text):
        entities = entities and "<" not in line[0]
        config = ftfy.TextFixerConfig(
            unescape_html=entities,
            remove_terminal_escapes=False,
            fix_character_width=False,
            uncurl_quotes=straighten_quotes,
            fix_line_breaks=False,
            remove_control_chars=False,
        )
        edits += _line_edits(line[0], line.start(), config)
    return edits


def _line_edits(line: str, at: int, config: ftfy.TextFixerConfig) -> Iterator[Edit]:
    draft = Revision.of(line)
    draft = draft.revise("", _after_no_break_space(line))
    after, plan = ftfy.fix_and_explain(draft.text, config)
    rule = _rule(plan or [])
    draft = draft.revise("", aligned(draft.text, after, rule))
    for change in draft.changes:
        yield Edit(change.start + at, change.end + at, change.after, change.rule)


def _after_no_break_space(line: str) -> Iterator[Edit]:
    for run in _AFTER_NO_BREAK_SPACE.finditer(line):
        if is_bad(run[0]):
            after, plan = ftfy.fix_encoding_and_explain(run[0])
            yield Edit(run.start(), run.end(), after, _rule(plan or []))


def _rule(plan: list[ftfy.ExplanationStep]) -> str:
    """ftfy's plan as a rule name."""
    names = [step.parameter.removeprefix("sloppy-") for step in plan]
    if [step.action for step in plan] == ["encode", "decode"]:
        return f"{names[1]} read as {names[0]}"
    return ", ".join(names)


def aligned(before: str, after: str, rule: str) -> Iterator[Edit]:
    """The edits between two texts that share their ASCII marks and letters, which repairs never touch."""
    old, new = list(_ANCHOR.finditer(before)), list(_ANCHOR.finditer(after))
    if [m[0] for m in old] != [m[0] for m in new]:
        old = new = []
    i = j = 0
    ends = [(a.start(), b.start()) for a, b in zip(old, new, strict=True)]
    for i_end, j_end in [*ends, (len(before), len(after))]:
        if before[i:i_end] != after[j:j_end]:
            yield Edit(i, i_end, after[j:j_end], rule)
        i, j = i_end + 1, j_end + 1
