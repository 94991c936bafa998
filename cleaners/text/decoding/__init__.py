"""Bytes to text: what the encoding is, and how that was found out.

In this order: a byte order mark; text that is valid UTF-8; UTF-16 and UTF-32 by their zero bytes; the charset that was
declared, in the call or in the markup; UTF-8 with lines in another encoding; chardet's candidates, of which
``plausibility`` chooses.  A guess that loses anything says so.

>>> decode("naïve café".encode("cp1252"), declared="latin1")
Decoded(text='naïve café', encoding='cp1252', how='declared', lossy=False)
>>> decode("Привет, мир! Как дела?".encode("koi8-r")).encoding
'koi8-r'
"""

from __future__ import annotations

from cleaners.text.decoding.declarations import WITHIN, by_declaration, declared_charset
from cleaners.text.decoding.detection import by_detection
from cleaners.text.decoding.labels import named
from cleaners.text.decoding.mixtures import by_parts
from cleaners.text.decoding.outcomes import Decoded, DecodingError, How, Reason
from cleaners.text.decoding.refusals import refuse_binary, signature_of
from cleaners.text.decoding.unicode_forms import by_bom, by_validity, by_zeros

__all__ = ["Decoded", "DecodingError", "How", "Reason", "declared_charset", "decode", "named", "signature_of"]


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of ``data``; ``declared`` is the charset that a header named, if any.

    Raises :class:`DecodingError` for bytes that hold nothing, for those that are no text, and for those that no
    encoding makes sense of.

    >>> decode(b"\\x89PNG\\r\\n\\x1a\\n")
    Traceback (most recent call last):
    cleaners.text.decoding.outcomes.DecodingError: binary: begins like a PNG image; convert it to text first
    """
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xfe\xff"):
        raise DecodingError("empty", f"{len(data)} bytes, none of them text")
    if name := signature_of(data):
        raise DecodingError("binary", f"begins like {name}; convert it to text first")
    found = by_bom(data) or by_validity(data) or by_zeros(data)
    if found:
        return found
    refuse_binary(data)
    if not declared and data[:WITHIN].lstrip().startswith(b"<"):
        declared = declared_charset(data)
    return by_declaration(data, declared) or by_parts(data) or by_detection(data)
