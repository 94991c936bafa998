"""What a run costs beside what one would write or take instead, on the same texts and in the same minutes.

    python benchmarks/speed.py [--count 20000] [--rounds 3] [--like FOLDER] [--workers 1] [--datatrove PYTHON]

*obvious*   one script: ftfy, then datasketch's MinHash and LSH, file by file
*datatrove* its own pipeline: reader, ftfy, four MinHash stages, writer (skipped where it is not installed;
            ``--datatrove`` names the Python that has it, as its dependencies and ours need not agree)
*floor*     what no side can do without: each file read, one pass over its bytes, written and moved into its place
*near*      ``copydesk run --near-duplicates-only --plain``: the same job, pairs verified exactly
*whole*     ``copydesk run --plain``: furniture, metadata, rewrites, report and all
*whole-2*   the same by two workers, which says how much sooner it ends

Every side runs in processes of its own, in turn, round after round.  Seconds say little on a busy machine; the ratios
of one round say more, and their spread says how much.  Recall is that of the pairs of texts of one source with an exact
Jaccard similarity of .8 or more.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from made_folder import NEAR, ROOT, jaccard, make_texts, moulds_in, shingles, true_pairs, write_folder
from measured import Measured, measure

Pair = tuple[int, int]


def obvious(folder: Path, output: Path) -> dict[str, Any]:
    """What most people write first."""
    import ftfy
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=NEAR, num_perm=128)
    pairs: list[Pair] = []
    for file in sorted(folder.rglob("*.txt")):
        text = ftfy.fix_text(file.read_text("utf-8", "replace"))
        signature = MinHash(num_perm=128)
        for run in shingles(text):
            signature.update(run.encode())
        number = int(file.stem)
        near = index.query(signature)
        index.insert(number, signature)
        pairs += [(min(number, other), max(number, other)) for other in near]
        if not near:
            (output / file.name).write_text(text, "utf-8")
    return {"pairs": pairs}


def datatrove(folder: Path, output: Path) -> dict[str, Any]:
    """The stages of datatrove's own example, one after another in this process."""
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.formatters import FTFYFormatter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = MinhashConfig(n_grams=5)
    lines = output / "in"
    lines.mkdir()
    with (lines / "00000.jsonl").open("w", encoding="utf-8") as handle:
        for file in sorted(folder.rglob("*.txt")):
            handle.write(json.dumps({"id": file.stem, "text": file.read_text("utf-8", "replace")}) + "\n")

    def reader() -> Any:
        return JsonlReader(str(lines), compression=None, doc_progress=False)

    names = {name: str(output / name) for name in ("signatures", "buckets", "remove", "kept", "removed")}
    steps: list[tuple[list[Any], int]] = [
        ([reader(), FTFYFormatter(), MinhashDedupSignature(names["signatures"], config)], 1),
        ([MinhashDedupBuckets(names["signatures"], names["buckets"], config=config)], config.num_buckets),
        ([MinhashDedupCluster(names["buckets"], names["remove"], config=config)], 1),
        (
            [
                reader(),
                FTFYFormatter(),
                MinhashDedupFilter(names["remove"], JsonlWriter(names["removed"], compression=None)),
                JsonlWriter(names["kept"], compression=None),
            ],
            1,
        ),
    ]
    for number, (pipeline, tasks) in enumerate(steps):
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=1, logging_dir=str(output / f"log{number}")).run()
    removed = [json.loads(line) for file in Path(names["removed"]).glob("*") for line in file.open(encoding="utf-8")]
    return {"removed": [int(row["id"]) for row in removed]}


def floor(folder: Path, output: Path) -> dict[str, Any]:
    """Every file from its bytes to its place, and nothing found."""
    for file in sorted(folder.rglob("*.txt")):
        data = file.read_bytes()
        hashlib.sha256(data).digest()
        beside = output / f"{file.name}.part"
        beside.write_bytes(data)
        beside.replace(output / file.name)
    return {"pairs": []}


def ours(folder: Path, output: Path, **options: Any) -> dict[str, Any]:
    """Copydesk with some options."""
    from flows.options import RunOptions
    from flows.stages import run_plain

    run_plain([folder], output, RunOptions(**options))
    return {"pairs": _pairs(output), "stages": _stages(output)}


def _stages(output: Path) -> dict[str, float]:
    """The processor seconds of each stage."""
    told = json.loads((output / "run.json").read_bytes())["run"]["stages"]
    return {name: cost["cpu_seconds"] for name, cost in told.items()}


def _pairs(output: Path) -> list[Pair]:
    """The pairs that fold.  Copies of a text are compared through one of them, as what holds for it holds for all: so
    each pair is told for every copy of its two texts, and so are the pairs of copies."""
    from cleaners.documents import FOLDED

    with (output / "pairs.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    ends = {(int(Path(r["left"]).stem), int(Path(r["right"]).stem)): r["relation"] for r in rows}
    copies = {number: {number} for pair in ends for number in pair}
    for (left, right), relation in ends.items():
        if relation == "duplicate" and copies[left] is not copies[right]:
            copies[left] |= copies[right]
            copies |= dict.fromkeys(copies[left], copies[left])
    found = {pair for pair, relation in ends.items() if relation in FOLDED}
    return sorted(
        {
            (min(one, other), max(one, other))
            for left, right in found
            for one, other in itertools.product(copies[left], copies[right])
            if one != other
        }
    )


PEERS = {"obvious": obvious, "datatrove": datatrove, "floor": floor}
OURS: dict[str, dict[str, Any]] = {"near": {"near_duplicates_only": True}, "whole": {}, "whole-2": {"workers": 2}}
SIDES = (*PEERS, *OURS)


def take_part(side: str, folder: Path, output: Path, workers: int) -> None:
    """One side, in a process of its own: does the job and prints what it found."""
    if side in OURS:
        found = ours(folder, output / "output", **{"workers": workers, **OURS[side]})
    else:
        found = PEERS[side](folder, output)
    print(json.dumps(found))


def one_round(sides: Iterable[str], folder: Path, told: argparse.Namespace, work: Path) -> dict[str, Measured]:
    """Every side once.

    What they write stays until all is measured: for half a minute after many files were removed, ext4 passes over their
    inodes one by one whenever a file is made, so that each side would pay for the one before it.
    """
    found = {}
    for side in sides:
        python = told.datatrove if side == "datatrove" and told.datatrove else sys.executable
        output = tempfile.mkdtemp(dir=work)
        command = [python, __file__, "--side", side, str(folder), output, "--workers", str(told.workers)]
        found[side] = measure(command, {"PYTHONPATH": str(ROOT)})
    return found


def tell(rounds: list[dict[str, Measured]], truth: set[Pair], texts: list[str]) -> None:
    """Print what was measured."""
    count = len(texts)
    heads = ("docs/cpu s", "cpu s", "wall s", "peak MB", "x obvious", "recall", "false")
    print(f"{'side':10}", *(f"{head:>{width}}" for head, width in zip(heads, (10, 8, 8, 8, 18, 7, 6), strict=True)))
    for side in rounds[0]:
        cpu = statistics.median(each[side].cpu for each in rounds)
        wall = statistics.median(each[side].wall for each in rounds)
        spread = _spread(each["obvious"].cpu / each[side].cpu for each in rounds)
        found = json.loads(rounds[-1][side].printed.splitlines()[-1])
        recall, false = _judged(found, truth, texts, exact=not side.startswith("whole"))
        peak = max(each[side].peak for each in rounds)
        print(f"{side:10} {count / cpu:11.0f} {cpu:8.1f} {wall:8.1f} {peak:8.0f} {spread:>18} {recall:7.3f} {false:>6}")
        if stages := found.get("stages"):
            stages |= {"start": rounds[-1][side].cpu - sum(stages.values())}
            told = ", ".join(f"{name} {seconds / count * 1e3:.2f}" for name, seconds in stages.items())
            print(" " * 10, told, "cpu ms a text")
    if {"whole", "whole-2"} <= rounds[0].keys():
        sooner = _spread(each["whole"].wall / each["whole-2"].wall for each in rounds)
        print(f"two workers end {sooner} times as soon as one")


def _spread(ratios: Iterable[float]) -> str:
    """The ratio in the middle of several rounds, the least and the greatest."""
    found = list(ratios)
    return f"{statistics.median(found):.2f} ({min(found):.2f}-{max(found):.2f})"


def _judged(found: dict[str, Any], truth: set[Pair], texts: list[str], exact: bool) -> tuple[float, str]:
    """Recall of true pairs, and the number of pairs below the threshold; of repeats, where only these are told."""
    if "removed" in found:
        partners: dict[int, set[int]] = defaultdict(set)
        for left, right in truth:
            partners[left].add(right)
            partners[right].add(left)
        removed = set(found["removed"])
        gone = sum(1 for left, right in truth if left in removed or right in removed)
        return gone / max(1, len(truth)), "-"
    pairs = {(left, right) for left, right in found["pairs"]}
    false = [pair for pair in pairs - truth if jaccard(*(shingles(texts[n]) for n in pair)) < NEAR] if exact else []
    return len(pairs & truth) / max(1, len(truth)), str(len(false)) if exact else "-"


def main() -> None:
    """Measure all sides."""
    parser = argparse.ArgumentParser(description="What a run costs beside what one would take instead.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--bytes", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--like", type=Path, default=ROOT / "seeds")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--datatrove", help="a Python that has datatrove")
    parser.add_argument("--work", type=Path, help="where to put the files [default: the system's temporary folder]")
    parser.add_argument("--only", nargs="+", choices=SIDES, default=SIDES)
    parser.add_argument("--side", nargs=3, metavar=("SIDE", "FOLDER", "OUTPUT"), help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.side:
        take_part(told.side[0], Path(told.side[1]), Path(told.side[2]), told.workers)
        return
    sides = [side for side in SIDES if side in {*told.only, "obvious"}]
    if "datatrove" in sides and not told.datatrove and not all(map(find_spec, ("datatrove", "tokenizers"))):
        print("datatrove with its tokenizers is not installed: left out; --datatrove names a Python that has it")
        sides.remove("datatrove")
    with tempfile.TemporaryDirectory(dir=told.work) as work:
        folder = Path(work, "texts")
        made = list(make_texts(told.count, told.bytes, moulds_in(told.like)))
        texts = [text for text, _ in made]
        truth = true_pairs(texts, [source for _, source in made])
        write_folder(folder, texts, dressed=False)
        megabytes = sum(len(text.encode()) for text in texts) / 1e6
        print(f"{told.count:,} texts, {megabytes:.0f} MB, {len(truth):,} true pairs, {told.rounds} rounds")
        rounds = [one_round(sides, folder, told, Path(work)) for _ in range(told.rounds)]
        tell(rounds, truth, texts)


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        sys.exit(f"{' '.join(map(str, error.cmd))} failed: {error.output}")
