"""Fuzzing that is guided by coverage: inputs that reach a line no other has reached are kept and changed further.

    pip install -e '.[test,fuzz]'
    python tests/hostile/guided.py --count 20000 [--seed 1]

The engine is libFuzzer, by way of Atheris, which counts the branches of :mod:`cleaners` as they are taken.  It starts
from four inputs of every maker (:mod:`makers`), and every input goes through the probes (:mod:`probes`).  One that
fails is kept for the tests like those of ``fuzz.py``, and ends the run with exit code 1.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from fuzz import keep_input
from makers import MAKERS, made

LONGEST = 2_000
"""Bytes of an input: more of them reach nothing that fewer would not, and take longer."""


def main() -> None:
    """Run, and say how far the inputs reached."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    options = arguments.parse_args()
    import atheris

    with atheris.instrument_imports(include=["cleaners"]):
        from probes import OTHER, probe

    def examine(data: bytes) -> None:
        """One input: its bytes, and the text they decode to."""
        try:
            probe(data)
        except Exception as error:
            print(f"{type(error).__name__}: {str(error)[:200]!r}; kept as {keep_input('guided', data)}", flush=True)
            os._exit(1)

    probe(OTHER)  # models and dictionaries are read before the first input is timed
    with tempfile.TemporaryDirectory() as corpus:
        for number in range(4 * len(MAKERS)):
            item = made(options.seed, number)[1]
            data = item if isinstance(item, bytes) else item.encode("utf-8", "surrogatepass")
            (Path(corpus) / f"{number:03d}").write_bytes(data[:LONGEST])
        flags = [f"-runs={options.count}", f"-seed={options.seed}", f"-max_len={LONGEST}", "-timeout=60"]
        atheris.Setup([sys.argv[0], *flags, "-print_final_stats=1", f"-artifact_prefix={corpus}/", corpus], examine)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
