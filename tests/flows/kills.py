"""Runs that are killed at random moments, again and again: no half-written file, and in the end the same bytes.

    python tests/flows/kills.py --count 200 --documents 2000 [--seed 0]

Each time the main process, or one of its workers, gets a kill -9 at a random moment of a first run into an empty
output; every file that is visible there must then be whole.  After the kill of a main process the run is done again.
What is left must be what an undisturbed run leaves, byte for byte.  Prints what was killed in which stage.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow.parquet as pq
from folders import SLOGAN, article, fill, left_behind

RUN = """
import sys
import time
from pathlib import Path
from flows.options import RunOptions
from flows.stages import run_plain

seeds, output, engine = sys.argv[1:]
options = RunOptions(engine=engine, workers=2)
run_plain([Path(seeds)], Path(output), options, lambda stage, *_: print(stage, time.monotonic(), flush=True))
"""


def main() -> None:
    """Kill as often as asked for, and say what came of it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=200)
    arguments.add_argument("--documents", type=int, default=2000)
    arguments.add_argument("--seed", type=int, default=0)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        killed = campaign(Path(folder), options.count, options.documents, random.Random(options.seed))
    told = ", ".join(f"{stage} {count}" for stage, count in sorted(killed.items()))
    print(
        f"{options.count} kills over {options.documents:,} documents, every run after one ended as undisturbed: {told}"
    )


RUN_OR_WORKER = ("run", "worker")
WORKER = ("worker",)


def campaign(
    folder: Path, count: int, documents: int, draw: random.Random, whom: Sequence[str] = RUN_OR_WORKER
) -> Counter[str]:
    """Kill ``count`` times; how often in which stage.  Raises :class:`AssertionError` where something was lost."""
    texts = {
        f"d{n % 7}/{n:05d}.txt": SLOGAN * (n % 7 == 1) + article(n % (documents // 4), 4) for n in range(documents)
    }
    seeds = fill(folder / "seeds", texts)
    began = time.monotonic()
    finish(begin(seeds, folder / "undisturbed"))
    lasts = time.monotonic() - began
    expected, output = left_behind(folder / "undisturbed"), folder / "output"
    killed: Counter[str] = Counter()
    for number in range(count):
        shutil.rmtree(output, ignore_errors=True)
        process = begin(seeds, output)
        victim = draw.choice(whom)
        time.sleep(draw.uniform(0.05, 0.95) * lasts)
        what = f"{victim} in {kill(process, victim, draw)}"
        killed[what] += 1
        check_whole(output)
        if victim == "run":
            finish(begin(seeds, output))
        assert left_behind(output) == expected, f"kill {number} ({what}) left something else behind"
        print(f"{number + 1} of {count}: {what}", file=sys.stderr)
    return killed


def begin(seeds: Path, output: Path, engine: str = "processes", **environment: str) -> subprocess.Popen[str]:
    """A run in a process of its own, which tells its stages."""
    command = [sys.executable, "-c", RUN, str(seeds), str(output), engine]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for a run to end well; what it told of its stages."""
    told = process.communicate()[0]
    assert process.returncode == 0, f"a run ended with {process.returncode} after {told[-100:]!r}"
    return told


def kill(process: subprocess.Popen[str], whom: str, draw: random.Random) -> str:
    """Kill a run, or one of its workers and then see the run end well; the stage it was in."""
    now = time.monotonic()
    if whom == "run":
        process.send_signal(signal.SIGKILL)
        return stage_at(now, process.communicate()[0])
    workers = list(descendants(process.pid))
    if workers:
        os.kill(draw.choice(workers), signal.SIGKILL)
    told = finish(process)
    return stage_at(now, told) if workers else "a stage without workers"


def stage_at(moment: float, told: str) -> str:
    """The stage that a run had told last at a moment of the clock that all processes share.

    >>> stage_at(7.5, "list 6.0\\nclean 7.0\\nclean 8.0\\n"), stage_at(1.0, "list 6.0\\n")
    ('clean', 'start')
    """
    stages = [line.split() for line in told.splitlines()]
    return next((stage for stage, when in reversed(stages) if float(when) <= moment), "start")


def descendants(process: int) -> Iterator[int]:
    """The working processes below a process: what a fork server has started.  All have that server's command line."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return
    starts_workers = "forkserver" in _command(process)
    for child in map(int, children):
        below = list(descendants(child))
        yield from below
        if not below and starts_workers:
            yield child


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def check_whole(output: Path) -> None:
    """Every file that is visible under its final name reads from end to end."""
    for file in output.glob("*.jsonl"):
        data = file.read_bytes()
        for line in data.splitlines():
            json.loads(line)
        assert not data or data.endswith(b"}\n"), f"{file.name} is cut"
    if (output / "documents.parquet").exists():
        pq.read_table(output / "documents.parquet")
    if (output / "run.json").exists():
        json.loads((output / "run.json").read_bytes())


if __name__ == "__main__":
    main()
