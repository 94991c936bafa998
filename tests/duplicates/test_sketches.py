"""What a sketch keeps of a text, bit by bit."""

from dataclasses import replace

import numpy as np
import pytest

from cleaners.duplicates.shingles import profile
from cleaners.duplicates.sketches import (
    FEWEST,
    MOST_PASSAGES,
    PASSAGE,
    RARE,
    STEM_BITS,
    Sketches,
    is_first,
    is_name,
    rarity,
    sketch,
    stems,
)

TEXT = (
    "Peacekeepers abandoned the northern garrison of Kidal on Tuesday after insurgents encircled the airstrip. The "
    "convoy of 110 vehicles crawled towards Gao, and spokeswoman Fatoumata Kaba lamented withheld flight permits. "
    "Residents dreaded looting once the last lorries vanished beyond the escarpment."
)
NAMES = {"Kidal", "Tuesday", "110", "Gao", "Fatoumata", "Kaba"}


def test_the_rare_words_stand_in_reading_order() -> None:
    prepared = profile(TEXT)
    kept = prepared.rarity >= RARE
    words = sketch(prepared).words
    assert np.array_equal(stems(words), (prepared.stems[kept] >> np.uint64(64 - STEM_BITS)).astype(np.uint32))
    assert rarity(words) == pytest.approx(prepared.rarity[kept], abs=1 / 32)
    assert is_first(words).tolist() == [True] + [False] * (len(words) - 1)


def test_names_and_figures_are_marked() -> None:
    prepared = profile(TEXT)
    kept = np.flatnonzero(prepared.rarity >= RARE)
    marked = {prepared.word(at) for at in kept[is_name(sketch(prepared).words)].tolist()}
    assert marked == NAMES


def test_the_rarest_stand_in_for_names_where_a_script_has_no_capitals() -> None:
    words = sketch(profile("\n".join([TEXT.casefold().replace("110 ", "")] * 3), "en")).words
    marked = is_name(words)
    distinct = len(np.unique(stems(words)))
    assert len(np.unique(stems(words[marked]))) == -(-distinct // 4)
    assert rarity(words[marked]).min() >= rarity(words[~marked]).max()


@pytest.mark.parametrize("length", [1, PASSAGE, PASSAGE + 1, 10 * PASSAGE])
def test_passages_are_cut_evenly(length: int) -> None:
    words = sketch(profile(" ".join(f"zq{number:06}" for number in range(length)), "en")).words
    passages = -(-length // PASSAGE)
    sizes = np.diff(np.append(np.flatnonzero(is_first(words)), len(words)))
    assert len(sizes) == passages
    assert sizes.max() - sizes.min() <= 1


def test_a_book_has_no_more_passages_than_allowed() -> None:
    words = sketch(profile("garrison " * (MOST_PASSAGES * PASSAGE + 1000), "en")).words
    assert np.count_nonzero(is_first(words)) == MOST_PASSAGES


def test_a_text_of_common_words_is_sketched_by_its_rarest() -> None:
    assert (
        len(sketch(profile("It was not to be, and so he did as he was told to do by all of them on that day.")).words)
        == FEWEST
    )
    assert len(sketch(profile("It was he.")).words) == 3


def test_a_text_without_words_is_empty() -> None:
    found = sketch(profile(" ?!\n"))
    assert (len(found.words), found.content) == (0, 0)


def test_rarity_beyond_the_scale_spills_into_no_other_bit() -> None:
    prepared = profile(TEXT)
    words = sketch(replace(prepared, rarity=prepared.rarity * 9)).words
    assert rarity(words).max() == 63 / 16
    assert is_name(words).sum() == len(NAMES)


def test_content_is_equal_for_the_same_words_only() -> None:
    contents = [
        sketch(profile(text)).content for text in (TEXT, TEXT.upper(), TEXT + " Yes.", TEXT.replace(" the ", " "))
    ]
    assert contents[0] == contents[1]
    assert len(set(contents)) == 3


def test_columns_hold_the_sketches_one_behind_the_other() -> None:
    each = [sketch(profile(text)) for text in (TEXT, "", "Rain in Gao.")]
    columns = Sketches.of(each)
    assert len(columns) == 3
    for number, one in enumerate(each):
        assert np.array_equal(columns.words[columns.starts[number] : columns.starts[number + 1]], one.words)
        assert columns.content[number] == one.content
    assert len(Sketches.of([])) == 0
