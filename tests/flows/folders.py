"""Seed folders made up for tests, and what a run left behind as a mapping from names to bytes."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flows.options import RunOptions
from flows.stages import RunSummary, run_plain

SYLLABLES = (
    "ar",
    "bel",
    "cas",
    "dun",
    "el",
    "far",
    "gren",
    "hart",
    "is",
    "jor",
    "kes",
    "lan",
    "mor",
    "nor",
    "os",
    "pel",
)
NOUNS = ("harbour", "bridge", "reservoir", "parliament", "orchestra", "glacier", "refinery", "vineyard", "observatory")
MORE_NOUNS = (
    "railway",
    "monastery",
    "hospital",
    "lighthouse",
    "cathedral",
    "brewery",
    "aqueduct",
    "archive",
    "shipyard",
)
VERBS = ("inspected", "rebuilt", "flooded", "inherited", "auctioned", "surveyed", "evacuated", "renovated", "financed")
SHARE_BAR = "\n\nShare this article\nFacebook\nTwitter"
COMMENT_FORM = "\n\nLeave a Reply\nYour email address will not be published.\nName\nEmail\nWebsite"

SLOGAN = "Your valley, your paper\n\n"
"""A line of a source's own that no rule knows."""
PROMISE = "\n\nThe Valley Herald has told the truth about this valley since the days of the first railway."
WIRE = "\n\nThe agency of the north reported on Friday that the mountain pass remains closed to every kind of traffic."


def article(number: int, sentences: int = 9) -> str:
    """An article of its own for every number, about people and places that no other one names."""
    draw = random.Random(number)

    def name() -> str:
        return "".join(draw.choice(SYLLABLES) for _ in range(3)).capitalize()

    lines = [
        f"The {draw.choice(NOUNS)} of {name()} was {draw.choice(VERBS)} by {name()} in {draw.randint(1800, 2020)}, "
        f"after {draw.randint(2, 9999)} people left the {draw.choice(MORE_NOUNS)} near {name()}."
        for _ in range(sentences)
    ]
    return "\n\n".join(" ".join(lines[start : start + 3]) for start in range(0, len(lines), 3))


def fill(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files, in the order given, below a folder."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run(seeds: Path, output: Path, **options: Any) -> RunSummary:
    """A plain run in this process."""
    return run_plain([seeds], output, RunOptions(**{"engine": "inline", **options}))


def left_behind(output: Path) -> dict[str, bytes]:
    """Every file of an output by its name, without what tells of the one run: times, and how it was done."""
    found = {
        file.relative_to(output).as_posix(): file.read_bytes()
        for file in sorted(output.rglob("*"))
        if file.is_file() and ".copydesk" not in file.parts
    }
    if "run.json" in found:
        page = json.loads(found["run.json"])
        kept = {name: value for name, value in page.items() if name not in ("seconds", "run")}
        found["run.json"] = json.dumps(kept).encode()
    return found


def rows(output: Path, name: str) -> list[dict[str, Any]]:
    """The rows of a JSON lines file."""
    return [json.loads(line) for line in (output / f"{name}.jsonl").read_text("utf-8").splitlines()]
