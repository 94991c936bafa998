"""The seed articles come out whole: text byte for byte, metadata, and every removal under its rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cleaners import clean

EXPECTED = Path(__file__).parent / "expected"
SEEDS = Path(__file__).parents[2] / "seeds"
FACTS: dict[str, dict[str, Any]] = json.loads((EXPECTED / "seeds.json").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted(FACTS))
def test_seed(name: str) -> None:
    source = (SEEDS / name).read_text("utf-8")
    found = clean(source)
    assert found.text.encode() == (EXPECTED / name).read_bytes()
    facts = FACTS[name]
    assert {key: getattr(found, key) for key in ("title", "byline", "published", "publisher", "language")} == {
        key: facts[key] for key in ("title", "byline", "published", "publisher", "language")
    }
    removed = [[change.rule, change.before.strip()] for change in found.changes if change.step == "furniture"]
    assert removed == facts["removed"]
    assert found.restore() == source
    assert not clean(found.text).changes


def test_every_seed_is_expected() -> None:
    assert sorted(path.name for path in SEEDS.iterdir()) == sorted(FACTS)
