"""The fitted model: a curve a feature, added up on a scale of log-odds.

A generalised additive model (Hastie and Tibshirani 1986) whose curves are piecewise linear and never fall: more
agreement is never evidence against a rewrite.  Nothing interacts, so a score can be told as a sum.  The curves are in
``rewrites.json`` beside this file, fitted by ``benchmarks/fit_rewrites.py``; the file says on what.

Each curve is 0 where pairs of independent reports of one event have their median, so a part's sign says whether the
pair is closer than such reports are; the prior is what the model says of a pair that is like them in everything.

    >>> model = rewrite_model()
    >>> model.prior < 0, sorted(model.curves)[:2]
    (True, ['details', 'figures'])
"""

from __future__ import annotations

import json
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import exp
from typing import Any


@dataclass(frozen=True, slots=True)
class Curve:
    """A piecewise-linear function through ``(knots[i], log_odds[i])``, level outside the knots."""

    knots: tuple[float, ...]
    log_odds: tuple[float, ...]

    def __call__(self, value: float) -> float:
        """The curve at a value.

        >>> ramp = Curve((0.0, 0.5, 1.0), (-1.0, 0.0, 4.0))
        >>> ramp(-3), ramp(0.25), ramp(0.75), ramp(2)
        (-1.0, -0.5, 2.0, 4.0)
        """
        right = bisect_right(self.knots, value)
        if right == 0:
            return self.log_odds[0]
        if right == len(self.knots):
            return self.log_odds[-1]
        low, high = self.knots[right - 1], self.knots[right]
        below, above = self.log_odds[right - 1], self.log_odds[right]
        return below + (above - below) * (value - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Linear:
    """A logistic regression: weights by feature name, and an intercept."""

    intercept: float
    weights: dict[str, float]

    def __call__(self, values: dict[str, float]) -> float:
        """The log-odds of the values."""
        return self.intercept + sum(weight * values[name] for name, weight in self.weights.items())


@dataclass(frozen=True, slots=True)
class RewriteModel:
    """Everything that was fitted.

    ``prior`` and ``curves`` give the log-odds of a rewrite, calibrated; ``rewrite_from`` is the probability from which
    a pair is called one.  ``related`` tells one event from two; ``direction`` which text was made from which.
    """

    prior: float
    curves: dict[str, Curve]
    rewrite_from: float
    related: Linear
    direction: Linear


@cache
def rewrite_model() -> RewriteModel:
    """The model that is shipped, read once a process."""
    return from_json(json.loads(resources.files("cleaners.duplicates").joinpath("rewrites.json").read_text("utf-8")))


def from_json(data: dict[str, Any]) -> RewriteModel:
    """A model from the fields of ``rewrites.json``."""
    return RewriteModel(
        prior=data["prior"],
        curves={name: Curve(tuple(c["knots"]), tuple(c["log_odds"])) for name, c in data["curves"].items()},
        rewrite_from=data["rewrite_from"],
        related=Linear(**data["related"]),
        direction=Linear(**data["direction"]),
    )


def sigmoid(log_odds: float) -> float:
    """The probability of log-odds, without overflow on either side.

    >>> sigmoid(0), sigmoid(-800), sigmoid(800)
    (0.5, 0.0, 1.0)
    """
    if log_odds >= 0:
        return 1 / (1 + exp(-min(log_odds, 700)))
    grown = exp(max(log_odds, -700))
    return grown / (1 + grown) if log_odds > -700 else 0.0
