"""Clusters: the laws on random graphs, and every ground of the policy in an example."""

import random
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.documents import FOLDED, Cluster, Direction, Document, Pair, Relation, Verdict
from cleaners.duplicates.clusters import ClusterOptions, Decision, Standing, cluster, missing_comparisons

RELATIONS: tuple[Relation, ...] = ("duplicate", "near-duplicate", "rewrite", "excerpt", "related", "unrelated")
DIRECTIONS: tuple[Direction, ...] = ("left-from-right", "right-from-left", "unknown")


def standing(path: str, size: int = 100, digest: str = "", **known: str | int) -> Standing:
    return Standing(path, digest or f"text of {path}", size, **known)  # type: ignore[arg-type]


def pair(left: str, right: str, relation: Relation = "rewrite", direction: Direction = "unknown", score: float = 0.9):
    return Pair(left, right, Verdict(relation, score, direction=direction))


def members(clusters: list[Cluster]) -> list[tuple[str, ...]]:
    return [found.members for found in clusters]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Standing], list[Pair], ClusterOptions]:
    """Documents (some with the same text), verdicts on texts, decisions of a person, any policy."""
    paths = [f"{letter}.txt" for letter in "abcdefghi"[: draw(st.integers(1, 9))]]
    texts = {path: draw(st.sampled_from([path, "one", "two"])) for path in paths}
    dates = st.sampled_from([None, "2023-12-11", "2023-12-11T09:00:00Z", "2024-01-01", "soon"])
    documents = [
        standing(
            path,
            draw(st.integers(1, 3)) if texts[path] == path else 2,
            digest=texts[path],
            published=draw(dates),
            publisher=draw(st.sampled_from([None, "The Herald", "Wire"])),
            removed=draw(st.integers(0, 2)),
        )
        for path in paths
    ]
    verdicts: dict[frozenset[str], Verdict] = {}
    pairs = []
    for left, right in draw(st.sets(st.sampled_from(list(combinations(paths, 2))))) if len(paths) > 1 else ():
        if texts[left] == texts[right]:
            verdict = Verdict("duplicate", 1.0)
        else:
            verdict = verdicts.setdefault(
                frozenset((texts[left], texts[right])),
                Verdict(draw(st.sampled_from(RELATIONS)), draw(st.sampled_from([0.6, 0.8]))),
            )
        pairs.append(Pair(left, right, verdict))
    decisions = draw(
        st.lists(
            st.builds(Decision, st.sampled_from(paths), st.sampled_from(paths), st.booleans()).filter(
                lambda each: each.left != each.right
            ),
            max_size=2,
            unique_by=lambda each: frozenset((each.left, each.right)),
        )
    )
    keep = draw(st.sampled_from(["source", "longest", "earliest"]))
    prefer = draw(st.sampled_from([(), ("wire",)]))
    return documents, pairs, ClusterOptions(prefer, keep, tuple(decisions))


@settings(max_examples=200)
@given(graphs())
def test_every_member_was_compared_with_the_canonical_and_folds(
    graph: tuple[list[Standing], list[Pair], ClusterOptions],
) -> None:
    documents, pairs, options = graph
    text = {each.path: each.digest for each in documents}
    folded = {frozenset((text[each.left], text[each.right])) for each in pairs if each.verdict.relation in FOLDED}
    folded |= {frozenset((text[each.left], text[each.right])) for each in options.decisions if each.same}
    apart = {frozenset((each.left, each.right)) for each in options.decisions if not each.same}
    clusters = cluster(documents, pairs, options)
    seen: set[str] = set()
    for found in clusters:
        assert found.canonical in found.members
        assert found.members == tuple(sorted(found.members))
        assert len(found.members) > 1
        assert not seen.intersection(found.members)
        seen.update(found.members)
        for member in found.members:
            texts = frozenset((text[member], text[found.canonical]))
            assert len(texts) == 1 or texts in folded
        assert not apart.intersection(map(frozenset, combinations(found.members, 2)))
    assert [found.canonical for found in clusters] == sorted(found.canonical for found in clusters)


@given(graphs(), st.randoms(use_true_random=False))
def test_no_order_matters(graph: tuple[list[Standing], list[Pair], ClusterOptions], order: random.Random) -> None:
    documents, pairs, options = graph
    expected = cluster(documents, pairs, options), missing_comparisons(documents, pairs, options)
    for rows in (documents, pairs):
        order.shuffle(rows)
    assert (cluster(documents, pairs, options), missing_comparisons(documents, pairs, options)) == expected


@given(graphs())
def test_whoever_folds_with_a_text_that_nobody_took_is_not_left_alone(
    graph: tuple[list[Standing], list[Pair], ClusterOptions],
) -> None:
    documents, pairs, options = graph
    inside = {path for found in cluster(documents, pairs, options) for path in found.members}
    apart = {frozenset((each.left, each.right)) for each in options.decisions if not each.same}
    for each in pairs:
        ends = {each.left, each.right}
        if each.verdict.relation in FOLDED and frozenset(ends) not in apart and not options.decisions:
            assert inside & ends


@given(graphs())
def test_missing_comparisons_were_never_made_and_end(
    graph: tuple[list[Standing], list[Pair], ClusterOptions],
) -> None:
    documents, pairs, options = graph
    text = {each.path: each.digest for each in documents}
    for _ in range(len(documents) ** 2):
        missing = missing_comparisons(documents, pairs, options)
        if not missing:
            break
        made = {frozenset((text[each.left], text[each.right])) for each in pairs}
        for left, right in missing:
            assert left < right
            assert frozenset((text[left], text[right])) not in made
        pairs += [pair(left, right, "related") for left, right in missing]
    assert not missing_comparisons(documents, pairs, options)


def test_a_chain_is_not_joined() -> None:
    paths = [f"{number}.txt" for number in range(9)]
    steps = [pair(left, right, "near-duplicate") for left, right in pairwise(paths)]
    clusters = cluster([standing(path) for path in paths], steps)
    assert max(map(len, members(clusters))) <= 3


def test_comparing_what_is_missing_joins_a_chain_that_is_one_text() -> None:
    paths = [f"{number:02}.txt" for number in range(40)]
    documents = [standing(path) for path in paths]
    pairs = [pair(left, right) for left, right in pairwise(paths)]
    rounds = 0
    while missing := missing_comparisons(documents, pairs):
        pairs += [pair(*each) for each in missing]
        rounds += 1
    assert members(cluster(documents, pairs)) == [tuple(paths)]
    assert rounds <= 8


POLICY = {
    "source before derived, however short": (
        [standing("a", 500), standing("b", 100)],
        [pair("a", "b", direction="left-from-right")],
        "b",
        "Kept of 2 documents (1 rewrite): the source of 1 of 1; "
        "though shorter with 100 characters without spaces, the longest 500.",
    ),
    "the one most were made from": (
        [standing("a"), standing("b"), standing("c")],
        [pair("a", "c", direction="left-from-right"), pair("b", "c", direction="left-from-right"), pair("a", "b")],
        "c",
        "Kept of 3 documents (2 rewrite): the source of 2 of 2.",
    ),
    "more complete": (
        [standing("a", 90), standing("b", 1200)],
        [pair("a", "b", "near-duplicate")],
        "b",
        "Kept of 2 documents (1 near-duplicate): the most complete with 1,200 characters without spaces, the next 90.",
    ),
    "earlier": (
        [standing("a", published="2023-12-11T12:00:00+02:00"), standing("b", published="2023-12-11T09:59:59Z")],
        [pair("a", "b", "near-duplicate")],
        "b",
        "Kept of 2 documents (1 near-duplicate): published 2023-12-11T09:59:59Z, before 2023-12-11T12:00:00+02:00.",
    ),
    "a date before none": (
        [standing("a", published="around Christmas"), standing("b", published="2023-12-25")],
        [pair("a", "b", "duplicate")],
        "b",
        "Kept of 2 documents (1 duplicate): published 2023-12-25, the others without a date.",
    ),
    "less furniture": (
        [standing("a", removed=900), standing("b", removed=30)],
        [pair("a", "b", "duplicate")],
        "b",
        "Kept of 2 documents (1 duplicate): least page furniture (30 characters, the next 900).",
    ),
    "path": (
        [standing("a"), standing("b")],
        [pair("a", "b", "duplicate")],
        "a",
        "Kept of 2 documents (1 duplicate): first by path, all else being equal.",
    ),
}


@pytest.mark.parametrize(("documents", "pairs", "canonical", "why"), POLICY.values(), ids=POLICY.keys())
def test_the_policy_gives_its_grounds(documents: list[Standing], pairs: list[Pair], canonical: str, why: str) -> None:
    (found,) = cluster(documents, pairs)
    assert (found.canonical, found.why) == (canonical, why)


TWO = [
    standing("news/a.txt", 900, published="2024-02-02", publisher="The Herald"),
    standing("wire/b.txt", 700, published="2024-01-01", publisher="Agency"),
]
MADE = [pair("news/a.txt", "wire/b.txt", direction="right-from-left")]


@pytest.mark.parametrize(
    ("options", "canonical", "first_ground"),
    [
        (ClusterOptions(), "news/a.txt", "the source of 1 of 1"),
        (ClusterOptions(keep="longest"), "news/a.txt", "the most complete with 900 characters"),
        (ClusterOptions(keep="earliest"), "wire/b.txt", "published 2024-01-01, before 2024-02-02"),
        (ClusterOptions(("agency",)), "wire/b.txt", "from the preferred source agency"),
        (ClusterOptions(("wire",)), "wire/b.txt", "from the preferred source wire"),
        (ClusterOptions(("wire/", "The Herald")), "wire/b.txt", "from the preferred source wire/"),
        (ClusterOptions(("The Herald", "wire")), "news/a.txt", "from the preferred source The Herald"),
        (ClusterOptions(("wir",)), "news/a.txt", "the source of 1 of 1"),
    ],
)
def test_options_override_the_policy(options: ClusterOptions, canonical: str, first_ground: str) -> None:
    (found,) = cluster(TWO, MADE, options)
    assert found.canonical == canonical
    assert found.why.partition(": ")[2].startswith(first_ground)


def test_copies_are_one_cluster_without_a_single_verdict() -> None:
    documents = [Document("b", "The same text.", removed=9), Document("a", "The same text.", removed=10)]
    (found,) = cluster(documents, [])
    assert (found.canonical, found.members) == ("b", ("a", "b"))
    assert found.why == ("Kept of 2 documents (1 duplicate): least page furniture (9 characters, the next 10).")


def test_empty_texts_are_no_copies() -> None:
    assert cluster([Document("a", ""), Document("b", ""), Document("c", " ")], []) == []


def test_a_verdict_on_a_text_holds_for_its_copies() -> None:
    documents = [standing("a", digest="x"), standing("b", digest="x"), standing("c", 300), standing("d", digest="x")]
    (found,) = cluster(documents, [pair("a", "c", direction="left-from-right")])
    assert found.canonical == "c"
    assert found.why.startswith("Kept of 4 documents (3 rewrite): the source of 3 of 3; the most complete with 300")


def test_a_member_joins_the_canonical_it_is_closest_to() -> None:
    documents = [standing("a", 300), standing("b", 200), standing("c", 100)]
    clusters = cluster(
        documents, [pair("a", "c", "rewrite"), pair("b", "c", "near-duplicate"), pair("a", "b", "related")]
    )
    assert members(clusters) == [("b", "c")]


def test_a_person_confirms_what_no_verdict_folds() -> None:
    documents = [standing("a"), standing("b")]
    options = ClusterOptions(decisions=(Decision("b", "a", same=True),))
    assert members(cluster(documents, [pair("a", "b", "unrelated")], options)) == [("a", "b")]
    (found,) = cluster(documents, [], options)
    assert found.why == "Kept of 2 documents (1 confirmed): first by path, all else being equal."


def test_a_person_sets_apart_what_verdicts_fold() -> None:
    documents = [standing("a", 300), standing("b", 200), standing("c", 100)]
    pairs = [pair(*two) for two in combinations("abc", 2)]
    assert members(cluster(documents, pairs)) == [("a", "b", "c")]
    apart = ClusterOptions(decisions=(Decision("b", "c", same=False),))
    assert members(cluster(documents, pairs, apart)) == [("a", "b")]
    from_all = ClusterOptions(decisions=(Decision("a", "b", same=False), Decision("c", "b", same=False)))
    assert members(cluster(documents, pairs, from_all)) == [("a", "c")]


def test_even_a_copy_can_be_set_apart() -> None:
    documents = [standing(path, digest="same") for path in "abc"]
    options = ClusterOptions(decisions=(Decision("a", "b", same=False),))
    assert members(cluster(documents, [], options)) == [("a", "c")]


def test_decisions_outlive_their_documents() -> None:
    options = ClusterOptions(decisions=(Decision("gone", "a", same=True), Decision("gone", "b", same=False)))
    assert members(cluster([standing("a"), standing("b")], [pair("a", "b")], options)) == [("a", "b")]


def test_a_cluster_keeps_its_name_while_its_canonical_stays() -> None:
    documents = [standing("a", 300, id="1f"), standing("b"), standing("c")]
    (small,) = cluster(documents[:2], [pair("a", "b")])
    (large,) = cluster(documents, [pair("a", "b"), pair("a", "c")])
    assert small.cluster == large.cluster
    (other,) = cluster([standing("a", 300, id="2e"), standing("b")], [pair("a", "b")])
    assert other.cluster != small.cluster


def test_errors_name_the_path_and_the_way_out() -> None:
    with pytest.raises(ValueError, match="two documents have the path 'a'; a path names one, so rename the other"):
        cluster([standing("a"), standing("a")], [])
    with pytest.raises(ValueError, match="a rewrite pair names 'b', which is not among the documents; pass it"):
        cluster([standing("a")], [pair("a", "b")])
    with pytest.raises(ValueError, match="keep='newest' names no policy; choose 'source', 'longest' or 'earliest'"):
        ClusterOptions(keep="newest")  # type: ignore[arg-type]


def test_pairs_that_do_not_fold_need_no_document() -> None:
    assert cluster([standing("a")], [pair("a", "b", "related")]) == []
