"""Mojibake: lines broken on purpose and strings reported by users, beside ftfy; and the short cut beside the long way.

    python benchmarks/mojibake.py --corpora CORPORA [--sample N] [--fuzz N]

CORPORA holds ``mojibake/clean_lines.txt`` (lines in many languages with nothing wrong) and ``mojibake/reported.jsonl``
(rows ``{"input", "expected"}``).  A repair counts where the broken line, repaired, equals the clean line, repaired,
once white space and quotation marks are folded.  With ``--fuzz`` every line of these and of the pages in ``cleaning/``,
whole and broken, and N made-up ones go through the short cut and the long way, which must give the same edits.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import random
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from unittest import mock

import ftfy

from cleaners import fix_mojibake
from cleaners.text import mojibake

UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
QUOTES = str.maketrans("‘’‚‛“”„‟«»´`", "''''\"\"\"\"\"\"''")
PIECES = (
    "â€™", "â€œ", "â€", "Ã©", "Ã ", "\xc3\xa0", "Â ", "Ð¡Ñ‚", "вЂ™", "ΓÇÖ", "√©", "è¡¨", "ğŸ˜Š", "Ã¢â‚¬â„¢",
    "&amp;", "&lt;", "<b>", "u00e9", "\\u2019", "=C3=A9", "ﬁ", "e\u0301", "\x92", "\x9d", "\ud83d",
    "\ude0a", "\ufffd", "the ", "Straße ", "и в ", "日本", "한국", " ", "\n", "\r", ".", "—", "“", "”", "’",
    "…", "\xa0", "A", "é", "=", ";", "&", "\\u", "20", "word ",
)  # fmt: skip


def as_cp1252(line: str) -> str:
    """UTF-8 read as cp1252, undefined bytes kept as control characters, as browsers do."""
    return "".join(bytes([byte]).decode("cp1252") if byte not in UNDEFINED else chr(byte) for byte in line.encode())


def one_character(line: str) -> str:
    """One character at the start of a word broken, behind a no-break space; the rest of the line is right."""
    for at, char in enumerate(line):
        if at and line[at - 1] == " " and not char.isascii():
            return line[: at - 1] + "\xa0" + as_cp1252(char) + line[at + 1 :]
    return line


DAMAGE: dict[str, Callable[[str], str]] = {
    "as cp1252": as_cp1252,
    "as latin-1": lambda line: line.encode().decode("latin-1"),
    "as cp1252, twice": lambda line: as_cp1252(as_cp1252(line)),
    "as cp1251": lambda line: line.encode().decode("cp1251", "replace"),
    "as Mac Roman": lambda line: line.encode().decode("mac_roman"),
    "as cp437": lambda line: line.encode().decode("cp437"),
    "as cp1252, bytes lost": lambda line: line.encode().decode("cp1252", "ignore"),
    "as cp1252, A0 to a space": lambda line: as_cp1252(line).replace("\xa0", " "),
    "one character, rest right": one_character,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--sample", type=int)
    parser.add_argument(
        "--fuzz", type=int, help="compare the short cut with the long way, on so many made-up lines too"
    )
    arguments = parser.parse_args()
    lines = clean_lines(arguments.corpora, arguments.sample)
    if arguments.fuzz is not None:
        pages = page_lines(arguments.corpora, arguments.sample)
        given = {*lines, *broken(lines), *pages, *fuzzed(random.Random(0), lines, arguments.fuzz)}
        different = [text for text in given if not same_edits(text)]
        print(f"{len(given)} texts, {len(different)} different the short way: {different[:3]!r}")
        return
    print(*table(arguments.corpora, arguments.sample), sep="\n")


def clean_lines(corpora: Path, sample: int | None = None) -> list[str]:
    lines = (corpora / "mojibake" / "clean_lines.txt").read_text("utf-8").split("\n")[:-1]
    return random.Random(0).sample(lines, min(sample, len(lines))) if sample else lines


def page_lines(corpora: Path, sample: int | None = None) -> Iterator[str]:
    """The lines of flattened pages."""
    for path in sorted((corpora / "cleaning").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as rows:
            for row in itertools.islice(rows, sample and sample // 10):
                for text in json.loads(row)["flat"].values():
                    yield from text.split("\n")


def table(corpora: Path, sample: int | None = None) -> Iterator[str]:
    """The figures as lines to print, ours and ftfy's."""
    lines = clean_lines(corpora, sample)
    reported = [json.loads(row) for row in (corpora / "mojibake" / "reported.jsonl").read_text("utf-8").splitlines()]
    fixers = {"ours": fix_mojibake, "ftfy": lambda text: ftfy.fix_text(text, uncurl_quotes=False)}
    rows = {name: dict(figures(fix, lines, reported)) for name, fix in fixers.items()}
    yield f"{'mojibake':28s}" + "".join(f"{name:>9s}" for name in rows)
    for label in rows["ours"]:
        yield f"{label:28s}" + "".join(f"{rows[name][label]:9.4f}" for name in rows)


def figures(
    fix: Callable[[str], str], lines: Sequence[str], reported: Iterable[dict[str, str]]
) -> Iterator[tuple[str, float]]:
    got = [(fold(fix(row["input"])), fold(row["input"]), fold(row["expected"])) for row in reported]
    yield "reported, repaired", share(after == wanted for after, _, wanted in got)
    yield "reported, made worse", share(after not in (before, wanted) for after, before, wanted in got)
    start = time.perf_counter()
    fixed = [fix(line) for line in lines]
    seconds = time.perf_counter() - start
    yield "clean lines harmed", share(fold(line) != fold(after) for line, after in zip(lines, fixed, strict=True))
    for name, damage in DAMAGE.items():
        pairs = [(damage(line), after) for line, after in zip(lines, fixed, strict=True) if damage(line) != line]
        yield name, share(fold(fix(bad)) == fold(after) for bad, after in pairs if "\ufffd" not in bad)
    yield "MB/s, clean lines", sum(len(line.encode()) for line in lines) / seconds / 1e6


def fold(text: str) -> str:
    """A text with white space, normalisation and quotation marks brought to one form."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text).translate(QUOTES)).strip()


def share(flags: Iterable[bool]) -> float:
    found = list(flags)
    return sum(found) / max(len(found), 1)


def broken(lines: Iterable[str]) -> Iterator[str]:
    """Every line in every state of damage that it can be in."""
    for line in lines:
        yield from {damage(line) for damage in DAMAGE.values()} - {line}


def fuzzed(chance: random.Random, lines: Sequence[str], count: int) -> Iterator[str]:
    """Texts put together from pieces of damage, of markup, and of lines."""
    for _ in range(count):
        pieces = []
        for _ in range(chance.randrange(1, 12)):
            line = chance.choice(lines)
            low = chance.randrange(len(line) + 1)
            pieces.append(chance.choice(PIECES) if chance.random() < 0.7 else line[low : low + chance.randrange(1, 30)])
        yield "".join(pieces)


def same_edits(text: str) -> bool:
    """Does the short cut, which looks at suspect lines alone, find the very edits that looking at all lines finds?"""
    fast = mojibake.mojibake_edits(text)
    with mock.patch.object(mojibake, "is_coded", return_value=True):
        return fast == mojibake.mojibake_edits(text)


if __name__ == "__main__":
    main()
