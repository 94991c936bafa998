"""No step becomes slower unnoticed: each is held against the obvious script, run in turn with it on the same texts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from gate import ALLOWED, KEPT

TRIES = 3
"""A neighbour that fills the caches slows the two sides differently; a loss shows every time."""


def ratios() -> dict[str, float]:
    """Measured in a process of its own: what other tests have left in this one's memory costs every step something."""
    done = subprocess.run(
        [sys.executable, KEPT.with_name("gate.py"), "--json"], capture_output=True, text=True, check=True, timeout=300
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_no_step_takes_more_of_what_the_obvious_script_takes() -> None:
    kept = json.loads(KEPT.read_bytes())
    lost = dict.fromkeys(kept, float("inf"))
    for _ in range(TRIES):
        found = ratios()
        assert found.keys() == kept.keys()
        lost = {name: ratio for name in lost if (ratio := found[name]) > ALLOWED * kept[name]}
        if not lost:
            break
    assert lost == {}, f"slower than {ALLOWED} times what is kept: {kept}; see benchmarks/gate.py"
