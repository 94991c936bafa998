"""The line model: two stages of small trees, scored in numpy for all lines at once.

The first stage looks at a block in its context (:mod:`cleaners.text.furniture.context`).  Its logits tell where the
article runs (the span with the greatest sum); the second stage looks at the same columns, the logits of the
neighbours and the place in that span.  The weights are fitted by ``benchmarks/fit_furniture.py`` and shipped as JSON;
nothing of the training library is needed here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cleaners.text.furniture.context import Column, context, shift, window
from cleaners.text.furniture.page import Page
from cleaners.text.furniture.spans import best_span

_ROWS = 1024
"""Rows scored at a time, so that what is in between fits into the processor's cache."""
_LEAVES = 8
"""The most leaves of a tree: one bit each."""
_SURE = 4.0
"""Logits of the first stage are cut off here, as a tree's certainty beyond 98 % means little."""


_LOWEST = np.array([(bits & -bits).bit_length() - 1 for bits in range(1 << _LEAVES)], np.intp)
"""The place of the lowest bit of each byte."""


@dataclass(frozen=True)
class Trees:
    """Trees scored side by side, without walking any of them (QuickScorer, Lucchese and others 2015).

    A node whose test fails rules out the leaves on its left; of the leaves that are left over in a tree the leftmost
    is where a walk would end.  ``feature``, ``threshold`` and ``drops`` (a bit for each leaf that is ruled out where
    the test fails) have the shape (nodes, trees), ``value`` (leaves, trees).
    """

    names: tuple[str, ...]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    drops: NDArray[np.uint8]
    value: NDArray[np.float64]

    @classmethod
    def from_json(cls, stage: Mapping[str, Any]) -> Trees:
        """The trees of one stage of the weights file.

        A tree is an array of tests, the root first; a child that is a leaf counts from -1 downwards.  Raises
        :class:`ValueError` for trees of more than eight leaves.
        """
        trees = stage["trees"]
        shape = (max(len(tree["feature"]) for tree in trees), len(trees))
        if shape[0] >= _LEAVES:
            raise ValueError(f"a tree has {shape[0] + 1} leaves; fit trees of {_LEAVES} leaves or fewer")
        feature, threshold = np.zeros(shape, np.intp), np.full(shape, np.inf, np.float32)
        drops, value = np.zeros(shape, np.uint8), np.zeros((_LEAVES, len(trees)))
        for at, tree in enumerate(trees):
            inner = len(tree["feature"])
            feature[:inner, at], threshold[:inner, at] = tree["feature"], tree["threshold"]
            drops[:inner, at] = [_leaves(tree, tree["left"][node]) for node in range(inner)]
            value[: len(tree["value"]), at] = tree["value"]
        return cls(tuple(stage["features"]), feature, threshold, drops, value)

    def logits(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """The sum of the trees' values for every row of the columns."""
        matrix = np.stack([columns[name] for name in self.names])
        return np.concatenate([self._logits(matrix[:, low : low + _ROWS]) for low in range(0, matrix.shape[1], _ROWS)])

    def _logits(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        fails = matrix.take(self.feature, axis=0) > self.threshold[:, :, None]
        ruled_out = np.bitwise_or.reduce(fails.view(np.uint8) * self.drops[:, :, None], axis=0)
        ends = _LOWEST.take(~ruled_out) * self.value.shape[1] + np.arange(self.value.shape[1])[:, None]
        return np.asarray(self.value.ravel().take(ends).sum(axis=0), dtype=np.float64)


def _leaves(tree: Mapping[str, Any], node: int) -> int:
    """The leaves below a node of a tree, as a set of bits."""
    if node < 0:
        return 1 << (-1 - node)
    return _leaves(tree, tree["left"][node]) | _leaves(tree, tree["right"][node])


@lru_cache(maxsize=1)
def stages() -> tuple[Trees, Trees]:
    """Both stages, read once from the weights shipped with the package."""
    text = resources.files("cleaners.text.furniture").joinpath("weights.json").read_text("utf-8")
    first, second = json.loads(text)["stages"]
    return Trees.from_json(first), Trees.from_json(second)


def article_probabilities(page: Page, claimed: Collection[int]) -> Sequence[float]:
    """How likely each block of a page belongs to the article; blocks ``claimed`` by rules surely do not."""
    if not page.blocks:
        return []
    first, second = stages()
    columns = page_columns(page, claimed)
    logits = second.logits(columns | second_columns(first.logits(columns), page, claimed))
    return list((1 / (1 + np.exp(-logits))).tolist())


def page_columns(page: Page, claimed: Collection[int]) -> dict[str, Column]:
    """The columns of the first stage."""
    return context(page, claimed)


def second_columns(logits: NDArray[np.float64], page: Page, claimed: Collection[int]) -> dict[str, Column]:
    """What the second stage sees beside the columns of the first, out of the first's ``logits``."""
    sure = np.clip(logits, -_SURE, _SURE).astype(np.float32)
    sure[list(claimed)] = -_SURE
    weight = np.sqrt(np.minimum(page.shown.words + 1, 60)).astype(np.float32)
    weighted = sure * weight
    first, last = best_span(weighted.tolist())
    at = np.arange(len(sure), dtype=np.float32)
    gain = np.maximum(weighted, 0)
    columns = {"logit": sure}
    for distance in (-4, -3, -2, -1, 1, 2, 3, 4):
        columns[f"logit at {distance:+d}"] = shift(sure, -distance)
    both = np.stack((weighted, weight))
    for width in (3, 6, 12, 25):
        sums, weights = window(both, width)
        columns[f"logits within {width}"] = sums / weights
    columns["in the span"] = ((at >= first) & (at <= last)).astype(np.float32)
    columns["before the span"] = np.log1p(np.maximum(first - at, 0))
    columns["after the span"] = np.log1p(np.maximum(at - last, 0))
    columns["place in the gain"] = (np.cumsum(gain) / (gain.sum() + 1e-6)).astype(np.float32)
    columns["share of likely lines"] = np.full_like(sure, (sure > 0).mean())
    columns["gain in all"] = np.full_like(sure, np.log1p(gain.sum()))
    columns["lowest since the span began"] = np.minimum.accumulate(np.where(at >= first, sure, 9)).astype(np.float32)
    return columns
