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

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cleaners.text.plausibility import cost

Reason = Literal["empty", "binary", "undecodable"]
How = Literal["bom", "valid", "zeros", "declared", "mixed", "detected"]

WINDOW = 1 << 16
"""Bytes in which declarations and control characters are looked for."""

SAMPLE = 4096
"""Bytes, of lines beyond ASCII, that the encoding is detected on: detectors gain nothing from more."""

CONTROLS = 0.02
"""Share of control bytes from which a file is no text; random bytes have 0.1.  Three are forgiven."""

NONSENSE = 10.0
"""Nats a character from which a detected text is taken for none: text has 3 to 5, random bytes 12."""

RARITY = {"cp1252": 0.0, "cp125": 3.0, "koi8": 3.0, "iso8859": 3.5}
"""Nats by which an encoding, by the beginning of its name, must make more sense than cp1252; the rest, those of DOS and
of the old Macintosh, ``RAREST``."""

RAREST = 5.0

CONVINCING = 1.5
"""Nats for each byte beyond ASCII by which a detected text must be better than the declared one to stand for it."""


class DecodingError(ValueError):
    """Bytes that are no text: ``reason`` is a fixed word, ``detail`` a sentence."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and its encoding (a Python codec, or two joined by ``+``).

    ``how`` it is known: a byte order mark (``bom``), bytes that are valid UTF-8 (``valid``), the zero bytes of UTF-16
    and UTF-32 (``zeros``), a declaration (``declared``), lines in two encodings (``mixed``), or a detector
    (``detected``).  ``lossy`` is true where some bytes could not be read and became ``�``.
    """

    text: str
    encoding: str
    how: How
    lossy: bool = False


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of ``data``; ``declared`` is the charset that a header named, if any.

    Raises :class:`DecodingError` for bytes that hold nothing, for those that are no text, and for those that no
    encoding makes sense of.

    >>> decode(b"\\x89PNG\\r\\n\\x1a\\n")
    Traceback (most recent call last):
    cleaners.text.decoding.DecodingError: binary: begins like a PNG image; convert it to text first
    """
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xfe\xff"):
        raise DecodingError("empty", f"{len(data)} bytes, none of them text")
    for magic, name in _MAGIC:
        if data.startswith(magic):
            raise DecodingError("binary", f"begins like {name}; convert it to text first")
    found = _by_bom(data) or _by_validity(data) or _by_zeros(data)
    if found:
        return found
    _refuse_binary(data)
    return _by_declaration(data, declared or _declared_inside(data)) or _by_parts(data) or _by_detection(data)


_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a WebP image or a sound"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"\x1f\x8b", "a gzip file"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstandard file"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"OggS", "a sound"),
    (b"ID3", "a sound"),
    (b"fLaC", "a sound"),
    (b"\x00\x00\x00\x18ftyp", "a film"),
    (b"\x00\x00\x00\x20ftyp", "a film"),
    (b"SQLite format 3\x00", "a database"),
    (b"PAR1", "a Parquet file"),
    (b"wOFF", "a font"),
    (b"wOF2", "a font"),
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _by_bom(data: bytes) -> Decoded | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(encoding, "replace")
            if encoding == "utf-8" or _is_text(text):
                return Decoded(text, encoding, "bom", _is_lossy(data[len(bom) :], encoding))
    return None


def _is_lossy(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return True
    return False


def _is_text(text: str) -> bool:
    """Whether ``text`` looks like one: hardly any controls, unassigned or private characters in its beginning.

    >>> _is_text("Grüße\\n"), _is_text("\\ue123\\ud7fd\\x03")
    (True, False)
    """
    beginning = text[:4096]
    strange = sum(
        unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") and char not in "\t\n\r\f" for char in beginning
    )
    return strange <= len(beginning) * CONTROLS


_ISO_2022 = re.compile(rb"\x1b(?:\$[@AB]|\$\([CD]|\$\)C)")


def _by_validity(data: bytes) -> Decoded | None:
    """UTF-8; by chance, text in another encoding is valid UTF-8 once in a blue moon.  ISO 2022 is pure ASCII."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if _controls(data) > CONTROLS:
        return None
    if text.isascii() and _ISO_2022.search(data):
        for encoding in ("iso2022_jp_2004", "iso2022_jp_ext", "iso2022_kr"):
            if (shifted := _strictly(data, encoding)) is not None:
                return Decoded(shifted, "iso2022_kr" if encoding == "iso2022_kr" else "iso2022_jp", "valid")
    return Decoded(text, "utf-8", "valid")


_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")


def _by_zeros(data: bytes) -> Decoded | None:
    """UTF-16 and UTF-32 without a mark.

    ASCII, be it only spaces and line ends, has zeros in every second byte or in three of four, always on one side.
    """
    for encoding in _WIDE:
        unit = 4 if "32" in encoding else 2
        head = data[: WINDOW // unit * unit]
        small = head[0::unit] if encoding.endswith("le") else head[unit - 1 :: unit]
        top = head[unit - 1 :: unit] if encoding.endswith("le") else head[0::unit]
        if top.count(0) <= small.count(0) * 4 or top.count(0) < len(top) // 100 or not head:
            continue
        text = data.decode(encoding, "replace")
        if _is_text(text) and text.count("\ufffd") <= 1:
            return Decoded(text, encoding, "zeros", _is_lossy(data, encoding))
    return _by_sense(data)


def _by_sense(data: bytes) -> Decoded | None:
    """UTF-16 of Chinese or Japanese lines in which no character is of ASCII."""
    head = data[:1024]
    if len(data) % 2 or _controls(head) <= CONTROLS:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _strictly(head, encoding)
        if text and _is_text(text) and cost(text) < NONSENSE / 3 * len(text):
            whole = data.decode(encoding, "replace")
            return Decoded(whole, encoding, "detected", _is_lossy(data, encoding))
    return None


_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")


def _controls(data: bytes) -> float:
    """The share of control bytes in the beginning of ``data``."""
    head = data[:WINDOW]
    return max(len(_CONTROL.findall(head)) - 3, 0) / max(len(head), 1)


def _refuse_binary(data: bytes) -> None:
    if (share := _controls(data)) > CONTROLS:
        raise DecodingError("binary", f"{share:.0%} of its bytes are control characters; text has hardly any")


_DECLARATION = re.compile(
    rb"""<(?:meta\s[^>]{0,200}?charset|\?xml\s[^>]{0,100}?encoding)\s*=\s*["']?\s*([A-Za-z][\w.:-]{1,40})""",
    re.IGNORECASE,
)


def _declared_inside(data: bytes) -> str | None:
    """The charset that markup declares for itself.

    >>> _declared_inside(b'<!doctype html><meta charset="windows-1251">')
    'windows-1251'
    """
    head = data[:4096]
    match = _DECLARATION.search(head) if head.lstrip()[:1] == b"<" else None
    return match[1].decode("ascii") if match else None


_LABELS = {
    # what browsers read, by the Encoding Standard of the WHATWG, where these names stand: supersets
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
}


def named(label: str) -> str | None:
    """The Python codec for a charset label, None for what is none.

    >>> [named(label) for label in ("ISO-8859-1", "gb2312", "x-sjis", "utf8", "none")]
    ['cp1252', 'gb18030', 'cp932', 'utf-8', None]
    """
    label = label.strip().strip("\"'").lower()
    label = {"x-sjis": "shift_jis", "windows-31j": "cp932", "ks_c_5601-1987": "cp949"}.get(label, label)
    label = label.replace("x-mac-cyrillic", "mac-cyrillic").replace("macintosh", "mac-roman").removeprefix("x-")
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return _LABELS.get(info.name, info.name) if info._is_text_encoding else None


def _by_declaration(data: bytes, declared: str | None) -> Decoded | None:
    """The declared charset, unless it does not fit or what is detected makes far more sense: servers often err."""
    encoding = named(declared) if declared else None
    text = _strictly(data, encoding) if encoding else None
    if encoding is None or text is None:
        return None
    sample = _sample(data)
    rival = next(_candidates(sample), None)
    if rival is not None and rival != encoding and not ({rival, encoding} & _MULTIBYTE):
        high = sum(byte > 0x7F for byte in sample)
        if _cost_as(sample, encoding) - _cost_as(sample, rival) > CONVINCING * high:
            return None
    return Decoded(text, encoding, "declared")


_SEQUENCE = re.compile(
    rb"(?:[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}"
    rb"|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+"
)
_HIGH = re.compile(rb"[\x80-\xff]+")


def _by_parts(data: bytes) -> Decoded | None:
    """UTF-8 with lines or words in another encoding, as files have it that were put together.

    >>> decode("«Größe»\\n".encode() * 3 + "Straße\\n".encode("cp1252"))
    Decoded(text='«Größe»\\n«Größe»\\n«Größe»\\nStraße\\n', encoding='utf-8+cp1252', how='mixed', lossy=False)
    """
    head = _sample(data, WINDOW)
    rest = _HIGH.findall(_SEQUENCE.sub(b"", head))
    if sum(map(len, _SEQUENCE.findall(head))) < 2 * sum(map(len, rest)):
        return None
    if _is_cut_off(data):
        return Decoded(data.decode("utf-8", "replace"), "utf-8", "valid", lossy=True)
    lines = data.splitlines(keepends=True)
    other = _SEQUENCE.sub(b"", b"".join(line for line in lines if _strictly(line, "utf-8") is None))
    names = (name for name in _candidates(other[:SAMPLE]) if name not in _MULTIBYTE)
    encoding = next(names, "cp1252") if len(b"".join(_HIGH.findall(other[:SAMPLE]))) > 8 else "cp1252"
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
    text = _strictly(line, "utf-8")
    if text is not None:
        return text
    if (legacy := _strictly(line, encoding)) is not None and not _SEQUENCE.search(line):
        return legacy
    pieces: list[str] = []
    at = 0
    for match in _SEQUENCE.finditer(line):
        pieces += (line[at : match.start()].decode(encoding, "replace"), match[0].decode("utf-8"))
        at = match.end()
    return "".join((*pieces, line[at:].decode(encoding, "replace")))


def _by_detection(data: bytes) -> Decoded:
    sample = _sample(data)
    fallback: Decoded | None = None
    for encoding in _candidates(sample):
        text = _strictly(data, encoding)
        lossy = text is None
        if text is None:
            text = data.decode(encoding, "replace")
        if lossy and text.count("\ufffd") > len(text) // 50:
            continue
        found = Decoded(text, encoding, "detected", lossy)
        if not lossy:
            _refuse_nonsense(sample, encoding)
            return found
        fallback = fallback or found
    if fallback is None:
        raise DecodingError("undecodable", "no encoding reads these bytes; declare the one they are in")
    return fallback


def _refuse_nonsense(sample: bytes, encoding: str) -> None:
    text = sample.decode(encoding, "replace")
    if cost(text) > NONSENSE * len(text):
        raise DecodingError("undecodable", f"even as {encoding}, the likeliest encoding, the bytes make no text")


_MULTIBYTE = frozenset(
    {"big5", "big5hkscs", "cp932", "cp949", "euc_jis_2004", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "hz"}
    | {"johab", "shift_jis", "shift_jis_2004", "shift_jisx0213", "utf-8", "utf-16-le", "utf-16-be", "utf-7"}
)


def _candidates(sample: bytes) -> Iterator[str]:
    """The encodings that may be meant, the likeliest first.

    chardet knows the families apart; which of one family it is, where it wavers, tells how plausible the text is.
    """
    import chardet

    found = chardet.detect_all(sample, ignore_threshold=True, compat_names=False, include_encodings=_DETECTED)
    ranked = [(named(entry["encoding"]), entry["confidence"]) for entry in found if entry["encoding"]]
    names = [(name, confidence) for name, confidence in ranked if name]
    if not names:
        return
    if names[0][0] in _MULTIBYTE:
        yield names[0][0]
        names = names[1:]
    near = [name for name, confidence in names if name not in _MULTIBYTE and confidence >= names[0][1] * 0.8][:8]
    near += ["cp1252"] * ("cp1252" not in near)  # most files that are not UTF-8, and what nonsense words look like
    texts = {name: text for name in near if (text := _strictly(sample, name)) is not None}
    costs = {text: cost(unicodedata.normalize("NFC", text)) for text in dict.fromkeys(texts.values())}
    # stable: where texts are equal, chardet's order decides
    yield from sorted(texts, key=lambda name: costs[texts[name]] + _rarity(name))
    yield from (name for name, _ in names if name not in texts)


_DETECTED = (
    *("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
    *("big5hkscs", "cp932", "cp949", "euc_jis_2004", "euc_kr", "gb18030", "johab", "shift_jis_2004"),
    *(f"cp125{digit}" for digit in range(9)),
    *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    *("cp874", "tis-620", "koi8-r", "koi8-u", "kz1048", "mac-cyrillic", "mac-greek", "mac-latin2", "mac-roman"),
    *("cp437", "cp737", "cp775", "cp850", "cp852", "cp857", "cp862", "cp866"),
)
"""What chardet looks for: the encodings of files that are still about.  Of more, short texts only yield more errors."""


def _rarity(name: str) -> float:
    return next((nats for prefix, nats in RARITY.items() if name.startswith(prefix)), RAREST)


def _cost_as(sample: bytes, encoding: str) -> float:
    return cost(unicodedata.normalize("NFC", sample.decode(encoding, "replace")))


def _sample(data: bytes, size: int = SAMPLE) -> bytes:
    """The first lines of ``data`` beyond ASCII, ``size`` bytes of them."""
    if len(data) <= size:
        return data
    chosen = bytearray()
    start = 0
    while len(chosen) < size and (match := _HIGH.search(data, start)):
        begin = max(data.rfind(b"\n", start, match.start()) + 1, start)
        end = data.find(b"\n", match.end(), match.end() + size) + 1 or match.end() + size
        chosen += data[begin:end]
        start = end
    return bytes(chosen[:size])


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
