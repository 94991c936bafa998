"""Fit ``cleaners/text/plausibility.json``: how likely each character is after another.

    python benchmarks/fit_plausibility.py CLEAN_LINES [--output FILE]

``CLEAN_LINES`` is a file of undamaged lines in many languages: it teaches which kinds of characters meet.  Which
letters meet is learned from the word lists of the ``wordfreq`` package (some 40 languages of equal weight, words
weighted by frequency); the same words, in three cases and set between every language's punctuation, fill in what the
lines do not show.  Nothing but the odds of pairs is kept.
"""

from __future__ import annotations

import argparse
import json
import math
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import wordfreq

from cleaners.text import plausibility

SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HEBREW", "ARABIC")
RARE_LETTER = 3e-6  # share of a script's letters below which a letter is no part of the alphabet
WORDS = 8000  # a language
SMOOTHING_KIND = 3.0  # pseudo-counts that a kind brings along from its overall frequency
SMOOTHING_LETTER = 30.0  # in occurrences; a language counts 100,000 letters
FLOOR = 2e-7  # overall probability of a kind that was never seen
LETTERS_A_LANGUAGE = 1e5

# Each with the number of times a language shows it, for every 1,000 lines of the clean file.
TEMPLATES = {
    "{w} {x}": 30.0,
    "{w}, {x}.": 10.0,
    "{W} {X}": 4.0,
    "{T} {x}": 5.0,
    "„{w} {x}“ {w}": 3.0,
    "„{W}“, {w}": 1.0,
    "“{w} {x}” {w}": 3.0,
    "“{W},” {w}": 1.0,
    "«{w} {x}» {w}": 3.0,
    "«{W}» {w}": 1.0,
    "»{w}« {x}": 0.5,
    "‘{w}’ {x}": 1.0,
    "‚{w}‘ {x}": 0.3,
    "”{w}” {x}": 0.5,
    "{w}’{x}": 0.5,
    "{W}’{x}": 0.3,
    "{w}… {x}": 0.5,
    "{W}… {x}": 0.1,
    "…{w} {x}": 0.2,
    "{w} – {x}": 2.0,
    "{w} — {x}": 2.0,
    "{w}—{x}": 0.3,
    "{W}—{x}": 0.1,
    "{w}–{x}": 0.3,
    "{W}–{T}": 0.2,
    "{T}–{T}": 0.3,
    "{T}-{x}": 0.5,
    "{w}-{x}": 0.5,
    "{W}-{X}": 0.2,
    "{w}: {T}": 0.5,
    "{T}® {x}": 0.1,
    "{W}® {x}": 0.1,
    "{T}™ {x}": 0.1,
    "{W}™ {x}": 0.1,
    "© 2020 {T}": 0.2,
    "20° {w}": 0.1,
    "20°C {w}": 0.1,
    "20 €, {w}": 0.2,
    "€20 {w}": 0.2,
    "£20 {w}": 0.2,
    "§ 20 {w}": 0.2,
    "№ 20 {w}": 0.1,
    "20 m² {w}": 0.1,
    "20½ {w}": 0.05,
    "±20 {w}": 0.02,
    "20×20 {w}": 0.02,
    "• {T} {x}": 0.3,
    "¿{T} {x}?": 0.2,
    "1º {w}": 0.1,
    "{w}\u00a0{x}": 0.5,
    "«\u00a0{w} {x}\u00a0» {w}": 0.3,
    "{w}2 {x}": 0.1,
    "20{w} {x}": 0.1,
    "{w}: «{T} {x}».": 0.3,
    "({w})": 1.0,
    '"{w}" {x}': 1.0,
    '"{W}" {x}': 0.3,
    "'{w}' {x}": 0.3,
    "{w} 🙂 {x}": 0.1,
    "{w}! 🙂": 0.1,
    "🙂 {T}": 0.05,
    "{w}🙂🙂": 0.05,
    "→ {T}": 0.05,
    "{w} → {x}": 0.05,
    "★ {T}": 0.03,
    "✓ {T}": 0.03,
    "{w} ♥ {x}": 0.02,
    "20 ≤ 20": 0.02,
    "{T}* {x}": 0.05,
    "{T}¹": 0.02,
    "{T}†": 0.02,
    "¡{T} {x}!": 0.1,
    "{w} · {x}": 0.2,
    "{w} | {x}": 0.2,
    "{w}/{x}": 0.2,
    "{w}: {x};": 0.3,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clean_lines", type=Path)
    parser.add_argument("--output", type=Path, default=Path(plausibility.__file__).with_name("plausibility.json"))
    parser.add_argument("--part", help="I/N: leave the lines I of N out, for cross-validation")
    arguments = parser.parse_args()
    lines = unicodedata.normalize("NFC", arguments.clean_lines.read_text("utf-8")).split("\n")
    if arguments.part:
        part, parts = map(int, arguments.part.split("/"))
        lines = [line for number, line in enumerate(lines) if number % parts != part]
    words = {language: language_words(language) for language in sorted(wordfreq.available_languages("small"))}
    kinds, rows = fitted_kinds(lines, words)
    alphabets = [fitted_alphabet(script, words) for script in SCRIPTS]
    fitted = {"kinds": kinds, "kind_costs": rows, "alphabets": alphabets}
    arguments.output.write_text(json.dumps(fitted, ensure_ascii=False, indent=1) + "\n", "utf-8")


def language_words(language: str) -> dict[str, float]:
    """The most frequent words of a language, made of letters alone."""
    frequencies = wordfreq.get_frequency_dict(language, "small")
    best = sorted(((word, share) for word, share in frequencies.items() if word.isalpha()), key=lambda w: (-w[1], w[0]))
    return dict(best[:WORDS])


def fitted_kinds(lines: list[str], words: dict[str, dict[str, float]]) -> tuple[list[str], list[str]]:
    pairs: dict[tuple[str, str], float] = Counter()
    for text, weight in [*((line, 1.0) for line in lines if line), *synthetic(words, len(lines) / 1000)]:
        kinds = [plausibility.kind(char) for char in (plausibility.BOUNDARY, *text, plausibility.BOUNDARY)]
        for pair in pairwise(kinds):
            pairs[pair] += weight
    names = sorted({plausibility.kind(chr(code)) for code in range(0x110000)})
    total = sum(pairs.values())
    overall = {name: max(sum(n for (_, b), n in pairs.items() if b == name) / total, FLOOR) for name in names}
    rows = []
    for left in names:
        seen = sum(pairs[left, right] for right in names if (left, right) in pairs)
        rows.append(
            plausibility.packed(
                [
                    -math.log(
                        (pairs.get((left, right), 0.0) + SMOOTHING_KIND * overall[right]) / (seen + SMOOTHING_KIND)
                    )
                    for right in names
                ]
            )
        )
    return names, rows


def synthetic(words: dict[str, dict[str, float]], scale: float) -> Iterator[tuple[str, float]]:
    """Every template with a few hundred words of every language."""
    for frequencies in words.values():
        sample = list(frequencies)[:400]
        for template, times in TEMPLATES.items():
            for w, x in zip(sample, sample[7:], strict=False):
                text = template.format(w=w, x=x, W=w.upper(), X=x.upper(), T=w.title())
                yield text, times * scale / len(sample)


def fitted_alphabet(script: str, words: dict[str, dict[str, float]]) -> dict[str, object]:
    single: Counter[str] = Counter()
    pairs: dict[tuple[str, str], float] = defaultdict(float)
    for frequencies in words.values():
        own = {word: share for word, share in frequencies.items() if in_script(word[0], script)}
        letters = sum(share * len(word) for word, share in own.items())
        if letters < 0.2 * sum(share * len(word) for word, share in frequencies.items()):
            continue  # loan words in another script teach nothing about this one
        for word, share in own.items():
            weight = share * LETTERS_A_LANGUAGE / letters
            for left, right in zip("^" + word, word + "$", strict=True):
                pairs[left, right] += weight
                single[right] += weight
    total = sum(single.values())
    alphabet = sorted(c for c, n in single.items() if n > RARE_LETTER * total and in_script(c, script))
    rows = [letter_costs(left, alphabet, pairs, single) for left in ["^", *alphabet]]
    return {"script": script.lower(), "letters": "".join(alphabet), "costs": rows}


def in_script(char: str, script: str) -> bool:
    return char.isalpha() and unicodedata.name(char, "").startswith(script + " ")


def letter_costs(left: str, alphabet: list[str], pairs: dict[tuple[str, str], float], single: Counter[str]) -> str:
    """The costs of what may follow ``left``: within each kind, as the kind itself is charged for elsewhere."""
    costs = []
    for right in ["$", *alphabet]:
        peers = ["$"] if right == "$" else [c for c in alphabet if plausibility.kind(c) == plausibility.kind(right)]
        rivals = peers if right != "$" else ["$", *alphabet]
        seen = sum(pairs[left, rival] for rival in rivals)
        share = single[right] / sum(single[rival] for rival in rivals)
        costs.append(-math.log((pairs[left, right] + SMOOTHING_LETTER * share) / (seen + SMOOTHING_LETTER)))
    return plausibility.packed(costs)


if __name__ == "__main__":
    main()
