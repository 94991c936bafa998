"""Made-up hostile inputs, as many as asked for, through every probe; what fails is kept for the tests.

    python tests/hostile/fuzz.py --count 100000 [--seed 1] [--workers 2]

Prints how many inputs of each maker went through, the slowest, and every failure.  An input that fails is written to
``tests/hostile/kept``, where ``test_hostile.py`` runs it ever after.  Exit code 1 if anything failed.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

from makers import MAKERS, made
from probes import probe

KEPT = Path(__file__).parent / "kept"
BATCH = 500


class Outcome(NamedTuple):
    """What became of one batch: how many inputs, the slowest (seconds, number), and (number, error) of failures."""

    count: int
    slowest: tuple[float, int]
    failures: list[tuple[int, str]]


def main() -> None:
    """Run, and say what was found."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--workers", type=int, default=1)
    options = arguments.parse_args()
    starts = range(0, options.count, BATCH)
    batches = [(options.seed, start, min(start + BATCH, options.count)) for start in starts]
    count, failed, slowest = 0, 0, (0.0, 0)
    with ProcessPoolExecutor(options.workers) as pool:
        for done in pool.map(run_batch, batches):
            count += done.count
            failed += len(done.failures)
            slowest = max(slowest, done.slowest)
            for number, error in done.failures:
                print(f"input {number}: {error}; kept as {keep(options.seed, number)}", flush=True)
            print(f"{count:,} of {options.count:,}", file=sys.stderr)
    print(
        f"{count:,} inputs of {len(MAKERS)} makers, {failed} failed; "
        f"the slowest took {slowest[0]:.1f} s of processor time (input {slowest[1]})"
    )
    raise SystemExit(bool(failed))


def run_batch(batch: tuple[int, int, int]) -> Outcome:
    """Probe some of the inputs of a seed."""
    seed, start, stop = batch
    slowest, failures = (0.0, start), []
    for number in range(start, stop):
        began = time.process_time()
        try:
            probe(made(seed, number)[1])
        except Exception as error:
            failures.append((number, f"{type(error).__name__}: {str(error)[:200]!r}"))
        slowest = max(slowest, (time.process_time() - began, number))
    return Outcome(stop - start, slowest, failures)


def keep(seed: int, number: int) -> Path:
    """Write an input of a maker to the kept ones."""
    return keep_input(*made(seed, number))


def keep_input(maker: str, item: str | bytes) -> Path:
    """Write an input to the kept ones; the file is named after its content."""
    data = item if isinstance(item, bytes) else item.encode("utf-8", "surrogatepass")
    told = {"maker": maker, "bytes": isinstance(item, bytes), "data": base64.b64encode(data).decode()}
    KEPT.mkdir(exist_ok=True)
    file = KEPT / f"{hashlib.sha256(data).hexdigest()[:16]}.json"
    file.write_text(json.dumps(told) + "\n", encoding="utf-8")
    return file


def kept(file: Path) -> str | bytes:
    """An input that was kept."""
    told = json.loads(file.read_text("utf-8"))
    data = base64.b64decode(told["data"])
    return data if told["bytes"] else data.decode("utf-8", "surrogatepass")


if __name__ == "__main__":
    main()
