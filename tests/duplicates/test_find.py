"""The front door: documents in, clusters and pairs out."""

import random
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from cleaners.documents import FOLDED, Document
from cleaners.duplicates.candidates import CandidateOptions
from cleaners.duplicates.clusters import ClusterOptions, Decision
from cleaners.duplicates.find import DuplicateOptions, find_duplicates

SEEDS = Path(__file__).parents[2] / "seeds"

WITHDRAWAL = (
    "Peacekeepers left the northern garrison of Kidal on Tuesday, two weeks ahead of schedule, after rebels closed in "
    "on the airstrip. The convoy of 110 vehicles headed for Gao, 350 kilometres to the south, the mission said in a "
    "statement. Spokeswoman Fatoumata Kaba told reporters that equipment had been destroyed because flight permits "
    "were withheld by the junta. Residents said they feared looting once the last trucks had gone."
)
HARVEST = (
    "Beekeepers in the Ardennes reported their poorest honey harvest since 1998, blaming a cold spring and the Asian "
    "hornet. Yields fell by 62 per cent, according to the growers' union in Namur. Prices of acacia honey have doubled "
    "at the weekly market of Dinant, where traders rationed jars last Sunday."
)
TEXTS = {
    "a/original.txt": WITHDRAWAL,
    "a/copy.txt": WITHDRAWAL,
    "a/edited.txt": WITHDRAWAL.replace(
        "Residents said they feared looting", "Townspeople said that they feared looting"
    ),
    "b/other.txt": HARVEST,
    "b/shouted.txt": HARVEST.upper(),
    "c/empty.txt": "",
}


def test_copies_and_edited_copies_fold_and_strangers_do_not() -> None:
    found = find_duplicates(TEXTS)
    assert [cluster.members for cluster in found.clusters] == [
        ("a/copy.txt", "a/edited.txt", "a/original.txt"),
        ("b/other.txt", "b/shouted.txt"),
    ]
    assert found.canonical_of("c/empty.txt") == "c/empty.txt"
    folded = {(pair.left, pair.right) for pair in found.pairs if pair.verdict.relation in FOLDED}
    assert folded >= {("a/copy.txt", "a/original.txt"), ("b/other.txt", "b/shouted.txt")}
    assert not [pair for pair in found.pairs if pair.left[0] != pair.right[0]]


@pytest.mark.parametrize(
    ("dates", "direction"),
    [(("2024-05-01", "2024-05-03"), "right-from-left"), (("2024-05-03", "2024-05-01"), "left-from-right")],
)
def test_dates_tell_which_of_two_edited_copies_came_first(dates: tuple[str, str], direction: str) -> None:
    texts = (TEXTS["a/original.txt"], TEXTS["a/edited.txt"])
    documents = [Document(f"{n}.txt", texts[n], published=dates[n]) for n in (0, 1)]
    assert [pair.verdict.direction for pair in find_duplicates(documents).pairs] == [direction]


def test_a_mapping_and_documents_are_the_same_and_order_does_not_matter() -> None:
    documents = [Document(path, text) for path, text in TEXTS.items()]
    expected = find_duplicates(TEXTS)
    for seed in range(3):
        random.Random(seed).shuffle(documents)
        assert find_duplicates(iter(documents)) == expected


def test_pairs_are_sorted_and_named_once() -> None:
    pairs = [(pair.left, pair.right) for pair in find_duplicates(TEXTS).pairs]
    assert pairs == sorted(set(pairs))
    assert all(left < right for left, right in pairs)


def test_every_member_stands_beside_its_canonical_among_the_pairs() -> None:
    documents = [Document(f"{number:02}.txt", HARVEST, published=f"2024-05-{30 - number}") for number in range(20)]
    documents.append(Document("rewrite.txt", HARVEST.replace("poorest", "worst")))
    found = find_duplicates(documents)
    assert [(each.canonical, len(each.members)) for each in found.clusters] == [("19.txt", 21)]
    pairs = {(pair.left, pair.right) for pair in found.pairs}
    assert {(f"{number:02}.txt", "19.txt") for number in range(19)} | {("19.txt", "rewrite.txt")} <= pairs


@pytest.mark.parametrize("texts", [{}, {"one.txt": WITHDRAWAL}, {"one.txt": "", "two.txt": ""}], ids=len)
def test_nothing_to_find(texts: dict[str, str]) -> None:
    assert find_duplicates(texts).clusters == ()


def test_what_is_known_of_documents_decides_who_stands_for_them() -> None:
    documents = [
        Document("1.txt", HARVEST, published="2024-05-02", publisher="Le Courrier"),
        Document("2.txt", HARVEST, published="2024-05-01"),
    ]
    assert find_duplicates(documents).clusters[0].canonical == "2.txt"
    preferred = DuplicateOptions(clusters=ClusterOptions(prefer_source=("le courrier",)))
    assert find_duplicates(documents, preferred).clusters[0].canonical == "1.txt"
    apart = DuplicateOptions(clusters=ClusterOptions(decisions=(Decision("1.txt", "2.txt", same=False),)))
    assert find_duplicates(documents, apart).clusters == ()


def test_a_search_and_comparing_all_with_all_agree_on_a_small_corpus() -> None:
    everything = DuplicateOptions(candidates=CandidateOptions(few=1000))
    searched = DuplicateOptions(candidates=CandidateOptions(few=0))
    assert find_duplicates(TEXTS, searched).clusters == find_duplicates(TEXTS, everything).clusters


def test_two_documents_of_one_path_are_refused() -> None:
    with pytest.raises(ValueError, match="two documents have the path 'a'"):
        find_duplicates([Document("a", HARVEST), replace(Document("a", WITHDRAWAL))])


def test_the_seeds_hold_one_rewrite_and_nine_related_pairs() -> None:
    seeds = {path.name[:3]: path.read_text("utf-8") for path in SEEDS.glob("*.txt")}
    found = find_duplicates(seeds)
    assert [(cluster.canonical, cluster.members) for cluster in found.clusters] == [("000", ("000", "001"))]
    relations = {(pair.left, pair.right): pair.verdict.relation for pair in found.pairs}
    expected = dict.fromkeys(combinations(sorted(seeds), 2), "related") | {("000", "001"): "rewrite"}
    assert relations == expected
