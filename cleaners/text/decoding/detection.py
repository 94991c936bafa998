"""The likeliest encoding of bytes that nothing else decides: chardet names families, plausibility the member."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from cleaners.text.decoding.labels import named
from cleaners.text.decoding.outcomes import Decoded, DecodingError, strictly
from cleaners.text.plausibility import cost

SAMPLE = 4096
"""Bytes, of lines beyond ASCII, that the encoding is detected on: detectors gain nothing from more."""

NONSENSE = 10.0
"""Nats a character from which a detected text is taken for none: text has 3 to 5, random bytes 12."""

RARITY = {"cp1252": 0.0, "cp125": 3.0, "koi8": 3.0, "iso8859": 3.5}
"""Nats by which an encoding, by the beginning of its name, must make more sense than cp1252; the rest, those of DOS and
of the old Macintosh, ``RAREST``."""

RAREST = 5.0

BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")

MULTIBYTE = frozenset(
    {"big5", "big5hkscs", "cp932", "cp949", "euc_jis_2004", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "hz"}
    | {"johab", "shift_jis", "shift_jis_2004", "shift_jisx0213", "utf-8", "utf-16-le", "utf-16-be", "utf-7"}
)

_DETECTED = (
    *("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"),
    *("big5hkscs", "cp932", "cp949", "euc_jis_2004", "euc_kr", "gb18030", "johab", "shift_jis_2004"),
    *(f"cp125{digit}" for digit in range(9)),
    *(f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
    *("cp874", "tis-620", "koi8-r", "koi8-u", "kz1048", "mac-cyrillic", "mac-greek", "mac-latin2", "mac-roman"),
    *("cp437", "cp737", "cp775", "cp850", "cp852", "cp857", "cp862", "cp866"),
)
"""What chardet looks for: the encodings of files that are still about.  Of more, short texts only yield more errors."""


def by_detection(data: bytes) -> Decoded:
    sample = sample_of(data)
    fallback: Decoded | None = None
    for encoding in candidates(sample):
        text = strictly(data, encoding)
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


def candidates(sample: bytes) -> Iterator[str]:
    """The encodings that may be meant, the likeliest first.

    chardet knows the families apart; which of one family it is, where it wavers, tells how plausible the text is.
    """
    import chardet

    found = chardet.detect_all(sample, ignore_threshold=True, compat_names=False, include_encodings=_DETECTED)
    ranked = [(named(entry["encoding"]), entry["confidence"]) for entry in found if entry["encoding"]]
    names = [(name, confidence) for name, confidence in ranked if name]
    if not names:
        return
    if names[0][0] in MULTIBYTE:
        yield names[0][0]
        names = names[1:]
    near = [name for name, confidence in names if name not in MULTIBYTE and confidence >= names[0][1] * 0.8][:8]
    near += ["cp1252"] * ("cp1252" not in near)  # most files that are not UTF-8, and what nonsense words look like
    texts = {name: text for name in near if (text := strictly(sample, name)) is not None}
    costs = {text: cost(unicodedata.normalize("NFC", text)) for text in dict.fromkeys(texts.values())}
    # stable: where texts are equal, chardet's order decides
    yield from sorted(texts, key=lambda name: costs[texts[name]] + _rarity(name))
    yield from (name for name, _ in names if name not in texts)


def _rarity(name: str) -> float:
    return next((nats for prefix, nats in RARITY.items() if name.startswith(prefix)), RAREST)


def cost_as(sample: bytes, encoding: str) -> float:
    return cost(unicodedata.normalize("NFC", sample.decode(encoding, "replace")))


def sample_of(data: bytes, size: int = SAMPLE) -> bytes:
    """The first lines of ``data`` beyond ASCII, ``size`` bytes of them."""
    if len(data) <= size:
        return data
    chosen = bytearray()
    start = 0
    while len(chosen) < size and (match := BEYOND_ASCII.search(data, start)):
        begin = max(data.rfind(b"\n", start, match.start()) + 1, start)
        end = data.find(b"\n", match.end(), match.end() + size) + 1 or match.end() + size
        chosen += data[begin:end]
        start = end
    return bytes(chosen[:size])
