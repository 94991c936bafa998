"""The public benchmark runs from a clone, on labelled collections in the format its docstring tells."""

import csv
import gzip
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TEXTS: dict[str, str] = tomllib.loads((HERE / "compare_texts.toml").read_text("utf-8"))


def collection(folder: Path, name: str, pairs: list[tuple[str, str, int, str]]) -> None:
    with gzip.open(folder / f"{name}.docs.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"id": key, "text": TEXTS[key]}) + "\n" for key in TEXTS)
    with (folder / f"{name}.pairs.tsv").open("w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table, delimiter="\t")
        rows.writerows([("left", "right", "label", "grade"), *pairs])


@pytest.mark.slow
def test_the_benchmark_prints_every_method_beside_ours(tmp_path: Path) -> None:
    collection(tmp_path, "made", [("rewrite", "source", 1, "teacher"), ("elsewhere", "source", 0, "hardneg")])
    collection(tmp_path, "made-same-event", [("independent", "source", 0, "same_event")])
    done = subprocess.run(
        [sys.executable, "benchmarks/rewrites.py", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["made:teacher", "1", "1.000", "1.000"] in lines  # found by both: 3-gram Jaccard and ours
    assert ["made:teacher", "1", "0.000", "0.000", "0.000", "0.000", "1.000"] in lines  # called by ours alone
    assert ["made-same-event:same_event", "1", *["0.000"] * 5] in lines
    assert "1.000 of the rewrites that compare accepts" in done.stdout


def test_a_folder_without_collections_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "benchmarks/rewrites.py", str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, str(tmp_path) in done.stderr) == (2, True)
