"""Copydesk's own Prefect server: it serves, it keeps its state where it should, and it never outlives its run."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flows import prefect_server, server_process
from flows.errors import RunError

RUN = """
    from flows.prefect_server import open_server
    with open_server() as server:
        print(server._process.pid, flush=True)
        server.wait(print)
        print("ready", flush=True)
        {then}
"""


def start(environment: dict[str, str], then: str = "pass") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(RUN).format(then=then)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_until(process: subprocess.Popen[str], word: str) -> list[str]:
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line.strip() == word:
            break
    return lines


def is_running(pid: int) -> bool:
    try:
        return "zombie" not in (Path("/proc") / str(pid) / "status").read_text()
    except FileNotFoundError:
        return False


def assert_gone(pid: int, within: float = 60.0) -> None:
    deadline = time.monotonic() + within
    while is_running(pid):
        assert time.monotonic() < deadline, f"the server (process {pid}) still runs"
        time.sleep(0.05)


ENDS: dict[str, tuple[str, Callable[[subprocess.Popen[str]], None]]] = {
    "normal": ("pass", lambda process: None),
    "exception": ("raise ValueError", lambda process: None),
    "os._exit": ("import os; os._exit(3)", lambda process: None),
    "SIGKILL": ("import time; time.sleep(60)", lambda process: process.send_signal(signal.SIGKILL)),
}


@pytest.mark.slow
@pytest.mark.parametrize("end", ENDS)
def test_the_server_ends_with_its_run(end: str, environment: dict[str, str]) -> None:
    then, strike = ENDS[end]
    process = start(environment, then)
    pid = int(read_until(process, "ready")[0])
    strike(process)
    process.communicate(timeout=300)
    assert_gone(pid)


@pytest.mark.slow
def test_the_server_ends_with_a_run_killed_while_it_boots(environment: dict[str, str]) -> None:
    process = start(environment)
    assert process.stdout
    pid = int(process.stdout.readline())
    time.sleep(0.5)
    process.kill()
    process.communicate()
    assert_gone(pid)


@pytest.mark.slow
def test_two_runs_at_once_on_a_fresh_home(environment: dict[str, str], tmp_path: Path) -> None:
    fresh = {**environment, "PREFECT_HOME": str(tmp_path / "home")}
    flow = "import json, urllib.request as u; print(json.load(u.urlopen(server.url + '/health')), flush=True)"
    runs = [start(fresh, flow) for _ in range(2)]
    for run in runs:
        out, errors = run.communicate(timeout=300)
        assert (run.returncode, out.split()[-1]) == (0, "True"), errors
    assert server_process.is_migrated(tmp_path / "home")
    assert not list((tmp_path / "home").glob("*.new*"))


@pytest.mark.slow
def test_the_quick_way_to_a_database_ends_where_prefects_own_does(environment: dict[str, str], tmp_path: Path) -> None:
    """Schema for schema; Prefect's own way is the slow, obvious code this one is checked against."""
    make = (
        "import sys, pathlib; from flows.server_process import make_database as make; make(pathlib.Path(sys.argv[1]))"
    )
    theirs = (
        "import asyncio; from prefect.server.database import provide_database_interface as interface;"
        "asyncio.run(interface().create_db())"
    )
    found = []
    for name, code in (("ours", make), ("theirs", theirs)):
        (tmp_path / name).mkdir()
        subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)],
            env={**environment, "PREFECT_HOME": str(tmp_path / name)},
            check=True,
        )
        found.append(schema(tmp_path / name / "prefect.db"))
    assert found[0] == found[1]
    assert len(found[0]["table"]) > 30


def schema(path: Path) -> dict[str, list[object]]:
    """Tables with their columns and keys (their order is chance in both ways), indexes, triggers, the revision."""
    with sqlite3.connect(path) as database:
        rows = database.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
        )
        found: dict[str, list[object]] = {"table": [], "index": [], "trigger": []}
        for kind, name, sql in rows.fetchall():
            if kind != "table":
                found[kind].append((name, " ".join((sql or "").split())))
                continue
            columns, keys = (
                sorted(map(repr, (row[skip:] for row in database.execute(f"PRAGMA {pragma}('{name}')"))))
                for pragma, skip in (("table_info", 1), ("foreign_key_list", 2))
            )
            found[kind].append((name, columns, keys))
        found["revision"] = database.execute("SELECT version_num FROM alembic_version").fetchall()
    return found


def test_a_database_is_looked_at_again_after_an_upgrade(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "prefect.db") as database:
        database.execute("CREATE TABLE alembic_version (version_num)")
        database.execute("INSERT INTO alembic_version VALUES ('abc')")
    assert not server_process.is_migrated(tmp_path)
    server_process.remember_migrated(tmp_path)
    assert server_process.is_migrated(tmp_path)
    with sqlite3.connect(tmp_path / "prefect.db") as database:
        database.execute("UPDATE alembic_version SET version_num = 'older'")
    assert not server_process.is_migrated(tmp_path)


def test_the_state_is_kept_in_the_cache_folder_or_where_prefect_home_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere/cache")
    if sys.platform == "linux":
        assert prefect_server.prefect_home() == Path("/somewhere/cache/copydesk/prefect")
    monkeypatch.setenv("PREFECT_HOME", "~/own")
    assert prefect_server.prefect_home() == Path.home() / "own"


def test_what_the_environment_says_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "7")
    monkeypatch.delenv("DO_NOT_TRACK")
    prefect_server.settle(prefect_server.QUIET)
    assert os.environ["PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS"] == "7"
    assert os.environ["DO_NOT_TRACK"] == "1"


@pytest.mark.parametrize(
    ("variable", "found"), [("http://elsewhere/api", "http://elsewhere/api"), ("", None)], ids=["named", "none"]
)
def test_the_server_that_prefect_api_url_names(
    variable: str, found: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_API_URL", variable)
    assert prefect_server.configured_server() == found


@pytest.mark.slow
def test_a_profile_names_the_server_too(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "profiles.toml").write_text(
        'active = "team"\n[profiles.team]\nPREFECT_API_URL = "http://team.example/api"\n', "utf-8"
    )
    code = "from flows.prefect_server import configured_server; print(configured_server())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "PREFECT_HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "http://team.example/api"


@pytest.mark.slow
def test_a_server_that_cannot_start_says_why_in_one_sentence(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be", "utf-8")
    process = start({**environment, "PREFECT_HOME": str(tmp_path / "home")})
    _, errors = process.communicate(timeout=300)
    last = errors.strip().splitlines()[-1]
    assert "RunError: Prefect's server ended while it was starting (FileExistsError" in last
    assert str(tmp_path / "home") in last
    assert "--plain" in last


@pytest.mark.slow
def test_a_server_that_is_not_there_says_so_in_one_sentence(environment: dict[str, str]) -> None:
    code = """
        from flows.prefect_server import open_server
        with open_server() as server:
            server.wait(print)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**environment, "PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1]
    assert "RunError: the Prefect server at http://127.0.0.1:9/api does not answer" in last


def test_a_start_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.setenv("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "0.2")
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    for name in (*prefect_server.LEAN_CLIENT, "NO_PROXY", "no_proxy"):  # set by the server; to be taken back
        monkeypatch.setenv(name, os.environ.get(name, ""))
    with pytest.raises(RunError, match=r"did not start within 0\.2 s"), prefect_server.open_server() as server:
        server.wait(print)
    assert "PREFECT_API_URL" not in os.environ
