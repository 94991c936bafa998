"""Seeds and outputs elsewhere: in memory, and on a server that speaks S3, by the command line."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from folders import article, fill, left_behind

from flows.command_line import _guarded as guarded
from flows.command_line import cli
from flows.remote import forget_copies, is_address

Desk = Callable[..., tuple[str, str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The command line, in this process, with copies of what lies elsewhere in a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flows.remote.cache", lambda: tmp_path / "cache")

    def call(*arguments: str, code: int = 0) -> tuple[str, str]:
        got = guarded(lambda: cli([*arguments], standalone_mode=False))
        said = capsys.readouterr()
        assert got == code, said
        return said.out, said.err

    return call


@pytest.fixture
def memory() -> Iterator[Any]:
    """fsspec's file system in memory, empty."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """A server on the loopback interface that speaks S3."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    pytest.importorskip("s3fs")
    server.start()
    yield f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket on it, reached as a user would set it up: by the environment."""
    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("fsspec.config.conf", {"s3": {"endpoint_url": s3_server}})
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    bucket = f"desk-{os.urandom(4).hex()}"
    system.mkdir(bucket)
    return system, f"s3://{bucket}"


def sent(system: Any, address: str, folder: Path) -> dict[str, bytes]:
    """What lies at an address, as :func:`left_behind` has it."""
    system.invalidate_cache()
    system.get(f"{address}/", f"{folder}/", recursive=True)
    return left_behind(folder)


TEXTS = {f"{name}/{n}.txt": article(n) for n, name in enumerate(("wire", "wire", "herald"))}


@pytest.fixture(params=["memory", pytest.param("s3", marks=pytest.mark.slow)])
def elsewhere(request: pytest.FixtureRequest) -> tuple[Any, str]:
    """A file system that is not this machine's, and an address on it."""
    found = request.getfixturevalue(request.param)
    return (found, "memory://desk") if request.param == "memory" else found


def test_a_run_there_and_one_here_end_in_the_same(desk: Desk, elsewhere: tuple[Any, str], tmp_path: Path) -> None:
    """So do runs after changes, which send only what has changed."""
    system, address = elsewhere
    seeds = fill(tmp_path / "articles", TEXTS)
    system.put(f"{seeds}/", f"{address}/articles/", recursive=True)
    said, _ = desk("run", f"{address}/articles", "--plain", "-q", "--output", f"{address}/clean", "--also", "sqlite")
    assert said == ""
    desk("run", "articles", "--plain", "-q", "--output", "here", "--also", "sqlite")
    assert sent(system, f"{address}/clean", tmp_path / "got") == left_behind(tmp_path / "here")
    for file, content in (("wire/0.txt", article(7)), ("wire/9.txt", article(1))):
        fill(seeds, {file: content})
        system.pipe_file(f"{address}/articles/{file}", content.encode())
    system.rm_file(f"{address}/articles/herald/2.txt")
    (seeds / "herald" / "2.txt").unlink()
    before = {name: told for name, told in stamps(system, f"{address}/clean").items() if name.startswith("texts/")}
    said, _ = desk("run", f"{address}/articles", "--plain", "--output", f"{address}/clean", "--also", "sqlite")
    assert f"; see {address}/clean/report.html" in said
    assert "known from an earlier run" in said
    desk("run", "articles", "--plain", "-q", "--output", "here", "--also", "sqlite")
    assert sent(system, f"{address}/clean", tmp_path / "again") == left_behind(tmp_path / "here")
    after = stamps(system, f"{address}/clean")
    assert before["texts/wire/1.txt"] == after["texts/wire/1.txt"], "what stands is not sent again"
    assert "texts/herald/2.txt" not in after
    forget_copies()
    desk("run", f"{address}/articles", "--plain", "-q", "--output", f"{address}/clean", "--also", "sqlite")
    assert sent(system, f"{address}/clean", tmp_path / "third") == left_behind(tmp_path / "here"), "a lost cache"


def stamps(system: Any, address: str) -> dict[str, Any]:
    system.invalidate_cache()
    found = system.find(address, detail=True)
    start = len(system._strip_protocol(address)) + 1
    return {path[start:]: told.get("created") or told.get("LastModified") for path, told in found.items()}


def test_a_single_file_elsewhere(desk: Desk, memory: Any, tmp_path: Path) -> None:
    memory.pipe_file("/desk/a.txt", article(1).encode())
    assert "1 read = 1 canonical" in desk("run", "memory://desk/a.txt", "--plain")[0]
    memory.pipe_file("/desk/a.txt", article(2).encode())
    desk("run", "memory://desk/a.txt", "--plain")
    assert (tmp_path / "output" / "texts" / "a.txt").read_text("utf-8").startswith(article(2)[:40])


def test_what_people_decided_there_is_honoured(desk: Desk, memory: Any, tmp_path: Path) -> None:
    seeds = fill(tmp_path / "articles", TEXTS)
    desk("run", "articles", "--plain", "-q")
    desk("decide", "output", "rewrite", "wire/0.txt", "wire/1.txt")
    memory.pipe_file("/clean/decisions.jsonl", (tmp_path / "output" / "decisions.jsonl").read_bytes())
    assert "1 decided by people)" in desk("run", str(seeds), "--plain", "--output", "memory://clean")[0]
    assert memory.cat_file("/clean/decisions.jsonl") == (tmp_path / "output" / "decisions.jsonl").read_bytes()


def test_a_run_that_fails_sends_nothing(
    desk: Desk, memory: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "articles", TEXTS)

    def broken(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("flows.report.make_report", broken)
    assert "the disk is full" in desk("run", "articles", "--plain", "-q", "--output", "memory://clean", code=1)[1]
    assert memory.find("/clean") == []


WRONG = {
    "unknown-scheme": (["run", "nowhere://x", "--plain"], 2, "nowhere://x cannot be reached: Protocol not known"),
    "nothing-there": (["run", "memory://empty", "--plain"], 2, "memory://empty does not exist, or holds no file"),
    "foreign-output": (["run", "articles", "--plain", "-o", "memory://theirs"], 2, "holds documents.jsonl, which no"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_elsewhere_is_one_sentence(case: str, desk: Desk, memory: Any, tmp_path: Path) -> None:
    fill(tmp_path / "articles", TEXTS)
    memory.pipe_file("/theirs/documents.jsonl", b"{}")
    arguments, code, said = WRONG[case]
    told = desk(*arguments, code=code)[1]
    assert said in told
    assert len(told.splitlines()) == 1
    assert memory.cat_file("/theirs/documents.jsonl") == b"{}"


def test_names_there_cannot_lead_out_of_the_cache(desk: Desk, memory: Any, tmp_path: Path) -> None:
    memory.store["/desk/../../evil.txt"] = memory.store["/desk/a.txt"] = _held(article(1))
    assert "1 read = 1 canonical" in desk("run", "memory://desk", "--plain")[0]
    assert not list(tmp_path.rglob("evil*"))


def _held(text: str) -> Any:
    from fsspec.implementations.memory import MemoryFile

    return MemoryFile(data=text.encode())


@pytest.mark.parametrize(
    ("name", "found"),
    [("s3://a/b", True), ("simplecache::s3://a", True), ("a/b", False), ("C:\\x", False), ("a:b.txt", False)],
)
def test_what_is_an_address(name: str, found: bool) -> None:
    assert is_address(name) is found
