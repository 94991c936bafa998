"""What a person reads while a run goes on."""

import time
from io import StringIO
from itertools import chain, repeat

import pytest
from rich.console import Console

from flows.progress import EVERY, Bar, Lines, _bars


def test_a_line_tells_the_rate_what_is_left_and_what_is_held_and_the_last_one_the_rate_alone() -> None:
    said: list[str] = []
    ticks = chain((0.0, EVERY / 2, EVERY, 2 * EVERY), repeat(2 * EVERY))
    lines = Lines(said.append, lambda: next(ticks))
    for done in (0, 500, 1000, 4000):
        lines("clean", done, 4000, "documents")
    assert len(said) == 2
    halfway, end = said
    assert halfway.startswith("clean: 1,000 of 4,000 documents (100 a second, 0:30 left, ")
    assert halfway.endswith(" MB of memory)")
    assert end == "clean: 4,000 of 4,000 documents (200 a second)"


def test_what_was_there_from_the_start_makes_nothing_look_faster() -> None:
    said: list[str] = []
    ticks = chain((0.0,), repeat(EVERY))
    lines = Lines(said.append, lambda: next(ticks))
    lines("compare", 90_000, 100_000, "pairs")
    lines("compare", 91_000, 100_000, "pairs")
    assert said[0].startswith("compare: 91,000 of 100,000 pairs (100 a second, 1:30 left, ")


@pytest.mark.parametrize(("columns", "of_memory"), [(80, False), (120, True)])
def test_the_bar_fits_the_terminal(columns: int, of_memory: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(time, "monotonic", iter(range(10, 10_000)).__next__)
    with _bars() as bars:
        bar = Bar(bars)
        bar("candidates", 0, 120_000, "documents")
        bar("candidates", 64_000, 120_000, "documents")
        shown = StringIO()
        Console(width=columns, file=shown).print(bars.get_renderable())
    [line] = shown.getvalue().splitlines()
    assert "64,000 of 120,000 documents" in line
    assert " left" in line
    assert ("MB of memory" in line) is of_memory
    assert "…" not in line
