"""How often bytes become the right text: ours beside charset-normalizer and chardet.

    python benchmarks/decoding.py CLEAN_LINES [--texts 20] [--json FILE]

``CLEAN_LINES`` is a file of undamaged lines in many languages.  For every encoding, those lines that fit it and need
it are joined to texts of about 200, 1,000 and 5,000 bytes; languages the file lacks are words of ``wordfreq`` in random
order.  A detector is right where decoding with its answer gives the text back, whatever it calls the encoding.  chardet
need not be installed.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import wordfreq
from charset_normalizer import from_bytes

from cleaners.text.decoding import DecodingError, decode

SIZES = (200, 1000, 5000)
CYRILLIC, JAPANESE, KOREAN, ARABIC = "[а-я]{4}", "[\u3040-\u30ff]{2}", "[\uac00-\ud7a3]{2}", "[\u0620-\u064a]{3}"
WESTERN = "[äöüßéèêàçñáíóúåæø]"
ENCODINGS: dict[str, str | tuple[str, ...]] = {
    # which lines of the file an encoding is tried on (a pattern), or the languages whose words make up for lines
    "utf-8": "[^\x00-\x7f]",
    "utf-8-sig": "[^\x00-\x7f]",
    "utf-16": "[^\x00-\x7f]",
    "utf-16-le": "[^\x00-\x7f]",
    "utf-16-be": "[^\x00-\x7f]",
    "utf-32": "[^\x00-\x7f]",
    "utf-32-le": "[^\x00-\x7f]",
    "utf-32-be": "[^\x00-\x7f]",
    "cp1252": WESTERN + "|[“”’–]",
    "iso8859-1": WESTERN,
    "iso8859-15": WESTERN,
    "mac-roman": WESTERN + "|[“”’–]",
    "cp437": WESTERN,
    "cp850": WESTERN,
    "cp1250": ("pl", "cs", "hu", "ro", "sk", "sl"),
    "iso8859-2": ("pl", "cs", "hu", "sk", "sl"),
    "cp1254": "[ğış]",
    "iso8859-9": "[ğış]",
    "cp1257": ("lt", "lv"),
    "iso8859-13": ("lt", "lv"),
    "cp1251": CYRILLIC,
    "koi8-r": CYRILLIC,
    "koi8-u": ("uk",),
    "iso8859-5": CYRILLIC,
    "mac-cyrillic": CYRILLIC,
    "cp866": CYRILLIC,
    "cp1253": ("el",),
    "iso8859-7": ("el",),
    "cp1255": ("he",),
    "iso8859-8": ("he",),
    "cp1256": ARABIC,
    "iso8859-6": ARABIC,
    "shift_jis": JAPANESE,
    "euc_jp": JAPANESE,
    "iso2022_jp": JAPANESE,
    "euc_kr": KOREAN,
    "cp949": KOREAN,
    "gb18030": ("zh",),
    "big5": ("zh",),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clean_lines", type=Path)
    parser.add_argument("--texts", type=int, default=20, help="texts for every encoding and size")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", action="store_true", help="print what ours gets wrong")
    arguments = parser.parse_args()
    lines = unicodedata.normalize("NFC", arguments.clean_lines.read_text("utf-8")).splitlines()
    scores, seconds = measured(lines, arguments.texts, arguments.show)
    print(*formatted(scores, seconds), sep="\n")
    if arguments.json:
        table = {" ".join(map(str, key)): value for key, value in scores.items()}
        arguments.json.write_text(json.dumps(table, indent=1) + "\n", "utf-8")


def detectors() -> dict[str, Callable[[bytes], str | None]]:
    found: dict[str, Callable[[bytes], str | None]] = {"ours": by_ours, "charset-normalizer": by_charset_normalizer}
    try:
        import chardet
    except ImportError:
        return found

    def by_chardet(data: bytes) -> str | None:
        return decoded(data, chardet.detect(data)["encoding"])

    return found | {"chardet": by_chardet}


def by_ours(data: bytes) -> str | None:
    try:
        return decode(data).text
    except DecodingError:
        return None


def by_charset_normalizer(data: bytes) -> str | None:
    best = from_bytes(data).best()
    return str(best) if best else None


def decoded(data: bytes, encoding: str | None) -> str | None:
    try:
        return data.decode(encoding) if encoding else None
    except (UnicodeDecodeError, LookupError):
        return None


def measured(lines: list[str], count: int, show: bool) -> tuple[dict[tuple[str, int, str], float], dict[str, float]]:
    scores: dict[tuple[str, int, str], float] = {}
    seconds: dict[str, float] = defaultdict(float)
    for encoding, source in ENCODINGS.items():
        for size in SIZES:
            samples = list(texts(lines, encoding, source, size, count))
            for name, detect in detectors().items():
                right = 0
                for text in samples:
                    data = text.encode(encoding)
                    start = time.perf_counter()
                    got = detect(data)
                    seconds[name] += time.perf_counter() - start
                    right += same(got, text)
                    if show and name == "ours" and not same(got, text):
                        print(f"{encoding} {size}: {decode_name(data)}: {(got or '')[:100]!r} for {text[:100]!r}")
                scores[encoding, size, name] = right / max(len(samples), 1)
    return scores, seconds


def decode_name(data: bytes) -> str:
    try:
        return decode(data).encoding
    except DecodingError as error:
        return error.reason


def same(got: str | None, text: str) -> bool:
    return got is not None and got.removeprefix("\ufeff") == text


def texts(lines: list[str], encoding: str, source: str | tuple[str, ...], size: int, count: int) -> Iterator[str]:
    """``count`` texts that ``encoding`` can hold, of about ``size`` bytes each and with something beyond ASCII."""
    random_ = random.Random(f"{encoding} {size}")
    pool = [line for line in pool_of(lines, encoding, source) if fits(line, encoding)]
    for _ in range(count if pool else 0):
        text = ""
        while len(text.encode(encoding)) < size:
            text += random_.choice(pool) + "\n"
        while len(text.encode(encoding)) > size:
            text = text[: -max(1, (len(text.encode(encoding)) - size) // 4)]
        if not text.isascii():
            yield text


def pool_of(lines: list[str], encoding: str, source: str | tuple[str, ...]) -> list[str]:
    if isinstance(source, str):
        return [line for line in lines if re.search(source, line)]
    random_ = random.Random(0)
    pool = []
    for language in source:
        words = [word for word in wordfreq.top_n_list(language, 3000) if holds(word, encoding)]
        for _ in range(100):
            chosen = random_.choices(words, [1 / (rank + 10) for rank in range(len(words))], k=12)
            pool.append(("" if language == "zh" else " ").join(chosen).capitalize() + ".")
    return pool


def holds(word: str, encoding: str) -> bool:
    return word.isascii() or fits(word, encoding)


def fits(line: str, encoding: str) -> bool:
    try:
        return line.encode(encoding).decode(encoding) == line and not line.isascii()
    except UnicodeError:
        return False


def table(lines: list[str], count: int) -> Iterator[str]:
    """The figures as lines to print, with ``count`` texts for every encoding and size."""
    yield from formatted(*measured(lines, count, show=False))


def formatted(scores: dict[tuple[str, int, str], float], seconds: dict[str, float]) -> Iterator[str]:
    names = list(detectors())
    yield f"{'right text':14s}" + "".join(f"{name:>26s}" for name in names)
    yield f"{'bytes':14s}" + "".join(f"{size:>{14 if size == SIZES[0] else 6}d}" for _ in names for size in SIZES)
    for encoding in ENCODINGS:
        cells = "".join(
            f"{scores[encoding, size, name]:>{14 if size == SIZES[0] else 6}.2f}" for name in names for size in SIZES
        )
        yield f"{encoding:14s}{cells}"
    means = {
        (name, size): sum(scores[encoding, size, name] for encoding in ENCODINGS) / len(ENCODINGS)
        for name in names
        for size in SIZES
    }
    cells = "".join(f"{means[name, size]:>{14 if size == SIZES[0] else 6}.2f}" for name in names for size in SIZES)
    yield f"{'mean':14s}{cells}"
    yield f"{'seconds':14s}" + "".join(f"{seconds[name]:>26.1f}" for name in names)


if __name__ == "__main__":
    main()
