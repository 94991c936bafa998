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
from cleaners.duplicates.clusters import ClusterOptions, cluster, missing_comparisons
from cleaners.duplicates.compare import compare_profiles
from cleaners.duplicates.shingles import profile
from cleaners.duplicates.sketches import Sketches, sketch
from cleaners.duplicates.standing import Standing

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
    profiles = [
        profile(document.text, document.language, published=document.published, publisher=document.publisher)
        for document in ordered
    ]
    sketches = Sketches.of(map(sketch, profiles))
    found = bucket_pairs(key_rows(sketches, 0, options.candidates), options.candidates)
    near = merge_found([found], sketches.content, options.candidates)
    chosen = choose(near, score_pairs(near, sketches), sketches.content, options.candidates)
    pairs: dict[tuple[str, str], Pair] = {}
    number_of = {document.path: number for number, document in enumerate(ordered)}

    def compare(paths: Iterable[tuple[str, str]]) -> None:
        for left, right in paths:
            verdict = compare_profiles(profiles[number_of[left]], profiles[number_of[right]])
            pairs[left, right] = Pair(left, right, verdict)

    compare((ordered[left].path, ordered[right].path) for left, right in chosen.tolist())
    standings = [Standing.of(document) for document in ordered]
    for _ in range(_ROUNDS):
        missing = missing_comparisons(standings, pairs.values(), options.clusters)
        if not missing:
            break
        compare(missing)
    clusters = cluster(standings, pairs.values(), options.clusters)
    # A member that was compared with a copy of its canonical document is shown beside that document itself.
    own = {(min(path, each.canonical), max(path, each.canonical)) for each in clusters for path in each.members}
    compare(sorted((left, right) for left, right in own - pairs.keys() if left != right))
    reported = (pairs[ends] for ends in sorted(pairs) if pairs[ends].verdict.relation != "unrelated")
    return Clusters(tuple(clusters), tuple(reported))
