"""Score title, byline and date against facts checked by hand, in plain text and in HTML.

    python benchmarks/metadata.py --corpora CORPORA [--show]

``benchmarks/metadata_facts.jsonl`` holds facts alone, of 227 news pages of two collections: a document's key, the
flattening of it that was read (``kind``), and in which line of that text the title and the byline stand, from which to
which character, and on which line the date, with the date in ISO 8601.  ``null`` says that there is none; a missing
field, that it was not to be told.  Nothing of the texts is in the file.  CORPORA is the folder with
``cleaning/aeb.jsonl.gz`` and ``cleaning/l3s.jsonl.gz`` (see ``benchmarks/cleaning.py``).

A prediction is right where its words are those of the fact, give or take a third (a title with the name of its section,
a byline with an office); a date where it is the same day.  Recall counts the documents whose text still holds the fact:
an extractor may have dropped the byline.  Rules were improved on the documents of the first half alone.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cleaners import CleanText, clean, extract_html

FACTS = Path(__file__).with_name("metadata_facts.jsonl")
FIELDS = {"title": "title", "byline": "byline", "date": "published"}
KINDS = ("inscriptis", "html2text", "get_text", "loose", "html")
HALVES = ("first half", "held out")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--sample", type=int, help="so many documents only")
    parser.add_argument("--show", action="store_true", help="print what is wrong in the first half")
    arguments = parser.parse_args()
    for line in table(arguments.corpora, arguments.sample, arguments.show):
        print(line)


def table(corpora: Path, sample: int | None = None, show: bool = False) -> Iterator[str]:
    """The figures as lines to print, for both halves."""
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for fact, row in documents(corpora, sample):
        for kind in KINDS:
            text = row["html"] if kind == "html" else row["flat"][kind]
            found = extract_html(text) if kind == "html" else clean(text)
            for field, outcome, wanted, got in outcomes(fact, row, text, found):
                counts[half(fact["id"]), kind, field][outcome] += 1
                if show and half(fact["id"]) == HALVES[0] and outcome in ("wrong", "made up", "missed"):
                    yield f"{outcome} {kind} {field} {fact['id'][:12]}: {got!r} for {wanted!r}"
    yield f"{'metadata':24s}" + "".join(f"{field:>22s}" for field in FIELDS)
    yield f"{'':24s}" + f"{'precision':>11s}{'recall':>7s}{'of':>4s}" * len(FIELDS)
    for name in HALVES:
        for kind in KINDS:
            cells = "".join(cell(counts[name, kind, field]) for field in FIELDS)
            yield f"{name:12s}{kind:12s}{cells}"


def cell(count: Counter[str]) -> str:
    there = count["right"] + count["wrong"] + count["missed"]
    given = count["right"] + count["wrong"] + count["made up"]
    return f"{count['right'] / max(given, 1):11.3f}{count['right'] / max(there, 1):7.3f}{there:4d}"


def documents(corpora: Path, sample: int | None = None) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The facts, each with the row of its document."""
    facts = [json.loads(line) for line in FACTS.read_text("utf-8").splitlines()]
    for name in sorted({fact["set"] for fact in facts}):
        with gzip.open(corpora / "cleaning" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            rows = {row["id"]: row for row in map(json.loads, lines)}
        chosen = [fact for fact in facts if fact["set"] == name]
        for fact in chosen[: sample // 2 if sample else None]:
            yield fact, rows[fact["id"]]


def outcomes(
    fact: dict[str, Any], row: dict[str, Any], text: str, found: CleanText
) -> Iterator[tuple[str, str, str | None, str | None]]:
    """For each field that was checked: ``right``, ``wrong``, ``missed``, ``made up`` or ``none``."""
    lines = row["flat"][fact["kind"]].split("\n")
    for field, name in FIELDS.items():
        if field not in fact:
            continue
        got, place = getattr(found, name), fact[field]
        wanted, line = fact_and_line(lines, place, field) if place else (None, None)
        right = bool(got and wanted) and (got[:10] == wanted if field == "date" else alike(got, str(wanted)))
        there = bool(line) and (text == row["html"] or holds(text, str(line)))
        if right:
            yield field, "right", wanted, got
        elif there:
            yield field, "wrong" if got else "missed", wanted, got
        else:
            yield field, "made up" if got else "none", wanted, got


def fact_and_line(lines: list[str], place: list[Any], field: str) -> tuple[str, str]:
    """What the fact says, and what must stand in a text for it to be told from it."""
    line = lines[place[0]]
    return (place[1], line) if field == "date" else (line[place[1] : place[2]],) * 2


def holds(text: str, line: str) -> bool:
    """Does a text hold the words of a line, in this order and one after the other?"""
    return " ".join(words(line)) in " ".join(words(text))


def alike(got: str, wanted: str) -> bool:
    """Are two thirds of the words of either in the other?"""
    left, right = Counter(words(got)), Counter(words(wanted))
    return 3 * (left & right).total() >= 2 * max(left.total(), right.total())


def words(text: str) -> list[str]:
    return [word for word in re.findall(r"\w+", text.casefold()) if word != "and"]


def half(key: str) -> str:
    """Which half of the facts a document belongs to, by its key."""
    return HALVES[hashlib.sha256(key.encode()).digest()[0] % 2]


if __name__ == "__main__":
    main()
