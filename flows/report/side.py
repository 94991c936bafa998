"""The side pages of a large run: every document before and after, every cluster side by side, a page to search them.

They lie in ``report/`` beside ``report.html``, each of them small enough for a telephone, so that the report itself
stays one whatever the size of the run.  Only what stands on a page is held in memory.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import xxhash

from flows.outputs.lines import Row, placed_rows, row_at, rows
from flows.report.gather import (
    A_PAGE,
    PAGED,
    ClusterView,
    DocumentView,
    Links,
    Report,
    cluster_view,
    largest,
    pairs_of,
    shown_members,
    source_of,
)
from flows.report.page import fill_in, options, rules_of

CLUSTERS_A_PAGE = 40

CLUSTERS_PAGED = 4000
"""Clusters that get side pages, the largest first."""

TITLE_SEARCHED = 600
"""Characters of a title or path that the search looks at; few have more, and the page shows the first 120."""


@dataclass(frozen=True, slots=True)
class SidePage:
    """A page by its name, a hash of all that it shows, and what makes its markup."""

    name: str
    key: str
    markup: Callable[[], str]


def side_pages(output: Path, report: Report) -> Iterator[SidePage]:
    """The side pages; none where everything stands in the report itself.

    A page shows nothing of the number of pages, so those before the first that has changed stay as they are.
    """
    if not report.links.places:
        return
    links = replace(report.links, shown=frozenset(), up="../", side="")
    index = _Index()
    yield from _document_pages(output, replace(report, links=links), index)
    yield SidePage("search.html", _hash(index.told()), index.page)
    if report.clusters.hidden:
        yield from _cluster_pages(output, links)


def _document_pages(output: Path, report: Report, index: _Index) -> Iterator[SidePage]:
    """Pages of documents in the order of their paths, each noted in the index as it goes by."""
    links = report.links
    pages = -(-len(links.places) // A_PAGE)
    views = itertools.islice(_documents(output, report.files), PAGED)
    for number in range(1, pages + 1):
        some = list(itertools.islice(views, A_PAGE))
        for view in some:
            index.add(view)
        yield SidePage(
            f"documents-{number:04d}.html",
            _hash(number == pages, *map(_shown, some), *(links.to(view.row["canonical"] or "") for view in some)),
            partial(_document_page, some, links, number=number, last=number == pages),
        )


def _shown(view: DocumentView) -> tuple[Any, ...]:
    return view.row, view.changes, view.file


def _hash(*told: Any) -> str:
    return xxhash.xxh3_128_hexdigest(orjson.dumps(told))


def _document_page(some: list[DocumentView], links: Links, *, number: int, last: bool) -> str:
    filters: dict[str, Any] = {
        "sources": options(source_of(view.row) for view in some),
        "relations": options(view.row["relation"] or view.row["status"] for view in some),
        "rules": options(rules_of(some)),
    }
    told: dict[str, Any] = {"kind": "documents", "number": number, "last": last}
    return fill_in("side.html", views=some, links=links, first=(number - 1) * A_PAGE, **told, **filters)


def _documents(output: Path, files: Mapping[str, str]) -> Iterator[DocumentView]:
    """Every document with its changes; both files are in the order of the paths."""
    changes = itertools.groupby(rows(output / "changes.jsonl"), key=lambda row: row["path"])
    path, group = next(changes, (None, iter(())))
    for row in rows(output / "documents.jsonl"):
        if row["status"] == "rejected":
            continue
        found: tuple[Row, ...] = ()
        if path == row["path"]:
            found = tuple(group)
            path, group = next(changes, (None, iter(())))
        yield DocumentView(row, found, files.get(row["path"]))


def _cluster_pages(output: Path, links: Links) -> Iterator[SidePage]:
    """Pages of clusters, the largest first."""
    order: Callable[[Row], Any] = lambda row: (-len(row["members"]), row["canonical"])  # noqa: E731
    found = largest(rows(output / "clusters.jsonl"), CLUSTERS_PAGED, order).shown
    documents = _Offsets(output / "documents.jsonl", {path for row in found for path in shown_members(row)}, _path_of)
    pairs = _Offsets(output / "pairs.jsonl", pairs_of(found), lambda row: (row["left"], row["right"]))
    pages = -(-len(found) // CLUSTERS_A_PAGE)
    for number in range(1, pages + 1):
        some = found[(number - 1) * CLUSTERS_A_PAGE : number * CLUSTERS_A_PAGE]
        members = documents.rows({path for row in some for path in shown_members(row)})
        shown = [members[path] for path in sorted(members)]
        held = pairs.rows(pairs_of(some))
        yield SidePage(
            f"clusters-{number:04d}.html",
            _hash(number == pages, some, shown, [links.to(row["path"]) for row in shown], sorted(held.items())),
            partial(_cluster_page, some, members, held, links, number=number, last=number == pages),
        )


def _cluster_page(
    some: Sequence[Row], members: dict[Any, Row], pairs: dict[Any, Row], links: Links, *, number: int, last: bool
) -> str:
    views = [cluster_view(row, members, pairs) for row in some]
    filters: dict[str, Any] = {
        "sources": options(source_of(row) for view in views for row in _members(view)),
        "relations": options(row["relation"] for view in views for row in view.members.shown),
        "rules": [],
    }
    told: dict[str, Any] = {"kind": "clusters", "number": number, "last": last}
    return fill_in("side.html", views=views, links=links, first=0, **told, **filters)


def _members(view: ClusterView) -> tuple[Row, ...]:
    return view.canonical, *view.members.shown


def _path_of(row: Row) -> Any:
    return row["path"]


class _Offsets:
    """Where some rows of a file begin, by their keys."""

    def __init__(self, file: Path, wanted: set[Any], key: Callable[[Row], Any]) -> None:
        self._file = file
        placed = ((key(row), begins) for begins, row in placed_rows(file))
        self._begins = {found: begins for found, begins in placed if found in wanted}

    def rows(self, wanted: Iterable[Any]) -> dict[Any, Row]:
        """The rows with some keys, as far as they are there."""
        return {key: row_at(self._file, self._begins[key]) for key in wanted if key in self._begins}


@dataclass(slots=True)
class _Index:
    """What the search looks at: a short row for each document, with numbers for what many have in common."""

    sources: dict[str, int] = field(default_factory=dict)
    relations: dict[str, int] = field(default_factory=dict)
    rules: dict[str, int] = field(default_factory=dict)
    documents: list[list[Any]] = field(default_factory=list)

    def add(self, view: DocumentView) -> None:
        """Note a document."""
        row = view.row
        names = (
            (self.sources, source_of(row)),
            (self.relations, row["relation"] or row["status"]),
        )
        source, relation = (known.setdefault(name, len(known)) for known, name in names)
        rules = sorted(self.rules.setdefault(name, len(self.rules)) for name in sorted(set(rules_of([view]))))
        title = (row["title"] or "")[:TITLE_SEARCHED]
        self.documents.append([row["path"][:TITLE_SEARCHED], title, source, relation, rules])

    def told(self) -> dict[str, list[Any]]:
        """The index as the page holds it."""
        names = {name: list(getattr(self, name)) for name in ("sources", "relations", "rules")}
        return names | {"documents": self.documents}

    def page(self) -> str:
        """The page that searches it."""
        from markupsafe import Markup

        told = self.told()
        index = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        offered = {name: sorted(filter(None, told[name])) for name in ("sources", "relations", "rules")}
        # Within a script element only "<" could end it (HTML, 13.1.2.6); the other two are for older readers.
        for letter in "<>&\u2028\u2029":
            index = index.replace(letter, f"\\u{ord(letter):04x}")
        return fill_in("search.html", "search.js", index=Markup(index), count=len(self.documents), **offered)
