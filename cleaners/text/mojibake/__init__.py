"""Mojibake: text that was decoded with the wrong encoding, and the traces it leaves.

ftfy is the engine: its codecs, its detector and its plans come first where they repair a whole line.  What it leaves
damaged, or would damage, is decided here by how plausible a text is (``plausibility``): UTF-8 read with some other
encoding in the midst of right text (``readings``), bytes lost, changed or cut off on top of that (``losses``), mix-ups
of two single-byte encodings (``mixups``), single characters (``characters``).  What cannot be told is left alone.

>>> fix_mojibake("Mali\\u00a0â€œto continue honoring")
'Mali\\xa0“to continue honoring'
>>> fix_mojibake("Ã\\u00a0 la carte")
'à la carte'
>>> mojibake_edits("Die StraÃŸe")
[Edit(start=8, end=10, after='ß', rule='utf-8 read as cp1252')]
"""

from __future__ import annotations

import re

from cleaners.text.edits import Edit
from cleaners.text.plain import is_coded, is_plain_english
from cleaners.text.rounds import applied, settled

_MARKUP = re.compile("<[a-zA-Z/!]")
_ROUNDS = 4  # of passes over a text; every line has settled in the first one, unless it became several


def fix_mojibake(text: str) -> str:
    """``text`` with its mojibake repaired: :func:`mojibake_edits` applied.

    >>> fix_mojibake("The Mona Lisa doesnâ€™t have eyebrows.")
    'The Mona Lisa doesn’t have eyebrows.'
    """
    edits = mojibake_edits(text)
    return applied(text, edits) if edits else text


def mojibake_edits(text: str, *, straighten_quotes: bool = False) -> list[Edit]:
    """The repairs of ``text``, each with what was read as what for its rule.

    HTML entities are read in plain text only: where anything looks like a tag, they belong to the markup.

    >>> [edit.rule for edit in mojibake_edits("“R&amp;D”", straighten_quotes=True)]
    ['curly quote', 'html entity', 'curly quote']
    """
    return settled(text, lambda draft: _pass(draft, straighten_quotes), _ROUNDS)


def is_suspect(text: str) -> bool:
    """Whether anything in ``text`` may be damaged: most text is not, and need not be looked at any closer.

    >>> is_suspect("“It’s fine” – he said…"), is_suspect("“Itâ€™s” fine"), is_suspect("R&amp;D")
    (False, True, True)
    """
    return is_coded(text) or not is_plain_english(text)


def _pass(text: str, straighten_quotes: bool) -> list[Edit]:
    coded = is_coded(text)
    if not (straighten_quotes or coded) and is_plain_english(text):
        return []
    from cleaners.text.mojibake import lines  # loads ftfy and the weights: not before something is suspect

    entities = not _MARKUP.search(text)
    edits: list[Edit] = []
    at = 0
    for line in text.replace("\r", "\n").split("\n"):
        if straighten_quotes or (coded and is_coded(line)) or not is_plain_english(line):
            for edit in lines.line_edits(line, entities=entities, straighten_quotes=straighten_quotes):
                edits.append(Edit(edit.start + at, edit.end + at, edit.after, edit.rule))
        at += len(line) + 1
    return edits
