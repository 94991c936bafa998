"""Single characters that stand for others: entities, escapes, surrogates, controls, ligatures, decomposed letters.

Each fault has a function from a line to its edits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import ftfy.bad_codecs
from ftfy.chardata import HTML_ENTITY_RE
from ftfy.fixes import unescape_html

from cleaners.text.edits import Edit

ftfy.bad_codecs.ok()  # registers sloppy-windows-1252

_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")
_C1 = re.compile("[\x80-\x9f]")
_UNDECODED_C1 = "\x81\x8d\x8f\x90\x9d"
_LIGATURE = re.compile("[\ufb00-\ufb06]")
_QUOTE = re.compile("[\u2018-\u201f]")
_ESCAPE = re.compile(r"(?:\\u|(?<=[^\W\d_])u(?=00[c-f]|20[12]))([0-9a-fA-F]{4})")
_QUOTED_PRINTABLE = re.compile("(?:=[C-F][0-9A-F](?:=[89AB][0-9A-F]){1,3})+")


def surrogates(line: str) -> Iterator[Edit]:
    """UTF-16 read a half at a time; a half without its other half stands for nothing.

    >>> [(edit.after, edit.rule) for edit in surrogates("\\ud83d\\ude0a \\ud83d")]
    [('😊', 'utf-16 read as ucs-2'), ('�', 'half a character')]
    """
    for match in _SURROGATES.finditer(line):
        if len(match[0]) == 2:
            char = match[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            yield Edit(*match.span(), char, "utf-16 read as ucs-2")
        else:
            yield Edit(*match.span(), "\ufffd", "half a character")


def entities(line: str) -> Iterator[Edit]:
    """HTML entities left in plain text, once or more often escaped.

    >>> [edit.after for edit in entities("R&amp;D, caf&eacute;, &ampersand;")]
    ['&', 'é']
    """
    for match in HTML_ENTITY_RE.finditer(line):
        after = unescape_html(match[0])
        if after != match[0]:
            yield Edit(*match.span(), after, "html entity")


def escapes(line: str) -> Iterator[Edit]:
    """Characters written as ``\\uXXXX`` next to a letter, with the backslash or, for accented letters and typographic
    marks inside a word, without it.

    >>> [edit.after for edit in escapes("Pyreneeu00ebn, donu2019t, menu2000")]
    ['ë', '’']
    >>> [edit.after for edit in escapes(r"Pyrenee\\u00ebn")]
    ['ë']
    """
    for match in _ESCAPE.finditer(line):
        char = chr(int(match[1], 16))
        around = line[match.start() - 1 : match.start()] + line[match.end() : match.end() + 1]
        bare = match[0][0] == "u"
        if (
            char.isascii()
            or unicodedata.category(char)[0] not in "LPZ"
            or not (around.isalpha() if bare else any(map(str.isalpha, around)))
        ):
            continue
        if not bare or len(around) == 2 or char.isalpha():
            yield Edit(*match.span(), char, "escaped character")


def quoted_printable(line: str) -> Iterator[Edit]:
    """UTF-8 in the quoted-printable form of mail.

    >>> [edit.after for edit in quoted_printable("caf=C3=A9 =E2=80=93 1=C2=B2, x=C0=80")]
    ['é', '–', '²']
    """
    for match in _QUOTED_PRINTABLE.finditer(line):
        try:
            after = bytes.fromhex(match[0].replace("=", "")).decode()
        except UnicodeDecodeError:
            continue
        yield Edit(*match.span(), after, "quoted-printable")


def c1_controls(line: str) -> Iterator[Edit]:
    """Characters of cp1252 that came through as the control characters of latin-1, as browsers read them.

    >>> [(edit.after, edit.rule) for edit in c1_controls("it\\x92s")]
    [('’', 'cp1252 read as latin-1')]
    """
    for match in _C1.finditer(line):
        if match[0] not in _UNDECODED_C1:
            after = match[0].encode("latin-1").decode("cp1252")
            yield Edit(*match.span(), after, "cp1252 read as latin-1")


def ligatures(line: str) -> Iterator[Edit]:
    """Typographic ligatures, the leavings of a typesetter; letters such as ``œ``, ``ĳ`` and ``ǆ`` are the author's.

    >>> [edit.after for edit in ligatures("ﬂuﬃest œuvre")]
    ['fl', 'ffi']
    """
    for match in _LIGATURE.finditer(line):
        yield Edit(*match.span(), unicodedata.normalize("NFKC", match[0]), "ligature")


def decomposed(line: str) -> Iterator[Edit]:
    """Letters apart from their accents, and doubles that Unicode declares equal to another character (NFC).

    >>> [(edit.start, edit.end, edit.after) for edit in decomposed("cafe\\u0301 5 \\u212b")]
    [(3, 5, 'é'), (8, 9, 'Å')]
    """
    if unicodedata.is_normalized("NFC", line):
        return
    start = 0
    for place in (*(place for place, char in enumerate(line) if place and _stands_alone(char)), len(line)):
        after = unicodedata.normalize("NFC", line[start:place])
        if after != line[start:place]:
            yield Edit(start, place, after, "decomposed character")
        start = place


def _stands_alone(char: str) -> bool:
    """Whether normalisation never joins ``char`` to what stands before it: neither marks nor halves of Hangul do."""
    return char.isascii() or (unicodedata.category(char)[0] != "M" and not "\u1161" <= char <= "\u11ff")


def curly_quotes(line: str) -> Iterator[Edit]:
    """Curly quotation marks, where straight ones are asked for.

    >>> [edit.after for edit in curly_quotes("“it’s”")]
    ['"', "'", '"']
    """
    for match in _QUOTE.finditer(line):
        yield Edit(*match.span(), "'" if match[0] < "\u201c" else '"', "curly quote")
