"""Every figure of the cleaning half in one run, beside those of other tools measured in the same run.

    python benchmarks/cleaning.py --corpora CORPORA [--sample N] [--only SECTION ...]

CORPORA holds two folders.  ``cleaning/`` has ``<set>.jsonl.gz`` with rows ``{"id", "html", "gold", "flat"}``: a page,
its article as people marked it, and the page as scrapers flatten it: ``inscriptis``, ``html2text``, ``get_text`` of
BeautifulSoup with a line per tag, and ``loose``, trafilatura set to recall.  Pages and marks are public:

* ``aeb``: the article extraction benchmark (github.com/scrapinghub/article-extraction-benchmark, MIT);
* ``l3s``: L3S-GN1, news of 408 sites (Kohlschütter, Fankhauser, Nejdl, "Boilerplate Detection using Shallow Text
  Features", 2010; for research), from which nothing shipped was fitted.

``mojibake/`` has ``clean_lines.txt``, lines in many languages with nothing wrong (the sentences of Tatoeba, CC BY, will
do), and ``reported.jsonl``, strings that users reported in the issues of ftfy, with what they should have been.

F1 is that of the article extraction benchmark: 4-word shingles as multisets, every page weighing the same.
``--sample N`` takes N pages of each set, N lines of text and few texts for every encoding: a quick look, not a result.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import logging
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import decoding
import justext
import metadata
import mojibake
import numpy as np
import trafilatura
from furniture_examples import sites_of

from cleaners import clean, extract_html
from cleaners.text.clean import DEFAULT
from cleaners.text.furniture import Page, examine, removals
from cleaners.text.markup import plain_text
from cleaners.text.metadata import language_of
from flows.options import RunOptions
from flows.stages import STAGES, open_job
from flows.stages.documents import Documents

TOKEN = re.compile(r"\w+|[^\w\s]")
LANGUAGES = {"de": "German", "es": "Spanish", "fr": "French", "id": "Indonesian", "pt": "Portuguese", "ru": "Russian"}


@dataclass
class Score:
    """Shares of shingles, summed over pages."""

    right: float = 0.0
    wrong: float = 0.0
    missed: float = 0.0
    pages: int = 0
    spoilt: int = 0
    seconds: float = 0.0

    def add(self, gold: str, got: str, seconds: float = 0.0) -> None:
        """Count one page; one that lost more than a twentieth of its body is spoilt."""
        wanted, found = shingles(gold), shingles(got)
        right = (wanted & found).total()
        both = max(wanted.total() + found.total() - right, 1)
        self.right += right / both
        self.wrong += (found.total() - right) / both
        self.missed += (wanted.total() - right) / both
        self.pages += 1
        self.spoilt += right < 0.95 * wanted.total()
        self.seconds += seconds

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1e-9)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1e-9)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = TOKEN.findall(text)
    return Counter(tuple(tokens[at : at + 4]) for at in range(max(1, len(tokens) - 3))) if tokens else Counter()


@dataclass
class Pages:
    """The rows of every set, read once."""

    corpora: Path
    sample: int | None
    sets: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in sorted((self.corpora / "cleaning").glob("*.jsonl.gz")):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                rows = [json.loads(line) for line in lines]
            size = min(self.sample or len(rows), len(rows))
            self.sets[path.name.removesuffix(".jsonl.gz")] = random.Random(0).sample(rows, size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--only", nargs="*", choices=SECTIONS, default=[*SECTIONS])
    arguments = parser.parse_args()
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    pages = Pages(arguments.corpora, arguments.sample)
    for name in arguments.only:
        print(*SECTIONS[name](pages), sep="\n", end="\n\n", flush=True)


def mojibake_table(pages: Pages) -> Iterator[str]:
    yield from mojibake.table(pages.corpora, pages.sample)


def decoding_table(pages: Pages) -> Iterator[str]:
    lines = (pages.corpora / "mojibake" / "clean_lines.txt").read_text("utf-8").splitlines()
    yield from decoding.table(lines, count=3 if pages.sample else 20)


def holds_half(text: str, gold: str) -> bool:
    """Whether a flattened page holds half of the article at least: what is not there nobody can keep."""
    wanted = shingles(gold)
    return 2 * (wanted & shingles(text)).total() >= wanted.total()


def furniture_table(pages: Pages) -> Iterator[str]:
    """Plain text: F1 by kind of flattening, and the harm done to bodies that have no furniture."""
    cleaners = {"as is": str, "C4 rules": c4_lines, "jusText": justext_lines, "ours": lambda text: clean(text).text}
    yield f"{'furniture, F1':24s}" + "".join(f"{name:>10s}" for name in (*cleaners, "ours of", "inputs with half"))
    for name, rows in pages.sets.items():
        for kind in rows[0]["flat"]:
            scores = {
                tool: scored(rows, lambda row, kind=kind: row["flat"][kind], run) for tool, run in cleaners.items()
            }
            whole = [row for row in rows if holds_half(row["flat"][kind], row["gold"])]
            scores["inputs with half"] = scored(whole, lambda row, kind=kind: row["flat"][kind], cleaners["ours"])
            cells = "".join(f"{score.f1:10.3f}" for score in scores.values())
            yield f"{name + ' ' + kind:24s}{cells}{len(whole):10}"
        bodies = {tool: scored(rows, lambda row: row["gold"], run) for tool, run in cleaners.items()}
        yield f"{name + ' body, lost':24s}" + "".join(f"{1 - score.recall:10.4f}" for score in bodies.values())
        yield f"{name + ' body, spoilt':24s}" + "".join(
            f"{score.spoilt / score.pages:10.4f}" for score in bodies.values()
        )


def folder_table(pages: Pages) -> Iterator[str]:
    """Pages of sites that a set has three or more of, through the stages of a run: a folder for each site, where lines
    that recur go too, and all in one folder; and the bodies alone, of all sites, in one folder.  F1 of shingles."""
    yield f"{'folder, F1':24s}{'as is':>10s}{'ours':>10s}{'by site':>10s}{'mixed':>10s}{'pages':>10s}"
    for name, rows in pages.sets.items():
        sites: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row, site in zip(rows, sites_of(rows), strict=True):
            sites[site].append(row)
        some = [row for site in sites.values() if len(site) >= 3 for row in site]
        folders = {id(row): f"site{number}" for number, site in enumerate(sites.values()) for row in site}
        for kind in (*rows[0]["flat"], "gold"):
            chosen = rows if kind == "gold" else some
            if not chosen:
                continue
            texts = [row["gold"] if kind == "gold" else row["flat"][kind] for row in chosen]
            sides = [
                texts,
                *learned([folders[id(row)] for row in chosen], texts),
                learned(["all"] * len(texts), texts)[1],
            ]
            scores = [Score() for _ in sides]
            for score, side in zip(scores, sides, strict=True):
                for row, text in zip(chosen, side, strict=True):
                    score.add(row["gold"], text)
            yield f"{name + ' ' + kind:24s}{''.join(f'{score.f1:10.4f}' for score in scores)}{len(texts):10d}"


def learned(folders: Sequence[str], texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The clean texts of a run over some folders, before and after lines that recur went."""
    with tempfile.TemporaryDirectory() as place:
        for number, (folder, text) in enumerate(zip(folders, texts, strict=True)):
            file = Path(place, "seeds", folder, f"t{number:06d}.txt")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="")
        found: list[list[str]] = []
        with open_job([Path(place, "seeds")], Path(place, "output"), RunOptions(engine="inline")) as job:
            result: Any = None
            for stage in STAGES[: [stage.name for stage in STAGES].index("learn") + 1]:
                result = stage.run(job, result)
                if stage.name in ("clean", "learn"):
                    found.append(_by_number(result.documents(), len(texts)))
    return found[0], found[1]


def _by_number(documents: Documents, count: int) -> list[str]:
    everything = np.arange(len(documents))
    texts = documents.texts(everything, ["text"]).column("text").to_pylist()
    named = {int(path[-10:-4]): text for path, text in zip(documents.paths(everything), texts, strict=True)}
    return [named.get(number, "") for number in range(count)]


def html_table(pages: Pages) -> Iterator[str]:
    """Pages as HTML: F1, precision, recall, milliseconds a page."""
    tools = {
        "trafilatura": lambda page: trafilatura.extract(page, include_comments=False) or "",
        "jusText": justext_page,
        "ours": lambda page: extract_html(page).text,
    }
    yield f"{'html':24s}" + "".join(f"{name + ': F1, P, R, ms':>30s}" for name in tools)
    for name, rows in pages.sets.items():
        for run in tools.values():  # what a tool loads when it is first used is no part of its speed
            scored(rows[:20], lambda row: row["html"], run)
        scores = [scored(rows, lambda row: row["html"], run) for run in tools.values()]
        cells = (f"{s.f1:11.3f}{s.precision:6.3f}{s.recall:6.3f}{s.seconds / s.pages * 1e3:7.1f}" for s in scores)
        yield f"{name:24s}" + "".join(cells)


def metadata_table(pages: Pages) -> Iterator[str]:
    yield from metadata.table(pages.corpora, pages.sample)


def speed_table(pages: Pages) -> Iterator[str]:
    """The furniture step alone, in lines a second, and the whole cleaning of article bodies, in MB a second."""
    texts = [text for rows in pages.sets.values() for row in rows for text in row["flat"].values()]
    bodies = [row["gold"] for rows in pages.sets.values() for row in rows if clean(row["gold"]).language == "en"]
    for text in texts[:8] + bodies[:8]:  # what is loaded on first use
        clean(text)
    start = time.process_time()
    for text in texts:
        list(removals(*examine(text, DEFAULT)))
    step = time.process_time() - start
    start = time.process_time()
    for text in bodies:
        clean(text)
    whole = time.process_time() - start
    lines = sum(bool(line.strip()) for text in texts for line in text.split("\n"))
    size = sum(len(text.encode()) for text in bodies)
    yield f"furniture step {lines / step:,.0f} lines/s; cleaning of English bodies {size / whole / 1e6:.2f} MB/s"


def scored(rows: list[dict[str, Any]], text: Callable[[dict[str, Any]], str], tool: Callable[[str], str]) -> Score:
    """What ``tool`` makes of the ``text`` of every row."""
    score = Score()
    for row in rows:
        start = time.process_time()
        got = tool(text(row))
        score.add(row["gold"], got, time.process_time() - start)
    return score


def c4_lines(text: str) -> str:
    """The line rules of C4 (Raffel and others, 2020, section 2.2): sentences of five words and more, no policies."""
    return "\n".join(line for line in text.split("\n") if _passes_c4(line.strip()))


def _passes_c4(line: str) -> bool:
    low = line.lower()
    notices = ("javascript", "terms of use", "privacy policy", "cookie policy", "uses cookies", "use cookies")
    return (
        line.endswith((".", "!", "?", '"', "”")) and len(line.split()) >= 5 and not any(word in low for word in notices)
    )


def justext_lines(text: str) -> str:
    """jusText on plain text: every line is a paragraph without links."""
    return justext_page("".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n") if line.strip()))


def justext_page(page: str) -> str:
    """jusText with the stop words of the page's language, English where it has none for it."""
    language = LANGUAGES.get(language_of(Page.read(plain_text(page)[:20_000])) or "en", "English")
    paragraphs = justext.justext(page.encode() or b"<p>", justext.get_stoplist(language), encoding="utf-8")
    return "\n".join(paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate)


SECTIONS: dict[str, Callable[[Pages], Iterator[str]]] = {
    "mojibake": mojibake_table,
    "decoding": decoding_table,
    "furniture": furniture_table,
    "folder": folder_table,
    "html": html_table,
    "metadata": metadata_table,
    "speed": speed_table,
}


if __name__ == "__main__":
    main()
