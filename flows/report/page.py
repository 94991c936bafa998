"""The page itself: a template filled in with escaping on, a style sheet that the page vouches for, and no script."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cleaners.documents import FOLDED
from flows.report.gather import BINS, Report, Row
from flows.report.marking import Segment, before_and_after, beside
from flows.terminal import harmless

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
    from markupsafe import Markup

    style = (files(__package__) / "style.css").read_text("utf-8")
    policy = f"default-src 'none'; style-src {vouched(style)}; base-uri 'none'; form-action 'none'"
    return environment().get_template("page.html").render(report=report, style=Markup(style), policy=policy)


def vouched(content: str) -> str:
    """How a policy names the one style sheet or script that it lets in: by its hash (W3C, CSP Level 3, 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


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
        "segments": segments,
        "sides": sides,
        "bars": bars,
        "meta": meta,
        "said": lambda what: SAID.get(what, what),
        "day": lambda when: when[:10],
    }
    found.globals["folded"] = FOLDED
    return found


def anchor(path: str) -> str:
    """The name by which links within the page find a document.

    >>> anchor("a b.txt") == anchor("a b.txt") != anchor("a-b.txt")
    True
    """
    return f"d{hashlib.sha256(path.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


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


def segments(row: Row, changes: Iterable[Row]) -> list[Segment]:
    """A document before and after."""
    return list(before_and_after(row["text"], changes))


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
    named = ("byline", "published", "publisher", "language", "encoding")
    return [(name, row[name]) for name in named if row[name]]
