"""Signatures against datasketch, and band parameters against what they promise."""

import numpy as np
import pytest
import xxhash
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from cleaners.duplicates.signatures import (
    EMPTY,
    bands_for,
    collision_probability,
    estimate_jaccard,
    hash_shingles,
    minhash,
    minhash_many,
    repeat_by_weight,
)

WORDS = [f"word{number}" for number in range(600)]


def datasketch_values(shingles: list[str], count: int, seed: int) -> np.ndarray:
    sketch = MinHash(num_perm=count, seed=seed, hashfunc=xxhash.xxh32_intdigest, scheme="affine32")
    sketch.update_batch([shingle.encode() for shingle in shingles])
    return sketch.hashvalues


@pytest.mark.parametrize("count", [1, 7, 128])
@pytest.mark.parametrize("seed", [1, 2, 77])
@pytest.mark.parametrize("shingles", [[], ["mali"], ["mali", "mali"], WORDS, ["été", "日本", "\x00"]], ids=len)
def test_a_signature_is_datasketchs(shingles: list[str], count: int, seed: int) -> None:
    assert np.array_equal(minhash(hash_shingles(shingles), count, seed), datasketch_values(shingles, count, seed))


@given(st.lists(st.lists(st.text(max_size=4), min_size=1, max_size=9), min_size=1, max_size=9), st.integers(1, 40))
def test_many_signatures_at_once_are_single_ones(sets: list[list[str]], count: int) -> None:
    hashes = [hash_shingles(each) for each in sets]
    starts = np.cumsum([0, *map(len, hashes[:-1])])
    together = minhash_many(np.concatenate(hashes), starts, count)
    assert np.array_equal(together, np.stack([minhash(each, count) for each in hashes]))


def test_sets_larger_than_what_is_hashed_at_once() -> None:
    hashes = np.random.default_rng(5).integers(0, 1 << 32, size=100_000, dtype=np.uint32)
    starts = np.array([0, 3, 70_000, 70_001])
    ends = [*starts[1:], len(hashes)]
    alone = [minhash(hashes[low:high], 8) for low, high in zip(starts, ends, strict=True)]
    assert np.array_equal(minhash_many(hashes, starts, 8), np.stack(alone))


@pytest.mark.parametrize("starts", [[1], [0, 0], [0, 2, 1], [0, 3]], ids=str)
def test_sets_must_be_given_in_order_and_hold_something(starts: list[int]) -> None:
    with pytest.raises(ValueError, match="starts must begin with 0 and rise"):
        minhash_many(hash_shingles(["a", "b", "c"]), np.array(starts), 4)


def test_no_set_has_no_signature() -> None:
    assert minhash_many(hash_shingles([]), np.array([], dtype=np.int64), 4).shape == (0, 4)


@pytest.mark.parametrize("shared", [0, 10, 50, 100])
def test_agreement_estimates_jaccard(shared: int) -> None:
    left, right = WORDS[:100], WORDS[100 - shared : 200 - shared]
    estimate = estimate_jaccard(minhash(hash_shingles(left), 2048), minhash(hash_shingles(right), 2048))
    assert estimate == pytest.approx(shared / (200 - shared), abs=0.03)


def test_weights_make_it_weighted_jaccard() -> None:
    words = hash_shingles(["rare", "common", "other"])
    left = repeat_by_weight(words[:2], np.array([6, 2]))
    right = repeat_by_weight(words[[0, 2]], np.array([3, 3]))
    estimate = estimate_jaccard(minhash(left, 4096), minhash(right, 4096))
    assert estimate == pytest.approx(3 / (6 + 2 + 3), abs=0.03)


def test_two_empty_sets_are_no_match() -> None:
    nothing = minhash(hash_shingles([]), 16)
    assert set(nothing.tolist()) == {int(EMPTY)}
    assert estimate_jaccard(nothing, nothing) == 0.0


def test_signatures_of_different_length_are_refused() -> None:
    words = hash_shingles(WORDS)
    with pytest.raises(ValueError, match="signatures of 4 and 8 places; make both with the same count"):
        estimate_jaccard(minhash(words, 4), minhash(words, 8))


@pytest.mark.parametrize("count", [0, -1])
def test_a_signature_has_places(count: int) -> None:
    with pytest.raises(ValueError, match=f"a signature of {count} places"):
        minhash(hash_shingles(WORDS), count)


@pytest.mark.parametrize(("bands", "rows", "least"), [(24, 1, 1), (16, 2, 1), (8, 3, 1), (24, 1, 8), (16, 2, 2)])
def test_collisions_happen_as_often_as_promised(bands: int, rows: int, least: int) -> None:
    similarity = 0.3  # 30 shared of 100 in all
    draw = np.random.default_rng(3)
    hits = 0
    for _ in range(400):
        words = draw.integers(0, 1 << 32, size=100, dtype=np.uint32)
        left, right = (minhash(side, bands * rows).reshape(bands, rows) for side in (words[:65], words[35:]))
        hits += int((left == right).all(axis=1).sum() >= least)
    assert hits / 400 == pytest.approx(collision_probability(similarity, bands, rows, least), abs=0.08)


@given(st.floats(0.02, 0.98), st.floats(0.001, 0.5), st.integers(1, 3), st.integers(1, 3))
def test_bands_keep_the_miss_rate_and_are_the_fewest(similarity: float, miss: float, rows: int, least: int) -> None:
    bands = bands_for(similarity, miss, rows, least)
    assert 1 - collision_probability(similarity, bands, rows, least) <= miss
    assert bands == least or 1 - collision_probability(similarity, bands - 1, rows, least) > miss


@pytest.mark.parametrize(("similarity", "miss"), [(0, 0.1), (1, 0.1), (0.5, 0), (0.5, 1)])
def test_no_number_of_bands_keeps_an_absolute_promise(similarity: float, miss: float) -> None:
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        bands_for(similarity, miss, 2)
