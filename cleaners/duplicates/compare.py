"""Two texts -> what they are to each other, how sure that is, and why.

    >>> source = "The council ended the mission in Mali on Friday. " * 3 + "Peacekeepers leave Bamako, Gao and Kidal."
    >>> compare(source, source).relation, compare(source, source).score
    ('duplicate', 1.0)
    >>> compare(source, "Markets rose in Tokyo; the yen fell against the dollar.").relation
    'unrelated'

Texts are compared as they are: what a site puts around every article must be gone first, or it would count.
"""

from __future__ import annotations

from math import log1p

import numpy as np

from cleaners.documents import CleanText, Document, Passage, Relation, Verdict
from cleaners.duplicates.direction import direction_of
from cleaners.duplicates.evidence import parts_of, sum_of, waterfall
from cleaners.duplicates.features import Measured, Overlap, changed_slots, measure
from cleaners.duplicates.model import RewriteModel, rewrite_model
from cleaners.duplicates.passages import passages_of
from cleaners.duplicates.shingles import Profile, profile

Text = str | CleanText | Document

NEAR_FROM = 0.6
"""Share of five-word runs that each text must have of the other to be the same text, edited."""

EXCERPT_FROM = 0.9
"""Share of the shorter text's five-word runs that the longer one must have to hold it as a part."""

EXCERPT_LENGTH = 0.6
"""An excerpt has at most so many of the longer text's words: what is nearly as long is the text itself, edited."""

EXCERPT_SCORE = 0.5
"""The score that a part must have: a form filled otherwise, or a shared slogan, has less."""

SLOTS_FROM = 0.2
"""Share of five-word runs from which figures and names are compared in their surroundings; below, hardly any agree."""

EVENT_WORDS, EVENT_SHARE = 2, 0.05
"""Content words other than names, and the share of them, that two reports of one event have in common at the least.
Stories of one small town share its streets and its mayor, and nothing that happened.  Of 866 labelled pairs on one
event or subject that would be called related without, 56 have less; of 67 on different events, 11."""

FEWEST_WORDS = 20
"""Words below which a text can be the same or a part of another, but no rewrite: too few to tell."""


def compare(left: Text, right: Text) -> Verdict:
    """What two texts are to each other, with evidence, direction and the matching passages.

    ``compare(a, b)`` and ``compare(b, a)`` agree in relation, score and evidence; direction and passages are mirrored.
    """
    return compare_profiles(_profile(left), _profile(right), passages=True)


def compare_profiles(left: Profile, right: Profile, *, passages: bool = False) -> Verdict:
    """:func:`compare` for texts that were prepared before.  Passages are left out unless they are asked for."""
    left, right = _in_one_language(left, right)
    short, long = sorted((left, right), key=lambda side: (side.fingerprint.mass, len(side), side.text))
    model = rewrite_model()
    both = Overlap(short.fingerprint, long.fingerprint)
    measured = measure(both)
    same = _same(short, long)
    slots = changed_slots(short, long) if measured.runs[0].shrunk(0, 0) >= SLOTS_FROM and not same else (0, 0)
    words = min(len(left), len(right)), max(len(left), len(right))
    evidence = waterfall(parts_of(measured, slots, words, same, model))
    score = sum_of(evidence)
    relation: Relation = "duplicate" if same else _relation(measured, words, score, model)
    if relation == "related" and not _one_event(short, long, both):
        relation = "unrelated"
    directed = relation in ("near-duplicate", "rewrite", "excerpt")
    return Verdict(
        relation,
        score,
        evidence,
        direction_of(left, right, model) if directed else "unknown",
        _passages(left, short, long, both) if passages and relation != "unrelated" else (),
    )


def _passages(left: Profile, short: Profile, long: Profile, both: Overlap) -> tuple[Passage, ...]:
    """The passages, found from the shorter text so that both ways round find the same."""
    found = passages_of(short, long, both)
    if left is short:
        return found
    turned = [Passage(passage.kind, passage.right, passage.left) for passage in found]
    return tuple(sorted(turned, key=lambda passage: (passage.left is None, passage.left or passage.right)))


def closeness(measured: Measured) -> dict[str, float]:
    """What tells one event from two; shares are drawn towards what unrelated articles have in common."""
    content = max(share.shrunk(15, 0.1) for share in measured.content)
    return {
        "words": content,
        "names": measured.names.shrunk(3, 0.1),
        "neighbours": max(share.shrunk(30, 0.03) for share in measured.pairs),
        "mass": log1p(min(measured.content[0].shared, measured.content[1].shared)),
    }


def _relation(measured: Measured, words: tuple[int, int], score: float, model: RewriteModel) -> Relation:
    """What two texts that differ are to each other; ``words`` of the shorter text and of the longer one."""
    of_short, of_long = (share.shrunk(0, 0) for share in measured.runs)
    enough = min(words) >= FEWEST_WORDS
    part = of_short >= (EXCERPT_FROM if enough else 1) and words[0] <= EXCERPT_LENGTH * words[1]
    if part and score >= EXCERPT_SCORE:
        return "excerpt"
    if enough and score >= model.rewrite_from:
        return "near-duplicate" if min(of_short, of_long) >= NEAR_FROM else "rewrite"
    return "related" if model.related(closeness(measured)) > 0 else "unrelated"


def _one_event(short: Profile, long: Profile, both: Overlap) -> bool:
    """Whether two texts share more than names of people, places and days.

    Of a headline nothing more can be asked, and in German capitals do not tell names.
    """
    if min(len(short), len(long)) < FEWEST_WORDS or short.language == "de":
        return True
    here, there = short.fingerprint.happened, long.fingerprint.happened
    if np.count_nonzero(here.each[both.here] * there.each[both.there]) < EVENT_WORDS:
        return False
    shares = both.share(here, both.here), both.share(there, both.there)
    return max(share.shrunk(0, 0) for share in shares) >= EVENT_SHARE


def _same(left: Profile, right: Profile) -> bool:
    """Whether two texts are the same but for case, spaces and punctuation; texts without words, to the letter."""
    return np.array_equal(left.hashes, right.hashes) and (len(left) > 0 or left.text == right.text)


def _in_one_language(left: Profile, right: Profile) -> tuple[Profile, Profile]:
    """A language guessed from few words may be wrong: both are read in the longer one's, or in the only one known."""
    if left.language == right.language:
        return left, right
    longer, shorter = sorted((left, right), key=lambda side: (len(side), side.text), reverse=True)
    language = longer.language or shorter.language
    return left.read_as(language), right.read_as(language)


def _profile(text: Text) -> Profile:
    if isinstance(text, str):
        return profile(text)
    return profile(text.text, text.language, published=text.published, publisher=text.publisher)
