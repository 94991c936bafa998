"""Verified pairs -> clusters without chaining, and the canonical document of each with the reason.

Joining whatever is connected lets one text drag in another through a third that resembles both.  Here a cluster is a
star: every member was compared with the canonical itself, and that verdict folds (:data:`~cleaners.documents.FOLDED`).

    >>> from cleaners.documents import Document, Pair, Verdict
    >>> def pair(left, right, relation, direction="unknown"):
    ...     return Pair(left, right, Verdict(relation, 0.9, direction=direction))
    >>> documents = [Document("a", "wire"), Document("b", "wires"), Document("c", "wired!!")]
    >>> chain = [pair("a", "b", "rewrite"), pair("b", "c", "rewrite"), pair("a", "c", "related")]
    >>> [found.members for found in cluster(documents, chain)]
    [('b', 'c')]

How it goes: documents with the very same text are one node (no comparison can tell them apart, so a verdict on one
holds for all).  Nodes are ranked by the policy (:class:`ClusterOptions`).  In that order every node that folds with no
centre so far becomes a centre; every other node joins the centre it is closest to; then the best-ranked member that
folds with all the others becomes the canonical.  Nothing depends on the order of documents or pairs.

What is given up: where ``a`` folds with ``b``, ``b`` with ``c``, but ``a`` and ``c`` were never compared, one of them
stays outside.  :func:`missing_comparisons` names such pairs; compare them, add them, and cluster again.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from cleaners.documents import FOLDED, Cluster, Document, Pair
from cleaners.duplicates.standing import Standing, moment

Keep = Literal["source", "longest", "earliest"]
"""What makes a document the canonical one before anything else."""

_CLOSENESS = {"confirmed": 0, "duplicate": 1, "near-duplicate": 2, "rewrite": 3}


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on two documents (paths): the same text, or not.  It outranks every verdict."""

    left: str
    right: str
    same: bool


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """How the canonical document of a cluster is chosen.

    After preferred sources, ``keep`` decides first and the rest in this order: source before derived (texts made from
    it less texts it was made from, so that one direction taken wrongly does not dethrone the source of many), more
    complete (characters that are not white space), earlier published, less page furniture removed, path.
    """

    prefer_source: tuple[str, ...] = ()
    """Publishers or folders, best first; none by default, because the texts alone should say who wrote first."""

    keep: Keep = "source"
    """``source``: the text that the others were made from says what was reported before others cut or reworded it."""

    decisions: tuple[Decision, ...] = ()
    """Pairs a person confirmed or rejected: confirmed ones fold, rejected ones never share a cluster."""

    chosen: frozenset[str] = frozenset()
    """Documents (paths) that a person wants to stand for their cluster, before any policy."""

    def __post_init__(self) -> None:
        if self.keep not in ("source", "longest", "earliest"):
            raise ValueError(f"keep={self.keep!r} names no policy; choose 'source', 'longest' or 'earliest'")


def cluster(
    documents: Iterable[Document | Standing], pairs: Iterable[Pair], options: ClusterOptions | None = None
) -> list[Cluster]:
    """Clusters of two or more documents, sorted by the path of their canonical document.

    ``documents`` holds at least every document that stands in a folded pair; ``pairs`` every verdict, in any order
    (evidence and passages are not looked at).  A document that no verdict folds, and that is no copy, is in no cluster.

    Raises :class:`ValueError` for a path that stands twice, and for a folded pair with a document that is not there.
    """
    graph = _Graph.of(documents, pairs, options or ClusterOptions())
    return sorted((graph.describe(star) for star in graph.stars()), key=lambda found: found.canonical)


def missing_comparisons(
    documents: Iterable[Document | Standing], pairs: Iterable[Pair], options: ClusterOptions | None = None
) -> list[tuple[str, str]]:
    """The pairs (left < right) whose verdicts could bring a document into a better cluster, sorted.

    For a document that folds with a text which folds with a centre of better rank, but which was never compared with
    that centre.  At most one pair a document, so a round of comparing costs no more than the documents involved.

    >>> from cleaners.documents import Verdict
    >>> chain = [Pair("a", "b", Verdict("rewrite", 0.9)), Pair("b", "c", Verdict("rewrite", 0.9))]
    >>> missing_comparisons([Document(path, path * 9) for path in "abc"], chain)
    [('a', 'c')]
    """
    graph = _Graph.of(documents, pairs, options or ClusterOptions())
    return sorted(set(graph.missing()))


@dataclass(slots=True)
class _Node:
    """Documents of one text, the best-ranked first, and the folded verdicts on that text by neighbour."""

    documents: list[Standing]
    rank: int = 0
    folded: dict[int, tuple[int, float]] = field(default_factory=dict)  # neighbour: closeness, minus score
    compared: set[int] = field(default_factory=set)
    made_from: set[int] = field(default_factory=set)
    source_of: set[int] = field(default_factory=set)

    @property
    def text(self) -> str:
        """What is the same for nodes of the same text; empty texts are all different."""
        first = self.documents[0]
        return f"text {first.digest}" if first.size else f"path {first.path}"


@dataclass(slots=True)
class _Graph:
    nodes: list[_Node]
    options: ClusterOptions
    rejected: dict[int, set[int]]

    @classmethod
    def of(cls, documents: Iterable[Document | Standing], pairs: Iterable[Pair], options: ClusterOptions) -> _Graph:
        standings = _standings(documents)
        apart = {path for each in options.decisions if not each.same for path in (each.left, each.right)}
        groups: dict[str, list[Standing]] = defaultdict(list)
        for path, standing in sorted(standings.items()):
            # Whoever a person set apart from a text must be free to stand outside the copies of that text; and empty
            # texts are no copies of each other.
            alone = path in apart or not standing.size
            groups[f"path {path}" if alone else f"text {standing.digest}"].append(standing)
        graph = cls([_Node(group) for group in groups.values()], options, defaultdict(set))
        graph._link(pairs)
        graph._rank()
        return graph

    def _link(self, pairs: Iterable[Pair]) -> None:
        node_of = {each.path: number for number, node in enumerate(self.nodes) for each in node.documents}
        same_text: dict[str, list[int]] = defaultdict(list)
        for number, node in enumerate(self.nodes):
            same_text[node.text].append(number)
        for pair in pairs:
            relation, ends = pair.verdict.relation, (pair.left, pair.right)
            if any(end not in node_of for end in ends):
                if relation in FOLDED:
                    missing = next(end for end in ends if end not in node_of)
                    raise ValueError(f"a {relation} pair names {missing!r}, which is not among the documents; pass it")
                continue
            left, right = (node_of[end] for end in ends)
            # A verdict is on texts: it holds for every node of that text (several only where a person set some apart).
            for one in same_text[self.nodes[left].text]:
                for other in same_text[self.nodes[right].text]:
                    self._add(one, other, relation, pair.verdict.score, pair.verdict.direction)
        for numbers in same_text.values():
            for one in numbers:
                for other in numbers:
                    self._add(one, other, "duplicate", 1.0)
        self._decide(node_of)

    def _add(self, left: int, right: int, relation: str, score: float, direction: str = "unknown") -> None:
        if left == right:
            return
        for one, other in ((left, right), (right, left)):
            self.nodes[one].compared.add(other)
            if relation in _CLOSENESS:
                found = (_CLOSENESS[relation], -score)
                self.nodes[one].folded[other] = min(found, self.nodes[one].folded.get(other, found))
        if relation in _CLOSENESS and direction != "unknown":
            derived, source = (left, right) if direction == "left-from-right" else (right, left)
            self.nodes[derived].made_from.add(source)
            self.nodes[source].source_of.add(derived)

    def _decide(self, node_of: dict[str, int]) -> None:
        for decision in sorted(self.options.decisions, key=lambda each: (each.left, each.right, each.same)):
            if decision.left not in node_of or decision.right not in node_of:
                continue  # decisions outlive the documents they were made on
            left, right = node_of[decision.left], node_of[decision.right]
            if decision.same:
                self._add(left, right, "confirmed", 1.0)
                continue
            for one, other in ((left, right), (right, left)):
                node = self.nodes[one]
                self.rejected[one].add(other)
                node.compared.add(other)
                node.folded.pop(other, None)
                node.made_from.discard(other)
                node.source_of.discard(other)

    def _rank(self) -> None:
        for node in self.nodes:
            node.documents.sort(key=lambda each: self._merit(node, each))
        order = sorted(range(len(self.nodes)), key=lambda n: self._merit(self.nodes[n], self.nodes[n].documents[0]))
        for rank, number in enumerate(order):
            self.nodes[number].rank = rank

    def _merit(self, node: _Node, document: Standing) -> tuple[object, ...]:
        """The policy as a sort key, best first; the path at its end makes it a total order."""
        first: dict[Keep, tuple[object, ...]] = {
            "source": (len(node.made_from) - len(node.source_of),),
            "longest": (-document.size,),
            "earliest": (moment(document.published),),
        }
        rest = [*first["source"], *first["longest"], *first["earliest"], document.removed, document.path]
        chosen = document.path not in self.options.chosen
        return (chosen, document.preference(self.options.prefer_source), *first[self.options.keep], *rest)

    def stars(self) -> Iterator[tuple[int, list[int]]]:
        """Every centre with its members (itself included), nodes that stand alone left out unless they hold copies."""
        free = sorted(range(len(self.nodes)), key=lambda number: self.nodes[number].rank)
        while free:
            centres: dict[int, list[int]] = {}
            for number in free:
                if not self.nodes[number].folded.keys() & centres.keys():
                    centres[number] = [number]
            left_over = []
            for number in free:
                if number not in centres and not self._join(number, centres):
                    left_over.append(number)
            for centre, members in centres.items():
                if len(members) > 1 or len(self.nodes[centre].documents) > 1:
                    yield self._recentre(centre, members), members
            free = left_over

    def _join(self, number: int, centres: dict[int, list[int]]) -> bool:
        """Put a node into the closest star that holds nothing a person set apart from it; whether there was one."""
        folded = self.nodes[number].folded
        ways = sorted((folded[centre], self.nodes[centre].rank, centre) for centre in folded.keys() & centres.keys())
        rejected = self.rejected.get(number)
        for _, _, centre in ways:
            if not rejected or rejected.isdisjoint(centres[centre]):
                centres[centre].append(number)
                return True
        return False

    def _recentre(self, centre: int, members: list[int]) -> int:
        """The best-ranked member that folds with all the others: the centre itself unless a better one has come in."""
        for number in sorted(members, key=lambda each: self.nodes[each].rank):
            if number == centre or all(other == number or other in self.nodes[number].folded for other in members):
                return number
        return centre

    def missing(self) -> Iterator[tuple[str, str]]:
        centre_of = {member: centre for centre, members in self.stars() for member in members}
        ranked = sorted(set(centre_of.values()), key=lambda number: self.nodes[number].rank)
        centres_near: dict[int, list[int]] = defaultdict(list)  # by node, best first
        for centre in ranked:
            for neighbour in self.nodes[centre].folded:
                centres_near[neighbour].append(centre)
        for number, node in enumerate(self.nodes):
            best = self.nodes[centre_of.get(number, number)].rank
            found = None
            for between in node.folded:
                for centre in centres_near[between]:
                    if self.nodes[centre].rank >= best:
                        break
                    if centre != number and centre not in node.compared:
                        best, found = self.nodes[centre].rank, centre
                        break
            if found is not None:
                left, right = sorted((node.documents[0].path, self.nodes[found].documents[0].path))
                yield left, right

    def describe(self, star: tuple[int, list[int]]) -> Cluster:
        centre, members = star
        canonical = self.nodes[centre].documents[0]
        others = [each for n in members for each in self.nodes[n].documents if each.path != canonical.path]
        paths = tuple(sorted([canonical.path, *(each.path for each in others)]))
        name = hashlib.sha256(f"{canonical.id}\n{canonical.path}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
        return Cluster(name, canonical.path, paths, self._why(centre, members, canonical, others))

    def _why(self, centre: int, members: list[int], canonical: Standing, others: list[Standing]) -> str:
        """The policy's grounds in its own order, each with the figures it went by."""
        chosen = "chosen by a person" if canonical.path in self.options.chosen else ""
        reasons = [chosen or canonical.preferred(self.options.prefer_source), self._source(centre, members)]
        reasons += [canonical.complete(others), canonical.dated(others), canonical.furnished(others)]
        if self.options.keep == "longest":
            reasons.insert(1, reasons.pop(2))
        if self.options.keep == "earliest":
            reasons.insert(1, reasons.pop(3))
        given = [reason for reason in reasons if reason] or ["first by path, all else being equal"]
        return f"Kept of {len(others) + 1} documents ({self._kinds(centre, members)}): {'; '.join(given)}."

    def _kinds(self, centre: int, members: list[int]) -> str:
        names = {closeness: name for name, closeness in _CLOSENESS.items()}
        kinds: Counter[str] = Counter()
        kinds["duplicate"] += len(self.nodes[centre].documents) - 1
        for number in members:
            if number != centre:
                kinds[names[self.nodes[centre].folded[number][0]]] += len(self.nodes[number].documents)
        return ", ".join(f"{kinds[name]} {name}" for name in _CLOSENESS if kinds[name])

    def _source(self, centre: int, members: list[int]) -> str:
        made = sum(len(self.nodes[n].documents) for n in members if n in self.nodes[centre].source_of)
        total = sum(len(self.nodes[n].documents) for n in members) - 1
        originals = len(self.nodes[centre].made_from.intersection(members))
        if made:
            return f"the source of {made} of {total}" + (f", itself made from {originals}" if originals else "")
        return ""


def _standings(documents: Iterable[Document | Standing]) -> dict[str, Standing]:
    standings: dict[str, Standing] = {}
    for document in documents:
        if document.path in standings:
            raise ValueError(f"two documents have the path {document.path!r}; a path names one, so rename the other")
        standings[document.path] = document if isinstance(document, Standing) else Standing.of(document)
    return standings
