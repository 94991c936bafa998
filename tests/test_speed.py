"""No step becomes slower unnoticed: each is held against the obvious script, run in turn with it on the same texts."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from gate import ALLOWED, KEPT, ratios

TRIES = 3
"""A neighbour that fills the caches slows the two sides differently; a loss shows every time."""


@pytest.mark.slow
def test_no_step_takes_more_of_what_the_obvious_script_takes() -> None:
    kept = json.loads(KEPT.read_bytes())
    lost: dict[str, tuple[float, float]] = {}
    for _ in range(TRIES):
        found = ratios()
        assert found.keys() == kept.keys()
        lost = {name: (ratio, kept[name]) for name, ratio in found.items() if ratio > ALLOWED * kept[name]}
        if not lost:
            return
    pytest.fail(f"slower than kept, in units of the obvious script (now, kept): {lost}; see benchmarks/gate.py")
