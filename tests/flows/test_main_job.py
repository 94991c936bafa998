"""The main job from end to end: the real command on the five seed articles, every output file held against the rest."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cleaners import Change, restore

ROOT = Path(__file__).parents[2]
SEEDS = ROOT / "seeds"
EXPECTED = ROOT / "tests" / "text" / "expected"
RELEASE, HERALD = "000_62656877bd63de01.txt", "001_b75dd7a427807baf.txt"
NAMES = sorted(path.name for path in SEEDS.iterdir())


@pytest.fixture(scope="module")
def output(copydesk: str, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("main-job")
    subprocess.run([copydesk, "run", str(SEEDS), "--plain", "--quiet"], cwd=folder, env=environment, check=True)
    return folder / "output"


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_four_canonical_texts_come_out_whole(output: Path) -> None:
    written = {path.name: path.read_bytes() for path in (output / "texts").iterdir()}
    assert written == {name: (EXPECTED / name).read_bytes() for name in NAMES if name != HERALD}


def test_the_rewrite_is_one_cluster_under_its_source(output: Path) -> None:
    (cluster,) = rows(output / "clusters.jsonl")
    assert (cluster["canonical"], cluster["members"]) == (RELEASE, [RELEASE, HERALD])
    documents = {row["path"]: row for row in rows(output / "documents.jsonl")}
    assert sorted(documents) == NAMES
    assert {name for name in NAMES if documents[name]["status"] == "canonical"} == {*NAMES} - {HERALD}
    assert (documents[HERALD]["canonical"], documents[HERALD]["relation"]) == (RELEASE, "rewrite")
    assert {row["cluster"] for row in documents.values()} == {cluster["cluster"], None}


def test_every_pair_is_reported_and_its_evidence_adds_up(output: Path) -> None:
    pairs = rows(output / "pairs.jsonl")
    assert [(pair["left"], pair["right"]) for pair in pairs] == [
        (left, right) for left in NAMES for right in NAMES if left < right
    ]
    for pair in pairs:
        rewritten = (pair["left"], pair["right"]) == (RELEASE, HERALD)
        assert pair["relation"] == ("rewrite" if rewritten else "related")
        assert pair["direction"] == ("right-from-left" if rewritten else "unknown")
        assert sum(part["weight"] for part in pair["evidence"]) == pair["score"]
    assert {"reworded"} <= {passage["kind"] for passage in pairs[0]["passages"]}


def test_the_inputs_can_be_rebuilt_from_the_output_alone(output: Path) -> None:
    documents = {row["path"]: row for row in rows(output / "documents.jsonl")}
    for name in NAMES:
        changes = [
            Change(**{key: value for key, value in row.items() if key != "path"})
            for row in rows(output / "changes.jsonl")
            if row["path"] == name
        ]
        assert restore(documents[name]["text"], changes) == (SEEDS / name).read_text("utf-8")


def test_tables_agree_and_counts_add_up(output: Path) -> None:
    listed = rows(output / "documents.jsonl")
    columns = listed[0].keys()
    assert pq.read_table(output / "documents.parquet").select(list(columns)).to_pylist() == listed
    counts = json.loads((output / "run.json").read_text("utf-8"))["counts"]
    assert counts["read"] == counts["canonical"] + counts["duplicate"] + counts["rejected"] == 5
    assert (output / "rejected.jsonl").read_bytes() == b""
    assert "<!doctype html>" in (output / "report.html").read_text("utf-8")[:100].lower()
