"""White space, invisible and control characters, and lines that a mail program or a page of print has broken.

>>> from cleaners.text.rounds import applied
>>> text = "Mali\\u00a0 and\\u200b Niger.\\r\\n\\r\\n\\r\\nEnd  "
>>> applied(text, spacing_edits(text))
'Mali and Niger.\\n\\nEnd'
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from cleaners.characters import beyond_print
from cleaners.text.edits import Edit, Revision
from cleaners.text.rounds import settled
from cleaners.text.wrapping import hard_wrapped

_ROUNDS = 6  # what one rule takes out may bring another's neighbours together; two are the rule


def spacing_edits(text: str) -> list[Edit]:
    """White space brought to one form: plain spaces, ``\\n``, at most one blank line, nothing invisible, and every
    paragraph on one line where the text is wrapped to a width.

    >>> [(edit.after, edit.rule) for edit in spacing_edits("one\\ttwo \\x07")]
    [(' ', 'odd space'), ('', 'line edge'), ('', 'control character')]
    """
    return settled(text, _pass, _ROUNDS)


def _pass(text: str) -> list[Edit]:
    draft = Revision.of(text)
    for rule in rules_for(text):
        draft = draft.revise("", rule(draft.text))
    if _is_uneven(draft.text):
        draft = draft.revise("", runs_of_spaces(draft.text))
        draft = draft.revise("", line_ends(draft.text))
    draft = draft.revise("", hard_wrapped(draft.text))
    return [Edit(change.start, change.end, change.after, change.rule) for change in draft.changes]


def rules_for(text: str) -> list[Callable[[str], Iterable[Edit]]]:
    """The rules for single characters that have something to do in a text: most texts hold no white space but spaces
    and ``\\n``, and nothing invisible.

    >>> [[rule.__name__ for rule in rules_for(text)] for text in ("“Früh”, sagte er.\\n", "a\\tb", "a\\u200bb")]
    [[], ['odd_spaces'], ['invisibles']]
    """
    special = "".join(set(_SPECIAL.findall(beyond_print(text))))
    return [rule for rule, begins in _RULES if begins.search(special)] if special else []


def _is_uneven(text: str) -> bool:
    """Whether there are spaces or blank lines too many, in a text without other white space.

    As there are where two neighbours are white, other than the line ends around one blank line: three of those have two
    such pairs, of which one is counted.

    >>> [_is_uneven(text) for text in ("a b\\n\\nc", "a  b", "a \\nb", "a\\n\\n\\nb", "a\\n")]
    [False, True, True, True, True]
    """
    if text[:1] in ("\n", " ") or text[-1:] in ("\n", " "):
        return True
    white = np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8) <= ord(" ")
    return int(np.count_nonzero(white[1:] & white[:-1])) > text.count("\n\n")


def _replaced(text: str, pattern: re.Pattern[str], after: str, rule: str) -> Iterator[Edit]:
    for match in pattern.finditer(text):
        yield Edit(*match.span(), after, rule)


_BREAKING = "\r\x0b\x0c\x85\u2028\u2029"
_CONTROLLING = "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
_SPACING = "\t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
_HIDDEN = (
    "\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff9-\ufffc\ufffe\uffff"
    "\U000e0000-\U000e0fff"
)
_SPECIAL = re.compile(f"[{_BREAKING}{_CONTROLLING}{_SPACING}{_HIDDEN}]")
"""What a rule begins with."""

# The first character stands by itself: a search leaps to it.
_BREAKS = re.compile(f"[{_BREAKING}](?:(?<=\r)\n)?(?:\r\n?|[{_BREAKING}])*")
_BREAK = re.compile("\r\n|.", re.DOTALL)
_ESCAPE = re.compile("\x1b\\[[0-9;]{0,20}[A-Za-z]")
_CONTROL = re.compile(f"[{_CONTROLLING}]+")
_ODD_SPACES = re.compile(f"[{_SPACING}]+")
_SPACES = re.compile("  +")
_LINE_END = re.compile("\n[ \n]*")


def line_breaks(text: str) -> Iterator[Edit]:
    """Line ends of Windows and the old Macintosh, form feeds, and Unicode's own separators.

    >>> [(edit.start, edit.end, edit.after) for edit in line_breaks("a\\r\\n\\r\\nb\\rc")]
    [(1, 5, '\\n\\n'), (6, 7, '\\n')]
    """
    for match in _BREAKS.finditer(text):
        yield Edit(*match.span(), "\n" * len(_BREAK.findall(match[0])), "line break")


def escapes(text: str) -> Iterator[Edit]:
    """Colours and cursor movements of a terminal.

    >>> [(edit.start, edit.end) for edit in escapes("\\x1b[1mbold\\x1b[0m")]
    [(0, 4), (8, 12)]
    """
    return _replaced(text, _ESCAPE, "", "terminal escape")


def controls(text: str) -> Iterator[Edit]:
    """Control characters, which no text means."""
    return _replaced(text, _CONTROL, "", "control character")


def odd_spaces(text: str) -> Iterator[Edit]:
    """Tabs, no-break spaces, spaces of other widths, that of Chinese and Japanese too: plain ones."""
    return _replaced(text, _ODD_SPACES, " ", "odd space")


def runs_of_spaces(text: str) -> Iterator[Edit]:
    """More than one space."""
    return _replaced(text, _SPACES, " ", "run of spaces")


def line_ends(text: str) -> Iterator[Edit]:
    """Spaces at the edges of lines, more than one blank line, and any before and behind the text.

    >>> [(edit.start, edit.end, edit.after) for edit in line_ends("a \\n\\n\\n\\nb\\n")]
    [(1, 6, '\\n\\n'), (7, 8, '')]
    """
    for start, end in _line_ends(text):
        inside = start > 0 and end < len(text)
        breaks = text.count("\n", start, end)
        after = "\n" * min(breaks, 2) if inside else ""
        if after != text[start:end]:
            yield Edit(start, end, after, "blank lines" if breaks > 1 else "line edge")


def _line_ends(text: str) -> Iterator[tuple[int, int]]:
    """The spans of line breaks with the spaces around them, and of a space at either edge of the text."""
    end = 0
    if text.startswith(" ") and not text.startswith(" \n"):
        end = 1
        yield 0, end
    for match in _LINE_END.finditer(text):
        start, end = match.span()
        yield start - (start > 0 and text[start - 1] == " "), end
    if text.endswith(" ") and end < len(text):
        yield len(text) - 1, len(text)


_INVISIBLE = re.compile(f"[{_HIDDEN}]")
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")
_JOINERS = frozenset("\u200c\u200d")
_JOINED_SCRIPTS = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1800-\u18af\u1900-\u1cff\ua800-\uabff]"
)  # of Arabic, India, Tibet, South East Asia and Mongolia
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df]")  # Thai, Lao, Burmese, Khmer, Tai
_PICTOGRAPH = re.compile("[#*0-9\xa9\xae\u203c-\u3299\ufe0f\U0001f000-\U0001faff]")
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def invisibles(text: str) -> Iterator[Edit]:
    """Characters that nobody sees, where they mean nothing.

    Soft hyphens and byte order marks never do within a line; joiners do in the scripts that join letters and in
    pictographs, spaces of no width where words are not set apart, marks of direction beside scripts that run from right
    to left, variation selectors behind pictographs, ideographs and Mongolian letters, tags behind a flag.

    >>> [edit.start for edit in invisibles("in\\u00advisible\\u200b می\\u200cخواهم 👩\\u200d🚀 a\\u200db")]
    [2, 10, 26]
    """
    right_to_left: bool | None = None
    last = Edit(-1, 0, "", "")
    for match in _INVISIBLE.finditer(text):
        at = match.start()
        char, before, behind = match[0], text[at - 1 : at], text[at + 1 : at + 2]
        if char in _DIRECTION:
            if right_to_left is None:
                right_to_left = bool(_RIGHT_TO_LEFT.search(text))
            needed = right_to_left
        else:
            needed = _is_needed(char, before, behind)
        if needed:
            continue
        if last.rule and at == last.end:
            last = Edit(last.start, at + 1, "", last.rule)
            continue
        if last.rule:
            yield last
        last = Edit(at, at + 1, "", "invisible character")
    if last.rule:
        yield last


def _is_needed(char: str, before: str, behind: str) -> bool:
    """Whether ``char`` changes how its neighbours read or look."""
    if char in _JOINERS:
        in_word = bool(_JOINED_SCRIPTS.match(before)) and unicodedata.category(before)[0] in "LM"
        return in_word or (char == "\u200d" and bool(_PICTOGRAPH.match(before) and _PICTOGRAPH.match(behind)))
    if char == "\u200b":
        return bool(_SPACELESS.match(before) and _SPACELESS.match(behind))
    if "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef":
        return bool(_PICTOGRAPH.match(before) or _IDEOGRAPH.match(before) or _JOINED_SCRIPTS.match(before))
    if "\U000e0020" <= char <= "\U000e007f":
        return before == "\U0001f3f4" or "\U000e0020" <= before <= "\U000e007e"
    return char == "\u180e" and "\u1800" <= before <= "\u18af"


_RULES: tuple[tuple[Callable[[str], Iterable[Edit]], re.Pattern[str]], ...] = (
    (line_breaks, _BREAKS),
    (escapes, re.compile("\x1b")),
    (controls, _CONTROL),
    (invisibles, _INVISIBLE),
    (odd_spaces, _ODD_SPACES),
)
"""What goes over a text that is not plain, in order, and what each of them begins with."""
