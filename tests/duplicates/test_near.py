"""Near-duplicates alone: runs of words, exact similarity, and keys that meet where texts are alike."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.duplicates.candidates import bucket_pairs
from cleaners.duplicates.near import BANDS, OPTIONS, jaccard, near_rows, runs_of

VOCABULARY = ("council", "budget", "town", "road", "bridge", "vote", "mayor", "river", "school", "Friday")
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40)


def exact(one: str, other: str) -> float:
    """The obvious way."""

    def runs(text: str) -> set[tuple[str, ...]]:
        words = text.lower().split()
        size = min(5, len(words))
        return {tuple(words[at : at + size]) for at in range(len(words) - size + 1)} if words else set()

    both = runs(one) | runs(other)
    return len(runs(one) & runs(other)) / len(both) if runs(one) and runs(other) else 0.0


@given(WORDS, WORDS)
def test_similarity_is_that_of_the_sets_of_runs(one: list[str], other: list[str]) -> None:
    left, right = " ".join(one), " ".join(other)
    assert jaccard(runs_of(left), runs_of(right)) == exact(left, right)
    assert jaccard(runs_of(left), runs_of(right)) == jaccard(runs_of(right), runs_of(left))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mali's junta met; on Friday, it said.", "MALI'S JUNTA MET ON FRIDAY - it said"),
        ("市議会は予算案を可決した。", "市議会は予算案を可決した"),
    ],
)
def test_case_and_marks_do_not_count(one: str, other: str) -> None:
    assert jaccard(runs_of(one), runs_of(other)) == 1.0


def test_nothing_is_like_a_text_without_words() -> None:
    assert jaccard(runs_of("---"), runs_of("---")) == 0.0


def test_texts_at_the_threshold_meet_and_strangers_do_not() -> None:
    draw = random.Random(4)
    texts = []
    for _ in range(300):
        words = [f"w{draw.randrange(10_000)}" for _ in range(400)]
        edited = [f"x{draw.randrange(99)}" if at % 50 == 7 else word for at, word in enumerate(words)]
        texts += [" ".join(words), " ".join(edited)]
    runs = [runs_of(text) for text in texts]
    assert all(0.8 < jaccard(runs[at], runs[at + 1]) < 0.83 for at in range(0, 600, 2))
    starts = np.cumsum([0, *map(len, runs)])
    rows = near_rows(np.concatenate(runs), starts, np.arange(1, 601, dtype=np.uint64), 0)
    assert len(rows) == 600 * BANDS
    found = {(left, right) for left, right, _ in bucket_pairs(rows, OPTIONS).tolist()}
    true = {(at, at + 1) for at in range(0, 600, 2)}
    assert len(found & true) >= 298
    assert len(found - true) < 20
