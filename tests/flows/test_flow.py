"""The Prefect flow: the same stages and the same bytes as without Prefect, and what Prefect gets to know of a run."""

import errno
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows.errors import CopydeskError, RunError, UsageError
from flows.options import RunOptions
from flows.stages import STAGES, run_plain

SEEDS = Path(__file__).parent.parent.parent / "seeds"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect")]


@pytest.fixture(autouse=True)
def no_heartbeat() -> Iterator[None]:
    """Without the second that the heartbeat's thread takes to end."""
    from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield


def left_behind(output: Path) -> dict[str, Any]:
    """Every file of an output, the times in ``run.json`` left out."""
    files: dict[str, Any] = {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and ".copydesk" not in path.parts
    }
    told = json.loads(files.pop("run.json"))
    files["run.json"] = {name: value for name, value in told.items() if name not in ("seconds", "run")}
    return files


def server_has(path: str, **body: Any) -> Any:
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        return client._client.post(path, json=body).json()


def events(name: str, output: Path) -> list[dict[str, Any]]:
    """The events of a name about an output, once they have arrived."""
    resource = {"resource": {"id": [f"copydesk.output.{output.as_posix()}"]}, "event": {"name": [name]}}
    for _ in range(100):
        found = server_has("/events/filter", filter=resource)["events"]
        if found:
            return list(found)
        time.sleep(0.1)
    return []


def test_the_same_bytes_with_and_without_prefect(tmp_path: Path) -> None:
    from flows.clean_folder import clean_folder

    run_plain([SEEDS], tmp_path / "plain", RunOptions(engine="inline"))
    clean_folder([str(SEEDS)], str(tmp_path / "prefect"), RunOptions(engine="inline"))
    assert left_behind(tmp_path / "prefect") == left_behind(tmp_path / "plain")


def test_prefect_sees_one_task_a_stage_and_the_counts(tmp_path: Path) -> None:
    from prefect.events.worker import EventsWorker

    from flows.clean_folder import clean_folder

    state = clean_folder([str(SEEDS), str(SEEDS.parent / "README.md")], str(tmp_path / "out"), return_state=True)
    assert state.is_completed()
    summary = state.result()
    assert state.message == f"{summary.sentence}; 6 new, 0 changed, 0 removed, 0 as before"
    assert state.message.startswith("6 read = ")
    EventsWorker.drain_all()
    run = state.state_details.flow_run_id
    [flow_run] = server_has("/flow_runs/filter", flow_runs={"id": {"any_": [str(run)]}})
    assert flow_run["name"] == "seeds and 1 more to out"
    found = server_has("/artifacts/filter", artifacts={"flow_run_id": {"any_": [str(run)]}})
    artifacts = {artifact["key"]: artifact for artifact in found}
    assert sorted(artifacts) == ["copydesk-clusters", "copydesk-progress", "copydesk-run"]
    assert summary.sentence in artifacts["copydesk-run"]["data"]
    assert "Inputs: 6 new" in artifacts["copydesk-run"]["data"]
    assert artifacts["copydesk-progress"]["data"] == 100.0
    [cluster] = json.loads(artifacts["copydesk-clusters"]["data"])
    assert (cluster["members"], "source" in cluster["why"]) == (2, True)
    [event] = events("copydesk.run.completed", tmp_path / "out")
    assert event["payload"] == summary.counts | summary.inputs
    assert event["payload"]["read"] == 6
    for _ in range(100):
        tasks = server_has("/task_runs/filter", flow_runs={"id": {"any_": [str(run)]}}, sort="EXPECTED_START_TIME_ASC")
        if [task["state_type"] for task in tasks] == ["COMPLETED"] * len(STAGES):
            break
    assert sorted(task["name"] for task in tasks) == sorted(stage.doing for stage in STAGES)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"seeds": []}, "at least 1 item"),
        ({"seeds": ["seeds"], "output": ""}, "at least 1 character"),
        ({"seeds": ["seeds"], "options": {"wrokers": 2}}, "unknown option 'wrokers'; did you mean 'workers'?"),
        ({"seeds": ["seeds"], "options": {"workers": "two"}}, "workers is 'two', but must be int"),
        ({"seeds": ["seeds"], "options": {"engine": "sparks"}}, "unknown engine 'sparks'"),
    ],
    ids=["no-seeds", "no-output", "misspelt", "wrong-type", "unknown-engine"],
)
def test_parameters_are_checked_before_anything_runs(parameters: dict[str, Any], said: str, tmp_path: Path) -> None:
    from prefect.exceptions import ParameterTypeError

    from flows.clean_folder import clean_folder

    with pytest.raises((ParameterTypeError, UsageError)) as error:
        clean_folder(**{"output": str(tmp_path / "out"), **parameters})
    assert said in str(error.value)
    assert not (tmp_path / "out").exists()


def test_options_come_as_json_from_a_deployment(tmp_path: Path) -> None:
    from flows.clean_folder import clean_folder

    summary = clean_folder([str(SEEDS)], str(tmp_path / "out"), {"max_bytes": 10, "engine": "inline"})  # type: ignore[arg-type]
    assert summary.counts["rejected"] == 5


def test_every_parameter_is_described_for_the_user_interface() -> None:
    from flows.clean_folder import clean_folder

    properties = clean_folder.parameters.properties
    assert sorted(properties) == ["options", "output", "seeds"]
    assert all(told.get("description") for told in properties.values())
    options = clean_folder.parameters.definitions["RunOptions"]["properties"]
    assert sorted(options) == sorted(RunOptions().as_json())
    assert all(told.get("description") for told in options.values())


def test_what_goes_wrong_comes_out_as_it_is_and_fails_the_run(tmp_path: Path) -> None:
    from flows.clean_folder import clean_folder

    state = clean_folder([str(tmp_path / "nowhere")], str(tmp_path / "out"), return_state=True)
    assert state.is_failed()
    with pytest.raises(UsageError, match="does not exist"):
        state.result()
    from prefect.events.worker import EventsWorker

    EventsWorker.drain_all()
    [event] = events("copydesk.run.failed", tmp_path / "out")
    assert "does not exist" in event["payload"]["message"]


def test_the_state_says_what_a_run_picked_up(tmp_path: Path) -> None:
    from flows.clean_folder import clean_folder

    shutil.copytree(SEEDS, tmp_path / "seeds")
    clean_folder([str(tmp_path / "seeds")], str(tmp_path / "out"))
    first, second, *_ = sorted((tmp_path / "seeds").iterdir())
    first.write_text("Another text altogether, about the weather in spring.", "utf-8")
    second.rename(tmp_path / "seeds" / "z.txt")
    state = clean_folder([str(tmp_path / "seeds")], str(tmp_path / "out"), return_state=True)
    assert state.message.endswith("; 1 new, 1 changed, 1 removed, 3 as before")
    told = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["run"]
    assert told["inputs"] == {"new": 1, "changed": 1, "removed": 1, "same": 3}
    assert told["known"] == 4, "the renamed one is new by its path, and known by its content"


def test_a_stage_is_tried_again_where_the_disk_may_recover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import clean_folder as module

    failures = [OSError(errno.ESTALE, "Stale file handle"), OSError(errno.EIO, "Input/output error")]
    stages = with_failing_writes(failures)
    monkeypatch.setattr(module, "STAGES", stages)
    monkeypatch.setattr(module, "RETRY_DELAYS", [0, 0])
    summary = module.clean_folder([str(SEEDS)], str(tmp_path / "out"))
    assert summary.counts["read"] == 5
    assert not failures


def test_a_full_disk_is_no_matter_of_trying_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import clean_folder as module

    failures = [OSError(errno.ENOSPC, "No space left on device"), OSError(errno.EIO, "never reached")]
    monkeypatch.setattr(module, "STAGES", with_failing_writes(failures))
    with pytest.raises(RunError, match="the disk is full; make room"):
        module.clean_folder([str(SEEDS)], str(tmp_path / "out"))
    assert len(failures) == 1


def with_failing_writes(failures: list[OSError]) -> tuple[Any, ...]:
    """The stages, with the one that writes failing as often as there are failures left."""
    from dataclasses import replace

    def failing(job: Any, given: Any, progress: Any) -> Any:
        if failures:
            raise failures.pop(0)
        return writing.function(job, given, progress)

    writing = next(stage for stage in STAGES if stage.name == "write")
    return tuple(replace(stage, function=failing) if stage is writing else stage for stage in STAGES)


def test_an_interrupted_flow_leaves_nothing_that_keeps_the_next_one_from_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import clean_folder as module

    with monkeypatch.context() as patch:
        patch.setattr(module, "STAGES", with_failing_writes([KeyboardInterrupt()]))  # type: ignore[list-item]
        with pytest.raises((KeyboardInterrupt, CopydeskError)):
            module.clean_folder([str(SEEDS)], str(tmp_path / "out"))
    module.clean_folder([str(SEEDS)], str(tmp_path / "out"))
    run_plain([SEEDS], tmp_path / "plain")
    assert left_behind(tmp_path / "out") == left_behind(tmp_path / "plain")


def test_the_state_of_prefect_is_not_in_the_output(tmp_path: Path) -> None:
    from flows.clean_folder import clean_folder

    shutil.copytree(SEEDS, tmp_path / "seeds")
    clean_folder([str(tmp_path / "seeds")], str(tmp_path / "out"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "seeds"]
    assert sorted(path.name for path in (tmp_path / "seeds").iterdir()) == sorted(path.name for path in SEEDS.iterdir())
