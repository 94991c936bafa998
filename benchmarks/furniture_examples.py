"""Pages with marked bodies, as examples that :mod:`fit_furniture` learns from and is judged on.

Rows of a file of pages: ``{"id", "html", "gold", "flat": {kind: text}}``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import lxml.html
import numpy as np
from numpy.typing import NDArray
from synthetic_furniture import comment_thread, portrait, teasers

from cleaners.text.clean import CleanOptions, prepared
from cleaners.text.furniture.model import page_columns
from cleaners.text.furniture.page import Page
from cleaners.text.furniture.rules import anchored

FOLDS = 5
TOKEN = re.compile(r"\w+|[^\w\s]")

Shingle = tuple[str, ...]


@dataclass
class Example:
    """A page to learn from: its columns, the share of each block that is body, and what each block weighs."""

    id: str
    site: str
    fold: int
    kind: str
    page: Page
    gold: str
    claims: dict[int, str]
    share: NDArray[np.float32]
    weight: NDArray[np.float64]
    made_up: bool = False
    columns: dict[str, NDArray[np.float32]] = field(default_factory=dict)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a JSON lines file, gzipped."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def shingles(text: str) -> list[Shingle]:
    """The runs of four tokens of a text."""
    tokens = TOKEN.findall(text)
    return [tuple(tokens[at : at + 4]) for at in range(len(tokens) - 3)]


def body_shares(page: Page, gold: str) -> NDArray[np.float32]:
    """How much of each block stands in the marked body: by its shingles, and those that reach into its neighbours."""
    known = set(shingles(gold))
    whole = {line.strip() for line in gold.splitlines()}
    tokens: list[str] = []
    owner: list[int] = []
    for at, block in enumerate(page.blocks):
        found = TOKEN.findall(block.text)
        tokens += found
        owner += [at] * len(found)
    covered = np.zeros(len(tokens), bool)
    inner, hits = Counter[int](), Counter[int]()
    for at in range(len(tokens) - 3):
        hit = tuple(tokens[at : at + 4]) in known
        covered[at : at + 4] |= hit
        if owner[at] == owner[at + 3]:
            inner[owner[at]] += 1
            hits[owner[at]] += hit
    size, reached = Counter(owner), Counter(owner[at] for at in np.flatnonzero(covered))
    shares = [
        hits[at] / inner[at] if inner[at] >= 3 else 1.0 if block.text in whole else reached[at] / max(size[at], 1)
        for at, block in enumerate(page.blocks)
    ]
    return np.array(shares, dtype=np.float32)


def headlines(html: str) -> set[str]:
    """What the markup says the headline is, letters only."""
    tree = lxml.html.fromstring(html.encode())
    texts = [node.text_content() for node in (*tree.iter("h1"), *tree.iter("title"))]
    return {_letters(text) for text in (*texts, *tree.xpath('//meta[@property="og:title"]/@content'))}


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).casefold()


def site_of(row: dict[str, Any]) -> str:
    """The host of a page, or its id where the markup does not tell."""
    found = re.search(r'(?:og:url"[^>]*content="|canonical"[^>]*href=")https?://(?:www\.)?([^/"]+)', row["html"])
    return found.group(1) if found else str(row["id"])


def example(row: dict[str, Any], kind: str, text: str, fold: int, *, made_up: bool = False) -> Example:
    """A labelled page.  Headlines weigh nothing: some mark them as body, some do not, and a rule keeps them."""
    page = Page.read(prepared(text, CleanOptions()))
    share = body_shares(page, row["gold"])
    claims = anchored(page)
    titles = headlines(row["html"])
    size = np.array([len(TOKEN.findall(block.text[:1000])) for block in page.blocks], dtype=float)
    unsure = (share > 0.3) & (share < 0.7)
    weight = np.sqrt(np.minimum(size, 100)) * np.where(unsure, 0.2, 1.0)
    weight *= [not _is_headline(_letters(block.text[:300]), titles) for block in page.blocks]
    weight[list(claims)] = 0  # rules have decided
    weight *= (300 if kind != "gold" else 150) / max(weight.sum(), 1e-9)
    return Example(
        row["id"],
        site_of(row),
        fold,
        kind,
        page,
        row["gold"],
        claims,
        share,
        weight,
        made_up,
        page_columns(page, claims),
    )


def _is_headline(letters: str, titles: set[str]) -> bool:
    return len(letters) > 12 and any(
        letters == title or (len(letters) > 20 and title.startswith(letters)) for title in titles
    )


def folds_of(all_rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """A fold for every site, the same in every run."""
    sites = sorted({site_of(row) for row in all_rows}, key=lambda site: hashlib.sha256(site.encode()).hexdigest())
    return {site: at % FOLDS for at, site in enumerate(sites)}


def examples(all_rows: Sequence[dict[str, Any]], copies: int) -> list[Example]:
    """Every page flattened in every way, and ``copies`` of it with furniture made up around the body."""
    fold_of = folds_of(all_rows)
    found = [
        example(row, kind, text, fold_of[site_of(row)])
        for row in all_rows
        for kind, text in {**row["flat"], "gold": row["gold"]}.items()
    ]
    random = Random(5)
    banks = {fold: _bank([row for row in all_rows if fold_of[site_of(row)] == fold]) for fold in range(FOLDS)}
    for _ in range(copies):
        for row in all_rows:
            kind = random.choice(sorted(row["flat"]))
            fold = fold_of[site_of(row)]
            text = furnished(
                random, prepared(row["flat"][kind], CleanOptions()), row["gold"], banks[fold], kind == "loose"
            )
            found.append(example(row, kind, text, fold, made_up=True))
    return found


@dataclass
class Bank:
    """Material of one fold for made-up furniture."""

    headlines: list[str]
    openings: list[str]
    sentences: list[str]


def _bank(fold_rows: Iterable[dict[str, Any]]) -> Bank:
    bank = Bank([], [], [])
    for row in fold_rows:
        paragraphs = [line for line in row["gold"].splitlines() if len(line) > 40]
        if paragraphs:
            bank.headlines.append(" ".join(paragraphs[-1].split()[:9]).rstrip(".,"))
            bank.openings.append(paragraphs[0][:260])
        for paragraph in paragraphs:
            bank.sentences += [part + "." for part in paragraph.split(". ") if 25 < len(part) < 180]
    return bank


def furnished(random: Random, text: str, gold: str, bank: Bank, light: bool) -> str:
    """A page with comments, teasers or a portrait put around (and sometimes into) its body, or its body cut short."""
    page = Page.read(text)
    share = body_shares(page, gold)
    body = [at for at, block in enumerate(page.blocks) if share[at] > 0.5 and block.words > 5]
    if not body:
        return text
    lines = [line.text for line in page.lines]
    first, end = page.blocks[body[0]].first, page.blocks[body[-1]].end
    topics = sorted({word for line in lines[first:end] for word in re.findall(r"[a-z]{6,}", line)})[:200]
    if not light and end - first > 6 and random.random() < 0.3:
        short = first + random.randint(2, 6)
        del lines[short:end]
        end = short
    below = min(end + random.choice((0, 0, 2, 5)), len(lines))
    if random.random() < 0.45:
        lines[below:below] = comment_thread(random, bank.sentences, topics)
    if random.random() < 0.5:
        lines[below:below] = teasers(random, bank.headlines, bank.openings)
    if random.random() < 0.25:
        lines[end:end] = portrait(random, topics)
    if not light and end - first > 6 and random.random() < 0.15:
        inside = random.randint(first + 2, end - 2)
        lines[inside:inside] = teasers(random, bank.headlines, bank.openings)[:6]
    if not light and random.random() < 0.4:
        above = max(0, first - random.choice((3, 6, 10)))
        lines[above:above] = teasers(random, bank.headlines, bank.openings)
    return random.choice(("\n", "\n\n") if not light else ("\n",)).join(lines)
