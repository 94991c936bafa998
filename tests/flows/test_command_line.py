"""The installed ``copydesk`` command, as a person or a script uses it."""

import json
import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from flows.command_line import cli, run
from flows.options import RunOptions
from flows.stages import STAGES

SEEDS = Path(__file__).parent.parent.parent / "seeds"
RELEASE, STORY, OTHER = (
    str(SEEDS / f"{name}.txt") for name in ("000_62656877bd63de01", "001_b75dd7a427807baf", "003_723204da5f45f4f1")
)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def command(copydesk: str, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the command in an empty folder."""
    folder = tmp_path_factory.mktemp("here")

    def call(*arguments: str, **settings: object) -> subprocess.CompletedProcess[str]:
        given = {"cwd": folder, "env": environment, "capture_output": True, "text": True, "timeout": 300} | settings
        return subprocess.run([copydesk, *arguments], check=False, **given)  # type: ignore[call-overload, no-any-return]

    return call


def commands(group: click.Group = cli, *before: str) -> Iterator[tuple[str, ...]]:
    yield before
    yield from ((*before, name) for name in group.commands)


# Help and wrong usage


@pytest.mark.parametrize("words", list(commands()), ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...], command: Run) -> None:
    done = command(*words, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout or "Start with: copydesk run" in done.stdout


def test_help_answers_at_once(command: Run) -> None:
    """It imports none of what takes long; a bound on the time would fail on a busy machine and prove less."""
    heavy = {"prefect", "pyarrow", "numpy", "trafilatura", "jinja2", "rich", "pydantic", "cleaners.duplicates"}
    code = f"import sys; from flows.command_line import cli; print({heavy!r} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_the_version_is_the_one_that_is_installed(command: Run) -> None:
    from importlib.metadata import version

    assert command("--version").stdout == f"copydesk {version('copydesk')}\n"


def test_every_run_option_can_be_given() -> None:
    import dataclasses

    offered = {parameter.name for parameter in run.params}
    assert {field.name for field in dataclasses.fields(RunOptions)} <= offered


WRONG = {
    "no-command": (["frobnicate"], "No such command 'frobnicate'"),
    "no-seeds": (["run"], "Missing argument 'SEEDS...'"),
    "unknown-option": (["run", "x", "--colour"], "No such option '--colour'"),
    "missing-folder": (["run", "nowhere"], "nowhere does not exist; name a file or folder to read"),
    "unknown-engine": (["run", RELEASE, "--engine", "locl"], "unknown engine 'locl'; did you mean 'local'?"),
    "bad-workers": (["run", RELEASE, "--workers", "many"], "'many' is not a valid integer"),
    "output-is-a-file": (["run", RELEASE, "--output", STORY], "is a file"),
    "output-in-seeds": (["run", str(SEEDS), "--output", str(SEEDS / "out")], "lies within the seeds"),
    "clean-missing": (["clean", "nowhere.txt"], "nowhere.txt does not exist"),
    "clean-folder": (["clean", str(SEEDS)], "is not a file"),
    "compare-missing": (["compare", RELEASE, "nowhere.txt"], "nowhere.txt does not exist"),
    "compare-stdin-twice": (["compare", "-", "-"], "cannot come from the standard input"),
    "report-of-nothing": (["report", str(SEEDS)], "is not the output of a run: it has no documents.jsonl"),
    "serve-without-time": (["serve", str(SEEDS)], "give either --cron"),
    "serve-with-two-times": (["serve", str(SEEDS), "--cron", "0 6 * * *", "--every", "1h"], "give either --cron"),
    "serve-too-often": (["serve", str(SEEDS), "--every", "1s"], "what is due is looked for every 5 seconds"),
    "size": (["run", str(SEEDS), "--max-bytes", "much"], "max_bytes is 'much', which is no size; give bytes, or as in"),
    "size-beyond": (["run", str(SEEDS), "--max-bytes", "1GiB"], "max_bytes is 1073741824, but must be 1..268435456"),
    "serve-bad-interval": (["serve", str(SEEDS), "--every", "now and then"], "which is no interval"),
    "serve-bad-zone": (["serve", str(SEEDS), "--cron", "0 6 * * *", "--timezone", "Mars"], "no known time zone"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage_is_one_sentence_and_exit_code_2(case: str, command: Run) -> None:
    arguments, said = WRONG[case]
    done = command(*arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert done.stderr.startswith("copydesk: ")
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_cron_line_that_cron_does_not_understand(command: Run) -> None:
    done = command("serve", str(SEEDS), "--cron", "whenever")
    assert (done.returncode, done.stdout) == (2, "starting a Prefect server\n")
    assert "--cron is 'whenever', which cron does not understand" in done.stderr


def test_what_no_one_expected_is_one_sentence_too_and_debug_shows_where(
    command: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import flows.single_files\ndef broken(*a, **k): raise RuntimeError('a \\x1b[31mred\\nrag')\n"
        "flows.single_files.clean_file = broken\n",
        "utf-8",
    )
    broken = {**environment, "PYTHONPATH": str(tmp_path)}
    done = command("clean", RELEASE, env=broken)
    assert done.returncode == 1
    [line] = done.stderr.splitlines()
    assert line.endswith("should not have (RuntimeError: a \\x1b[31mred\\nrag); --debug shows where")
    assert "Traceback" in command("clean", RELEASE, "--debug", env=broken).stderr


# copydesk run


def test_a_plain_run_says_what_it_did_in_its_last_line(command: Run, tmp_path: Path) -> None:
    done = command("run", str(SEEDS), "--plain", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    counts = json.loads((tmp_path / "output" / "run.json").read_text("utf-8"))["counts"]
    assert counts["read"] == counts["canonical"] + counts["duplicate"] + counts["rejected"] == 5
    assert done.stdout == (
        f"5 read = {counts['canonical']} canonical + {counts['duplicate']} duplicate + 0 rejected; "
        f"see {Path('output', 'report.html')}\n"
    )
    assert any(
        line.startswith("clean: 5 of 5 documents") for line in done.stderr.splitlines()
    )  # a slow machine adds a rate
    again = command("run", str(SEEDS), "--plain", cwd=tmp_path)
    assert "(5 known from an earlier run)" in again.stdout


def test_quiet_says_nothing(command: Run, tmp_path: Path) -> None:
    done = command("run", str(SEEDS), "--plain", "--quiet", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_quiet_still_says_what_came_to_nothing(command: Run, tmp_path: Path) -> None:
    done = command("run", str(SEEDS), "--plain", "--quiet", "--prefer-source", "Nobody", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "the preferred source 'Nobody'" in done.stderr


def test_a_run_that_fails_is_one_sentence_and_exit_code_1(command: Run, tmp_path: Path) -> None:
    command("run", str(SEEDS), "--plain", cwd=tmp_path)
    holder = hold(tmp_path / "output")
    try:
        done = command("run", str(SEEDS), "--plain", "--quiet", cwd=tmp_path)
    finally:
        holder.kill()
        holder.communicate()
    assert done.returncode == 1
    assert "is being written by process" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def hold(output: Path) -> subprocess.Popen[str]:
    """A process that holds the output as a run does."""
    code = (
        "import sys, pathlib; from flows.store import opened\nwith opened(pathlib.Path(sys.argv[1])): print(); input()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(output)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    holder.stdout.readline()
    return holder


def test_a_file_name_cannot_speak_to_the_terminal(command: Run, tmp_path: Path) -> None:
    done = command("run", "no\x1b[2J\x9bwhere\n", cwd=tmp_path)
    assert done.stderr == "copydesk: no\\x1b[2J\\x9bwhere\\n does not exist; name a file or folder to read\n"


@pytest.mark.slow
def test_a_run_with_prefect_gives_the_bytes_of_a_plain_one(
    command: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    done = command("run", str(SEEDS), "--output", "prefect", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "starting Prefect" in done.stderr
    assert "Traceback" not in done.stderr
    assert command("run", str(SEEDS), "--output", "plain", "--plain", cwd=tmp_path).returncode == 0
    assert left_behind(tmp_path / "prefect") == left_behind(tmp_path / "plain")
    with sqlite3.connect(Path(environment["PREFECT_HOME"]) / "prefect.db") as database:
        [(run_id, state)] = database.execute(
            "SELECT id, state_type FROM flow_run WHERE name = 'seeds to prefect'"
        ).fetchall()
        tasks = database.execute("SELECT state_type FROM task_run WHERE flow_run_id = ?", (run_id,)).fetchall()
    assert state == "COMPLETED"
    assert tasks == [("COMPLETED",)] * len(STAGES), "the server was ended before it had noted down every task"


def left_behind(output: Path) -> dict[str, object]:
    files: dict[str, object] = {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and ".copydesk" not in path.parts
    }
    told = json.loads((output / "run.json").read_text("utf-8"))
    return files | {"run.json": {name: value for name, value in told.items() if name not in ("seconds", "run")}}


LISTENING = """
import sys
def listen(event, given):
    if event == "socket.getaddrinfo" or (event == "socket.connect" and isinstance(given[1], tuple)):
        host = given[0] if event == "socket.getaddrinfo" else given[1][0]
        if host not in ("127.0.0.1", "::1", "localhost", None):
            open({log!r}, "a").write(f"{{event}} {{host}}\\n")
sys.addaudithook(listen)
open({log!r} + ".started", "a").write("x")
"""


@pytest.mark.slow
def test_nothing_but_the_loopback_interface_is_spoken_to(
    command: Run, environment: dict[str, str], tmp_path: Path
) -> None:
    """Heard by the interpreter itself, in the command and in its server."""
    log = tmp_path / "heard"
    (tmp_path / "sitecustomize.py").write_text(LISTENING.format(log=str(log)), "utf-8")
    done = command("run", str(SEEDS), "-q", cwd=tmp_path, env={**environment, "PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "heard.started").read_text() == "xx"
    assert not log.exists(), log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["starting Prefect\n", "list: 5 of 5 documents\n"], ids=["booting", "running"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda number: number.name)
def test_a_run_that_is_stopped_leaves_no_process(
    number: signal.Signals, moment: str, copydesk: str, environment: dict[str, str], tmp_path: Path
) -> None:
    process = subprocess.Popen(
        [copydesk, "run", str(SEEDS)], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    assert moment in iter(process.stderr.readline, "")
    children = descendants(process.pid)
    assert children
    process.send_signal(number)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    assert "Traceback" not in errors
    deadline = time.monotonic() + 60
    while left := [pid for pid in children if is_running(pid)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


def descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, children) for found in (child, *descendants(child))]


def is_running(pid: int) -> bool:
    try:
        return "zombie" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_progress_is_a_bar_on_a_terminal(copydesk: str, environment: dict[str, str], tmp_path: Path) -> None:
    shown = on_a_terminal([copydesk, "run", str(SEEDS), "--plain"], {**environment, "TERM": "xterm"}, tmp_path)
    assert "of 5 documents" in shown
    assert "━" in shown or "╸" in shown
    assert shown.rstrip().endswith("report.html")


def on_a_terminal(command: list[str], environment: dict[str, str], folder: Path) -> str:
    """What a command writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    shown, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline and select.select([ours], [], [], 60)[0]:
        try:
            shown += os.read(ours, 65536)
        except OSError:
            break  # the last one at the other end has gone
    process.wait(60)
    os.close(ours)
    return shown.decode("utf-8", "replace")


# copydesk clean


def test_clean_prints_the_text_and_nothing_else(command: Run) -> None:
    from cleaners import clean

    source = Path(RELEASE).read_text("utf-8")
    done = command("clean", RELEASE)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.rstrip("\n") == clean(source).text.rstrip("\n")


def test_clean_reads_the_standard_input_and_pages(command: Run) -> None:
    page = (
        "<!doctype html><title>Budget passed</title><nav>Home</nav><article><h1>Budget passed</h1>"
        "<p>The council met on Friday and passed the budget after a long debate about the roads of the town.</p>"
        "<p>The mayor said that the work would begin in May and end before the first snow of the year.</p></article>"
    )
    done = command("clean", "-", input=page)
    assert "The council met on Friday" in done.stdout
    assert "<" not in done.stdout
    assert "Home" not in done.stdout


def test_explain_shows_every_change_with_its_rule_before_and_after(command: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("It costs Â£5\u00a0today.\n\nShare this article\n", "utf-8")
    from cleaners import clean

    changes = clean((tmp_path / "a.txt").read_text("utf-8")).changes
    done = command("clean", "a.txt", "--explain", cwd=tmp_path)
    assert f"{len(changes)} changes" in done.stdout
    for change in changes:
        assert f"{change.step}/{change.rule} at {change.start}–{change.end}" in done.stdout
    assert "  - Â£" in done.stdout
    assert "  + £" in done.stdout
    assert "  - \\xa0" in done.stdout


def test_explain_has_no_rows_with_nothing_on_them(command: Run, tmp_path: Path) -> None:
    page = "Budget passed\n\nBy Ann Lee, May 3, 2024\n\nThe council met on Friday.\tIt was late.\n\n\nShare\n\n"
    (tmp_path / "a.txt").write_text(page, "utf-8")
    rows = command("clean", "a.txt", "--explain", cwd=tmp_path).stdout.splitlines()
    marked = [row for row in rows if row.startswith(("  -", "  +"))]
    assert {"  - Share", "  - \\t", "  + ␣", "  - By Ann Lee, May 3, 2024"} <= set(marked)
    assert all(row[4:].strip() for row in marked)


def test_the_bare_command_shows_its_help_whole(command: Run) -> None:
    done = command()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Usage: copydesk")
    assert "..." not in done.stderr.split("Commands:")[1]
    words = " ".join(done.stderr.split())
    for each in cli.commands.values():
        said = " ".join((each.help or "").split("\n\n")[0].split())
        assert said in words.replace("not-a- ", "not-a-"), said


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n\x00\x00", b"\x00\x01\x02" * 50], ids=["empty", "image", "binary"]
)
def test_clean_says_why_a_file_has_no_text(content: bytes, command: Run, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    done = command("clean", "a", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("copydesk: a is set aside (")
    assert len(done.stderr.splitlines()) == 1


def test_a_text_cannot_speak_to_the_terminal(copydesk: str, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good news \x1b]0;owned\x07for all \u202eeverybody\u202c today.\n", "utf-8")
    shown = on_a_terminal([copydesk, "clean", "a.txt", "--explain"], environment, tmp_path)
    assert "Good news" in shown
    assert not {"\x1b]", "\x07", "\u202e"} & {shown[at : at + size] for size in (1, 2) for at in range(len(shown))}


# copydesk compare


def test_compare_tells_the_verdict_and_evidence_that_adds_up(command: Run) -> None:
    done = command("compare", RELEASE, STORY, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert sum(part["weight"] for part in told["evidence"]) == told["score"]
    from cleaners import clean, compare

    sides = [clean(Path(name).read_text("utf-8")) for name in (RELEASE, STORY)]
    assert (told["relation"], told["score"]) == (compare(*sides).relation, compare(*sides).score)
    for passage in told["passages"]:
        for side in ("left", "right"):
            if passage[side]:
                assert told["texts"][side][slice(*passage[side])].strip()


def test_compare_shows_the_evidence_as_a_waterfall(command: Run) -> None:
    done = command("compare", RELEASE, STORY)
    told = json.loads(command("compare", RELEASE, STORY, "--json").stdout)
    assert done.stdout.startswith(f"{told['relation']}, score {told['score']:.3f}")
    for part in told["evidence"]:
        assert part["name"] in done.stdout
        assert f"{part['weight']:+.3f}" in done.stdout
    assert "█" in done.stdout


def test_compare_through_a_pipe_has_no_space_at_the_end_of_a_line(command: Run) -> None:
    lines = command("compare", RELEASE, STORY).stdout.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


@pytest.mark.parametrize(("columns", "cells"), [("80", 12), ("120", 24)])
def test_compare_leaves_the_sentences_room_on_a_narrow_terminal(
    columns: str, cells: int, command: Run, environment: dict[str, str]
) -> None:
    lines = command("compare", RELEASE, RELEASE, env=environment | {"COLUMNS": columns}).stdout.splitlines()
    assert max(line.count("█") for line in lines) == cells
    assert max(map(len, lines[3:])) <= int(columns)  # paths are never cut


def test_compare_is_the_same_the_other_way_round(command: Run) -> None:
    one, other = (
        json.loads(command("compare", *pair, "--json").stdout) for pair in ((RELEASE, OTHER), (OTHER, RELEASE))
    )
    assert (one["relation"], one["score"]) == (other["relation"], other["score"])


# copydesk report


def test_report_is_built_again_to_the_byte(command: Run, tmp_path: Path) -> None:
    command("run", str(SEEDS), "--plain", cwd=tmp_path)
    page = tmp_path / "output" / "report.html"
    first = page.read_bytes()
    page.unlink()
    done = command("report", "output", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"{Path('output', 'report.html')}\n")
    assert page.read_bytes() == first
