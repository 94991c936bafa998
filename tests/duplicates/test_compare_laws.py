"""The laws of compare: both ways round the same, evidence that adds up exactly, the same in every process."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.documents import Passage, Verdict
from cleaners.duplicates.compare import compare, compare_profiles
from cleaners.duplicates.evidence import EVIDENCE_OF, LONG, SHORT, TEMPLATE, VERBATIM, Part, waterfall
from cleaners.duplicates.features import Overlap, Share, features, longest_increasing, measure
from cleaners.duplicates.model import rewrite_model, sigmoid
from cleaners.duplicates.shingles import profile

MIRRORED = {"left-from-right": "right-from-left", "right-from-left": "left-from-right", "unknown": "unknown"}

WORDS = st.sampled_from(
    [
        *(
            "the",
            "of",
            "and",
            "to",
            "said",
            "on",
            "council",
            "ended",
            "Mali",
            "Bamako",
            "peacekeepers",
            "13,000",
            "vote",
        ),
        *(
            "resolution",
            "mission",
            "France",
            "“we",
            "shall",
            "go”",
            "\n\n",
            ".",
            ",",
            "马里",
            "维和",
            "قرارداد",
            "миссия",
        ),
    ]
)
SENTENCES = st.lists(WORDS, max_size=60).map(" ".join)
ANY_TEXT = st.one_of(SENTENCES, st.text(max_size=80))


@st.composite
def relatives(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts of which one was made from the other by cutting, swapping and replacing words."""
    words = draw(st.lists(WORDS, min_size=1, max_size=80))
    rng = random.Random(draw(st.integers(0, 9)))
    kept = [word if rng.random() < 0.8 else draw(WORDS) for word in words if rng.random() < 0.9]
    at = rng.randint(0, len(kept))
    return " ".join(words), " ".join(kept[at:] + kept[:at])


PAIRS = st.one_of(st.tuples(ANY_TEXT, ANY_TEXT), relatives())


@given(PAIRS)
@settings(max_examples=200)
def test_compare_is_the_same_both_ways_round(pair: tuple[str, str]) -> None:
    there, back = compare(*pair), compare(*reversed(pair))
    assert back.direction == MIRRORED[there.direction]
    assert _as_set(back.passages) == {(kind, right, left) for kind, left, right in _as_set(there.passages)}
    assert replace(back, direction="unknown", passages=()) == replace(there, direction="unknown", passages=())


def _as_set(passages: tuple[Passage, ...]) -> set[tuple[str, object, object]]:
    return {(passage.kind, passage.left, passage.right) for passage in passages}


@given(PAIRS, st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_evidence_adds_up_to_the_score_exactly_in_any_order(pair: tuple[str, str], rng: random.Random) -> None:
    verdict = compare(*pair)
    weights = [part.weight for part in verdict.evidence]
    assert sum(weights) == verdict.score
    rng.shuffle(weights)
    assert sum(weights) == verdict.score
    assert 0.0 <= verdict.score <= 1.0


@given(PAIRS)
def test_the_score_is_the_probability_of_the_log_odds(pair: tuple[str, str]) -> None:
    verdict = compare(*pair)
    assert verdict.score == pytest.approx(sigmoid(sum(part.log_odds for part in verdict.evidence)), abs=1e-9)
    assert all(part.weight * part.log_odds >= 0 for part in verdict.evidence[1:])


@given(st.lists(st.floats(-40, 40), min_size=1, max_size=12))
def test_any_waterfall_adds_up(log_odds: list[float]) -> None:
    evidence = waterfall(tuple(Part("part", 0.0, value, "") for value in log_odds))
    score = sum(part.weight for part in evidence)
    assert score == sum(part.weight for part in reversed(evidence))
    assert score == pytest.approx(sigmoid(sum(log_odds)), abs=1e-9)


@given(PAIRS)
def test_passages_point_into_their_texts(pair: tuple[str, str]) -> None:
    verdict = compare(*pair)
    for passage in verdict.passages:
        assert passage.left or passage.right
        assert (passage.kind == "new") == (passage.left is None or passage.right is None)
        for text, span in zip(pair, (passage.left, passage.right), strict=True):
            assert span is None or 0 <= span[0] < span[1] <= len(text)


@given(ANY_TEXT)
def test_a_text_is_a_duplicate_of_itself(text: str) -> None:
    verdict = compare(text, text)
    assert (verdict.relation, verdict.score) == ("duplicate", 1.0)


@given(PAIRS)
def test_a_batch_agrees_with_single_comparisons(pair: tuple[str, str]) -> None:
    left, right = profile(pair[0]), profile(pair[1])
    batched: Verdict = compare_profiles(left, right)
    assert batched == replace(compare(*pair), passages=())


@given(st.lists(st.integers(0, 50), max_size=25))
def test_the_longest_increasing_run_agrees_with_the_slow_way(sequence: list[int]) -> None:
    best: list[int] = []
    for at, value in enumerate(sequence):
        best.append(1 + max((best[i] for i in range(at) if sequence[i] < value), default=0))
    assert longest_increasing(sequence) == max(best, default=0)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 90))
def test_more_sharing_never_lowers_a_shrunk_share(shared: int, more: int, pseudo: int) -> None:
    all_ = shared + more + 1
    assert Share(shared, all_).shrunk(pseudo, 0.3) <= Share(shared + 1, all_).shrunk(pseudo, 0.3)


def test_no_curve_of_the_model_falls() -> None:
    model = rewrite_model()
    assert set(model.curves) == set(EVIDENCE_OF)
    for curve in model.curves.values():
        assert all(low < high for low, high in pairwise(curve.knots))
        assert all(low <= high for low, high in pairwise(curve.log_odds))
        assert curve.log_odds[0] <= 0 <= curve.log_odds[-1]
    assert VERBATIM(0.4) == TEMPLATE(0.1) == SHORT(30) == LONG(2_000) == 0.0


def test_a_text_of_many_thousand_words_is_held_less_surely_to_be_the_source() -> None:
    short = "Peacekeepers left Kidal on Tuesday, two weeks early, after rebels closed in on the airstrip. " * 3
    filling = " ".join(f"word{number}" for number in range(12_000))
    parts = {part.name: part for part in compare(short, f"{short} {filling}").evidence}
    assert parts["chance"].measured > 12_000
    assert parts["chance"].log_odds < 0
    assert parts["chance"].weight < 0
    assert "chance" not in {part.name for part in compare(short, short + " Residents fled.").evidence}


def test_the_model_has_a_curve_for_every_feature_measured() -> None:
    empty = profile("").fingerprint
    assert set(features(measure(Overlap(empty, empty)))) == set(rewrite_model().curves)
