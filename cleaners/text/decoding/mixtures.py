"""Files put together from UTF-8 and one other encoding."""

from __future__ import annotations

import re

from cleaners.text.decoding.detection import BEYOND_ASCII, MULTIBYTE, SAMPLE, candidates, sample_of
from cleaners.text.decoding.outcomes import Decoded, strictly
from cleaners.text.decoding.refusals import WINDOW

_SEQUENCE = re.compile(
    rb"(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+"
)


def by_parts(data: bytes) -> Decoded | None:
    """UTF-8 with lines or words in another encoding, as files have it that were put together.

    >>> by_parts("«Größe»\\n".encode() * 3 + "Straße\\n".encode("cp1252"))
    Decoded(text='«Größe»\\n«Größe»\\n«Größe»\\nStraße\\n', encoding='utf-8+cp1252', how='mixed', lossy=False)
    """
    head = sample_of(data, WINDOW)
    rest = BEYOND_ASCII.findall(_SEQUENCE.sub(b"", head))
    if sum(map(len, _SEQUENCE.findall(head))) < 2 * sum(map(len, rest)):
        return None
    if _is_cut_off(data):
        return Decoded(data.decode("utf-8", "replace"), "utf-8", "valid", lossy=True)
    lines = data.splitlines(keepends=True)
    other = _SEQUENCE.sub(b"", b"".join(line for line in lines if strictly(line, "utf-8") is None))
    names = (name for name in candidates(other[:SAMPLE]) if name not in MULTIBYTE)
    encoding = next(names, "cp1252") if len(b"".join(BEYOND_ASCII.findall(other[:SAMPLE]))) > 8 else "cp1252"
    text = "".join(_line_in_two(line, encoding) for line in lines)
    lossy = text.count("\ufffd") > data.count("\ufffd".encode())
    return Decoded(text, f"utf-8+{encoding}", "mixed", lossy)


def _is_cut_off(data: bytes) -> bool:
    """Whether ``data`` is UTF-8 that ends in the midst of a character."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.end == len(data)
    return False


def _line_in_two(line: bytes, encoding: str) -> str:
    """A line that is UTF-8 but for the bytes that are not."""
    text = strictly(line, "utf-8")
    if text is not None:
        return text
    if (legacy := strictly(line, encoding)) is not None and not _SEQUENCE.search(line):
        return legacy
    pieces: list[str] = []
    at = 0
    for match in _SEQUENCE.finditer(line):
        pieces += (line[at : match.start()].decode(encoding, "replace"), match[0].decode("utf-8"))
        at = match.end()
    return "".join((*pieces, line[at:].decode(encoding, "replace")))
