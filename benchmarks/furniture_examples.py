"""Pages with marked bodies, as examples that :mod:`fit_furniture` learns from and is judged on.

Rows of a file of pages: ``{"id", "html", "gold", "flat": {kind: text}}``.  Collections differ in their age and in how
many pages they have; each weighs the same.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import log
from pathlib import Path
from random import Random
from typing import Any

import lxml.html
import numpy as np
from courlan import extract_domain
from numpy.typing import NDArray
from synthetic_furniture import comment_thread, portrait, teasers

from cleaners.text.clean import CleanOptions, prepared
from cleaners.text.furniture.model import page_columns
from cleaners.text.furniture.page import Page
from cleaners.text.furniture.rules import anchored

FOLDS = 5
TOKEN = re.compile(r"\w+|[^\w\s]")

_OWN = re.compile(r'(?:og:url"[^>]{0,200}content="|canonical"[^>]{0,200}href=")(https?://[^/"]+)')
_REFERRED = re.compile(r"(?:href|src|action)=[\"']?(https?://[^/\"'\s>]+)")

Shingle = tuple[str, ...]


@dataclass
class Example:
    """A page to learn from: its columns, the share of each block that is body, and what each block weighs."""

    id: str
    collection: str
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


def sites_of(all_rows: Sequence[dict[str, Any]]) -> list[str]:
    """The site of each page: the domain that it names as its own, else the one that it refers to most; domains that
    many pages refer to (advertisers, counters) say less of where one stands.  Its id where it names none."""
    referred = [Counter(filter(None, map(_domain, _REFERRED.findall(row["html"])))) for row in all_rows]
    known = Counter(domain for each in referred for domain in each)

    def site(row: dict[str, Any], domains: Counter[str]) -> str:
        if own := _OWN.search(row["html"]):
            return _domain(own[1]) or own[1]
        rated = {domain: count * log(len(all_rows) / known[domain]) for domain, count in domains.items()}
        return max(rated, key=lambda domain: (rated[domain], domain), default=str(row["id"]))

    return list(map(site, all_rows, referred))


@cache
def _domain(address: str) -> str | None:
    return extract_domain(address)  # type: ignore[no-any-return]


def example(row: dict[str, Any], kind: str, text: str, collection: str, fold: int, *, made_up: bool = False) -> Example:
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
        collection,
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


def folds_of(sites: Iterable[str]) -> dict[str, int]:
    """A fold for every site, the same in every run."""
    ordered = sorted(set(sites), key=lambda site: hashlib.sha256(site.encode()).hexdigest())
    return {site: at % FOLDS for at, site in enumerate(ordered)}


def examples(files: Sequence[Path], made_up: int) -> list[Example]:
    """The pages of some files, each a :func:`collection` and all collections of one weight."""
    every = [list(rows(file)) for file in files]
    sites = [sites_of(each) for each in every]
    folds = folds_of(site for each in sites for site in each)
    found = [
        collection(file.name, each, [folds[site] for site in of_each], made_up)
        for file, each, of_each in zip(files, every, sites, strict=True)
    ]
    least = min(map(len, found))
    for each in found:
        for ex in each:
            ex.weight *= least / len(each)
    return [ex for each in found for ex in each]


def collection(name: str, all_rows: Sequence[dict[str, Any]], folds: Sequence[int], made_up: int) -> list[Example]:
    """Every page flattened in every way, and about ``made_up`` with furniture made up around the body."""
    placed = list(zip(all_rows, folds, strict=True))
    found = [
        example(row, kind, text, name, fold)
        for row, fold in placed
        for kind, text in {**row["flat"], "gold": row["gold"]}.items()
        if text.strip()
    ]
    random = Random(5)
    banks = {fold: _bank([row for row, at in placed if at == fold]) for fold in range(FOLDS)}
    for _ in range(round(made_up / len(all_rows))):
        for row, fold in placed:
            kind = random.choice(sorted(row["flat"]))
            text = furnished(
                random, prepared(row["flat"][kind], CleanOptions()), row["gold"], banks[fold], kind == "loose"
            )
            if text.strip():
                found.append(example(row, kind, text, name, fold, made_up=True))
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
