"""How long a run of the five seeds takes from enter to the last line, and where the time goes.

    python benchmarks/start_up.py [REPEATS]

Prints wall-clock and processor seconds, the best of the repeats; run it on a machine that does nothing else.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
COPYDESK = [sys.executable, "-m", "flows.command_line"]


def timed(command: list[str], home: Path, until: str = "") -> tuple[float, float]:
    """Wall-clock and processor seconds of a command and what it starts, to its end or to the line ``until``."""
    before, begun = os.times(), time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PREFECT_HOME": str(home), "DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    for line in process.stdout:
        if line.strip() == until:
            break
    wall = time.perf_counter() - begun
    process.stdin.close()
    process.wait()
    after = os.times()
    used = sum(after[i] - before[i] for i in (2, 3))
    return wall, used


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        home, output = Path(folder, "home"), Path(folder, "output")
        run = [*COPYDESK, "run", "seeds", "--fresh", "--output", str(output)]
        python = [sys.executable, "-c"]
        server = [sys.executable, "-P", str(ROOT / "flows" / "server_process.py")]
        steps: list[tuple[str, Callable[[], tuple[float, float]], int]] = [
            ("copydesk run seeds, the very first time", lambda: timed(run, home), 1),
            ("copydesk run seeds", lambda: timed(run, home), repeats),
            ("  its server alone, until it is ready", lambda: timed(server, home, "ready"), repeats),
            (
                "  its own imports alone",
                lambda: timed([*python, "import gc; gc.disable(); import flows.clean_folder"], home),
                repeats,
            ),
            ("copydesk run seeds --plain", lambda: timed([*run, "--plain"], home), repeats),
            ("copydesk --help", lambda: timed([*COPYDESK, "--help"], home), repeats),
        ]
        for name, step, times in steps:
            wall, used = min(step() for _ in range(times))
            print(f"{name:42} {wall:6.2f} s, {used:6.2f} s of processor time", flush=True)


if __name__ == "__main__":
    main()
