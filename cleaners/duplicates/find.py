"""The front door: documents in memory -> clusters and the compared pairs.

It composes the functions a staged run calls on shards (:mod:`cleaners.duplicates.candidates`).

    >>> found = find_duplicates({"a": "Mali’s junta ended it.", "b": "Mali's junta ended it.", "c": "Rain is due."})
    >>> [(cluster.canonical, cluster.members) for cluster in found.clusters]
    [('a', ('a', 'b'))]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cleaners.documents import Clusters, Document, Pair
from cleaners.duplicates.candidates import CandidateOptions, bucket_pairs, choose, key_rows, merge_found, score_pairs
from cleaners.duplicates.clusters import ClusterOptions, Standing, cluster, missing_comparisons
from cleaners.duplicates.compare import compare_profiles
from cleaners.duplicates.shingles import profile
from cleaners.duplicates.sketches import Sketches, sketch

_ROUNDS = 3  # each round of missing comparisons can only improve clusters; two settle nearly all


@dataclass(frozen=True, slots=True)
class DuplicateOptions:
    """Everything the search for duplicates can be told, by stage."""

    candidates: CandidateOptions = field(default_factory=CandidateOptions)
    """Which pairs are compared; the defaults keep the cost linear."""

    clusters: ClusterOptions = field(default_factory=ClusterOptions)
    """Which document of a cluster stands for it; the defaults look at the texts and dates alone."""


def find_duplicates(
    documents: Iterable[Document] | Mapping[str, str], options: DuplicateOptions | None = None
) -> Clusters:
    """The clusters among documents (or path -> text) and every compared pair that is ``related`` or closer.

    Texts are compared as they are: clean them first.  Raises :class:`ValueError` for a path that stands twice.
    """
    options = options or DuplicateOptions()
    if isinstance(documents, Mapping):
        documents = (Document(path, text) for path, text in documents.items())
    ordered = sorted(documents, key=lambda document: document.path)
    profiles = [profile(document.text, document.language) for document in ordered]
    sketches = Sketches.of(map(sketch, profiles))
    found = bucket_pairs(key_rows(sketches, 0, options.candidates), options.candidates)
    near = merge_found([found], sketches.content, options.candidates)
    chosen = choose(near, score_pairs(near, sketches), sketches.content, options.candidates)
    pairs: list[Pair] = []

    def compare(numbers: Iterable[tuple[int, int]]) -> None:
        for left, right in numbers:
            verdict = compare_profiles(profiles[left], profiles[right])
            pairs.append(Pair(ordered[left].path, ordered[right].path, verdict))

    compare(chosen.tolist())
    standings = [Standing.of(document) for document in ordered]
    number_of = {document.path: number for number, document in enumerate(ordered)}
    for _ in range(_ROUNDS):
        missing = missing_comparisons(standings, pairs, options.clusters)
        if not missing:
            break
        compare((number_of[left], number_of[right]) for left, right in missing)
    clusters = cluster(standings, pairs, options.clusters)
    reported = sorted((pair for pair in pairs if pair.verdict.relation != "unrelated"), key=lambda p: (p.left, p.right))
    return Clusters(tuple(clusters), tuple(reported))
