"""Outputs written by hand, row by row, for what reads them; one of them full of attacks."""

import hashlib
import json
from pathlib import Path
from typing import Any

from flows.report import NEEDED

Row = dict[str, Any]


def document(path: str, text: str, **more: Any) -> Row:
    """A row of ``documents.jsonl``."""
    told = dict.fromkeys(("relation", "cluster", "title", "byline", "published", "publisher", "language"))
    digest = hashlib.sha256(text.encode()).hexdigest()
    lengths = {"chars_in": len(text), "chars_out": len(text)}
    plain = {"path": path, "id": digest, "status": "canonical", "canonical": path, "encoding": "utf-8", "text": text}
    return told | plain | lengths | more


def rejected(path: str, reason: str, detail: str) -> tuple[Row, Row]:
    """The rows of an input that was set aside: in ``documents.jsonl`` and in ``rejected.jsonl``."""
    return dict.fromkeys(document(path, "")) | {"path": path, "status": "rejected"}, {
        "path": path,
        "reason": reason,
        "detail": detail,
    }


def pair(left: str, right: str, relation: str, score: float, **more: Any) -> Row:
    """A row of ``pairs.jsonl``."""
    evidence = [
        {"name": "prior", "measured": 0.0, "weight": 0.25, "sentence": "Two texts are rarely made.", "log_odds": -1.0},
        {"name": "rare words", "measured": 0.5, "weight": score, "sentence": "Half of them.", "log_odds": 2.0},
        {"name": "quotation", "measured": 1.0, "weight": -0.25, "sentence": "Anyone may quote.", "log_odds": -0.5},
    ]
    plain = {"left": left, "right": right, "relation": relation, "score": score, "direction": "unknown"}
    return {**plain, "evidence": evidence, "passages": [], **more}


def write(output: Path, **files: list[Row]) -> Path:
    """An output that holds these rows, and nothing in the files that are not named."""
    output.mkdir(parents=True, exist_ok=True)
    for name in NEEDED:
        rows = files.get(name.removesuffix(".jsonl"), [])
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        (output / name).write_text(lines, "utf-8")
    return output


ATTACKS = [
    "<script>document.title='owned'</script>",
    "</script><script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "<svg onload=document.title='owned'>",
    "\"><script>document.title='owned'</script>",
    "' autofocus onfocus=document.title='owned' x='",
    "</style><script>document.title='owned'</script>",
    "</title></head><body onload=document.title='owned'>",
    "<iframe srcdoc=\"<script>parent.document.title='owned'</script>\"></iframe>",
    "<a href=\"javascript:document.title='owned'\">x</a>",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example/\">",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example/><button>x</button></form>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "{{ 7 * 7 }}{% include 'style.css' %}",
    "javascript:document.title='owned'",
    "\x1b]0;owned\x07\u202eevil\u202c\x00\u2028",
    "<!--", "-->", "]]>", "&lt;script&gt;&#60;b&#62;",
]  # fmt: skip


def write_attacked(output: Path) -> Path:
    """An output in which every attack stands in every place where a text from outside can."""
    documents, changes, pairs, clusters, asides = [], [], [], [], []
    for number, attack in enumerate(ATTACKS):
        one, other = f"{number:02d}a {attack}", f"{number:02d}b {attack}"
        named = dict.fromkeys(("title", "byline", "published", "publisher", "language", "encoding"), attack)
        documents += [
            document(one, attack, cluster=attack, **named),  # the other one came in with other furniture
            document(
                other,
                attack,
                **named,
                id=document("", other)["id"],
                status="duplicate",
                canonical=one,
                relation="rewrite",
                cluster=attack,
            ),
        ]
        changes += [
            {"path": one, "step": attack, "rule": attack, "start": 0, "end": 3, "before": attack, "after": attack[:1]}
        ]
        told = pair(one, other, "rewrite", 0.75, passages=[{"kind": "verbatim", "left": [0, 5], "right": [0, 5]}])
        told["evidence"][1] |= {"name": attack, "sentence": attack}
        pairs += [told]
        clusters += [{"cluster": attack, "canonical": one, "members": [one, other], "why": attack}]
        asides += [rejected(f"{number:02d}c {attack}", attack, attack)]
    documents += [row for row, _ in asides]
    documents.sort(key=lambda row: row["path"])
    changes.sort(key=lambda row: row["path"])
    rows = {"changes": changes, "pairs": pairs, "clusters": clusters, "rejected": [row for _, row in asides]}
    return write(output, documents=documents, **rows)
