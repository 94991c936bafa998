"""What stages cost is measured, kept in run.json, and told by --profile."""

import json
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner
from folders import article, fill, run

from flows.command_line import cli
from flows.costs import Cost, Meter, table
from flows.stages import STAGES

BUSY = "import time; held = bytearray(60_000_000)\nwhile time.process_time() < 0.6: pass"


def test_processes_that_a_stage_starts_are_counted() -> None:
    with Meter() as meter:
        subprocess.run([sys.executable, "-c", BUSY], check=True)
    assert 0.2 < meter.cost.cpu_seconds < 5
    assert meter.cost.peak_mb > 60
    assert meter.cost.seconds >= 0.5


def test_waiting_costs_no_processor() -> None:
    with Meter() as meter:
        time.sleep(0.6)
    assert meter.cost.seconds >= 0.6
    assert meter.cost.cpu_seconds < 0.3


def test_costs_add_up_over_a_second_try() -> None:
    assert Cost(1.0, 2.0, 70.0) + Cost(0.5, 0.25, 90.0) == Cost(1.5, 2.25, 90.0)


def test_run_json_keeps_what_each_stage_took(tmp_path: Path) -> None:
    files = {f"{n}.txt": article(n) for n in range(5)}
    run(fill(tmp_path / "seeds", files), tmp_path / "output")
    told = json.loads((tmp_path / "output/run.json").read_bytes())["run"]
    assert list(told["stages"]) == [stage.name for stage in STAGES]
    assert told["megabytes"] == round(sum(map(len, files.values())) / 1e6, 3)
    fields = ["seconds", "cpu_seconds", "peak_mb", "documents_a_second", "megabytes_a_second"]
    assert all(list(cost) == fields and cost["peak_mb"] > 10 for cost in told["stages"].values())


def test_a_run_tells_its_costs_when_asked(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1)})
    command = ["run", str(seeds), "-o", str(tmp_path / "output"), "--plain", "--quiet", "--profile"]
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    header, *lines = done.output.splitlines()
    assert header.split()[0] == "stage"
    assert [line.split()[0] for line in lines] == [stage.name for stage in STAGES]
    assert table({}, 0, 0.0) == header
