"""Additive, monotone curves of features, fitted to labelled pairs: what :mod:`fit_rewrites` fits, validates and writes.

The model is a sum of piecewise-linear curves.  Gradient-boosted trees with pairs of features were no better on stories
they had not seen.  Two choices matter more than the learner:

- Partly derived texts and texts of the same story that are said not to be derived lie between "made from it" and
  "independent", and are fitted as such (``TARGETS``); as plain negatives they pull down everything that partly derived
  texts share with them.
- Every group of pairs counts by its weight here, not by its number (``WEIGHTS``).
"""

from __future__ import annotations

from itertools import pairwise

import lightgbm
import numpy as np
import numpy.typing as npt
from labelled import Floats, Sample
from scipy.optimize import minimize

Fitted = tuple[float, dict[str, tuple[Floats, Floats]]]
"""An intercept and, for every feature, the knots and heights of its curve."""

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
    stretch = np.std(log_odds_of(table, smooth)[kept]) / np.std(log_odds_of(table, boosted)[kept])
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


def log_odds_of(table: dict[str, Floats], fitted: Fitted) -> Floats:
    """What fitted curves say of every pair."""
    intercept, found = fitted
    log_odds: Floats = intercept + np.sum([np.interp(column, *found[name]) for name, column in table.items()], axis=0)
    return log_odds


def _average(curves: list[tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
    knots = np.unique(np.concatenate([own for own, _ in curves]))
    return knots, np.mean([np.interp(knots, own, heights) for own, heights in curves], axis=0)
