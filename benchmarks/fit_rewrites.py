"""Fit the weights that tell a rewrite from independent reports of one event, and say how far to trust them.

    python benchmarks/fit_rewrites.py CORPORA [--write]

Prints cross-validated figures (five folds by story), figures for each collection left out of the fit, the fitted
figures and a reliability table; with ``--write`` it replaces ``cleaners/duplicates/rewrites.json``.  Needs the ``fit``
extra.  The same data give the same file.

The model is additive with monotone piecewise-linear curves.  Gradient-boosted trees with pairs of features were no
better on stories they had not seen.  Two choices matter more than the learner:

- Partly derived texts and texts of the same story that are said not to be derived lie between "made from it" and
  "independent", and are fitted as such (``TARGETS``); as plain negatives they pull down everything that partly derived
  texts share with them.
- Every group of pairs counts by its weight here, not by its number (``WEIGHTS``).
"""

from __future__ import annotations

import argparse
import json
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent))

import lightgbm
from labelled import Floats, LabelledPair, Sample, folds, read_pairs
from scipy.optimize import minimize

from cleaners.duplicates import model as models
from cleaners.duplicates.compare import closeness
from cleaners.duplicates.direction import signs
from cleaners.duplicates.features import Overlap, features, measure
from cleaners.duplicates.fingerprint import Fingerprint
from cleaners.duplicates.shingles import profile

Fitted = tuple[float, dict[str, tuple[Floats, Floats]]]
"""An intercept and, for every feature, the knots and heights of its curve."""

HOME = Path(models.__file__).with_name("rewrites.json")

WEIGHTS = {
    "allsides-same-event:same_event": 1400,
    "basil-same-event:same_event": 400,
    "meter:nd": 900,
    "meter:wd": 1200,
    "meter:pd": 400,
    "onestop:hardneg": 150,
    "l2r:hardneg": 60,
    "l2r:hardneg_x": 60,
}
"""Group -> what all its pairs weigh together."""

COLLECTION_WEIGHTS = {"sheepdog": 70, "l2r": 150, "onestop": 60}
"""Collection -> what each of its other groups weighs."""

TARGETS = {"meter:nd": 0.45, "meter:pd": 0.85}
"""Group -> the probability it is fitted to, where that is neither 0 nor 1."""

QUANTILES = (
    (0.02, 0.2, 0.4, 0.6, 0.8, 0.9, 0.98),
    (0.01, 0.1, 0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 0.97),
    (0.03, 0.3, 0.5, 0.7, 0.85, 0.95),
)
"""Where the knots of a curve lie, as quantiles of its feature.  The model is fitted once for every row and the curves
are averaged: where a knot happens to lie moves the figures by .02, the average does not."""

RIDGE = 2e-4
"""Penalty on the square of each rise; from 5e-5 to 1e-3 the cross-validated figures hardly move."""

BOOSTING = {
    "objective": "cross_entropy",
    "num_leaves": 2,
    "max_depth": 1,
    "learning_rate": 0.1,
    "min_data_in_leaf": 20,
    "lambda_l2": 5.0,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "feature_fraction": 0.8,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
"""Trees of one split: their sum is a curve a feature, so they add up like the smooth curves."""

BOOSTING_ROUNDS = 500
"""From 300 to 1,000 rounds the cross-validated figures stay the same to .01."""

BOOSTING_SEEDS = (0, 1, 2)
"""The draws of pairs that are averaged."""

BOOSTED_KNOTS = 25
"""Quantiles at which the boosted steps are read off; straight lines between them smooth the steps."""

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


def targets(sample: Sample) -> Floats:
    """What each pair is fitted to."""
    wanted = sample.derived.astype(float)
    for group, target in TARGETS.items():
        wanted[sample.group == group] = target
    return wanted


def weights(sample: Sample) -> Floats:
    """What each pair weighs, 1 on average."""
    total = np.zeros(len(sample.pairs))
    for group in set(sample.group.tolist()):
        mask = sample.group == group
        total[mask] = WEIGHTS.get(group, COLLECTION_WEIGHTS.get(group.split(":")[0], 100)) / mask.sum()
    return total / total.mean()


def ramps(values: Floats, knots: Floats) -> Floats:
    """A basis of rises between neighbouring knots, shape (pairs, knots - 1): with coefficients of 0 and more, any
    monotone piecewise-linear curve."""
    return np.stack([np.clip((values - low) / (high - low), 0, 1) for low, high in pairwise(knots)], axis=1)


def knots_of(column: Floats, quantiles: tuple[float, ...]) -> Floats:
    """The distinct quantiles of a feature."""
    return np.unique(np.quantile(column, quantiles).round(4))


def fit(basis: Floats, wanted: Floats, weight: Floats) -> Floats:
    """Intercept and rises (0 or more) of a ridge-penalised logistic regression."""
    weight = weight / weight.sum()

    def loss(rises: Floats) -> tuple[float, Floats]:
        log_odds = basis @ rises[1:] + rises[0]
        error = weight * (1 / (1 + np.exp(-log_odds)) - wanted)
        value = float(weight @ (np.logaddexp(0, log_odds) - wanted * log_odds) + RIDGE / 2 * rises[1:] @ rises[1:])
        return value, np.concatenate(([error.sum()], basis.T @ error + RIDGE * rises[1:]))

    bounds = [(None, None)] + [(0, None)] * basis.shape[1]
    start = np.zeros(basis.shape[1] + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    if not found.success or loss(found.x)[0] >= loss(start)[0]:
        raise RuntimeError(f"the fit did not converge ({found.message}); change RIDGE or the weights")
    rises: Floats = found.x
    return rises


def fit_curves(table: dict[str, Floats], sample: Sample, kept: npt.NDArray[np.bool_]) -> Fitted:
    """The intercept and, for every feature, knots and heights: the mean of smooth curves and of boosted ones.

    Both are additive and monotone.  Smooth curves order partly derived texts better; boosting, which spreads the
    weight over features that say the same, calls more rewrites by machine at the same number of false alarms.  The
    boosted ones are stretched to the spread of the smooth ones before the mean is taken.
    """
    smooth, boosted = smooth_curves(table, sample, kept), boosted_curves(table, sample, kept)
    stretch = np.std(_added(table, smooth)[kept]) / np.std(_added(table, boosted)[kept])
    both = {}
    for name in table:
        knots = np.union1d(smooth[1][name][0], boosted[1][name][0])
        low, high = (np.interp(knots, *found[1][name]) for found in (smooth, boosted))
        both[name] = (knots, (low + stretch * high) / 2)
    return (smooth[0] + stretch * boosted[0]) / 2, both


def smooth_curves(table: dict[str, Floats], sample: Sample, kept: npt.NDArray[np.bool_]) -> Fitted:
    """Ridge-penalised piecewise-linear curves: the average over the rows of :data:`QUANTILES`."""
    intercept, parts = 0.0, {name: [] for name in table}
    for quantiles in QUANTILES:
        knots = {name: knots_of(column[kept], quantiles) for name, column in table.items()}
        basis = np.concatenate([ramps(column[kept], knots[name]) for name, column in table.items()], axis=1)
        rises = fit(basis, targets(sample)[kept], weights(sample)[kept])
        intercept, at = intercept + rises[0] / len(QUANTILES), 1
        for name in table:
            count = len(knots[name]) - 1
            parts[name].append((knots[name], np.concatenate(([0.0], np.cumsum(rises[at : at + count])))))
            at += count
    return intercept, {name: _average(curves) for name, curves in parts.items()}


def boosted_curves(table: dict[str, Floats], sample: Sample, kept: npt.NDArray[np.bool_]) -> Fitted:
    """Curves from boosted trees of one split each, read off at :data:`BOOSTED_KNOTS` quantiles of every feature."""
    columns = np.stack([column[kept] for column in table.values()], axis=1)
    data = lightgbm.Dataset(columns, targets(sample)[kept], weight=weights(sample)[kept])
    trees = []
    for seed in BOOSTING_SEEDS:
        settings = {**BOOSTING, "seed": seed, "monotone_constraints": [1] * len(table)}
        trees += lightgbm.train(settings, data, BOOSTING_ROUNDS).dump_model()["tree_info"]
    intercept, steps = 0.0, {name: ([], []) for name in table}
    for tree in trees:
        root = tree["tree_structure"]
        if "split_feature" not in root:  # a round that found no split adds a constant
            intercept += root["leaf_value"]
            continue
        low, high = root["left_child"]["leaf_value"], root["right_child"]["leaf_value"]
        thresholds, rises = steps[list(table)[root["split_feature"]]]
        intercept += low
        thresholds.append(root["threshold"])
        rises.append(high - low)
    found = {}
    for name, (thresholds, rises) in steps.items():
        knots = knots_of(table[name][kept], tuple(np.linspace(0.01, 0.99, BOOSTED_KNOTS)))
        found[name] = (knots, (knots[:, None] > np.array([thresholds])) @ np.array(rises) / len(BOOSTING_SEEDS))
    return intercept / len(BOOSTING_SEEDS), found


def _added(table: dict[str, Floats], fitted: Fitted) -> Floats:
    intercept, found = fitted
    log_odds: Floats = intercept + np.sum([np.interp(column, *found[name]) for name, column in table.items()], axis=0)
    return log_odds


def _average(curves: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    knots = np.unique(np.concatenate([own for own, _ in curves]))
    return knots, np.mean([np.interp(knots, own, heights) for own, heights in curves], axis=0)


def scores(table: dict[str, Floats], sample: Sample, kept: npt.NDArray[np.bool_]) -> Floats:
    """Log-odds of all pairs by a model that was fitted on the pairs kept."""
    return _added(table, fit_curves(table, sample, kept))


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
