"""Schedules: how they are given, and that a served or deployed flow really runs."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows import server_process
from flows.errors import UsageError
from flows.options import RunOptions
from flows.schedule import Cron, Every, deploy, first_due, local_zone, parse_schedule
from flows.stages import RunSummary
from flows.summary import served_line

ROOT = Path(__file__).parent.parent.parent
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))


@pytest.mark.parametrize(
    ("given", "seconds"),
    [("30s", 30), ("15m", 900), ("2h", 7200), ("1d", 86400), ("1h30m", 5400), (" 90m ", 5400)],
)
def test_intervals(given: str, seconds: int) -> None:
    assert parse_schedule(None, given) == Every(seconds)


@pytest.mark.parametrize("given", ["", "0s", "15", "m", "15 m", "30m1h", "-5m", "1.5h", "9999999d", "1s", "9s"])
def test_what_is_no_interval(given: str) -> None:
    with pytest.raises(UsageError, match="--every"):
        parse_schedule(None, given)


def test_cron_is_meant_in_local_time_unless_a_zone_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Africa/Bamako")
    assert parse_schedule("0 6 * * *", None) == Cron("0 6 * * *", "Africa/Bamako")
    assert parse_schedule("0 6 * * *", None, "Asia/Tokyo") == Cron("0 6 * * *", "Asia/Tokyo")
    with pytest.raises(UsageError, match="--timezone is for --cron"):
        parse_schedule(None, "1h", "Asia/Tokyo")


def test_an_interval_falls_on_the_same_moments_whenever_it_is_served() -> None:
    schedule = Every(900).for_prefect()
    assert schedule.interval == timedelta(minutes=15)
    assert schedule.anchor_date == datetime(2024, 1, 1, tzinfo=ZoneInfo(local_zone()))


def test_the_first_run_is_told_beforehand() -> None:
    at_six = deploy(["seeds"], "output", RunOptions(), Cron("0 6 * * *", "Africa/Bamako"))
    assert first_due(at_six).endswith(" 06:00:00 GMT")
    often = first_due(deploy(["seeds"], "output", RunOptions(), Every(900)))
    assert often.split()[1][2:] in (":00:00", ":15:00", ":30:00", ":45:00")


def test_a_scheduled_run_says_once_what_had_changed() -> None:
    counts = {"read": 3, "canonical": 3, "duplicate": 0, "rejected": 0}
    inputs = {"new": 1, "changed": 0, "removed": 0, "same": 2}
    summary = RunSummary(Path("output"), counts, {}, {}, 2, 1, 0, {}, inputs=inputs)
    said = served_line(summary, datetime(2024, 5, 3, 6, 0, 7, tzinfo=UTC))
    assert said == (
        "3 read = 3 canonical + 0 duplicate + 0 rejected (1 new, 0 changed, 0 removed, 2 as before), "
        f"2024-05-03 06:00:07; see {Path('output', 'report.html')}"
    )


def test_what_is_deployed() -> None:
    deployment = deploy(["seeds"], "output", RunOptions(workers=2), Cron("0 6 * * *", "UTC"), "nightly")
    assert (deployment.name, deployment.flow_name) == ("nightly", "clean-folder")
    assert deployment.entrypoint == "flows.clean_folder.clean_folder"
    assert deployment.parameters["seeds"] == [str(Path("seeds").absolute())]
    assert RunOptions.from_json(deployment.parameters["options"]) == RunOptions(workers=2)
    assert deployment.concurrency_limit == 1
    assert deployment.concurrency_options
    assert deployment.concurrency_options.collision_strategy == "CANCEL_NEW"
    assert "concurrency limit 1, collision strategy CANCEL_NEW" in str(deployment.description)
    assert "at 0 6 * * * (UTC)" in str(deployment.description)


def wait_for(what: Callable[[], object], within: float, why: Callable[[], str] = str) -> None:
    deadline = time.monotonic() + within
    while not what():
        assert time.monotonic() < deadline, why()
        time.sleep(0.2)


def told(output: Path) -> dict[str, int]:
    """What the last run read, and how much of that was new to it."""
    try:
        found = json.loads((output / "run.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return {"read": found["counts"]["read"], "cleaned": found["run"]["cleaned"], "compared": found["run"]["compared"]}


def descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def is_a_run(pid: int) -> bool:
    """Is it the process that Prefect starts for a flow run?"""
    try:
        return b"prefect.engine" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return False


def is_running(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def start_serving(copydesk: str, environment: dict[str, str], folder: Path, log: Path) -> subprocess.Popen[str]:
    """``copydesk serve inbox --every 10s``, in a process group of its own as a shell would start it."""
    return subprocess.Popen(
        [copydesk, "serve", "inbox", "--every", "10s"],
        cwd=folder,
        env=environment,
        stdout=log.open("w"),
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
def test_serve_runs_on_its_schedule_and_makes_only_what_is_new(
    copydesk: str, environment: dict[str, str], tmp_path: Path
) -> None:
    inbox, log = tmp_path / "inbox", tmp_path / "log"
    inbox.mkdir()
    for seed in SEEDS[:3]:
        shutil.copy(seed, inbox)
    process = start_serving(copydesk, environment, tmp_path, log)
    try:
        wait_for(lambda: told(tmp_path / "output"), 300, log.read_text)
        assert told(tmp_path / "output") == {"read": 3, "cleaned": 3, "compared": 3}
        [url] = re.findall(r"Prefect shows the runs at (\S+)", log.read_text())
        with urllib.request.urlopen(f"{url}/ui-settings") as answer:
            assert json.load(answer)["api_url"] == f"{url}/api", "or the user interface would ask another server"
        for seed in SEEDS[3:]:
            shutil.copy(seed, tmp_path)
            (tmp_path / seed.name).rename(inbox / seed.name)  # whole, as a careful sender would
        wait_for(lambda: told(tmp_path / "output").get("read") == 5, 300, log.read_text)
        assert told(tmp_path / "output")["cleaned"] <= 2
        started = set(descendants(process.pid))
        process.send_signal(signal.SIGINT)
        assert process.wait(180) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: not any(map(is_running, started)), 60, lambda: f"still running: {started}")
    said = log.read_text().splitlines()
    assert said[0] == "starting a Prefect server"
    assert "serving inbox to output, every 10s; stop with Ctrl-C" in said
    assert any("waiting; the first run is due at " in line for line in said)
    assert said[-1] == "stopped"
    assert any(line.startswith("3 read = ") for line in said)
    assert "Traceback" not in log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_serve_leaves_no_process_behind(
    number: signal.Signals, copydesk: str, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    shutil.copy(SEEDS[0], tmp_path / "inbox")
    log = tmp_path / "log"
    process = start_serving(copydesk, environment, tmp_path, log)
    try:
        # Stopped in the middle: the server runs, and the process of a run beside it.
        wait_for(lambda: any(map(is_a_run, descendants(process.pid))), 300, log.read_text)
        started = set(descendants(process.pid))
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does at Ctrl-C
        else:
            process.send_signal(number)
        assert process.wait(180) == (-9 if number == signal.SIGKILL else 0), log.read_text()
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: not any(map(is_running, started)), 60, lambda: f"still running: {started}")
    assert "Traceback" not in log.read_text()
    if number == signal.SIGKILL:
        assert_serves_again(copydesk, environment, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("said", ["starting a Prefect server", "serving inbox"])
def test_serve_that_is_stopped_while_it_starts_ends_in_order(
    said: str, copydesk: str, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "inbox").mkdir()
    log = tmp_path / "log"
    process = start_serving(copydesk, environment, tmp_path, log)
    try:
        wait_for(lambda: said in log.read_text(), 300, log.read_text)
        started = set(descendants(process.pid))
        process.terminate()
        assert process.wait(180) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: not any(map(is_running, started)), 60, lambda: f"still running: {started}")
    assert log.read_text().splitlines()[-1] == "stopped"
    assert "Traceback" not in log.read_text()


def assert_serves_again(copydesk: str, environment: dict[str, str], folder: Path) -> None:
    """A run that was killed in the middle must not keep its place for ever."""
    log = folder / "again"
    process = start_serving(copydesk, environment, folder, log)
    try:
        wait_for(lambda: told(folder / "output"), 300, log.read_text)
        process.terminate()
        assert process.wait(180) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def team_server(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """A Prefect server as a team has it, and the environment that names it."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    quiet = {**environment, "PATH": path, "PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
    process = subprocess.Popen(
        [sys.executable, "-P", server_process.__file__, "--services"],
        env={**quiet, "PREFECT_SERVER_UI_ENABLED": "false"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    port = process.stdout.readline().removeprefix("port ").strip()
    assert "ready\n" in iter(process.stdout.readline, "")
    yield {**quiet, "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    process.stdin.close()
    process.wait(60)


@pytest.mark.slow
def test_prefect_yaml_deploys_the_flow_and_a_worker_runs_it(team_server: dict[str, str], tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("flows", "cleaners", "seeds"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "prefect.yaml", project)

    def prefect(*arguments: str) -> str:
        done = subprocess.run(
            ["prefect", "--no-prompt", *arguments],
            cwd=project,
            env=team_server,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    prefect("work-pool", "create", "--type", "process", "copydesk")
    prefect("deploy", "--all")
    told_of = prefect("deployment", "inspect", "clean-folder/every-morning")
    assert "0 6 * * *" in told_of
    assert "CANCEL_NEW" in told_of
    prefect("deployment", "run", "clean-folder/every-morning")
    prefect("worker", "start", "--pool", "copydesk", "--run-once", "--install-policy", "never")
    assert told(project / "output")["read"] == 5
    assert (project / "output" / "report.html").exists()


@pytest.mark.slow
def test_a_run_reports_to_the_server_that_is_configured(
    copydesk: str, team_server: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [copydesk, "run", str(ROOT / "seeds"), "--output", "told"],
        cwd=tmp_path,
        env=team_server,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "asking the Prefect server" in done.stderr
    request = urllib.request.Request(
        f"{team_server['PREFECT_API_URL']}/flow_runs/filter",
        data=json.dumps({"flow_runs": {"name": {"any_": ["seeds to told"]}}}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        [run] = json.load(answer)
    assert run["state_type"] == "COMPLETED"
    assert run["tags"] == ["copydesk"]
    assert run["state"]["message"].startswith("5 read = ")
    assert datetime.fromisoformat(run["end_time"]) <= datetime.now(UTC)
