"""The README and the docs are executed: every console line and every Python snippet, in order, with its output.

A ``console`` block holds ``$ command`` lines and the output that follows them; ``...`` stands for anything, as in
doctest.  A ``python`` block is run as doctest where it has ``>>>``, else as a script.  A ``toml`` or ``python`` block
that begins with a comment of a file's name is written to that file.  ``sh`` blocks set things up and are run by
``.ci/run``.
"""

import doctest
import importlib.util
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(?P<kind>console|python|toml)\n(?P<body>.*?)^```$", re.M | re.S)
FILE = re.compile(r"# ([\w-]+\.(?:toml|py))\n")
HEAVY = re.compile(r"^(?:import|from) (datasets|datatrove)\b", re.M)
"""Libraries of the extra ``recipes``; a recipe is left out where its library is not installed."""
SERVES = ("copydesk serve", "copydesk review")
SPEED = re.compile(r" \([\d.,]+ a second\)")
"""What a slow machine adds to a line of progress."""

pytestmark = pytest.mark.slow


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    return ((m["kind"], m["body"]) for m in BLOCK.finditer(page.read_text("utf-8")))


def commands(body: str) -> Iterator[tuple[str, str]]:
    """Each ``$ command`` of a console block with the output expected of it."""
    for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
        line, _, expected = part.partition("\n")
        yield line, expected


def assert_output(got: str, expected: str, line: str) -> None:
    got = re.sub(r"[ \t]+$", "", SPEED.sub("", got), flags=re.M).strip() + "\n"
    expected = expected.strip() + "\n"
    matches = doctest.OutputChecker().check_output(expected, got, doctest.ELLIPSIS)
    assert matches, f"$ {line}\n--- the page says\n{expected}--- it printed\n{got}"


def environment(folder: Path) -> dict[str, str]:
    """A new user's: nothing of Prefect's configured, no home of its own yet, a terminal of 100 columns."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "COPYDESK"))}
    path = str(Path(sys.executable).parent) + os.pathsep + kept["PATH"]
    return {**kept, "PATH": path, "PREFECT_HOME": str(folder / ".prefect"), "COLUMNS": "100", "NO_COLOR": "1"}


def run(line: str, folder: Path) -> str:
    """What a command prints, progress included."""
    done = subprocess.run(
        line,
        shell=True,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"$ {line}\nexit code {done.returncode}\n{done.stdout}"
    return done.stdout


def serve(line: str, expected: str, folder: Path) -> None:
    """Start a service, wait for what the page says it prints, and stop it as a person would: with Ctrl-C."""
    process = subprocess.Popen(
        ["/bin/sh", "-c", f"exec {line}"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    last = expected.strip().splitlines()[-1]
    seen, deadline = [], time.monotonic() + 180
    try:
        for printed in process.stdout:
            seen.append(printed)
            if doctest.OutputChecker().check_output(last + "\n", printed.strip() + "\n", doctest.ELLIPSIS):
                break
            assert time.monotonic() < deadline, "".join(seen)
        assert_output("".join(seen), expected, line)
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode in (0, 130)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(blocks(page))
    if not found:
        assert "```" not in page.read_text("utf-8") or page.name != "README.md"
        return
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "__main__"}
    for kind, body in found:
        if named := FILE.match(body):
            (tmp_path / named[1]).write_text(body, "utf-8")
        elif (heavy := HEAVY.search(body)) and not importlib.util.find_spec(heavy[1]):
            continue
        elif kind == "console":
            for line, expected in commands(body):
                if line.startswith(SERVES):
                    serve(line, expected, tmp_path)
                else:
                    assert_output(run(line, tmp_path), expected, line)
        elif ">>>" in body:
            test = doctest.DocTestParser().get_doctest(body, names, page.name, str(page), 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
            results = runner.run(test, clear_globs=False)
            names.update(test.globs)
            assert results.failed == 0
        else:
            exec(compile(body, str(page), "exec"), names)


def make_inputs(folder: Path) -> None:
    """The files that the README's examples name: the seeds again, as a folder, records and a crawl."""
    texts = [path.read_text("utf-8") for path in sorted((ROOT / "seeds").iterdir())]
    shutil.copytree(ROOT / "seeds", folder / "articles")
    shutil.copytree(ROOT / "seeds", folder / "more")
    wire = folder / "articles" / "Associated Press" / "wire.txt"
    wire.parent.mkdir()
    wire.write_text("Beekeepers in the Ardennes reported their poorest harvest in years, blaming a cold spring.\n")
    lines = "".join(json.dumps({"id": str(i), "text": text}) + "\n" for i, text in enumerate(texts))
    (folder / "dump.jsonl.zst").write_bytes(zstandard.compress(lines.encode()))
    urls = [f"https://example.org/{i}" for i in range(len(texts))]
    pq.write_table(pa.table({"url": urls, "body": texts}), folder / "dump.parquet")
    with (folder / "crawl.warc.gz").open("wb") as handle:
        writer = WARCWriter(handle, gzip=True)
        for url, text in zip(urls, texts, strict=True):
            page = f"<html><body><article><p>{text}</p></article></body></html>".encode()
            answer = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            writer.write_record(writer.create_warc_record(url, "response", io.BytesIO(page), http_headers=answer))


def test_readme_examples_run(tmp_path: Path) -> None:
    """Every ``copydesk`` line of the README's ``sh`` blocks but the set-up ones does what it says."""
    make_inputs(tmp_path)
    readme = (ROOT / "README.md").read_text("utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("copydesk run ")]
    assert len(lines) >= 5
    for line in lines:
        last = run(line, tmp_path).splitlines()[-1]
        assert re.match(r"\d+ read = [1-9]\d* canonical \+ \d+ duplicate \+ 0 rejected\b.*; see ", last), last


def test_readme_names_every_command(tmp_path: Path) -> None:
    """Documentation that fails when a command lacks it."""
    listed = run("copydesk --help", tmp_path)
    readme = (ROOT / "README.md").read_text("utf-8")
    for command in re.findall(r"^  (\w+)  ", listed.partition("Commands:")[2], re.M):
        assert f"copydesk {command}" in readme, f"the README says nothing of copydesk {command}"
