"""White space, invisible and control characters.

>>> from cleaners.text.edits import Revision
>>> text = "Mali\\u00a0 and\\u200b Niger.\\r\\n\\r\\n\\r\\nEnd  "
>>> Revision.of(text).revise("spacing", spacing_edits(text)).text
'Mali and Niger.\\n\\nEnd'
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaners.text.edits import Edit, Revision

_BREAK = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ufff9-\ufffc]+")
_ODD = re.compile("[\xa0\u1680\u2000-\u200a\u202f\u205f\u3000\t]")
_BLANKS = re.compile("\n{3,}")
_SPACES = re.compile(" {2,}")
_EDGES = re.compile(" +(?=\n|\\Z)|(?<=\n) +|\\A[ \n]+|\n+\\Z")


def spacing_edits(text: str) -> list[Edit]:
    """White space brought to one form: plain spaces, ``\\n``, at most one blank line, nothing invisible."""
    draft = Revision.of(text)
    for rule, pattern, after in (
        ("line-break", _BREAK, "\n"),
        ("invisible", _INVISIBLE, ""),
        ("odd-space", _ODD, " "),
        ("double-space", _SPACES, " "),
        ("line-edge", _EDGES, ""),
        ("blank-lines", _BLANKS, "\n\n"),
    ):
        draft = draft.revise("", _replaced(draft.text, rule, pattern, after))
    return [Edit(c.start, c.end, c.after, c.rule) for c in draft.changes]


def _replaced(text: str, rule: str, pattern: re.Pattern[str], after: str) -> Iterator[Edit]:
    for match in pattern.finditer(text):
        yield Edit(match.start(), match.end(), after, rule)
