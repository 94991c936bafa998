"""Dask and Ray: real clusters of two worker processes give the same bytes, whoever of them dies on the way."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chores import die, fail, process_of, square
from folders import COMMENT_FORM, PROMISE, SHARE_BAR, SLOGAN, article, fill, left_behind, run

from flows.engines import CLUSTERS, Engine, clusters, open_engine
from flows.errors import RunError, UsageError
from flows.inputs import chunks
from flows.options import RunOptions
from flows.stages import STAGES, comparing, finish, job, joining, learning, writing

pytestmark = pytest.mark.slow

ALL = (*CLUSTERS, "processes")


@pytest.fixture(scope="module", params=CLUSTERS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A cluster of two processes on this machine."""
    pytest.importorskip({"dask": "distributed"}.get(request.param, request.param))
    with open_engine(request.param, workers=2) as opened:
        yield opened


@pytest.fixture(scope="module", autouse=True)
def small_pieces() -> Iterator[None]:
    """Every stage has several pieces of work."""
    sizes = (
        (chunks, "CHUNK_ITEMS", 8),
        (comparing, "CHUNK_PAIRS", 9),
        (learning, "PART", 5),
        (learning, "BUCKET_TEXTS", 9),
        (joining, "PART", 9),
        (joining, "RANGE", 11),
        (joining, "BUCKET_ROWS", 500),
        (writing, "PART_ROWS", 9),
        (writing, "PAIRS_AT_ONCE", 9),
    )
    with pytest.MonkeyPatch.context() as patches:
        for module, name, size in sizes:
            patches.setattr(module, name, size)
        yield


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {f"{n % 3}/{n:02d}.txt": article(n % 25) + ("", SHARE_BAR, COMMENT_FORM)[n % 3] for n in range(40)}
    files |= {f"standing/{n:02d}.txt": SLOGAN + article(50 + n) + PROMISE for n in range(12)}
    return fill(tmp_path_factory.mktemp("clusters") / "seeds", files)


@pytest.fixture(scope="module")
def expected(small_pieces: None, seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    output = tmp_path_factory.mktemp("clusters") / "output"
    run(seeds, output)
    return left_behind(output)


def test_results_come_in_the_order_of_the_items(engine: Engine) -> None:
    assert list(engine.map(square, range(30))) == [number * number for number in range(30)]
    assert list(engine.map(square, [])) == []
    assert os.getpid() not in set(engine.map(process_of, range(8)))


def test_errors_come_through_with_what_they_say(engine: Engine) -> None:
    with pytest.raises(FileNotFoundError, match="file 0"):
        list(engine.map(fail, range(4)))


def test_work_that_always_kills_its_worker_ends_the_run(engine: Engine) -> None:
    with pytest.raises(RunError, match="a worker process died 3 times"):
        list(engine.map(die, [1]))


class Killing:
    """Progress that kills a worker, by its process id, as soon as a stage has done something and is not through."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.killed: dict[str, int] = {}

    def __call__(self, stage: str, done: int, total: int | None, unit: str) -> None:
        if stage not in self.killed and done > 0 and done != total:
            self.killed[stage] = next(iter(self.engine.map(process_of, [0, 1])))
            os.kill(self.killed[stage], signal.SIGKILL)


@pytest.mark.parametrize("name", ALL)
def test_a_worker_killed_in_the_middle_of_every_stage_changes_nothing(
    name: str, request: pytest.FixtureRequest, seeds: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    pytest.importorskip({"dask": "distributed", "processes": "os"}.get(name, name))
    with job.open_job([seeds], tmp_path / "output", RunOptions(engine=name, workers=2)) as opened:
        killing = Killing(opened.engine)
        result: Any = None
        for stage in STAGES:
            result = stage.run(opened, result, killing)
        finish(opened, result)
    assert killing.killed.keys() >= {"clean", "learn", "candidates", "compare", "write"}
    assert os.getpid() not in killing.killed.values()
    assert left_behind(tmp_path / "output") == expected


def test_a_cluster_that_runs_already_is_used_and_left_running(
    seeds: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None, silence_logs=50
    ) as cluster:
        address = cluster.scheduler_address
        for turn in ("first", "second"):
            run(seeds, tmp_path / turn, engine="dask", engine_address=address)
            assert left_behind(tmp_path / turn) == expected


def test_a_cluster_that_is_not_there_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "CONNECT", 1)
    pytest.importorskip("distributed")
    with (
        open_engine("dask", 1, "tcp://127.0.0.1:9") as engine,
        pytest.raises(RunError, match="no Dask scheduler answers"),
    ):
        list(engine.map(square, [1]))


def missing(name: str) -> None:
    return None


@pytest.mark.parametrize("name", CLUSTERS)
def test_an_engine_that_is_not_installed_says_how_to_get_it(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", missing)
    with pytest.raises(UsageError, match=rf"pip install 'copydesk\[{name}\]'"):
        open_engine(name)


def test_only_clusters_have_an_address() -> None:
    with pytest.raises(UsageError, match="only dask and ray have one"):
        RunOptions(engine="threads", engine_address="tcp://127.0.0.1:8786")
