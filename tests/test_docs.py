"""The docs hang together: the reference is that of the code, and links lead somewhere."""

import importlib.util
import json
import re
import shlex
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click
import pytest

from flows.command_line import cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")


def test_the_reference_is_that_of_the_code() -> None:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    for name, made in generate.PAGES.items():
        assert (generate.FOLDER / name).read_text("utf-8") == made(), "run python docs/generate.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text("utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there"


def test_every_page_is_reached_from_the_readme() -> None:
    found, pending = set(), [ROOT / "README.md"]
    while pending:
        page = pending.pop()
        if page in found:
            continue
        found.add(page)
        targets = (page.parent / target for target in LINK.findall(page.read_text("utf-8")))
        pending += [target.resolve() for target in targets if target.suffix == ".md" and target.exists()]
    assert set(PAGES) <= found


def shell_lines(program: str) -> list[tuple[Path, str]]:
    """The lines of ``sh`` blocks that call a program, by page."""
    found = []
    for page in PAGES:
        for body in re.findall(r"^```sh\n(.*?)^```$", page.read_text("utf-8"), re.M | re.S):
            found += [(page, line) for line in body.splitlines() if line.startswith(f"{program} ")]
    return found


@pytest.mark.parametrize(("page", "line"), shell_lines("copydesk"))
def test_every_copydesk_line_is_understood(page: Path, line: str) -> None:
    """Those of the README are run as well; an address in a cloud is only read."""
    words = shlex.split(line, comments=True)[1:]
    assert _complaint(words) is None, f"{page.name}: {line}"


def _complaint(words: list[str]) -> str | None:
    """What the command line finds wrong with a command, without running it."""
    try:
        cli.commands[words[0]].make_context(words[0], words[1:])
    except click.ClickException as error:
        return error.format_message()
    return None


@pytest.mark.parametrize(("page", "line"), shell_lines("python"))
def test_every_script_that_is_named_is_there(page: Path, line: str) -> None:
    assert (ROOT / shlex.split(line, comments=True)[1]).is_file(), f"{page.name}: {line}"


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("curl"), reason="there is no curl")
def test_the_line_for_elasticsearch_sends_what_bulk_wants(tmp_path: Path) -> None:
    """The line of the page, against a server that reads as ``_bulk`` does: an action and its source, in turn."""
    taken: list[tuple[str, str, bytes]] = []

    class Bulk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((self.path, self.headers["Content-Type"], body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Bulk)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    [(_, line)] = shell_lines("curl")
    cli(["run", str(ROOT / "seeds"), "--plain", "-q", "-o", str(tmp_path / "output"), "--also", "elasticsearch"],
        standalone_mode=False)  # fmt: skip
    line = line.replace("localhost:9200", f"127.0.0.1:{server.server_address[1]}")
    subprocess.run(shlex.split(line), cwd=tmp_path, check=True, capture_output=True, timeout=60)
    server.shutdown()
    [(path, kind, body)] = taken
    assert (path, kind) == ("/_bulk", "application/x-ndjson")
    rows = [json.loads(row) for row in body.splitlines()]
    assert body.endswith(b"\n")
    assert all(set(action) == {"index"} for action in rows[::2])
    assert [source["path"] for source in rows[1::2]] == sorted(path.name for path in (ROOT / "seeds").iterdir())
