r"""Documents on a terminal: changes and verdicts for people, and nothing of a document that a terminal would act upon.

>>> print(harmless("red: \x1b[31mstop\x9b"))
red: ␛[31mstop\x9b
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from cleaners.documents import Change, CleanText, Evidence, Passage, Verdict

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from flows.single_files import ComparedFiles

# C0 and DEL but for tab and newline, C1, and what overrides the direction of writing (Unicode Technical Report 36).
_ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_PICTURES = 0x2400
"""Control Pictures: one for each C0 control, in their order."""

PASSAGES_SHOWN = 24
"""Passages set side by side; the longest ones, in their order.  ``--json`` has them all."""

PASSAGE_CHARS = 400

BAR, NARROW_BAR = 24, 12
"""Cells of the longest bar of a waterfall; with fewer than :data:`ROOMY` columns the sentences need the space."""

ROOMY = 100

_COLOURS = {"verbatim": "green", "reworded": "yellow", "quotation": "cyan", "new": "dim"}


def harmless(text: str) -> str:
    """``text`` with control characters as pictures or escapes; line ends and tabs stay."""
    return _ACTIVE.sub(_pictured, text)


def _pictured(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return "␡" if code == 0x7F else match[0].encode("unicode_escape").decode()


def named(step: str, rule: str, between: str = "/") -> str:
    """A rule with its step; once where both have one name, as a step of one's own that names no rule has.

    >>> named("furniture", "byline"), named("dateline", "dateline")
    ('furniture/byline', 'dateline')
    """
    return step if step == rule else f"{step}{between}{rule}"


def explanation(found: CleanText) -> str:
    """Every change of a text: where, by which rule, before and after; then how often each rule applied."""
    count = len(found.changes)
    parts = [click.style(f"{count} change{'' if count == 1 else 's'}", bold=True)]
    parts += (_explained(change) for change in found.changes)
    counts = Counter(named(change.step, change.rule) for change in found.changes)
    parts += (f"{count:6,} × {harmless(rule)}" for rule, count in sorted(counts.items()))
    known = ((name, getattr(found, name)) for name in ("title", "byline", "published", "publisher", "language"))
    parts += (f"{name}: {harmless(value)}" for name, value in known if value)
    return "\n".join(parts)


def _explained(change: Change) -> str:
    lines = [f"{harmless(named(change.step, change.rule))} at {change.start}–{change.end}"]
    lines += (click.style(f"  - {line}", fg="red") for line in _visible(change.before))
    lines += (click.style(f"  + {line}", fg="green") for line in _visible(change.after))
    return "\n".join(lines)


def _visible(text: str) -> list[str]:
    r"""The lines of a change, with what cannot be seen spelt out; empty ones are left out of others.

    >>> _visible("a\u00a0b\n\n\u200b"), _visible(" \n\t")
    (['a\\xa0b', '\\u200b'], ['␣\\n\\t'])
    """
    if text.isspace():
        return [text.encode("unicode_escape").decode().replace(" ", "␣")]
    lines = [line for line in text.split("\n") if line.strip()]
    return ["".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line) for line in lines]


def verdict_json(pair: ComparedFiles) -> str:
    """The verdict for machines: as in ``pairs.jsonl``, with the texts that the passages point into."""
    verdict = pair.verdict
    told = {
        "left": pair.names[0],
        "right": pair.names[1],
        "relation": verdict.relation,
        "score": verdict.score,
        "direction": verdict.direction,
        "evidence": [asdict(part) for part in verdict.evidence],
        "passages": [asdict(passage) for passage in verdict.passages],
        "texts": {"left": pair.texts[0].text, "right": pair.texts[1].text},
    }
    return json.dumps(told, indent=2)


def show_verdict(pair: ComparedFiles) -> None:
    """The verdict for people: relation and score, the evidence as a waterfall, the passages side by side."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    verdict = pair.verdict
    console.print(_headline(verdict), style="bold")
    for letter, name, text in zip("AB", pair.names, pair.texts, strict=True):
        titled = f"  “{harmless(text.title)}”" if text.title else ""
        console.print(f"{letter}  {harmless(name)}{titled}", soft_wrap=True)  # a path cut in two cannot be copied
    console.print()
    _show(console, _waterfall(verdict, BAR if console.width >= ROOMY else NARROW_BAR))
    if verdict.passages:
        console.print()
        _show(console, _side_by_side(pair))
        if (hidden := len(verdict.passages) - PASSAGES_SHOWN) > 0:
            console.print(f"and {hidden:,} shorter passages; --json has them all", style="dim")


def _show(console: Console, table: Table) -> None:
    """Print a table; what stands in a file or goes through a pipe is not filled up with spaces."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as printed:
        console.print(table)
    for line in printed.get().splitlines():
        console.print(line.rstrip(), soft_wrap=True)


def _headline(verdict: Verdict) -> str:
    made = {"left-from-right": "; A was made from B", "right-from-left": "; B was made from A"}
    return f"{verdict.relation}, score {verdict.score:.3f}{made.get(verdict.direction, '')}"


def _waterfall(verdict: Verdict, cells: int) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 1), show_header=False)
    for width in (None, 8, cells):
        table.add_column(justify="right" if width == 8 else "left", min_width=width, no_wrap=True)
    table.add_column(ratio=1)
    reached = 0.0
    for part in verdict.evidence:
        table.add_row(part.name, f"{part.weight:+.3f}", _bar(part, reached, cells), harmless(part.sentence))
        reached += part.weight
    table.add_section()
    table.add_row("score", f"{verdict.score:.3f}", _cells(0.0, reached, "█", cells), "the sum of the above")
    return table


def _bar(part: Evidence, reached: float, cells: int) -> Text:
    from rich.text import Text

    low, high = sorted((reached, reached + part.weight))
    return Text(_cells(low, high, "█", cells), "green" if part.weight >= 0 else "red")


def _cells(low: float, high: float, cell: str, cells: int) -> str:
    """A bar from ``low`` to ``high`` on a scale from 0 to 1; at least one cell, so that every part can be seen.

    >>> _cells(0.5, 0.75, "#", 24)
    '            ######'
    """
    start, end = (round(cells * min(1.0, max(0.0, at))) for at in (low, high))
    start = min(start, cells - 1)
    return " " * start + cell * max(1, end - start)


def _side_by_side(pair: ComparedFiles) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1), show_lines=True, expand=True)
    table.add_column("", no_wrap=True)
    for letter in "AB":
        table.add_column(letter, ratio=1)
    ranked = sorted(range(len(pair.verdict.passages)), key=lambda at: (-_length(pair.verdict.passages[at]), at))
    for at in sorted(ranked[:PASSAGES_SHOWN]):
        passage = pair.verdict.passages[at]
        sides = (
            _excerpt(text.text, span) for text, span in zip(pair.texts, (passage.left, passage.right), strict=True)
        )
        table.add_row(Text(passage.kind, _COLOURS[passage.kind]), *(Text(side) for side in sides))
    return table


def _length(passage: Passage) -> int:
    return max((span[1] - span[0] for span in (passage.left, passage.right) if span), default=0)


def _excerpt(text: str, span: tuple[int, int] | None) -> str:
    if span is None:
        return "—"
    words = " ".join(text[slice(*span)].split())
    return harmless(words if len(words) <= PASSAGE_CHARS else f"{words[: PASSAGE_CHARS - 1]}…")


__all__ = ["explanation", "harmless", "named", "show_verdict", "verdict_json"]
