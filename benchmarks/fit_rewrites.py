"""Fit the weights that tell a rewrite from independent reports of one event, and say how far to trust them.

    python benchmarks/fit_rewrites.py CORPORA [--write]

Prints cross-validated figures (five folds by story), figures for each collection left out of the fit, the fitted
figures and a reliability table; with ``--write`` it replaces ``cleaners/duplicates/rewrites.json``.  Needs the ``fit``
extra.  The same data give the same file.

How the curves are fitted is in :mod:`rewrite_curves`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent))

from labelled import Floats, LabelledPair, Sample, folds, read_pairs
from rewrite_curves import fit_curves, log_odds_of
from scipy.optimize import minimize

from cleaners.duplicates import model as models
from cleaners.duplicates.compare import closeness
from cleaners.duplicates.direction import signs
from cleaners.duplicates.features import Overlap, features, measure
from cleaners.duplicates.fingerprint import Fingerprint
from cleaners.duplicates.shingles import profile

HOME = Path(models.__file__).with_name("rewrites.json")

REWRITE_FROM = 0.85
"""The calibrated probability from which a pair is called a rewrite: 1 % of same-event reports, 10 % of METER's."""

UNRELATED_PAIRS = 3000
"""Random pairs across collections that ``related`` is fitted against."""


def main() -> None:
    """Fit, report, and write on request."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("corpora", type=Path)
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    sample = Sample(read_pairs(options.corpora))
    prints = _fingerprints(sample.pairs)
    table, close = _measured(sample.pairs, prints)
    unseen = cross_validated(table, sample, seeds=(0, 1, 2))
    report(sample, table, unseen)
    slope, shift = _platt(unseen[0], sample.derived.astype(float))
    data = {
        "about": "Fitted by benchmarks/fit_rewrites.py; see docs/rewrites.md.",
        "fitted_on": {group: int((sample.group == group).sum()) for group in sorted(set(sample.group.tolist()))},
        **curves(table, sample, slope, shift),
        "rewrite_from": REWRITE_FROM,
        "related": related(close, sample, prints),
        "direction": direction(sample, prints),
    }
    if options.write:
        HOME.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        print(f"\nwrote {HOME}")


def _fingerprints(pairs: list[LabelledPair]) -> dict[str, Fingerprint]:
    texts = sorted({text for pair in pairs for text in (pair.left, pair.right)})
    return {text: profile(text).fingerprint for text in texts}


def _measured(pairs: list[LabelledPair], prints: dict[str, Fingerprint]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Features and closeness of every pair, as columns."""
    rows, near = [], []
    for pair in pairs:
        counted = measure(Overlap(*_in_order(pair.left, pair.right, prints)))
        rows.append(features(counted))
        near.append(closeness(counted))
    return _columns(rows), _columns(near)


def _in_order(left: str, right: str, prints: dict[str, Fingerprint]) -> tuple[Fingerprint, Fingerprint]:
    short, long = sorted((left, right), key=lambda text: (prints[text].mass, prints[text].words, text))
    return prints[short], prints[long]


def _columns(rows: list[dict[str, float]]) -> dict[str, Floats]:
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def scores(table: dict[str, Floats], sample: Sample, kept: npt.NDArray[np.bool_]) -> Floats:
    """Log-odds of all pairs by a model that was fitted on the pairs kept."""
    return log_odds_of(table, fit_curves(table, sample, kept))


def cross_validated(table: dict[str, Floats], sample: Sample, seeds: tuple[int, ...]) -> list[Floats]:
    """Log-odds of every pair by a model that never saw its story, once a seed."""
    found = []
    for seed in seeds:
        fold = folds(sample.story, 5, seed)
        held_out = np.zeros(len(fold))
        for at in range(5):
            held_out[fold == at] = scores(table, sample, fold != at)[fold == at]
        found.append(held_out)
    return found


def left_out(table: dict[str, Floats], sample: Sample, collection: str) -> Floats:
    """Log-odds by models that saw neither the story of a pair nor anything of one collection."""
    fold = folds(sample.story, 3, 1)
    held_out = np.zeros(len(fold))
    for at in range(3):
        kept = (fold != at) & (sample.collection != collection)
        held_out[fold == at] = scores(table, sample, kept)[fold == at]
    return held_out


def report(sample: Sample, table: dict[str, Floats], unseen: list[Floats]) -> None:
    """Print everything that says how good the model is."""
    fitted = scores(table, sample, np.ones(len(sample.pairs), dtype=bool))
    slope, shift = _platt(unseen[0], sample.derived.astype(float))
    for title, log_odds in (("stories not seen (five folds)", unseen[0]), ("fitted", fitted)):
        chance = 1 / (1 + np.exp(-(slope * log_odds + shift)))
        print(f"\n{title}", *sample.table(chance, chance >= REWRITE_FROM), sep="\n")
    for collection in sorted(set(sample.collection.tolist())):
        log_odds = left_out(table, sample, collection)
        chance = 1 / (1 + np.exp(-(slope * log_odds + shift)))
        lines = sample.table(chance, chance >= REWRITE_FROM)
        own = [line for line in lines if line.startswith(collection)] if "same-event" not in collection else lines[1:]
        print(f"\n{collection} left out of the fit", lines[0], *own, sep="\n")
    chance = 1 / (1 + np.exp(-(slope * unseen[0] + shift)))
    print("\nreliability on stories not seen: score, pairs, mean score, share of rewrites")
    for low in np.arange(0, 1, 0.1):
        mask = (chance >= low) & (chance < low + 0.1)
        if mask.any():
            share = sample.derived[mask].mean()
            print(f"{low:.1f}-{low + 0.1:.1f} {mask.sum():5} {chance[mask].mean():.3f} {share:.3f}")


def _platt(log_odds: Floats, derived: Floats) -> tuple[float, float]:
    """Slope and shift that make log-odds of unseen pairs calibrated (Platt 1999)."""

    def loss(at: Floats) -> float:
        z = at[0] * log_odds + at[1]
        return float((np.logaddexp(0, z) - derived * z).mean())

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="BFGS").x
    return float(slope), float(shift)


def curves(table: dict[str, Floats], sample: Sample, slope: float, shift: float) -> dict[str, Any]:
    """The prior and the curves, calibrated, each 0 at the median of same-event pairs."""
    intercept, fitted = fit_curves(table, sample, np.ones(len(sample.pairs), dtype=bool))
    prior, found = slope * intercept + shift, {}
    for name, (knots, heights) in fitted.items():
        usual = np.interp(np.median(table[name][sample.same_event]), knots, heights)
        prior += slope * float(usual)
        found[name] = {"knots": knots.round(4).tolist(), "log_odds": (slope * (heights - usual)).round(4).tolist()}
    return {"prior": round(prior, 4), "curves": found}


def related(close: dict[str, Floats], sample: Sample, prints: dict[str, Fingerprint]) -> dict[str, Any]:
    """Weights that tell one event from two: same-event pairs and rewrites against random pairs and ``hardneg``."""
    texts = sorted(prints)
    rng = np.random.default_rng(0)
    drawn = [tuple(sorted(rng.choice(len(texts), 2, replace=False))) for _ in range(UNRELATED_PAIRS)]
    far = _columns([closeness(measure(Overlap(*_in_order(texts[a], texts[b], prints)))) for a, b in drawn])
    one = ~sample.unrelated
    values = {name: np.concatenate((close[name][one], close[name][~one], far[name])) for name in close}
    wanted = np.concatenate((np.ones(one.sum()), np.zeros((~one).sum() + len(drawn))))
    result = _logistic(values, wanted, intercept=True)
    log_odds = result["intercept"] + sum(result["weights"][name] * values[name] for name in values)
    groups = np.concatenate((sample.group[one], sample.group[~one], np.repeat("random", len(drawn))))
    print("\nshare called related")
    for group in sorted(set(groups.tolist())):
        print(f"{group:34} {(log_odds[groups == group] > 0).mean():.4f}")
    return result


def direction(sample: Sample, prints: dict[str, Fingerprint]) -> dict[str, Any]:
    """Weights that tell which text was made from which, from pairs of rewrites both ways round."""
    kept = np.flatnonzero(sample.derived)
    rows = _columns([signs(prints[sample.pairs[i].left], prints[sample.pairs[i].right]) for i in kept])
    fold = folds(sample.story[kept], 5, 0)
    held_out = np.zeros(len(kept))
    for at in range(5):
        fitted = _logistic(_both_ways(rows, fold != at), _halves((fold != at).sum()), intercept=False)
        held_out[fold == at] = sum(fitted["weights"][name] * rows[name][fold == at] for name in rows)
    print("\ndirection on stories not seen: right of all, and of those told (probability 0.6 or more)")
    for group in sample.positive_groups():
        some = held_out[sample.group[kept] == group]
        told = np.abs(some) >= np.log(0.6 / 0.4)
        print(f"{group:34} {(some > 0).mean():.3f}   {(some[told] > 0).mean():.3f} of {told.mean():.2f}")
    return _logistic(_both_ways(rows, np.ones(len(kept), dtype=bool)), _halves(len(kept)), intercept=False)


def _both_ways(rows: dict[str, Floats], kept: npt.NDArray[np.bool_]) -> dict[str, Floats]:
    return {name: np.concatenate((column[kept], -column[kept])) for name, column in rows.items()}


def _halves(count: int) -> Floats:
    return np.concatenate((np.ones(count), np.zeros(count)))


def _logistic(values: dict[str, Floats], wanted: Floats, intercept: bool) -> dict[str, Any]:
    columns = np.stack([*values.values(), np.ones(len(wanted))], axis=1)
    balance = np.where(wanted > 0, 0.5 / max(1, wanted.sum()), 0.5 / max(1, (1 - wanted).sum()))

    def loss(at: Floats) -> tuple[float, Floats]:
        z = columns @ at
        error = balance * (1 / (1 + np.exp(-z)) - wanted)
        return float(balance @ (np.logaddexp(0, z) - wanted * z) + 1e-4 * at @ at), columns.T @ error + 2e-4 * at

    bounds = [(None, None)] * len(values) + [(None, None) if intercept else (0, 0)]
    found = minimize(loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B", bounds=bounds).x
    named = {name: round(float(weight), 4) for name, weight in zip(values, found, strict=False)}
    return {"intercept": round(float(found[-1]), 4), "weights": named}


if __name__ == "__main__":
    main()
