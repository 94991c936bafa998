"""The score as a waterfall: named parts of evidence that add up to it exactly, each with a sentence a person can read.

The parts add up in log-odds first: ``prior + parts = total``.  The score is ``sigmoid(total)``, and each part gets the
same share of the way from ``sigmoid(prior)`` to it as it has of the way in log-odds.  Weights are multiples of
:data:`GRAIN`, so their sum is exact in floating point, in any order.
"""

from __future__ import annotations

from typing import NamedTuple

from cleaners.documents import Evidence
from cleaners.duplicates.features import Measured, features
from cleaners.duplicates.model import Curve, RewriteModel, sigmoid

GRAIN = 2.0**-40
"""Sums of multiples of this that stay below 4,096 in size are exact in a double of 53 bits."""

EVIDENCE_OF = {
    "words retold": "shared words",
    "words shared": "shared words",
    "neighbours retold": "shared wording",
    "neighbours shared": "shared wording",
    "three in a row": "shared wording",
    "details": "details",
    "plain details": "details",
    "names": "names",
    "figures": "figures",
    "order": "order",
    "order of the shared": "order",
}
"""Feature -> the part of evidence it belongs to, in the order the parts are told."""

VERBATIM = Curve((0.5, 0.95), (0.0, 10.0))
"""Log-odds of the share of five-word runs that each text has of the other.  Half of them verbatim both ways is beyond
any rewrite in words of its own; the curve sets an edited copy above every rewrite.  A convention, not fitted."""

TEMPLATE = Curve((0.3, 0.7), (0.0, -14.0))
"""Log-odds of the share of figures and names that differ in the same surroundings.  Weather, results and markets are
written into forms: where the form agrees and what fills it does not, nothing was copied.  A convention, not fitted."""

FEW_SLOTS = 3.0
"""Slots that agree, added to those found: one changed figure among two is no template."""

SHORT = Curve((5.0, 20.0), (-6.0, 0.0))
"""Log-odds of the words of the shorter text: a headline's worth of words agrees by chance.  A convention."""

LONG = Curve((4_000.0, 16_000.0), (0.0, -0.8))
"""Log-odds of the words of the longer text: a transcript of 16,000 holds much of what any short text tells.  Of random
pairs one in a thousand scored .23 against texts of 2,000 to 4,000 words and .84 against texts of 9,000 to 30,000."""

SAME = 40.0
"""Log-odds of two texts that are the same word for word."""


class Part(NamedTuple):
    """A part of evidence before it is weighed in units of the score."""

    name: str
    measured: float
    log_odds: float
    sentence: str


def parts_of(
    measured: Measured, slots: tuple[int, int], words: tuple[int, int], same: bool, model: RewriteModel
) -> tuple[Part, ...]:
    """The parts of a pair, the prior first.

    ``slots`` are the figures and names in the same surroundings and how many differ; ``words`` are those of the
    shorter text and of the longer one; ``same`` says that both texts are the same word for word.
    """
    log_odds = dict.fromkeys(EVIDENCE_OF.values(), 0.0)
    for name, value in features(measured).items():
        log_odds[EVIDENCE_OF[name]] += model.curves[name](value)
    told = _told(measured)
    parts = [Part("prior", sigmoid(model.prior), model.prior, "What independent reports of one event score.")]
    parts += [Part(name, told[name][0], log_odds[name], told[name][1]) for name in log_odds]
    return (*parts, *_conventions(measured, slots, words, same))


def waterfall(parts: tuple[Part, ...]) -> tuple[Evidence, ...]:
    """The parts in units of the score.  The weights add up to it exactly, in any order.

    >>> weighed = waterfall((Part("prior", 0.0, -4.0, ""), Part("order", 0.9, 3.0, ""), Part("names", 0.8, 2.5, "")))
    >>> [round(part.weight, 3) for part in weighed], sum(part.weight for part in weighed) == sum_of(weighed)
    ([0.018, 0.436, 0.363], True)
    """
    prior = parts[0].log_odds
    total = prior + sum(part.log_odds for part in parts[1:])
    start, end = sigmoid(prior), sigmoid(total)
    slope = (end - start) / (total - prior) if abs(total - prior) > 1e-9 else start * (1 - start)
    weights = [_grain(part.log_odds * slope) for part in parts[1:]]
    first = _grain(end) - sum(weights)  # the prior takes what rounding leaves, 1e-11 at most
    return tuple(
        Evidence(part.name, part.measured, weight, part.sentence, part.log_odds)
        for part, weight in zip(parts, (first, *weights), strict=True)
    )


def sum_of(evidence: tuple[Evidence, ...]) -> float:
    """The score that evidence adds up to."""
    return sum(part.weight for part in evidence)


def _grain(value: float) -> float:
    return round(value / GRAIN) * GRAIN


def _told(it: Measured) -> dict[str, tuple[float, str]]:
    """Part of evidence -> what was measured, and the sentence."""
    found, words = it.retold_words
    pairs, triples, runs = it.pairs[0], it.triples[0], it.runs[0]
    details = max(it.details, key=lambda share: share.shrunk(30, 0.2))
    names, figures = it.names, max(it.figures, key=lambda share: share.shrunk(8, 0.3))
    chance = round(min(it.ordered, 1.5 * it.ordered**0.5))
    return {
        "shared words": (
            it.retold.shrunk(0, 0),
            f"{_of(found, words)} different content words of the shorter text are told in the longer one as well; what "
            "either only quotes does not count.",
        ),
        "shared wording": (
            pairs.shrunk(0, 0),
            f"{_of(pairs.shared, pairs.of)} pairs of neighbouring words of the shorter text stand in the longer one, "
            f"{_of(triples.shared, triples.of)} runs of three; with quotations, {_of(runs.shared, runs.of)} of five.",
        ),
        "details": (
            details.shrunk(0, 0),
            f"{details.shrunk(0, 0):.0%} of what one text tells beyond the opening stands in the other."
            if details.of
            else "Nothing is told beyond the opening.",
        ),
        "names": (
            names.shrunk(0, 0),
            f"{_of(names.shared, names.of)} names of the shorter text stand in the longer one."
            if names.of
            else "The shorter text has no names that can be told by a capital.",
        ),
        "figures": (
            figures.shrunk(0, 0),
            f"{figures.shrunk(0, 0):.0%} of the figures of one text, by digits, stand in the other."
            if figures.of
            else "There are no figures.",
        ),
        "order": (
            it.in_order / it.ordered if it.ordered else 0.0,
            f"{_of(it.in_order, it.ordered)} shared words come in the same order; chance would leave about {chance}.",
        ),
    }


def _conventions(measured: Measured, slots: tuple[int, int], words: tuple[int, int], same: bool) -> list[Part]:
    """The parts that are not fitted; each is told only where it says something."""
    parts: list[Part] = []
    verbatim = min(share.shrunk(0, 0) for share in measured.runs)
    if log_odds := VERBATIM(verbatim):
        parts.append(
            Part("verbatim", verbatim, log_odds, f"{verbatim:.0%} of the five-word runs of each text are in the other.")
        )
    found, differ = slots
    changed = differ / (found + FEW_SLOTS)
    if log_odds := TEMPLATE(changed):
        sentence = f"{_of(differ, found)} figures and names differ in the same surroundings: one form, filled twice."
        parts.append(Part("template", changed, log_odds, sentence))
    if not same:
        parts += _lengths(*words)
    if measured.quoted:
        sentence = f"Both quote the same words ({measured.quoted:,} runs of four); they are left out of the counts."
        parts.append(Part("shared quotation", measured.quoted, 0.0, sentence))
    if same:
        parts.append(Part("same text", 1.0, SAME, "Both texts are the same, word for word."))
    return parts


def _lengths(short: int, long: int) -> list[Part]:
    """What speaks against a pair because of how long the texts are."""
    parts = []
    if log_odds := SHORT(short):
        parts.append(Part("length", short, log_odds, f"The shorter text has {short} words: too few to tell."))
    if log_odds := LONG(long):
        sentence = f"The longer text has {long:,} words: so many hold much of a short one by chance."
        parts.append(Part("chance", long, log_odds, sentence))
    return parts


def _of(some: float, all_: float) -> str:
    return f"{some:,.0f} of {all_:,.0f}"
