"""From the files of an output to what the report shows of them, however many documents there are.

Everything is counted; what is shown one by one is bounded, the most telling first, and what was left out is counted
too.  The files are read line by line and only what is shown is kept.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from cleaners.documents import FOLDED
from flows.outputs.lines import Row, rows
from flows.outputs.names import text_names
from flows.outputs.rows import rule_alone

Kind = TypeVar("Kind")

CLUSTERS = 60
"""Clusters shown, the largest first.  A page of a few hundred texts is what a telephone still scrolls."""

MEMBERS = 12
"""Members of a cluster set beside its canonical document."""

DOCUMENTS = 120
"""Documents shown before and after, those first of which most was removed."""

RELATED = 200
"""Pairs listed that are linked but not folded, the closest first."""

DECIDED = 200
"""Pairs listed that people have decided on, in the order of their paths."""

REJECTED = 300
"""Inputs listed that were set aside."""

RULES = 40
"""Rules listed, those first that removed most."""

A_PAGE = 100
"""Documents on a side page."""

PAGED = 50_000
"""Documents that get side pages, in the order of their paths: 500 pages, a quarter of a gigabyte, half a minute."""

BINS = 20
"""Bars of the histogram of scores."""


@dataclass(frozen=True, slots=True)
class Some(Generic[Kind]):
    """What is shown of a longer list."""

    shown: tuple[Kind, ...] = ()
    total: int = 0

    @property
    def hidden(self) -> int:
        """How many are not shown."""
        return self.total - len(self.shown)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule did in the whole run."""

    step: str
    rule: str
    changes: int
    removed: int
    """Characters taken out, less those put in their place."""


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document, its changes and where its text lies."""

    row: Row
    changes: tuple[Row, ...]
    file: str | None


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A cluster, its canonical document first, and the pairs that hold it together."""

    row: Row
    canonical: Row
    members: Some[Row]
    pairs: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """Where a page finds documents: on itself (``shown``), or by their ``places`` on the side pages.

    ``places`` holds the number of each document among all of them, and is empty where there are no side pages; ``up``
    leads from the page to the folder of the output, ``side`` to that of the side pages.
    """

    shown: frozenset[str] = frozenset()
    places: Mapping[str, int] = field(default_factory=dict)
    up: str = ""
    side: str = "report/"

    def to(self, path: str) -> str | None:
        """The address of a document; None where it has none.

        >>> links = Links(frozenset(["a"]), {"a": 0, "b": 250})
        >>> links.to("b"), links.to("c")
        ('report/documents-0003.html#n250', None)
        """
        if path in self.shown:
            return f"#{anchor(path)}"
        place = self.places.get(path)
        return None if place is None else f"{self.side}documents-{place // A_PAGE + 1:04d}.html#n{place}"


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the page shows."""

    statuses: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    chars_in: int = 0
    chars_out: int = 0
    rules: Some[Rule] = field(default_factory=Some)
    bins: tuple[tuple[int, int], ...] = ()
    """Pairs by score, from 0 to 1: folded, and linked only."""
    clusters: Some[ClusterView] = field(default_factory=Some)
    documents: Some[DocumentView] = field(default_factory=Some)
    related: Some[Row] = field(default_factory=Some)
    decided: Some[Row] = field(default_factory=Some)
    rejected: Some[Row] = field(default_factory=Some)
    links: Links = field(default_factory=Links)
    files: Mapping[str, str] = field(default_factory=dict)
    """The files below ``texts/`` of canonical documents, as far as they are shown anywhere."""

    @property
    def read(self) -> int:
        """The number of inputs."""
        return self.statuses.total()


def gather(output: Path, *, sides: bool = True) -> Report:
    """What the report shows of an output; where it is to have no ``sides``, no link leads to a side page."""
    clusters = largest(rows(output / "clusters.jsonl"), CLUSTERS, lambda row: (-len(row["members"]), row["canonical"]))
    wanted = pairs_of(clusters.shown)
    pairs, related, decided, relations, bins = _gather_pairs(output, wanted)
    changes, rules = _gather_changes(output)
    named = {path for row in clusters.shown for path in shown_members(row)}
    named |= {row[side] for row in (*related.shown, *decided.shown) for side in ("left", "right")}
    told = _read(output, named | changes.keys())
    everything = told.documents <= DOCUMENTS
    found = told.first if everything else told.found
    views = [
        DocumentView(row, changes.get(path, ()), told.names.get(path))
        for path, row in sorted(found.items())
        if everything or path in changes
    ]
    places = told.places if sides and not everything else {}
    links = Links(frozenset(view.row["path"] for view in views), places)
    return Report(
        statuses=told.statuses,
        relations=relations,
        languages=told.languages,
        publishers=told.publishers,
        encodings=told.encodings,
        reasons=told.reasons,
        chars_in=told.chars_in,
        chars_out=told.chars_out,
        rules=rules,
        bins=bins,
        clusters=Some(tuple(cluster_view(row, found, pairs) for row in clusters.shown), clusters.total),
        documents=Some(tuple(views), told.documents),
        related=Some(tuple(row | _titles(row, found) for row in related.shown), related.total),
        decided=Some(tuple(row | _titles(row, found) for row in decided.shown), decided.total),
        rejected=_first(rows(output / "rejected.jsonl"), REJECTED),
        links=links,
        files=told.names,
    )


def anchor(path: str) -> str:
    """The name by which links within a page find a document.

    >>> anchor("a b.txt") == anchor("a b.txt") != anchor("a-b.txt")
    True
    """
    return f"d{hashlib.sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def source_of(row: Row) -> str:
    """Where a document comes from, as far as one can tell: its publisher, or else the folder it lies in.

    >>> source_of({"publisher": None, "path": "herald/2023/a.txt"}), source_of({"publisher": None, "path": "a.txt"})
    ('herald', '')
    """
    folder, _, rest = row["path"].partition("/")
    return str(row["publisher"] or (folder if rest else ""))


def _first(found: Iterable[Row], limit: int) -> Some[Row]:
    shown, total = [], 0
    for row in found:
        total += 1
        if total <= limit:
            shown.append(row)
    return Some(tuple(shown), total)


def largest(found: Iterable[Row], limit: int, order: Callable[[Row], Any]) -> Some[Row]:
    counted = _Counted(found)
    return Some(tuple(heapq.nsmallest(limit, counted, key=order)), counted.count)


class _Counted:
    """Counts what is read from an iterable."""

    def __init__(self, given: Iterable[Row]) -> None:
        self._given, self.count = given, 0

    def __iter__(self) -> Iterator[Row]:
        for item in self._given:
            self.count += 1
            yield item


def shown_members(cluster: Row) -> list[str]:
    """The canonical path of a cluster and those members that are shown."""
    others = [path for path in cluster["members"] if path != cluster["canonical"]]
    return [cluster["canonical"], *others[:MEMBERS]]


def pairs_of(clusters: Iterable[Row]) -> set[tuple[str, str]]:
    """The pairs of a canonical document and a member that are shown, left before right."""
    found = set()
    for row in clusters:
        head, *others = shown_members(row)
        found |= {(min(head, path), max(head, path)) for path in others}
    return found


def _gather_pairs(
    output: Path, wanted: set[tuple[str, str]]
) -> tuple[dict[tuple[str, str], Row], Some[Row], Some[Row], Counter[str], tuple[tuple[int, int], ...]]:
    pairs: dict[tuple[str, str], Row] = {}
    decided: list[Row] = []
    relations: Counter[str] = Counter()
    bins = [[0, 0] for _ in range(BINS)]

    def linked() -> Iterator[Row]:
        for row in rows(output / "pairs.jsonl"):
            folded = row["relation"] in FOLDED
            relations[row["relation"]] += 1
            bins[min(BINS - 1, int(row["score"] * BINS))][0 if folded else 1] += 1
            if (row["left"], row["right"]) in wanted:
                pairs[row["left"], row["right"]] = row
            told = {name: value for name, value in row.items() if name != "passages"}
            if "decision" in row:
                decided.append(told)
            if not folded:
                yield told

    related = largest(linked(), RELATED, lambda row: (-row["score"], row["left"], row["right"]))
    some = Some(tuple(decided[:DECIDED]), len(decided))
    return pairs, related, some, relations, tuple((folded, other) for folded, other in bins)


def _gather_changes(output: Path) -> tuple[dict[str, tuple[Row, ...]], Some[Rule]]:
    """The changes of the documents with most removed, and what each rule did in all of them."""
    counts: Counter[tuple[str, str]] = Counter()
    removed: Counter[tuple[str, str]] = Counter()

    def documents() -> Iterator[tuple[int, str, tuple[Row, ...]]]:
        for path, found in itertools.groupby(rows(output / "changes.jsonl"), key=lambda row: row["path"]):
            changes, lost = tuple(found), 0
            for row in changes:
                by = row["step"], rule_alone(row["step"], row["rule"])
                less = len(row["before"]) - len(row["after"])
                counts[by] += 1
                removed[by] += less
                lost += less
            yield lost, path, changes

    most = heapq.nsmallest(DOCUMENTS, documents(), key=lambda item: (-item[0], item[1]))
    rules = sorted(
        (Rule(*by, changes, removed[by]) for by, changes in counts.items()),
        key=lambda rule: (-rule.removed, -rule.changes, rule.step, rule.rule),
    )
    return {path: changes for _, path, changes in most}, Some(tuple(rules[:RULES]), len(rules))


@dataclass(slots=True)
class _Told:
    """What is counted over all documents, and the rows of some of them."""

    documents: int = 0
    chars_in: int = 0
    chars_out: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    publishers: Counter[str] = field(default_factory=Counter)
    encodings: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    first: dict[str, Row] = field(default_factory=dict)
    """The first documents, as many as are shown at most."""
    found: dict[str, Row] = field(default_factory=dict)
    """The documents asked for."""
    names: dict[str, str] = field(default_factory=dict)
    """The files below ``texts/`` of the canonical documents among both, and of those with a side page."""
    places: dict[str, int] = field(default_factory=dict)
    """The number of each document that gets a side page."""

    def count(self, row: Row) -> None:
        """Count a document."""
        self.documents += 1
        self.chars_in += row["chars_in"]
        self.chars_out += row["chars_out"]
        self.languages[row["language"] or "unknown"] += 1
        self.encodings[row["encoding"]] += 1
        if row["publisher"]:
            self.publishers[row["publisher"]] += 1

    def keep(self, row: Row, wanted: Set[str]) -> None:
        """Keep a document that is shown, or linked to."""
        path = row["path"]
        if len(self.first) < DOCUMENTS:
            self.first[path] = row
        if path in wanted:
            self.found[path] = row
        if len(self.places) < PAGED:
            self.places[path] = len(self.places)


def _read(output: Path, wanted: Set[str]) -> _Told:
    """What all documents tell, and the rows of those ``wanted``; the file is by far the largest, so it is read once."""
    told = _Told()
    canonical: list[tuple[str, str]] = []
    for row in rows(output / "documents.jsonl"):
        told.statuses[row["status"]] += 1
        if row["status"] == "canonical":
            canonical.append((row["path"], row["id"]))
        if row["status"] != "rejected":
            told.count(row)
            told.keep(row, wanted)
    told.reasons.update(row["reason"] for row in rows(output / "rejected.jsonl"))
    names = zip((path for path, _ in canonical), text_names(canonical), strict=True)
    told.names = {path: name for path, name in names if path in told.places or path in told.found}
    return told


def cluster_view(row: Row, found: dict[str, Row], pairs: dict[tuple[str, str], Row]) -> ClusterView:
    head, *others = shown_members(row)
    held = (pairs.get((min(head, path), max(head, path))) for path in others)
    return ClusterView(
        row=row,
        canonical=found[head],
        members=Some(tuple(found[path] for path in others), len(row["members"]) - 1),
        pairs=tuple(pair for pair in held if pair),
    )


def _titles(pair: Row, found: dict[str, Row]) -> Row:
    return {f"{side}_title": found[pair[side]]["title"] for side in ("left", "right") if pair[side] in found}
