"""The page itself: a template filled in with escaping on, a style sheet and a script that the page vouches for."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cleaners.documents import FOLDED
from flows.outputs.lines import Row
from flows.outputs.rows import rule_alone
from flows.report.gather import BINS, DocumentView, Report, anchor, source_of
from flows.report.marking import Segment, before_and_after, beside
from flows.terminal import harmless, named

if TYPE_CHECKING:
    from jinja2 import Environment

SAID = {
    "rewrite": "a rewrite",
    "not-a-rewrite": "not a rewrite",
    "excerpt": "an excerpt",
    "keep-left": "one text, keep the first",
    "keep-right": "one text, keep the second",
}
"""What people decide, in words."""

OFFERED = 40
"""Values that a filter offers; what is rarer is found by its words."""

TALLIES = 8
"""Languages, publishers and the like listed one by one; the rest is summed up."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a waterfall, on a scale of 0 to 100."""

    name: str
    sentence: str
    weight: float
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Tally:
    """A line of a small table: a name, its count, and that as a share of the largest one, in per cent."""

    name: str
    count: int
    share: float


def render(report: Report) -> str:
    """The page.  Nothing in it but the report decides on its bytes."""
    from cleaners.duplicates.model import rewrite_model

    return fill_in("page.html", report=report, links=report.links, line=rewrite_model().rewrite_from)


def fill_in(template: str, script: str = "report.js", **given: Any) -> str:
    """A page from one of the templates: nothing may be loaded or sent, and nothing run but the page's own script."""
    from markupsafe import Markup

    style, shared, own = ((files(__package__) / name).read_text("utf-8") for name in ("style.css", "find.js", script))
    code = shared + own
    policy = (
        f"default-src 'none'; style-src {vouched(style)}; script-src {vouched(code)}; "
        "base-uri 'none'; form-action 'none'"
    )
    page = environment().get_template(template)
    return page.render(style=Markup(style), script=Markup(code), policy=policy, **given)


def vouched(content: str) -> str:
    """How a policy names the one style sheet or script that it lets in: by its hash (W3C, CSP Level 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@lru_cache(maxsize=4)
def environment(*packages: str) -> Environment:
    """Templates with escaping on: those that lie here and in other packages."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    folders = [files(package) for package in (__package__, *packages)]

    def load(name: str) -> str | None:
        found = next((folder / name for folder in folders if (folder / name).is_file()), None)
        return found.read_text("utf-8") if found else None

    found = Environment(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: harmless(value) if type(value) is str else value,
    )
    found.filters |= {
        "count": lambda number: f"{number:,}",
        "percent": lambda part, whole: f"{part / whole:.1%}" if whole else "0 %",
        "score": lambda score: f"{score:.3f}",
        "weight": lambda weight: f"{weight:+.3f}",
        "url": quote,
        "anchor": anchor,
        "tallies": tallies,
        "waterfall": waterfall,
        "segments": lambda row, changes: list(before_and_after(row["text"], changes)),
        "sides": sides,
        "bars": bars,
        "meta": meta,
        "source": source_of,
        "rule_name": lambda change: rule_named(change["step"], change["rule"]),
        "words": words,
        "sources_shown": lambda report: options(map(source_of, _rows_shown(report))),
        "relations_shown": lambda report: options(_relations_shown(report)),
        "rules_shown": lambda report: options(rules_of(report.documents.shown)),
        "said": lambda what: SAID.get(what, what),
        "day": lambda when: when[:10],
    }
    found.globals["folded"] = FOLDED
    return found


def words(values: Iterable[str | None]) -> str:
    """Different words as a JSON list, for an attribute of an element.

    >>> words(["b", None, "a", "b"])
    '["a", "b"]'
    """
    return _listed(frozenset(values))


@lru_cache(maxsize=4096)
def _listed(values: frozenset[str | None]) -> str:
    return json.dumps(sorted(value for value in values if value), ensure_ascii=False)


@lru_cache(maxsize=4096)
def rule_named(step: str, rule: str) -> str:
    """A rule with its step, as filters offer it."""
    return named(step, rule_alone(step, rule))


def options(values: Iterable[str | None]) -> list[str]:
    """What a filter offers: the most frequent values, by name."""
    counted = Counter(value for value in values if value)
    return sorted(name for name, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:OFFERED])


def rules_of(views: Iterable[DocumentView]) -> Iterator[str]:
    """The rules that changed some documents, once for each document."""
    for view in views:
        yield from {rule_named(change["step"], change["rule"]) for change in view.changes}


def _rows_shown(report: Report) -> Iterator[Row]:
    yield from (view.row for view in report.documents.shown)
    yield from (row for cluster in report.clusters.shown for row in (cluster.canonical, *cluster.members.shown))


def _relations_shown(report: Report) -> Iterator[str]:
    yield from (row["relation"] or row["status"] for row in _rows_shown(report))
    yield from (pair["relation"] for pair in (*report.related.shown, *report.decided.shown))
    yield from ("rejected" for _ in report.rejected.shown)


def tallies(counter: Counter[str]) -> list[Tally]:
    """The most frequent entries, and the rest in one.

    >>> tallies(Counter(en=3, fr=1))
    [Tally(name='en', count=3, share=100.0), Tally(name='fr', count=1, share=33.3)]
    """
    ranked = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    shown, rest = ranked[:TALLIES], ranked[TALLIES:]
    if rest:
        shown.append((f"{len(rest):,} others", sum(count for _, count in rest)))
    most = max((count for _, count in shown), default=1)
    return [Tally(name, count, round(100 * count / most, 1)) for name, count in shown]


def waterfall(pair: Row) -> Iterator[Bar]:
    """The evidence of a pair, each part starting where the one before ended."""
    reached = 0.0
    for part in pair["evidence"]:
        low, high = sorted((reached, reached + part["weight"]))
        low, high = (min(1.0, max(0.0, at)) for at in (low, high))
        yield Bar(part["name"], part["sentence"], part["weight"], round(100 * low, 2), round(100 * (high - low), 2))
        reached += part["weight"]


def sides(pair: Row, left: Row, right: Row) -> tuple[list[Segment], list[Segment]]:
    """The two texts of a pair, cut at their passages."""
    passages = pair["passages"]
    return list(beside(left["text"], passages, "left")), list(beside(right["text"], passages, "right"))


def bars(report: Report) -> list[dict[str, float]]:
    """The histogram of scores as rectangles, 100 wide and 100 high."""
    most = max((sum(pair) for pair in report.bins), default=0) or 1
    return [
        {
            "x": round(number * 100 / BINS, 2),
            "folded": round(100 * folded / most, 2),
            "linked": round(100 * linked / most, 2),
            "count": folded + linked,
            "low": number / BINS,
            "high": (number + 1) / BINS,
        }
        for number, (folded, linked) in enumerate(report.bins)
    ]


def meta(row: Row) -> list[tuple[str, Any]]:
    """What is known about a document beyond its text."""
    known = ("byline", "published", "publisher", "language", "encoding")
    return [(name, row[name]) for name in known if row[name]]
