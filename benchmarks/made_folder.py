"""A seed folder of any size for measurements of speed and growth, always the same for a seed, its repeats known.

    python benchmarks/made_folder.py FOLDER --count 2000 [--bytes 3000] [--like FOLDER] [--seed 1]

The texts are made in the image of real ones (:mod:`mixed_corpus`; the project's own seeds, or those in ``--like``).
One in twelve repeats an earlier one: word for word, with a word in a hundred replaced, or with a paragraph cut.  A
third carries page furniture, one in twenty mojibake.
"""

from __future__ import annotations

import argparse
import itertools
import random
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from mixed_corpus import Shares, made_texts

ROOT = Path(__file__).parent.parent

REPEATS = 1 / 12
"""Share of texts that repeat an earlier one.  Crawled news repeats itself more."""

NEAR = 0.8
"""The Jaccard similarity of five-word runs from which the peers call two texts near-duplicates."""

_FURNITURE = (
    "\n\nShare this article\nFacebook\nTwitter\nEmail",
    "\n\nLeave a Reply\nYour email address will not be published.\nName\nEmail\nWebsite",
    "\n\nRead more: Council approves the budget\n\nSign up for our newsletter",
)
_WORD = re.compile(r"\w+")


def make_texts(count: int, size: int, moulds: Sequence[str], seed: int = 1) -> Iterator[tuple[str, int]]:
    """``count`` clean texts of about ``size`` bytes, and for each the number of the text it repeats (or its own)."""
    draw = random.Random(seed)
    originals: list[tuple[int, str]] = []
    fresh = made_texts(_cut(moulds, size), count, seed, Shares(copies=0, edited=0))
    for number in range(count):
        if originals and draw.random() < REPEATS:
            source, text = draw.choice(originals)
            yield draw.choice((_copied, _replaced, _shortened))(text, draw), source
            continue
        text = next(fresh).text
        if len(originals) < 20_000:
            originals.append((number, text))
        yield text, number


def _cut(moulds: Sequence[str], size: int) -> list[str]:
    """The moulds cut or repeated to about ``size`` characters, at the ends of lines."""
    made = []
    for text in moulds:
        lines = itertools.islice(itertools.cycle(line for line in text.splitlines() if line.strip()), 10_000)
        total, kept = 0, []
        for line in lines:
            if kept and total >= size * 9 // 10:
                break
            kept.append(line[: size + size // 5])
            total += len(kept[-1])
        made.append("\n\n".join(kept))
    return made


def _copied(text: str, draw: random.Random) -> str:
    return text


def _replaced(text: str, draw: random.Random) -> str:
    """One word in a hundred replaced by another of the text."""
    words = _WORD.findall(text)
    return _WORD.sub(lambda match: draw.choice(words) if draw.random() < 0.01 else match[0], text)


def _shortened(text: str, draw: random.Random) -> str:
    """One paragraph cut, if that is a small part of the text."""
    paragraphs = text.split("\n\n")
    cut = draw.randrange(len(paragraphs))
    return "\n\n".join(paragraph for number, paragraph in enumerate(paragraphs) if number != cut) or text


def dress(text: str, draw: random.Random) -> str:
    """The text as a site would have it: with furniture or mojibake, or as it is."""
    roll = draw.random()
    if roll < 1 / 3:
        return text + draw.choice(_FURNITURE)
    if roll < 1 / 3 + 1 / 20:
        return text.replace("'", "â€™").replace("“", "â€œ")
    return text


def write_folder(folder: Path, texts: Iterable[str], dressed: bool = True, seed: int = 1) -> None:
    """Write the texts to ``folder/00/00000.txt`` and so on, 500 to a folder."""
    draw = random.Random(seed)
    for number, text in enumerate(texts):
        file = folder / f"{number // 500:04d}" / f"{number:07d}.txt"
        if number % 500 == 0:
            file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dress(text, draw) if dressed else text, "utf-8")


def moulds_in(folder: Path) -> list[str]:
    """The texts of a folder, at most 500 of them."""
    files = itertools.islice(sorted(folder.rglob("*.txt")), 500)
    return [text for file in files if len(text := file.read_text("utf-8", "replace")) > 200]


def shingles(text: str) -> set[str]:
    """The distinct runs of five words, as the peers make them."""
    words = [word.lower() for word in _WORD.findall(text)]
    return {" ".join(words[at : at + 5]) for at in range(len(words) - 4)}


def jaccard(one: set[str], other: set[str]) -> float:
    """The share of runs that two texts have in common."""
    return len(one & other) / len(one | other) if one or other else 0.0


def true_pairs(texts: Sequence[str], sources: Sequence[int]) -> set[tuple[int, int]]:
    """The pairs of texts of one source that are near-duplicates by exact Jaccard."""
    groups: dict[int, list[int]] = defaultdict(list)
    for number, source in enumerate(sources):
        groups[source].append(number)
    found = set()
    for members in groups.values():
        runs = {member: shingles(texts[member]) for member in members} if len(members) > 1 else {}
        found |= {pair for pair in itertools.combinations(runs, 2) if jaccard(runs[pair[0]], runs[pair[1]]) >= NEAR}
    return found


def main() -> None:
    """Make a folder."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--bytes", type=int, default=3000)
    parser.add_argument("--like", type=Path, default=ROOT / "seeds")
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    texts = (text for text, _ in make_texts(told.count, told.bytes, moulds_in(told.like), told.seed))
    write_folder(told.folder, texts, seed=told.seed)


if __name__ == "__main__":
    main()
