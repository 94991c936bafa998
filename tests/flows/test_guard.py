"""Documents that hang, crash or fill the memory are set aside alone, by name; their neighbours come to no harm."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from folders import article, fill, rows

STEP = """
import ctypes, os, re, signal

def misbehave(text):
    if "DIE" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "SEGFAULT" in text:
        ctypes.string_at(0)
    if "EXIT" in text:
        os._exit(7)
    if "HANG" in text:
        re.match(r"(a+)+$", "a" * 64 + "b")  # holds the interpreter's lock for years
    if "SPIN" in text:
        while True:
            pass
    if "FILL" in text:
        bytearray(1 << 40)
    return ()
"""
BAD = {
    "die": ("DIE", "crashed", "by signal 9"),
    "exit": ("EXIT", "crashed", "exit code 7"),
    "fill": ("FILL", "failed", "MemoryError"),
    "hang": ("HANG", "timeout", "more than 3 seconds; raise --max-seconds"),
    "segfault": ("SEGFAULT", "crashed", "by signal 11"),
}


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    seeds, out = str(folder / "seeds"), str(folder / "out")
    command = [sys.executable, "-m", "flows.command_line", "run", seeds, "--output", out]
    step = folder / "step.py"
    step.write_text(STEP, "utf-8")
    return subprocess.run(
        [*command, "--plain", "--step", f"{step}:misbehave", "--engine", "processes", "--workers", "2", *options],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_every_kind_of_bad_document_is_set_aside_by_name(tmp_path: Path) -> None:
    good = {f"good/{number}.txt": article(number) for number in range(12)}
    bad = {f"bad/{name}.txt": f"{article(100)} {word}" for name, (word, _, _) in BAD.items()}
    fill(tmp_path / "seeds", {**good, **bad})
    done = run(tmp_path, "--max-seconds", "3")
    assert done.returncode == 0, done.stderr
    assert "17 read = 12 canonical + 0 duplicate + 5 rejected" in done.stdout
    told = {row["path"]: (row["reason"], row["detail"]) for row in rows(tmp_path / "out", "rejected")}
    assert set(told) == set(bad)
    for name, (_, reason, detail) in BAD.items():
        assert told[f"bad/{name}.txt"][0] == reason
        assert detail in told[f"bad/{name}.txt"][1]


@pytest.mark.slow
def test_a_document_that_was_set_aside_for_its_time_is_tried_again(tmp_path: Path) -> None:
    fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": f"{article(2)} SPIN"})
    assert "1 rejected" in run(tmp_path, "--max-seconds", "3").stdout
    (tmp_path / "seeds" / "b.txt").write_text(article(2), "utf-8")
    assert "2 canonical + 0 duplicate + 0 rejected" in run(tmp_path).stdout
    assert json.loads((tmp_path / "out" / "run.json").read_text())["counts"]["rejected"] == 0
