"""The candidate stage against its obvious, slow self; its laws; and the corners where such stages drown."""

import random
from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.duplicates.candidates import (
    FOUND,
    KEY_ROW,
    PAIR,
    CandidateOptions,
    Found,
    Pairs,
    Rows,
    bucket_of,
    bucket_pairs,
    choose,
    collapse_copies,
    copy_pairs,
    key_rows,
    merge_found,
    merge_pairs,
    nearest,
    score_pairs,
)
from cleaners.duplicates.shingles import profile
from cleaners.duplicates.sketches import PASSAGE, Sketches, rarity, sketch, stems

NARROW = CandidateOptions(crowd=3)


def writer(seed: int) -> random.Random:
    return random.Random(seed)


def invented(draw: random.Random, count: int) -> list[str]:
    """Words in no dictionary, all rare, nearly all of different stems."""
    return ["".join(draw.choice("bdfgklmnprtvz") + draw.choice("aeiou") for _ in range(4)) for _ in range(count)]


def prose(draw: random.Random, words: list[str]) -> str:
    """Words with small ones between them, in sentences."""
    small = ("the", "of", "and", "in", "to", "was", "on")
    spread = [part for word in words for part in (draw.choice(small), word)]
    return ". ".join(" ".join(spread[at : at + 12]).capitalize() for at in range(0, len(spread), 12)) + "."


def sketched(texts: list[str]) -> Sketches:
    return Sketches.of(sketch(profile(text, "en")) for text in texts)


def searched(texts: list[str], options: CandidateOptions | None = None) -> tuple[Pairs, np.ndarray, Sketches]:
    sketches = sketched(texts)
    pairs = merge_found([bucket_pairs(key_rows(sketches, 0, options), options)], sketches.content, options)
    return pairs, score_pairs(pairs, sketches), sketches


def chosen(texts: list[str], options: CandidateOptions | None = None) -> set[tuple[int, int]]:
    pairs, scores, sketches = searched(texts, options)
    return as_set(choose(pairs, scores, sketches.content, options))


def as_set(pairs: np.ndarray) -> set[tuple[int, int]]:
    return set(zip(pairs["left"].tolist(), pairs["right"].tolist(), strict=True))


def table(rows: list[tuple[int, int, int, int, int]]) -> Rows:
    return np.array(rows, dtype=KEY_ROW)


def found(pairs: dict[tuple[int, int], int]) -> Found:
    return np.array([(*pair, keys) for pair, keys in sorted(pairs.items())], dtype=FOUND)


def obvious_bucket_pairs(rows: Rows, crowd: int) -> dict[tuple[int, int], int]:
    """What bucket_pairs says it does, in dictionaries."""
    count: Counter[tuple[int, int]] = Counter()

    def meet(documents: list[int], reach: int) -> None:
        count.update(
            (min(one, other), max(one, other))
            for (at, one), (to, other) in combinations(enumerate(documents), 2)
            if one != other and to - at < reach
        )

    def split(members: list[tuple[int, ...]], depth: int) -> None:
        if len(members) <= crowd:
            meet([member[3] for member in members], crowd)
        elif depth == 2:
            meet([member[3] for member in members], 3)
        else:
            parts = defaultdict(list)
            for member in members:
                parts[member[depth]].append(member)
            for part in parts.values():
                split(part, depth + 1)

    keys = defaultdict(list)
    for key, second, third, content, document in rows.tolist():
        keys[key].append((second, third, content, document))
    for members in keys.values():
        documents = sorted({member[3] for member in members})
        if len(documents) <= crowd:
            meet(documents, crowd)
            continue
        first_copy: dict[tuple[int, ...], int] = {}
        for *rest, document in sorted(members):
            first_copy.setdefault(tuple(rest), document)
        split(sorted((*rest, document) for rest, document in first_copy.items()), 0)
    return dict(count)


small_rows = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 1), st.integers(0, 1), st.integers(0, 9), st.integers(0, 12)),
    max_size=40,
).map(lambda rows: [(key, second, third, document % 10, document) for key, second, third, _, document in rows])


@given(small_rows, st.integers(1, 5))
def test_bucket_pairs_are_what_the_obvious_way_finds(rows: list[tuple[int, ...]], crowd: int) -> None:
    got = bucket_pairs(table(rows), CandidateOptions(crowd=crowd))
    expected = obvious_bucket_pairs(table(rows), crowd)
    assert {(left, right): keys for left, right, keys in got.tolist()} == expected
    assert got.tolist() == sorted(got.tolist())


@given(small_rows, st.randoms(use_true_random=False), st.integers(1, 4))
def test_neither_the_order_of_rows_nor_the_cut_into_buckets_matters(
    rows: list[tuple[int, ...]], order: random.Random, buckets: int
) -> None:
    content = np.arange(13, dtype=np.uint64) % 10 + 1
    whole = merge_found([bucket_pairs(table(rows), NARROW)], content, NARROW)
    order.shuffle(rows)
    cut = bucket_of(table(rows), buckets)
    parts = [bucket_pairs(table(rows)[cut == number], NARROW) for number in range(buckets)]
    order.shuffle(parts)
    assert np.array_equal(merge_found(parts, content, NARROW), whole)


def test_parts_of_a_corpus_have_the_keys_of_the_whole() -> None:
    draw = writer(1)
    sketches = sketched([prose(draw, invented(draw, size)) for size in (3, 40, 0, 400, 17)])
    whole = key_rows(sketches)
    parts = []
    for first, last in ((0, 2), (2, 3), (3, 5)):
        starts = sketches.starts[first : last + 1]
        part = Sketches(sketches.words[starts[0] : starts[-1]], starts - starts[0], sketches.content[first:last])
        parts.append(key_rows(part, first))
    assert np.array_equal(np.sort(np.concatenate(parts)), np.sort(whole))


def test_a_passage_has_a_row_in_every_tree() -> None:
    draw = writer(2)
    sketches = sketched([prose(draw, invented(draw, PASSAGE)), prose(draw, invented(draw, 20))])
    rows = key_rows(sketches, 7, CandidateOptions(stem_trees=5, name_trees=0, pair_trees=3))
    assert Counter(rows["document"].tolist()) == {7: 16, 8: 8}
    assert len(set((rows["key"] >> np.uint64(32)).tolist())) == 8


def test_a_pair_must_share_two_keys_and_copies_count_for_their_first() -> None:
    content = np.array([5, 6, 5, 7], dtype=np.uint64)
    finds = [found({(0, 1): 1, (1, 2): 1, (2, 3): 1}), found({(0, 2): 9, (1, 3): 1})]
    assert as_set(merge_found(finds, content)) == {(0, 1)}
    assert collapse_copies(np.concatenate(finds), content).tolist() == [(0, 1, 2), (0, 3, 1), (1, 3, 1)]


def test_finds_merged_by_ranges_of_left_documents_are_those_merged_at_once() -> None:
    draw = writer(3)
    vocabulary = invented(draw, 40)
    sketches = sketched([prose(draw, draw.sample(vocabulary, 15)) for _ in range(60)] * 2)
    finds = bucket_pairs(key_rows(sketches))
    once = merge_found([finds], sketches.content)
    collapsed = collapse_copies(finds, sketches.content)
    ranges = [collapsed[collapsed["left"] // 16 == number] for number in range(8)]
    assert np.array_equal(np.concatenate([merge_found([each], sketches.content) for each in ranges]), once)


def obvious_score(left: dict[int, float], right: dict[int, float]) -> float:
    shared = sum(min(left[stem], right[stem]) + 1 for stem in left.keys() & right.keys())
    light, heavy = sorted(sum(weight + 1 for weight in side.values()) for side in (left, right))
    return shared / (light**0.75 * heavy**0.25) if light else 0.0


def test_scores_are_the_weighted_overlap_of_rare_words() -> None:
    draw = writer(4)
    vocabulary = invented(draw, 60)
    texts = [prose(draw, draw.choices(vocabulary, k=draw.randint(0, 50))) for _ in range(30)] + [""]
    sketches = sketched(texts)
    sets = []
    for low, high in zip(sketches.starts, sketches.starts[1:], strict=False):
        words = sketches.words[low:high]
        sets.append(dict(sorted(zip(stems(words).tolist(), rarity(words).tolist(), strict=True))))
    pairs = np.array(list(combinations(range(31), 2)), dtype="<u4").view(PAIR).ravel()
    got = score_pairs(pairs, sketches)
    expected = [obvious_score(sets[left], sets[right]) for left, right in pairs.tolist()]
    assert got == pytest.approx(expected, abs=1e-12)
    assert got.max() > 0.3
    assert not got[(pairs["right"] == 30)].any()


def test_documents_may_be_numbered_from_anywhere() -> None:
    draw = writer(5)
    vocabulary = invented(draw, 30)
    sketches = sketched([prose(draw, draw.sample(vocabulary, 20)) for _ in range(5)])
    pairs = np.array(list(combinations(range(5), 2)), dtype="<u4").view(PAIR).ravel()
    moved = np.array(list(combinations(range(100, 105), 2)), dtype="<u4").view(PAIR).ravel()
    assert np.array_equal(score_pairs(moved, sketches, first=100), score_pairs(pairs, sketches))


@settings(max_examples=50)
@given(st.data())
def test_the_nearest_of_either_side_are_kept(data: st.DataObject) -> None:
    all_pairs = list(combinations(range(8), 2))
    some = sorted(data.draw(st.sets(st.sampled_from(all_pairs))))
    pairs = np.array(some, dtype="<u4").reshape(-1, 2).copy().view(PAIR).ravel()
    scores = np.array([data.draw(st.sampled_from([0.1, 0.2, 0.3, 0.5])) for _ in some])
    kept = as_set(pairs[nearest(pairs, scores, CandidateOptions(neighbours=2))])
    expected = set()
    for document in range(8):
        near = [
            (-score, sum(pair) - document, pair)
            for pair, score in zip(some, scores.tolist(), strict=True)
            if document in pair and score >= 0.2
        ]
        expected |= {pair for *_, pair in sorted(near)[:2]}
    assert kept == expected


def test_all_of_a_small_corpus_is_compared() -> None:
    draw = writer(6)
    texts = [prose(draw, invented(draw, 30)) for _ in range(17)]
    assert chosen(texts[:16]) == set(combinations(range(16), 2))
    assert chosen(texts) == set()
    assert chosen([]) == set()
    assert chosen(["", "mali", "", "rain"]) == {(1, 3)}


def test_every_copy_meets_the_first_and_few_copies_meet_their_neighbours_too() -> None:
    draw = writer(7)
    words = invented(draw, 60)
    text, rewrite = prose(draw, words), prose(draw, words[:40])
    strangers = [prose(draw, invented(draw, 40)) for _ in range(20)]
    few = [text, *strangers, text.upper(), rewrite]
    assert chosen(few) == {(0, 21), (0, 22), (21, 22)}
    many = [text, *strangers, *[text] * 30, rewrite]
    assert chosen(many) == {(0, copy) for copy in range(21, 51)} | {(0, 51)}


def test_texts_without_words_are_no_copies_of_each_other() -> None:
    content = sketched(["", "?!", "mali", "Mali!"]).content
    assert as_set(copy_pairs(content)) == {(2, 3)}


def test_a_short_rewrite_meets_the_passage_it_was_made_from() -> None:
    draw = writer(8)
    long = invented(draw, 4000)
    strangers = [prose(draw, invented(draw, 300)) for _ in range(40)]
    rewrite = [*draw.sample(long[2000:2100], 45), *invented(draw, 30)]
    texts = [*strangers, prose(draw, long), prose(draw, rewrite)]
    pairs, _, _ = searched(texts)
    assert (40, 41) in as_set(pairs)


SHORT = {
    "function words": (
        "He said that it was not to be so, and they would do it.",
        "He said it was not to be so, and they would do it.",
    ),
    "Chinese": (
        "联合国在马里的维和行动于周日正式结束。",
        "联合国驻马里维和行动周日正式结束。",
    ),
    "Urdu": (
        "مالی میں اقوام متحدہ کا امن مشن اتوار کو ختم ہو گیا۔",
        "اقوام متحدہ کا امن مشن اتوار کو مالی میں ختم ہوا۔",
    ),
    "figures": ("12 45 78 99 101", "12 45 78 99 102"),
}


@pytest.mark.parametrize("pair", SHORT.values(), ids=SHORT.keys())
def test_short_texts_of_any_script_find_each_other(pair: tuple[str, str]) -> None:
    draw = writer(9)
    strangers = [prose(draw, invented(draw, 12)) for _ in range(30)]
    assert (0, 31) in chosen([pair[0], *strangers, pair[1]])


def template(draw: random.Random) -> str:
    one, two = invented(draw, 2)
    return (
        f"Weather for {one.title()}: a high of {draw.randint(1, 40)} degrees and winds of {draw.randint(1, 99)} km/h "
        f"near {two.title()}. Drizzle and thunderstorms are forecast by meteorologists until midnight, then clear "
        "spells. Humidity remains oppressive. Motorists should anticipate treacherous carriageways."
    )


@pytest.mark.parametrize("size", [500, 2000])
def test_a_template_shared_by_all_stays_linear_and_hides_no_near_duplicate(size: int) -> None:
    draw = writer(10)
    texts = [template(draw) for _ in range(size)]
    edited = [(at, text.replace("Drizzle", "Sleet")) for at, text in enumerate(texts[:: size // 50])]
    together = texts + [text for _, text in edited]
    pairs, scores, sketches = searched(together)
    assert len(pairs) / len(together) < 200
    picked = as_set(choose(pairs, scores, sketches.content))
    assert len(picked) / len(together) <= 30
    hits = [(at * (size // 50), size + at) in picked for at, _ in edited]
    assert sum(hits) / len(hits) >= 0.95


def test_a_thousand_copies_and_a_rewrite_of_them() -> None:
    draw = writer(11)
    words = invented(draw, 60)
    texts = [prose(draw, words)] * 1000 + [prose(draw, draw.sample(words, 40))]
    pairs, _, sketches = searched(texts)
    assert as_set(pairs) == {(0, 1000)}
    assert len(copy_pairs(sketches.content)) == 999


def test_one_line_texts_of_few_words_stay_linear() -> None:
    draw = writer(12)
    vocabulary = invented(draw, 50)
    for size in (500, 2000):
        pairs, scores, sketches = searched([" ".join(draw.choices(vocabulary, k=4)) for _ in range(size)])
        assert len(pairs) / size < 300
        assert len(choose(pairs, scores, sketches.content)) / size <= 30


def test_merging_pairs_sorts_and_drops_repeats() -> None:
    one = np.array([(3, 5), (1, 2)], dtype=PAIR)
    assert merge_pairs([one, one[:1]]).tolist() == [(1, 2), (3, 5)]
    assert merge_pairs([]).tolist() == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"crowd": 0}, "crowd=0 finds no candidate; give at least 1"),
        ({"neighbours": 0}, "neighbours=0 finds no candidate"),
        ({"stem_trees": 0, "name_trees": 0, "pair_trees": 0}, r"trees \(0, 0, 0\) .* make no key"),
        ({"stem_trees": -1}, r"trees \(-1, 16, 16\)"),
    ],
)
def test_options_that_find_nothing_are_refused(wrong: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        CandidateOptions(**wrong)  # type: ignore[arg-type]
