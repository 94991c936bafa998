"""What a person reads while a run goes on."""

from itertools import chain, repeat

from flows.progress import EVERY, Lines


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
