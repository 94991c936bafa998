"""How the rows of the output files are spelt: JSON, one object a line, keys in a fixed order.

Parts of a row that do not depend on a document's path are spelt once, when they are made, and kept so; a row is then
put together from text.  Characters that could end a line or speak to a terminal are escaped, as JSON allows.

    >>> print(change_rows([Change("spacing", "line-separator", 3, 4, "\\u2028", " ")]))
    "step": "spacing", "rule": "line-separator", "start": 3, "end": 4, "before": "\\u2028", "after": " "
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from cleaners.characters import beyond_print
from cleaners.documents import Change, Cluster, Verdict

if TYPE_CHECKING:
    import pyarrow as pa

# What JSON lets stand but str.splitlines or a terminal would act upon: DEL, C1 controls, line and paragraph separators,
# marks and overrides of writing direction.
_ACTIVE = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


BEHIND = ", in "
"""Stands between the rule for recurring lines and the reason why a line counts as one."""

_ROWS_AT_ONCE = 256
"""Rows of a table that are made Python objects together: all at once take several times their bytes."""

_encoded = json.JSONEncoder(ensure_ascii=False).encode


def spell(value: Any) -> str:
    r"""A value as JSON on one line, readable in every script.

    >>> print(spell({"text": "naïve\x9b"}))
    {"text": "naïve\u009b"}
    """
    told = _encoded(value)
    return _ACTIVE.sub(_escaped, told) if _ACTIVE.search(beyond_print(told)) else told


def spell_rows(table: pa.Table) -> Iterator[bytes]:
    r"""The rows of a table of texts and whole numbers as lines, each an object, spelled as :func:`spell` spells it.

    >>> import pyarrow as pa
    >>> [*spell_rows(pa.table({"path": ["a.txt", "b.txt"], "chars_in": [3, None]}))]
    [b'{"path": "a.txt", "chars_in": 3}\n', b'{"path": "b.txt", "chars_in": null}\n']
    """
    heads = [f"{', ' if at else '{'}{spell(name)}: ".encode() for at, name in enumerate(table.column_names)]
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        for values in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            pieces = (piece for head, value in zip(heads, values, strict=True) for piece in (head, orjson.dumps(value)))
            line = b"".join((*pieces, b"}\n"))
            yield _ACTIVE.sub(_escaped, line.decode()).encode() if _ACTIVE.search(beyond_print(line)) else line


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _named(value: Any) -> dict[str, Any]:
    """What a flat dataclass with slots holds, by name: ``asdict`` would copy it all, in ten times the time."""
    return {name: getattr(value, name) for name in value.__slots__}


def change_rows(changes: Iterable[Change], lines: Iterable[Sequence[int]] = ()) -> str:
    """The changes of a document, a line each, without the braces and the path.

    ``lines`` are the keys of the recurring lines that each change took out.
    """
    told = zip(changes, itertools.chain(lines, itertools.repeat(())), strict=False)
    return "\n".join(spell(_named(change) | ({"lines": keys} if keys else {}))[1:-1] for change, keys in told)


def rule_alone(step: str, rule: str) -> str:
    """A rule as ``changes.jsonl`` has it, without a reason behind it.

    >>> rule_alone("recurring", "recurring-line, in 14 texts of the folder herald")
    'recurring-line'
    """
    return rule.partition(BEHIND)[0] if "recurring" in step.split("+") else rule


def verdict_row(verdict: Verdict) -> str:
    """A verdict without the braces and the paths."""
    return spell(
        {
            "relation": verdict.relation,
            "score": verdict.score,
            "direction": verdict.direction,
            "evidence": [_named(part) for part in verdict.evidence],
            "passages": [_named(passage) for passage in verdict.passages],
        }
    )[1:-1]


def row(rest: str, **first: Any) -> bytes:
    """A line of a file from what comes first, and the rest as it was spelt before.

    >>> row('"start": 3', path="a.txt")
    b'{"path": "a.txt", "start": 3}\\n'
    """
    return f"{spell(first)[:-1]}, {rest}}}\n".encode()


def cluster_row(cluster: Cluster) -> bytes:
    """A line of ``clusters.jsonl``."""
    return f"{spell(_named(cluster))}\n".encode()
