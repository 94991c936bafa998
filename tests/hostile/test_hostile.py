"""A slice of the fuzzing, every input that ever failed, and growth: twice the text takes twice the time, not four."""

from pathlib import Path

import pytest
from fuzz import KEPT, kept
from lengths import LINES, STEEPEST, WORK, growth, measurable
from makers import MAKERS, made
from probes import probe


@pytest.mark.parametrize("number", range(12 * len(MAKERS)))
def test_made_inputs_come_through(number: int) -> None:
    assert probe(made(2024, number)[1])


@pytest.mark.parametrize("file", sorted(KEPT.glob("*.json")), ids=lambda file: file.stem)
def test_what_failed_once_comes_through(file: Path) -> None:
    assert probe(kept(file))


@pytest.mark.slow
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("work", WORK)
def test_time_grows_with_the_length_and_not_with_its_square(work: str, line: str) -> None:
    found = growth(work, line, measurable(work, line))
    assert found.by_doubling <= STEEPEST, found
