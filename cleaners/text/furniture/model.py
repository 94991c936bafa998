"""The line model: two stages of small trees, scored in numpy.

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

_ROWS = 4096
"""Rows scored at a time: a million lines in one go would take 600 MB."""
_SURE = 4.0
"""Logits of the first stage are cut off here, as a tree's certainty beyond 98 % means little."""


@dataclass(frozen=True)
class Trees:
    """Trees side by side, each padded to the same number of nodes; a leaf leads to itself.

    ``feature``, ``threshold``, ``left``, ``right`` and ``value`` have the shape (trees, nodes).
    """

    names: tuple[str, ...]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    value: NDArray[np.float64]
    depth: int

    @classmethod
    def from_json(cls, stage: Mapping[str, Any]) -> Trees:
        """The trees of one stage of the weights file."""
        trees = stage["trees"]
        size = max(len(tree["value"]) + len(tree["feature"]) for tree in trees)
        shape = (len(trees), size)
        feature, threshold = np.zeros(shape, np.intp), np.full(shape, np.inf)
        value = np.zeros(shape)
        left = np.tile(np.arange(size), (len(trees), 1))
        right = left.copy()
        for row, tree in enumerate(trees):
            inner = len(tree["feature"])
            feature[row, :inner] = tree["feature"]
            threshold[row, :inner] = tree["threshold"]
            # Children count inner nodes from 0 and leaves from -1 downwards; leaves stand behind the inner nodes.
            for side, children in ((left, tree["left"]), (right, tree["right"])):
                side[row, :inner] = [child if child >= 0 else inner - 1 - child for child in children]
            value[row, inner : inner + len(tree["value"])] = tree["value"]
        return cls(tuple(stage["features"]), feature, threshold, left, right, value, stage["depth"])

    def logits(self, columns: Mapping[str, Column]) -> NDArray[np.float64]:
        """The sum of the trees' values for every row of the columns."""
        matrix = np.stack([columns[name] for name in self.names], axis=1)
        parts = [self._logits(matrix[low : low + _ROWS]) for low in range(0, len(matrix), _ROWS)]
        return np.concatenate(parts)

    def _logits(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        rows = np.arange(len(matrix))[:, None]
        trees = np.arange(len(self.feature))[None, :]
        node = np.zeros((len(matrix), len(self.feature)), np.intp)
        for _ in range(self.depth):
            low = matrix[rows, self.feature[trees, node]] <= self.threshold[trees, node]
            node = np.where(low, self.left[trees, node], self.right[trees, node])
        return np.asarray(self.value[trees, node].sum(axis=1), dtype=np.float64)


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
    blocks = page.blocks
    return context([b.text for b in blocks], [b.gap for b in blocks], [b.shown for b in blocks], claimed)


def second_columns(logits: NDArray[np.float64], page: Page, claimed: Collection[int]) -> dict[str, Column]:
    """What the second stage sees beside the columns of the first, out of the first's ``logits``."""
    sure = np.clip(logits, -_SURE, _SURE).astype(np.float32)
    sure[list(claimed)] = -_SURE
    weight = np.sqrt(np.minimum([block.shown.words + 1 for block in page.blocks], 60)).astype(np.float32)
    weighted = sure * weight
    first, last = best_span(weighted.tolist())
    at = np.arange(len(sure), dtype=np.float32)
    gain = np.maximum(weighted, 0)
    columns = {"logit": sure}
    for distance in (-4, -3, -2, -1, 1, 2, 3, 4):
        columns[f"logit at {distance:+d}"] = shift(sure, -distance)
    for width in (3, 6, 12, 25):
        columns[f"logits within {width}"] = window(weighted, width) / window(weight, width)
    columns["in the span"] = ((at >= first) & (at <= last)).astype(np.float32)
    columns["before the span"] = np.log1p(np.maximum(first - at, 0))
    columns["after the span"] = np.log1p(np.maximum(at - last, 0))
    columns["place in the gain"] = (np.cumsum(gain) / (gain.sum() + 1e-6)).astype(np.float32)
    columns["share of likely lines"] = np.full_like(sure, (sure > 0).mean())
    columns["gain in all"] = np.full_like(sure, np.log1p(gain.sum()))
    columns["lowest since the span began"] = np.minimum.accumulate(np.where(at >= first, sure, 9)).astype(np.float32)
    return columns
