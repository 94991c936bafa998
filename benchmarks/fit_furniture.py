"""Fit the weights of the line model for page furniture, and judge them on pages kept back.

    python benchmarks/fit_furniture.py PAGES.jsonl.gz ... --out cleaners/text/furniture/weights.json

Rows of PAGES: ``{"id", "html", "gold", "flat": {kind: text}}``.  The shipped weights were fitted on pages of the
article extraction benchmark (scrapinghub/article-extraction-benchmark, MIT) and of L3S-GN1 (Kohlschütter, Fankhauser
and Nejdl 2010), both of which weigh the same.  Needs the extra ``fit`` (LightGBM).  Without ``--out`` it only
cross-validates: five folds by site, every figure on sites the model never saw.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from furniture_examples import FOLDS, Example, examples, shingles
from numpy.typing import NDArray

from cleaners.text.furniture.judge import judge
from cleaners.text.furniture.model import second_columns

TREES = 220
PARAMETERS = {
    "objective": "binary",
    "num_leaves": 8,
    "learning_rate": 0.06,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 7,
    "verbose": -1,
}
"""Small, slow, strongly sampled trees: four hundred pages are little, and the trees must fit into 120 KB."""

LIKELIER_WITH = (
    "words characters prose sentences commas",
    "function words",
    "ends a sentence",
    "in the core",
    "shares words",
)


def direction(name: str) -> int:
    """Which way a column may move the odds: a rule of thumb that keeps few pages from teaching nonsense."""
    if " at " in name or name.startswith(("prose above", "prose below", "prose in all", "prose share in all")):
        return 0
    if name.startswith(("logit at", "logits", "in the span")) or name == "logit":
        return 1
    if name.startswith(tuple(" ".join(LIKELIER_WITH).split()[:5]) + LIKELIER_WITH[1:]):
        return 1
    rather_not = (
        "short lines", "phrases", "known phrase", "opens with", "holds phrases", "names ", "stamp", "separators",
        "copies", "upper case", "web address", "ends with dots", "dots", "lines above that", "comments within",
        "related within", "claimed", "thread",
    )  # fmt: skip
    return -1 if name.startswith(rather_not) else 0


def fit(
    columns: Sequence[dict[str, NDArray[np.float32]]], train: Sequence[Example]
) -> tuple[list[str], lightgbm.Booster]:
    """One stage: the names of its columns and its trees."""
    names = list(columns[0])
    matrix = np.concatenate([_matrix(one, names) for one in columns])
    truth = np.concatenate([ex.share > 0.5 for ex in train]).astype(int)
    weight = np.concatenate([ex.weight for ex in train])
    constrained = PARAMETERS | {"monotone_constraints": [direction(name) for name in names]}
    return names, lightgbm.train(constrained, lightgbm.Dataset(matrix, truth, weight=weight), TREES)


def _matrix(columns: dict[str, NDArray[np.float32]], names: Sequence[str]) -> NDArray[np.float32]:
    return np.stack([columns[name] for name in names], axis=1)


def _raw(stage: tuple[list[str], lightgbm.Booster], columns: dict[str, NDArray[np.float32]]) -> NDArray[np.float64]:
    return np.asarray(stage[1].predict(_matrix(columns, stage[0]), raw_score=True), dtype=np.float64)


Stages = tuple[tuple[list[str], lightgbm.Booster], tuple[list[str], lightgbm.Booster]]


def fit_stages(train: Sequence[Example]) -> Stages:
    """Both stages; the second learns from logits of first stages that never saw the page's site."""
    held_out: dict[int, NDArray[np.float64]] = {}
    for fold in sorted({ex.fold for ex in train}):
        rest = [ex for ex in train if ex.fold != fold]
        stage = fit([ex.columns for ex in rest], rest)
        held_out |= {id(ex): _raw(stage, ex.columns) for ex in train if ex.fold == fold}
    both = [ex.columns | second_columns(held_out[id(ex)], ex.page, ex.claims) for ex in train]
    return fit([ex.columns for ex in train], train), fit(both, train)


def probabilities(stages: Stages, ex: Example) -> list[float]:
    """The probabilities the fitted stages give the blocks of a page."""
    columns = ex.columns | second_columns(_raw(stages[0], ex.columns), ex.page, ex.claims)
    return list((1 / (1 + np.exp(-_raw(stages[1], columns)))).tolist())


class Score:
    """Overlap of four-token shingles with the marked bodies, every page weighing the same."""

    def __init__(self) -> None:
        self.hit = self.extra = self.missed = 0.0

    def add(self, gold: str, text: str) -> None:
        """Count one page."""
        wanted, got = Counter(shingles(gold)), Counter(shingles(text))
        hit = sum((wanted & got).values())
        extra, missed = sum(got.values()) - hit, sum(wanted.values()) - hit
        total = max(hit + extra + missed, 1)
        self.hit += hit / total
        self.extra += extra / total
        self.missed += missed / total

    def __str__(self) -> str:
        precision = self.hit / max(self.hit + self.extra, 1e-9)
        recall = self.hit / max(self.hit + self.missed, 1e-9)
        return f"F1 {2 * precision * recall / max(precision + recall, 1e-9):.4f} P {precision:.3f} R {recall:.3f}"


def cross_validate(all_examples: Sequence[Example], thresholds: Sequence[float]) -> dict[tuple[str, str], list[float]]:
    """Print how the whole furniture step does on sites kept back, for several thresholds."""
    found: dict[tuple[str, str], list[float]] = {}
    for fold in range(FOLDS):
        stages = fit_stages([ex for ex in all_examples if ex.fold != fold])
        for ex in all_examples:
            if ex.fold == fold and not ex.made_up:
                found[ex.id, ex.kind] = probabilities(stages, ex)
    for threshold in thresholds:
        report([ex for ex in all_examples if not ex.made_up], lambda ex: found[ex.id, ex.kind], threshold)
    return found


def report(some: Sequence[Example], probability: Callable[[Example], Sequence[float]], threshold: float) -> None:
    """Print the scores of the furniture step, by collection and kind of page."""
    print(f"threshold {threshold}")
    by_collection: dict[str, list[Example]] = defaultdict(list)
    for ex in some:
        by_collection[ex.collection].append(ex)
    for name, members in by_collection.items():
        _report(name, members, probability, threshold)


def _report(
    name: str, some: Sequence[Example], probability: Callable[[Example], Sequence[float]], threshold: float
) -> None:
    scores: dict[str, Score] = defaultdict(Score)
    harm = []
    for ex in some:
        judged = judge(ex.page, threshold, lambda _page, _claims, ex=ex: probability(ex))  # type: ignore[misc]
        kept = [block.text for at, block in enumerate(ex.page.blocks) if at not in judged.removed]
        scores[ex.kind].add(ex.gold, "\n".join(kept))
        if ex.kind == "gold":
            lost = sum(ex.page.blocks[at].words for at in judged.removed)
            harm.append(lost / max(sum(block.words for block in ex.page.blocks), 1))
    print(f"{name}:", *(f"{kind} {score}" for kind, score in scores.items()), sep="\n   ")
    print(
        f"   harm {np.mean(harm):.4f}, bodies that lose more than 5 %: {np.mean(np.array(harm) > 0.05):.3f}", flush=True
    )


def exported(stages: Stages, source: str) -> dict[str, Any]:
    """The weights as they are shipped."""
    return {
        "about": "Two stages of gradient-boosted trees over lines in context: log-odds of being article.",
        "fitted_on": source,
        "fitted_by": "benchmarks/fit_furniture.py",
        "stages": [_exported_stage(*stage) for stage in stages],
    }


def _exported_stage(names: Sequence[str], booster: lightgbm.Booster) -> dict[str, Any]:
    trees = [_exported_tree(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    used = sorted({at for tree in trees for at in tree["feature"]})
    for tree in trees:
        tree["feature"] = [used.index(at) for at in tree["feature"]]
    depth = max(tree.pop("depth") for tree in trees)
    return {"features": [names[at] for at in used], "depth": depth, "trees": trees}


def _exported_tree(root: dict[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {"feature": [], "threshold": [], "left": [], "right": [], "value": [], "depth": 0}

    def walk(node: dict[str, Any], depth: int) -> int:
        tree["depth"] = max(tree["depth"], depth)
        if "leaf_value" in node:
            tree["value"].append(round(node["leaf_value"], 4))
            return -len(tree["value"])
        at = len(tree["feature"])
        tree["feature"].append(node["split_feature"])
        # Columns are float32: a threshold between two of them keeps its meaning when cut to six digits.
        tree["threshold"].append(float(f"{node['threshold']:.6g}"))
        tree["left"].append(0)
        tree["right"].append(0)
        tree["left"][at] = walk(node["left_child"], depth + 1)
        tree["right"][at] = walk(node["right_child"], depth + 1)
        return at

    walk(root, 0)
    return tree


def main() -> None:
    """Fit or cross-validate from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", type=Path, nargs="+")
    parser.add_argument("--out", type=Path, help="write the weights fitted on all pages here")
    parser.add_argument("--source", help="what the weights say they were fitted on [default: the names of the files]")
    parser.add_argument("--made-up", type=int, default=300, help="made-up pages for each file, about")
    parser.add_argument("--thresholds", type=float, nargs="*", default=[0.2, 0.3, 0.4, 0.5])
    options = parser.parse_args()
    all_examples = examples(options.pages, options.made_up)
    if not options.out:
        cross_validate(all_examples, options.thresholds)
        return
    stages = fit_stages(all_examples)
    source = f"{options.source or ', '.join(file.name for file in options.pages)}, and made-up furniture"
    options.out.write_text(json.dumps(exported(stages, source), separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
