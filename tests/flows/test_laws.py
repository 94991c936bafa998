"""The laws a run keeps whatever it is given: the same bytes, nothing lost, incremental is full, clean then compare."""

import json
import random
import signal
import time
from pathlib import Path
from unittest import mock

import pyarrow.parquet as pq
import pytest
from folders import COMMENT_FORM, PROMISE, SHARE_BAR, SLOGAN, article, fill, left_behind, rows, run
from histories import History
from kills import WORKER, begin, campaign, check_whole, finish

from cleaners.documents import FOLDED
from flows.engines import local
from flows.inputs import chunks
from flows.options import RunOptions
from flows.stages import cleaning, comparing, joining, learning, run_plain, writing

PAGE = (
    "<!DOCTYPE html><html><head><title>{title}</title></head>"
    "<body><nav>Home</nav><article>{body}</article></body></html>"
)


def page(number: int) -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in article(number).split("\n\n"))
    return PAGE.format(title=f"Article {number}", body=paragraphs)


def mixed() -> dict[str, str | bytes]:
    """Some of everything: texts, copies with furniture, pages, records, encodings, rubbish."""
    files: dict[str, str | bytes] = {f"d{n % 3}/{n:02d}.txt": article(n) for n in range(18)}
    files |= {f"standing/{n}.txt": f"{SLOGAN}{article(60 + n)}{PROMISE}" for n in range(6)}
    files |= {f"copies/{n}.txt": article(n) + (SHARE_BAR if n % 2 else COMMENT_FORM) for n in range(4)}
    files |= {f"pages/{n}.html": page(n) for n in (1, 30, 31)}
    lines = [{"id": f"r{n}", "text": article(n)} for n in (2, 40, 41, 40)] + [{"nothing": 1}]
    files["records.jsonl"] = "\n".join(map(json.dumps, lines)) + "\nno json\n"
    files["windows.txt"] = article(50).replace("o", "ö").encode("cp1252")
    files["empty.txt"] = ""
    files["image.png"] = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    return files


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes]]:
    """The mixed folder, and what one plain run in one thread leaves behind."""
    folder = tmp_path_factory.mktemp("mixed")
    seeds = fill(folder / "seeds", mixed())
    run(seeds, folder / "output")
    assert any(change["step"] == "recurring" for change in rows(folder / "output", "changes"))
    return seeds, left_behind(folder / "output")


# ------------------------------------------------------------------------- law 5: same documents in, same bytes out


@pytest.mark.parametrize(
    "options",
    [{"engine": "threads", "workers": 3}, {"engine": "processes", "workers": 2}, {"engine": "local", "workers": 1}],
    ids=lambda options: options["engine"],
)
def test_engines_and_the_sizes_of_chunks_change_nothing(
    options: dict[str, object],
    undisturbed: tuple[Path, dict[str, bytes]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_ITEMS", 5)
    monkeypatch.setattr(comparing, "CHUNK_PAIRS", 7)
    monkeypatch.setattr(joining, "PART", 9)
    monkeypatch.setattr(learning, "PART", 4)
    monkeypatch.setattr(learning, "BUCKET_TEXTS", 7)
    monkeypatch.setattr(joining, "SCORED", 11)
    monkeypatch.setattr(joining, "RANGE", 7)
    monkeypatch.setattr(joining, "BUCKET_ROWS", 300)
    seeds, expected = undisturbed
    run(seeds, tmp_path / "output", **options)
    assert left_behind(tmp_path / "output") == expected


def test_the_order_in_which_files_were_made_changes_nothing(
    undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    files = list(mixed().items())
    random.Random(5).shuffle(files)
    run(fill(tmp_path / "elsewhere", dict(files)), tmp_path / "output")
    assert left_behind(tmp_path / "output") == undisturbed[1]


@pytest.mark.slow
@pytest.mark.parametrize("hash_seed", ["1", "4242"])
def test_the_hash_seed_changes_nothing(
    hash_seed: str, undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path
) -> None:
    finish(begin(undisturbed[0], tmp_path / "output", PYTHONHASHSEED=hash_seed))
    assert left_behind(tmp_path / "output") == undisturbed[1]


# ------------------------------------------------------------------- law 6: an incremental run ends as a full one does


def test_an_unchanged_folder_starts_no_worker(
    undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_ITEMS", 5)
    monkeypatch.setattr(writing, "PART_ROWS", 5)
    seeds, _ = undisturbed
    run(seeds, tmp_path / "output")
    expected = left_behind(tmp_path / "output")
    started = mock.Mock(side_effect=RuntimeError("a worker was started"))
    monkeypatch.setattr(local.Processes, "_start", started)
    assert run(seeds, tmp_path / "output", engine="local", workers=2).cleaned == 0
    assert left_behind(tmp_path / "output") == expected
    with pytest.raises(RuntimeError, match="a worker was started"):
        run(seeds, tmp_path / "output", engine="local", workers=2, fresh=True)


@pytest.mark.parametrize("alone", [0, 2, 99])
@pytest.mark.parametrize("new", [1, 99])
def test_whoever_looks_at_what_is_known_the_rows_are_the_same(
    alone: int, new: int, undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_ITEMS", 5)
    monkeypatch.setattr(cleaning, "ALONE", alone)
    monkeypatch.setattr(cleaning, "NEW", new)
    _, expected = undisturbed
    files = mixed()
    seeds = fill(tmp_path / "seeds", dict(list(files.items())[::2]))
    run(seeds, tmp_path / "output")
    summary = run(fill(seeds, files), tmp_path / "output")
    assert 0 < summary.known < len(files)
    assert left_behind(tmp_path / "output") == expected


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_random_histories(seed: int, tmp_path: Path) -> None:
    history = History(tmp_path, seed)
    for _ in range(3):
        history.go_on(history.draw.randrange(1, 7))
        assert history.holds(), history.happened


def test_only_what_is_new_is_worked_on(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {f"{n}.txt": article(n) for n in range(11)} | {"edited.txt": article(1) + " Yes."})
    first = run(seeds, tmp_path / "output")
    again = run(seeds, tmp_path / "output")
    assert (first.known, first.cleaned, again.known, again.cleaned, again.compared) == (0, 12, 12, 0, 0)
    assert first.compared > 0
    fill(seeds, {"new.txt": article(99), "renamed.txt": article(3)})
    (seeds / "3.txt").unlink()
    assert run(seeds, tmp_path / "output").cleaned == 1
    fresh = run(seeds, tmp_path / "output", fresh=True)
    assert fresh.cleaned == 13
    assert fresh.compared > 0


@pytest.mark.parametrize("name", ["documents.jsonl", "documents.parquet", "pairs.jsonl", "report.html", "texts/00.txt"])
@pytest.mark.parametrize("damage", [None, b"", b"something else"], ids=["removed", "emptied", "changed"])
def test_what_somebody_changed_in_the_output_is_made_right(name: str, damage: bytes | None, tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {f"{n:02d}.txt": article(n % 5) for n in range(9)})
    run(seeds, tmp_path / "output")
    whole = left_behind(tmp_path / "output")
    (tmp_path / "output" / name).unlink()
    if damage is not None:
        (tmp_path / "output" / name).write_bytes(damage)
    run(seeds, tmp_path / "output")
    assert left_behind(tmp_path / "output") == whole


def test_what_stands_is_not_written_again(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {f"{n:02d}.txt": article(n % 5) for n in range(9)})
    run(seeds, tmp_path / "output")
    files = [file for file in (tmp_path / "output").rglob("*") if file.is_file() and ".copydesk" not in file.parts]
    before = {file: file.stat().st_mtime_ns for file in files if file.name != "run.json"}
    run(seeds, tmp_path / "output")
    assert {file: file.stat().st_mtime_ns for file in before} == before
    run(seeds, tmp_path / "output", fresh=True)
    tables = [file for file in before if "texts" not in file.parts]
    assert all(file.stat().st_mtime_ns > before[file] for file in tables)


def test_a_removed_canonical_hands_over_and_a_better_copy_takes_over(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"b.txt": article(1), "c.txt": article(1), "d.txt": article(2)})
    canonical = []
    for change in (lambda: None, (seeds / "b.txt").unlink, lambda: fill(seeds, {"a.txt": article(1)})):
        change()
        run(seeds, tmp_path / "output")
        canonical.append([row["canonical"] for row in rows(tmp_path / "output", "clusters")])
    assert canonical == [["b.txt"], [], ["a.txt"]]


# --------------------------------------------------------------------------------------------- law 7: nothing vanishes


def assert_adds_up(output: Path) -> None:
    """Every input is there once, with one fate, and every file says the same of it."""
    counts = json.loads((output / "run.json").read_text())["counts"]
    documents = rows(output, "documents")
    paths = [row["path"] for row in documents]
    by_status = {status: {r["path"] for r in documents if r["status"] == status} for status in STATUSES}
    assert counts["read"] == len(documents) == sum(counts[status] for status in STATUSES)
    assert {status: counts[status] for status in STATUSES} == {s: len(found) for s, found in by_status.items()}
    assert paths == sorted(set(paths))
    assert pq.read_table(output / "documents.parquet").to_pylist() == documents
    assert [row["path"] for row in rows(output, "rejected")] == sorted(by_status["rejected"])
    texts = {file.read_text("utf-8") for file in (output / "texts").rglob("*.txt")} if counts["canonical"] else set()
    assert texts == {row["text"] for row in documents if row["status"] == "canonical"}
    members = {member for row in rows(output, "clusters") for member in row["members"] if member != row["canonical"]}
    assert members == by_status["duplicate"]
    compared = {(row["left"], row["right"]): row["relation"] for row in rows(output, "pairs")}
    for row in documents:
        if row["status"] == "duplicate":
            ends = sorted((row["path"], row["canonical"]))
            assert compared[ends[0], ends[1]] == row["relation"] in FOLDED
    assert len(rows(output, "changes")) == counts["changes"]
    assert len(rows(output, "pairs")) == counts["pairs"]


STATUSES = ("canonical", "duplicate", "rejected")


def test_everything_that_was_read_is_accounted_for(undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    run(undisturbed[0], tmp_path / "output")
    assert_adds_up(tmp_path / "output")
    reasons = {row["path"]: row["reason"] for row in rows(tmp_path / "output", "rejected")}
    assert reasons == {
        "empty.txt": "empty",
        "image.png": "unsupported",
        "records.jsonl/00000005": "no-text",
        "records.jsonl/00000006": "unparsable",
    }


def test_the_decoded_input_can_be_rebuilt(undisturbed: tuple[Path, dict[str, bytes]], tmp_path: Path) -> None:
    from cleaners.documents import Change, restore

    run(undisturbed[0], tmp_path / "output")
    changes: dict[str, list[Change]] = {}
    for row in rows(tmp_path / "output", "changes"):
        changes.setdefault(row.pop("path"), []).append(Change(**row))
    for row in rows(tmp_path / "output", "documents"):
        file = undisturbed[0] / row["path"]
        if row["status"] != "rejected" and file.is_file():
            assert restore(row["text"], changes.get(row["path"], [])) == file.read_bytes().decode(row["encoding"])


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["inline", "processes"])
def test_killing_a_run_at_any_moment_loses_nothing(engine: str, tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {f"d{n % 7}/{n:04d}.txt": article(n % 60) for n in range(80)})
    run(seeds, tmp_path / "undisturbed")
    draw = random.Random(engine)
    for stage in ("list", "clean", "candidates", "compare", "cluster", "write"):
        process = begin(seeds, tmp_path / "output", engine)
        assert process.stdout is not None
        assert any(line.startswith(f"{stage} ") for line in process.stdout)
        time.sleep(draw.random() * 0.1)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        check_whole(tmp_path / "output")
    run(seeds, tmp_path / "output")
    assert left_behind(tmp_path / "output") == left_behind(tmp_path / "undisturbed")


@pytest.mark.slow
def test_killing_workers_loses_nothing(tmp_path: Path) -> None:
    killed = campaign(tmp_path, 4, 600, random.Random(3), WORKER)
    assert any(stage != "worker in a stage without workers" for stage in killed), killed


@pytest.mark.parametrize("end", ["removed", "emptied", "grown", "a folder"])
def test_a_file_that_changes_between_being_listed_and_read_is_taken_as_it_is_then(end: str, tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": article(2)})

    def change(stage: str, *_: object) -> None:
        file = seeds / "a.txt"
        if stage == "clean" and file.is_file() and file.read_text() == article(1):
            file.unlink()
            if end == "a folder":
                file.mkdir()
            elif end != "removed":
                file.write_text("" if end == "emptied" else article(1) + "\n\n" + article(3))

    run_plain([seeds], tmp_path / "output", RunOptions(engine="inline"), change)
    assert_adds_up(tmp_path / "output")
    found = {row["path"]: row for row in rows(tmp_path / "output", "documents")}
    assert found["b.txt"]["text"] == article(2)
    reasons = {row["path"]: row["reason"] for row in rows(tmp_path / "output", "rejected")}
    expected = {"removed": "unreadable", "emptied": "empty", "a folder": "unreadable"}
    assert reasons.get("a.txt") == expected.get(end)
    if end == "grown":
        assert found["a.txt"]["text"].endswith(article(3))


# ------------------------------------------------------------------------------------- law 8: clean first, then compare


@pytest.mark.parametrize("left", ["", SHARE_BAR, COMMENT_FORM], ids=["plain", "share bar", "comment form"])
@pytest.mark.parametrize("right", [SHARE_BAR, COMMENT_FORM], ids=["share bar", "comment form"])
def test_furniture_neither_hides_nor_feigns_a_duplicate(left: str, right: str, tmp_path: Path) -> None:
    files = {"a.txt": article(1) + left, "b.txt": article(1) + right, "c.txt": article(2, 4) + right}
    run(fill(tmp_path / "seeds", files), tmp_path / "output")
    documents = {row["path"]: row for row in rows(tmp_path / "output", "documents")}
    assert documents["a.txt"]["cluster"] == documents["b.txt"]["cluster"] is not None
    assert {documents["a.txt"]["relation"], documents["b.txt"]["relation"]} == {None, "duplicate"}
    assert documents["a.txt"]["text"] == documents["b.txt"]["text"] == article(1)
    assert documents["c.txt"]["status"] == "canonical"
