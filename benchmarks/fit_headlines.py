"""Fit the weights by which a headline is told from the other lines above an article, and judge them.

    python benchmarks/fit_headlines.py --corpora CORPORA

CORPORA and the facts are those of ``benchmarks/metadata.py``.  Fitted are pages of the article extraction benchmark
(MIT) in the first half of the facts, flattened in four ways; printed are the weights, as they stand in
``cleaners/text/metadata/headline.py``, and precision and recall by threshold on the other pages, which nothing is
fitted on: those of L3S-GN1 in the first half, and the second half of both sets.  Needs the extra ``fit`` (SciPy).
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from metadata import HALVES, alike, documents, fact_and_line, half, holds
from numpy.typing import NDArray
from scipy.optimize import minimize

from cleaners.text.clean import CleanOptions, prepared
from cleaners.text.furniture import examine
from cleaners.text.metadata.headline import WEIGHTS, bare, candidates_of, likeliest, signs
from cleaners.text.metadata.surroundings import Surroundings

RIDGE = 1.0
"""Penalty on the squares of the weights: fifty pages are little."""
FLATTENED = {"inscriptis": 1.0, "html2text": 1.0, "get_text": 1.0, "loose": 0.5}
"""What a page weighs; most light texts hold no headline."""


@dataclass
class Choice:
    """The candidates of one text: their signs, which of them are the headline, and whether the text holds it."""

    group: str
    kind: str
    signs: NDArray[np.float64]
    right: NDArray[np.bool_]
    texts: list[str]
    there: bool


def choices(corpora: Path) -> Iterator[Choice]:
    """Every checked page that has a headline, in every flattening."""
    for fact, row in documents(corpora):
        if not fact.get("title"):
            continue
        wanted = fact_and_line(row["flat"][fact["kind"]].split("\n"), fact["title"], "title")[0]
        for kind in FLATTENED:
            around = Surroundings(*examine(prepared(row["flat"][kind], CleanOptions()), CleanOptions().strictness))
            candidates = candidates_of(around)
            rows = signs(around, candidates)
            texts = [bare(around.page.blocks[at]) for at in candidates]
            matrix = np.array([[float(one[name]) for name in WEIGHTS] for one in rows]).reshape(-1, len(WEIGHTS))
            right = np.array([alike(text, wanted) for text in texts], bool)
            group = f"{fact['set']} {half(fact['id'])}"
            yield Choice(group, kind, matrix, right, texts, holds(row["flat"][kind], wanted))


def fit(some: Sequence[Choice]) -> NDArray[np.float64]:
    """The weights of the signs and, last, the log-odds of there being no headline."""

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        total, slope = RIDGE * float(weights[:-1] @ weights[:-1]), np.append(2 * RIDGE * weights[:-1], 0)
        for one in some:
            odds = np.append(one.signs @ weights[:-1], weights[-1])
            share = np.exp(odds - odds.max())
            share /= share.sum()
            right = np.append(one.right, not one.right.any())
            of_right = share * right / (share * right).sum()
            total -= FLATTENED[one.kind] * float(np.log((share * right).sum()))
            change = FLATTENED[one.kind] * (share - of_right)
            slope += np.append(change[:-1] @ one.signs, change[-1])
        return total, slope

    return np.asarray(minimize(loss, np.zeros(len(WEIGHTS) + 1), jac=True, method="L-BFGS-B").x)


def figures(some: Sequence[Choice], weights: NDArray[np.float64], enough: float) -> str:
    """Precision and recall, counted as in ``benchmarks/metadata.py``."""
    right = given = there = 0
    for one in some:
        at, probability = likeliest(one.texts, (one.signs @ weights[:-1]).tolist(), float(weights[-1]))
        said = at is not None and probability >= enough
        hit = said and bool(one.right[at])
        right, given, there = right + hit, given + said, there + (one.there or hit)
    return f"{right / max(given, 1):.3f} {right / max(there, 1):.3f}"


def main() -> None:
    """Fit and judge from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--thresholds", type=float, nargs="*", default=[0.0, 0.2, 0.28, 0.4, 0.5, 0.6, 0.7])
    options = parser.parse_args()
    every = list(choices(options.corpora))
    fitted = f"aeb {HALVES[0]}"
    weights = fit([one for one in every if one.group == fitted])
    print(*(f'    "{name}": {value:.2f},' for name, value in zip([*WEIGHTS, "none"], weights, strict=True)), sep="\n")
    print(f"{'precision and recall':30s}" + "".join(f"{enough:14.2f}" for enough in options.thresholds))
    groups = {one.group: [one.group] for one in every}
    groups["not fitted"] = [group for group in groups if group != fitted]
    for name, members in groups.items():
        for kind in FLATTENED:
            some = [one for one in every if one.group in members and one.kind == kind]
            cells = "".join(f"{figures(some, weights, enough):>14s}" for enough in options.thresholds)
            print(f"{name + ' ' + kind:30s}{cells}")


if __name__ == "__main__":
    main()
