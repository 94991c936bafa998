"""Engines: the same results from all of them, in order; a dead worker costs nothing but time."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from chores import die, fail, process_of, square

from flows import options
from flows.engines import CLUSTERS, ENGINES, open_engine
from flows.errors import RunError, UsageError


def slow_square(number: int) -> int:
    time.sleep(0.001 * (number % 3))
    return square(number)


def die_once(item: tuple[int, Path]) -> int:
    number, mark = item
    if number == 5 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_the_options_know_every_engine() -> None:
    assert (*ENGINES, *CLUSTERS) == options.ENGINES


@pytest.mark.parametrize("name", ENGINES)
def test_results_come_in_the_order_of_the_items(name: str) -> None:
    with open_engine(name, workers=2) as engine:
        assert list(engine.map(slow_square, range(40))) == [number * number for number in range(40)]
        assert list(engine.map(square, [])) == []


@pytest.mark.parametrize("name", ENGINES)
def test_errors_come_through_with_what_they_say(name: str) -> None:
    with open_engine(name, workers=2) as engine, pytest.raises(FileNotFoundError, match="file 0"):
        list(engine.map(fail, range(4)))


def test_items_are_handed_out_as_results_are_read() -> None:
    given = []

    def items() -> object:
        for number in range(1000):
            given.append(number)
            yield number

    with open_engine("threads", workers=2) as engine:
        results = engine.map(square, items())  # type: ignore[arg-type]
        next(results)
        assert len(given) < 20


def test_little_work_starts_no_process() -> None:
    with open_engine("local", workers=4) as engine:
        assert list(engine.map(process_of, [1])) == [os.getpid()]
        assert os.getpid() not in set(engine.map(process_of, range(4)))


def test_a_worker_that_is_killed_costs_no_result(tmp_path: Path) -> None:
    with open_engine("processes", workers=2) as engine:
        items = [(number, tmp_path / "died") for number in range(12)]
        assert list(engine.map(die_once, items)) == list(range(12))


@pytest.mark.slow
@pytest.mark.parametrize("begun", [False, True], ids=["before the first result", "after it"])
def test_the_starter_of_workers_that_is_killed_costs_no_result(begun: bool) -> None:
    from multiprocessing import forkserver

    with open_engine("processes", workers=2) as engine:
        assert list(engine.map(square, range(4))) == [0, 1, 4, 9]
        results = engine.map(square, range(60))
        found = [next(results)] if begun else []
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
        assert [*found, *results] == [number * number for number in range(60)]
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]
    with open_engine("processes", workers=2) as engine:
        assert list(engine.map(square, range(4))) == [0, 1, 4, 9]


def test_work_that_always_kills_its_worker_ends_the_run() -> None:
    with open_engine("processes", workers=1) as engine, pytest.raises(RunError, match="died 3 times in a row"):
        list(engine.map(die, [1, 2]))


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(UsageError, match="unknown engine 'sparks'"):
        open_engine("sparks")


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_workers_end_with_the_process_that_started_them(ending: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "sleepers.py"
    script.write_text(
        "import os, time\n"
        "from flows.engines import open_engine\n"
        "def sleep(folder):\n"
        "    open(os.path.join(folder, str(os.getpid())), 'w').close()\n"
        "    time.sleep(600)\n"
        "if __name__ == '__main__':\n"
        "    with open_engine('processes', 2) as engine:\n"
        f"        list(engine.map(sleep, [{str(tmp_path / 'pids')!r}] * 2))\n"
    )
    (tmp_path / "pids").mkdir()
    process = subprocess.Popen([sys.executable, str(script)], cwd=tmp_path, stderr=subprocess.DEVNULL)
    assert _comes_true(lambda: len(list((tmp_path / "pids").iterdir())) == 2)
    workers = [int(page.name) for page in (tmp_path / "pids").iterdir()]
    process.send_signal(ending)
    process.wait(timeout=20)
    assert _comes_true(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def _comes_true(condition: Callable[[], bool], seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met
