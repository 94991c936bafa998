"""One line at a time: which repairs are tried, in which order, and which of them stand."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import ftfy
from ftfy.badness import is_bad

from cleaners.characters import beyond_ascii
from cleaners.text.edits import Edit
from cleaners.text.mojibake import characters, losses, mixups
from cleaners.text.mojibake.readings import Settled, best_reading, gain
from cleaners.text.plain import is_coded
from cleaners.text.plausibility import ODD, unlikely_pairs
from cleaners.text.rounds import applied, settled

ROUNDS = 8
"""Repairs upon repairs of one line; what has not settled by then is left alone."""

OUTWEIGHS = 4
"""How many repaired characters a word needs for each one that is still damaged, lest it is left as it was."""

REMEMBERED = 2000
"""Characters of a line whose repairs are remembered; few paragraphs have more."""

_SINGLE = re.compile("[\ud800-\udfff\x80-\x9f\ufb00-\ufb06]")  # what a repair of one character begins with
_TOGETHER = 16  # characters beyond ASCII that are looked at together
_PAIR = re.compile("[^\x00-\x7f]{2}")
_LOST_SPACE = re.compile("[ÂÃ] ")  # with a no-break space turned into a plain one; a capital of Portuguese too
_WHOLE_LINE_STEPS = frozenset({"utf-8", "utf-8-variants", "restore_byte_a0"})
_BY_ITSELF = re.compile("(?:\\A|[\x00-\x1f!-\x7f])[^\x00-\x7f\ufffd](?:\\Z|[\x00-\x1f!-\x7f])")
"""A character that no plan for a whole line can read, as no UTF-8 has one byte of its kind by itself."""
_ANCHOR = re.compile("[!->@-~]")
_WORD = re.compile(r"\S+")


def line_edits(line: str, *, entities: bool, straighten_quotes: bool) -> Sequence[Edit]:
    """The repairs of one line, but for those in words that did not come out whole."""
    found = _remembered if len(line) <= REMEMBERED else _line_edits
    return found(line, entities, straighten_quotes)


def _line_edits(line: str, entities: bool, straighten_quotes: bool) -> Sequence[Edit]:
    edits = settled(line, lambda draft: _next(draft, entities, straighten_quotes), ROUNDS)
    return tuple(_whole(edits, applied(line, edits))) if edits else ()


_remembered = lru_cache(256)(_line_edits)  # every pass over a text asks about its lines again


def _next(line: str, entities: bool, straighten_quotes: bool) -> list[Edit]:
    """The first kind of repair that finds anything in ``line``."""
    for step in _steps(line, entities, straighten_quotes):
        if edits := list(step(line)):
            return edits
    return []


def _steps(line: str, entities: bool, straighten_quotes: bool) -> Iterator[Callable[[str], Iterable[Edit]]]:
    """The repairs in question for ``line``, in order: what other repairs have to read comes first."""
    single = is_coded(line) or _SINGLE.search(beyond_ascii(line))
    if single:
        yield from (characters.surrogates, characters.escapes, characters.quoted_printable)
        if entities:
            yield characters.entities
    found = traits(line)
    if found & _ODD:
        if found & _JOINED or not found & _ALONE:
            yield reread
        if losses.begins_in(line):
            yield from (losses.lost_bytes, losses.spaces_for_a0, losses.stripped_end)
        if not found & _ALONE:
            yield replanned
        yield mixups.mixed_up
    if single:
        yield from (characters.c1_controls, characters.ligatures)
    yield characters.decomposed
    if straighten_quotes:
        yield characters.curly_quotes


_ODD, _ALONE, _JOINED = 1, 2, 4


def traits(line: str) -> int:
    """What decides which repairs are in question, as bits: whether two neighbours in a line are unlikely enough to look
    for damage (``_ODD``), whether a character beyond ASCII stands by itself, whether two stand together.

    >>> traits("La rentrée") & _ODD, traits("La rentrÃ©e") & _ODD
    (0, 1)
    """
    found = 0
    for start, end in _stretches(line):
        found |= _traits_of(line[max(start - 1, 0) : end + 1])
    return found


def _stretches(line: str) -> Iterator[tuple[int, int]]:
    """Where the characters beyond ASCII stand, some that stand together at a time.

    Each is looked up from the one before it, which passes over ASCII several times as fast as a pattern does.
    """
    beyond = beyond_ascii(line)
    seen = end = 0
    while seen < len(beyond):
        start = line.index(beyond[seen], end)
        end = start + 1
        while end < len(line) and end - start < _TOGETHER and line[end] > "\x7f":
            end += 1
        seen += end - start
        yield start, end


@lru_cache(65536)
def _traits_of(text: str) -> int:
    """The traits of a few characters beyond ASCII with those on either side."""
    odd = bool(_LOST_SPACE.search(text) or unlikely_pairs(text, ODD))
    return _ODD * odd | _ALONE * bool(_BY_ITSELF.search(text)) | _JOINED * bool(_PAIR.search(text))


def reread(line: str) -> list[Edit]:
    """UTF-8 read with a single-byte encoding: ftfy's plan for the whole line, or the best reading of parts of it."""
    plan = _by_ftfy(line)
    if plan and plan.edits[0].rule.endswith(("latin-1", "cp1252")):
        return plan.edits  # the likeliest encoding, and nothing left to read
    found = [settled for settled in (plan, best_reading(line)) if settled]
    return max(found, key=lambda settled: settled.evidence).edits if found else []


def replanned(line: str) -> list[Edit]:
    """ftfy's plan for the whole line where it has to put back bytes A0 that became spaces.

    >>> [edit.after for edit in replanned("Ã la carte")]
    ['à']
    """
    settled = _by_ftfy(line, spaces=True)
    return settled.edits if settled else []


def _by_ftfy(line: str, spaces: bool = False) -> Settled | None:
    """ftfy's plan, where it is one for the whole line, and makes the line more plausible.

    Its piecemeal repairs are not asked for: they see no context, and leave a line half right.
    """
    if _BY_ITSELF.search(line) or not is_bad(line):
        return None
    after, plan = ftfy.fix_encoding_and_explain(line, restore_byte_a0=spaces)
    if not plan or not all(step.action == "encode" or step.parameter in _WHOLE_LINE_STEPS for step in plan):
        return None
    edits = list(aligned(line, after, _plan_rule(plan)))
    evidence = sum(gain(line, edit.start, edit.end, edit.after) for edit in edits)
    if evidence <= 0 or unlikely_pairs(after):
        return None
    return Settled(evidence, edits)


def _plan_rule(plan: list[ftfy.ExplanationStep]) -> str:
    """ftfy's plan as the name of a rule."""
    codecs = (step.parameter.removeprefix("sloppy-") for step in plan if step.action == "encode")
    names = [name.replace("windows-", "cp").replace("macroman", "mac-roman") for name in codecs]
    rule = f"utf-8 read as {' and as '.join(dict.fromkeys(names))}"
    if len(names) > 1:
        rule += ", twice" if len(names) == 2 else f", {len(names)} times"
    return rule + (", A0 turned into a space" if any(step.parameter == "restore_byte_a0" for step in plan) else "")


def aligned(before: str, after: str, rule: str) -> Iterator[Edit]:
    """The edits between two texts that share their ASCII letters and marks, which these repairs never touch."""
    old, new = list(_ANCHOR.finditer(before)), list(_ANCHOR.finditer(after))
    if [match[0] for match in old] != [match[0] for match in new]:
        old = new = []
    ends = [(a.start(), b.start()) for a, b in zip(old, new, strict=True)]
    i = j = 0
    for i_end, j_end in [*ends, (len(before), len(after))]:
        if before[i:i_end] != after[j:j_end]:
            yield _trimmed(before, Edit(i, i_end, after[j:j_end], rule))
        i, j = i_end + 1, j_end + 1


def _trimmed(text: str, edit: Edit) -> Edit:
    """``edit`` without the characters that it leaves as they were, at either end."""
    start, end, after = edit.start, edit.end, edit.after
    while start < end and after and text[start] == after[0]:
        start, after = start + 1, after[1:]
    while start < end and after and text[end - 1] == after[-1]:
        end, after = end - 1, after[:-1]
    return Edit(start, end, after, edit.rule)


def _whole(edits: list[Edit], after: str) -> list[Edit]:
    """The edits, that made ``after``, but for those in words that are still damaged."""
    damaged = unlikely_pairs(after)
    if not damaged:
        return edits
    spans = _spans_after(edits)
    refused: set[int] = set()
    first = 0  # the first edit that reaches into the word or stands behind it
    for word in _WORD.finditer(after):
        while first < len(spans) and spans[first][1] <= word.start():
            first += 1
        last = first
        while last < len(spans) and spans[last][0] < word.end():
            last += 1
        rest = bisect_right(damaged, word.end()) - bisect_left(damaged, word.start())
        repaired = sum(len(edit.after) for edit in edits[first:last])
        if rest and 2 * repaired < OUTWEIGHS * (rest + 1):
            refused.update(range(first, last))
    return [edit for place, edit in enumerate(edits) if place not in refused]


def _spans_after(edits: list[Edit]) -> list[tuple[int, int]]:
    """Where the ``edits`` stand in the text they made."""
    spans = []
    drift = 0
    for edit in edits:
        spans.append((edit.start - drift, edit.start - drift + len(edit.after)))
        drift += edit.end - edit.start - len(edit.after)
    return spans
