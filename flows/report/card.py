"""The card of a document: its text with what was removed and added in place.

A large run shows one for each of its documents, so it is put together here rather than by the template language, which
takes four times as long over it.  Every value goes through :func:`shown`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from urllib.parse import quote

from markupsafe import Markup

from flows.outputs.rows import rule_alone
from flows.report.gather import DocumentView, Links, source_of
from flows.report.marking import Segment, before_and_after
from flows.terminal import harmless, named

_NAMED = ("byline", "published", "publisher", "language", "encoding")
"""What is known about a document beyond its text, as far as it is."""


def shown(value: str) -> str:
    r"""A value as it may stand between tags and in quoted attributes: nothing in it is markup or control.

    >>> shown('<b title="x">\x1b')
    '&lt;b title=&quot;x&quot;&gt;␛'
    """
    return escape(value if value.isprintable() else harmless(value))


def document_card(view: DocumentView, name: str, links: Links) -> Markup:
    """The markup of a document; ``name`` is what links to it say behind the ``#``."""
    row, status = view.row, shown(view.row["status"])
    count = len(view.changes)
    title, path = shown(row["title"] or row["path"]), shown(row["path"])
    told = "".join(
        f"<div><dt>{name}</dt><dd><bdi>{shown(row[name])}</bdi></dd></div>\n" for name in _NAMED if row[name]
    )
    told += f"<div><dt>characters</dt><dd>{row['chars_in']:,} in, {row['chars_out']:,} out</dd></div>\n"
    if row["status"] == "duplicate":
        told += f"<div><dt>{shown(row['relation'])} of</dt><dd>{_link(row['canonical'], links)}</dd></div>\n"
    if view.file:
        address = shown(f"{links.up}texts/{quote(view.file)}")
        told += f'<div><dt>text</dt><dd><a href="{address}"><bdi>texts/{shown(view.file)}</bdi></a></dd></div>\n'
    return Markup(
        f'<details class="card document" id="{shown(name)}" data-card {_tags(view)}>\n'
        f'<summary><span class="title"><bdi>{title}</bdi></span> <span class="chip {status}">{status}</span> '
        f'<span class="facts"><bdi class="path">{path}</bdi> <span>{count:,} change{"" if count == 1 else "s"}</span>'
        f'</span></summary>\n<dl class="meta">\n{told}</dl>\n'
        f'<div class="text" dir="auto">{"".join(map(_segment, before_and_after(row["text"], view.changes)))}</div>\n'
        "</details>\n"
    )


@lru_cache(maxsize=4096)
def rule_named(step: str, rule: str) -> str:
    """A rule with its step, as filters offer it."""
    return named(step, rule_alone(step, rule))


def words(values: Iterable[str | None]) -> str:
    """Different words as a JSON list, for an attribute of an element.

    >>> words(["b", None, "a", "b"])
    '["a", "b"]'
    """
    return _listed(frozenset(values))


@lru_cache(maxsize=4096)
def _listed(values: frozenset[str | None]) -> str:
    return json.dumps(sorted(value for value in values if value), ensure_ascii=False)


def _tags(view: DocumentView) -> str:
    """What the filters of a page look at."""
    tags = {
        "sources": words([source_of(view.row)]),
        "relations": words([view.row["relation"] or view.row["status"]]),
        "rules": words(rule_named(change["step"], change["rule"]) for change in view.changes),
    }
    return " ".join(f'data-{name}="{shown(value)}"' for name, value in tags.items())


def _link(path: str, links: Links) -> str:
    there = links.to(path)
    words = f"<bdi>{shown(path)}</bdi>"
    return f'<a href="{shown(there)}">{words}</a>' if there else words


def _segment(segment: Segment) -> str:
    if segment.kind == "same":
        return shown(segment.text)
    note = shown(segment.note)
    if segment.kind == "removed":
        body, tail = shown(segment.body), shown(segment.tail)
        return f'<del title="{note}">{body}</del><small class="rule">{note}</small>{tail}'
    if segment.kind == "added":
        return f'<ins title="{note}">{shown(segment.text)}</ins>'
    return f'<i class="more">{shown(segment.text)}</i>'
