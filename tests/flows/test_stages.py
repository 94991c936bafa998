"""The stages: small inputs and outputs, the schema of what is written, runs over all kinds of folders, and failures."""

import errno
import json
import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from folders import SHARE_BAR, article, fill, left_behind, rows, run
from test_laws import assert_adds_up

from cleaners import clean
from cleaners.documents import Document
from cleaners.duplicates.find import find_duplicates
from flows.errors import CopydeskError, RunError, UsageError
from flows.options import RunOptions
from flows.stages import STAGES, finish, open_job, run_plain

SEEDS = Path(__file__).parent.parent.parent / "seeds"

DOCUMENT = ["path", "id", "status", "canonical", "relation", "cluster", "title", "byline", "published", "publisher"]
DOCUMENT += ["language", "encoding", "chars_in", "chars_out", "text"]
FILES = {
    "documents.jsonl": DOCUMENT,
    "changes.jsonl": ["path", "step", "rule", "start", "end", "before", "after"],
    "pairs.jsonl": ["left", "right", "relation", "score", "direction", "evidence", "passages"],
    "clusters.jsonl": ["cluster", "canonical", "members", "why"],
    "rejected.jsonl": ["path", "reason", "detail"],
}


# ------------------------------------------------------------------------------------------------------ the stages


def test_stages_hand_on_the_names_of_files_and_never_texts(tmp_path: Path) -> None:
    import pickle

    seeds = fill(tmp_path / "seeds", {f"{n}.txt": article(n, 99) for n in range(20)})
    with open_job([seeds], tmp_path / "output", RunOptions(engine="inline")) as job:
        result = None
        for stage in STAGES:
            result = stage.run(job, result)
            assert len(pickle.dumps(result)) < 4000
        summary = finish(job, result)  # type: ignore[arg-type]
    assert list(summary.seconds) == [stage.name for stage in STAGES]
    assert summary.counts["read"] == 20


@pytest.mark.parametrize("files", [{}, {"a.txt": article(1)}, {"a.txt": article(1), "b.txt": article(1) + " Yes."}])
def test_progress_counts_up_to_the_total(files: dict[str, str], tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", files)
    for _ in ("first", "again"):
        told: list[tuple[str, int, int | None, str]] = []
        options = RunOptions(engine="inline")
        run_plain([seeds], tmp_path / "output", options, lambda *given, told=told: told.append(given))
        assert list(dict.fromkeys(stage for stage, *_ in told)) == [stage.name for stage in STAGES]
        for stage in STAGES:
            calls = [call for call in told if call[0] == stage.name]
            _, done, total, unit = calls[-1]
            assert done == total
            counts = [done for _, done, _, own in calls if own == unit]
            assert counts == sorted(counts)


def test_files_have_the_promised_fields(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": article(1) + SHARE_BAR, "c.txt": ""})
    output = tmp_path / "output"
    run(seeds, output)
    for name, fields in FILES.items():
        found = rows(output, name.removesuffix(".jsonl"))
        assert found, f"{name} has no row to look at"
        assert all(list(row) == fields for row in found)
    assert pq.read_schema(output / "documents.parquet").names == DOCUMENT
    page = json.loads((output / "run.json").read_text())
    assert {"copydesk", "versions", "options", "counts", "seconds"} <= page.keys()
    assert page["options"] == RunOptions().shaping()


def test_a_run_finds_what_the_search_in_memory_finds(tmp_path: Path) -> None:
    texts = {f"{n:02d}.txt": article(n) for n in range(12)}
    texts |= {"copy.txt": article(3), "part.txt": article(4)[: len(article(4)) // 2], "edit.txt": article(5) + " More."}
    texts |= {"dash.txt": "---", "dash2.txt": "---"}
    output = tmp_path / "output"
    run(fill(tmp_path / "seeds", texts), output)
    documents = [
        Document(row["path"], row["text"], row["id"], language=row["language"]) for row in rows(output, "documents")
    ]
    found = find_duplicates(documents)
    got = [(row["cluster"], row["canonical"], tuple(row["members"]), row["why"]) for row in rows(output, "clusters")]
    assert got == [(each.cluster, each.canonical, each.members, each.why) for each in found.clusters]
    reported = {(row["left"], row["right"]): (row["relation"], row["score"]) for row in rows(output, "pairs")}
    assert {(p.left, p.right): (p.verdict.relation, p.verdict.score) for p in found.pairs}.items() <= reported.items()


def test_dates_of_the_documents_tell_which_was_made_from_which(tmp_path: Path) -> None:
    body = article(3)
    edited = body.replace(" after ", " once ", 2)
    files = {
        "a.html": f'<html><head><meta name="date" content="2024-05-03"></head><body><p>{body}</p></body></html>',
        "b.html": f'<html><head><meta name="date" content="2024-05-01"></head><body><p>{edited}</p></body></html>',
    }
    run(fill(tmp_path / "seeds", files), tmp_path / "out")
    (pair,) = rows(tmp_path / "out", "pairs")
    assert (pair["relation"], pair["direction"]) == ("near-duplicate", "left-from-right")


def test_members_of_a_cluster_come_from_different_clusterings_of_the_same_verdicts(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1, 9), "b.txt": article(1, 9) + "\n\nOne more line was added."})
    for keep, canonical in (("longest", "b.txt"), ("source", None)):
        summary = run(seeds, tmp_path / "output", keep=keep)
        [found] = rows(tmp_path / "output", "clusters")
        assert canonical in (None, found["canonical"])
    assert (summary.cleaned, summary.compared) == (0, 0)
    run(seeds, tmp_path / "output", prefer_source=("b.txt",))


# ------------------------------------------------------------------------------------------------------ all folders


@pytest.mark.parametrize(
    "files",
    [{}, {"a.txt": article(1)}, {"a.txt": ""}, {".hidden": "h"}, {"a.jsonl": ""}, {"a.txt": "same", "b.txt": "same"}],
    ids=["empty", "one", "one rejected", "hidden", "no records", "two words"],
)
def test_small_folders(files: dict[str, str], tmp_path: Path) -> None:
    run(fill(tmp_path / "seeds", files), tmp_path / "output")
    assert_adds_up(tmp_path / "output")
    visible = {"documents.jsonl", "documents.parquet", "run.json", *FILES}
    assert visible <= left_behind(tmp_path / "output").keys()


def test_one_file_as_seeds(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": article(2)})
    run(seeds / "a.txt", tmp_path / "output")
    assert [row["path"] for row in rows(tmp_path / "output", "documents")] == ["a.txt"]


@pytest.mark.slow
def test_two_thousand_small_files(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {f"{n % 40:02d}/{n:04d}.txt": article(n % 1900, 3) for n in range(2000)})
    summary = run(seeds, tmp_path / "output", engine="local")
    assert_adds_up(tmp_path / "output")
    assert summary.counts["read"] == 2000
    assert summary.counts["duplicate"] >= 100


def rubbish() -> dict[str, bytes]:
    """A folder as found on an old disk."""
    draw = random.Random(1)
    russian = "Совет собрался в пятницу и утвердил бюджет города на следующий год. " * 9
    japanese = "市議会は金曜日に開かれ、来年度の予算案を可決した。市長は記者団に対し、計画通り進めると述べた。" * 9
    return {
        **{f"random/{n}.bin": draw.randbytes(draw.randrange(1, 9000)) for n in range(20)},
        **{f"random/{n}.txt": draw.randbytes(draw.randrange(1, 900)) for n in range(20)},
        **{f"nearly/{n}.txt": article(n).encode()[:99] + bytes([draw.randrange(256)]) * 3 for n in range(20)},
        "paper.pdf": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>",
        "paper.txt": b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>",
        "image.png": b"\x89PNG\r\n\x1a\n" + draw.randbytes(999),
        "utf16.txt": article(60).encode("utf-16"),
        "utf16be.txt": b"\xfe\xff" + article(61).encode("utf-16-be"),
        "utf16-no-mark.txt": article(62).encode("utf-16-le"),
        "utf32.txt": article(63).encode("utf-32"),
        "japanese.txt": japanese.encode("shift-jis"),
        "russian.txt": russian.encode("cp1251"),
        "one-line.txt": b"word " * (10 << 20),
        "no-line-end.txt": b"x" * (1 << 20),
        "deep.html": b"<html><body>" + b"<div>" * 20_000 + b"<p>" + article(64).encode() + b"</p>" + b"</div>" * 20_000,
        "open.html": b"<html><body>" + b"<b><i>" * 5_000 + article(65).encode(),
        "empty.html": b"<html></html>",
        "nothing": b"",
        "blank.txt": b" \n\t\n" * 99,
        "nul.txt": b"The council\x00met on Friday.",
        "lines.jsonl": b'{"text": "The council met."}\n{"text": 5}\nno\n\xff\n[]\n{"text": ""}\n',
        "cut.jsonl.gz": b"\x1f\x8b\x08\x00\x00\x00",
        "cut.parquet": b"PAR1",
        "cut.warc.gz": b"\x1f\x8b\x08\x00rubbish",
        "marks.txt": "\u202eevil\u202c \u0301\u0302\u0303 text\u200b\ufeff of marks. ".encode() * 99,
        "bom.txt": b"\xef\xbb\xbf" + article(66).encode(),
        "mixed.txt": article(67).encode() + "é".encode("latin-1") + "é".encode(),
    }


@pytest.mark.slow
def test_a_folder_of_rubbish_ends_well(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", rubbish())
    output = tmp_path / "output"
    summary = run(seeds, output, engine="local", workers=2)
    assert_adds_up(output)
    assert summary.counts["read"] == len(rubbish()) + 5  # lines.jsonl holds six
    fates = {row["path"]: row for row in rows(output, "documents")}
    reasons = {row["path"]: row["reason"] for row in rows(output, "rejected")}
    assert fates["russian.txt"]["text"].startswith("Совет собрался в пятницу")
    assert fates["japanese.txt"]["text"].startswith("市議会は金曜日に")
    for name, number in {"utf16.txt": 60, "utf16be.txt": 61, "utf32.txt": 63, "bom.txt": 66}.items():
        assert fates[name]["text"] == article(number)
    assert reasons["one-line.txt"] == "oversized"
    assert {reasons[name] for name in ("paper.pdf", "paper.txt", "image.png")} == {"unsupported"}
    assert {reasons[name] for name in ("nothing", "blank.txt", "lines.jsonl/00000006")} == {"empty"}
    assert {reasons[name] for name in ("cut.jsonl.gz", "cut.parquet", "cut.warc.gz")} == {"damaged"}
    assert not [path for path, reason in reasons.items() if reason == "failed"]


# -------------------------------------------------------------------------------------------------------- failures


def test_wrong_options_are_named() -> None:
    for options, message in (
        ({"engine": "sparks"}, "unknown engine 'sparks'"),
        ({"engine": "threds"}, "did you mean 'threads'"),
        ({"workers": -1}, "workers is -1"),
        ({"workers": True}, "workers is True"),
        ({"max_bytes": 0}, "max_bytes is 0"),
        ({"text_field": ""}, "text_field is empty"),
        ({"keep": "newest"}, "unknown policy 'newest'"),
        ({"prefer_source": "Reuters"}, "prefer_source is 'Reuters'"),
        ({"fresh": 1}, "fresh is 1"),
    ):
        with pytest.raises(UsageError, match=message):
            RunOptions(**options)  # type: ignore[arg-type]


def test_options_go_through_json_unchanged() -> None:
    options = RunOptions(workers=3, prefer_source=("Reuters", "b/"), keep="earliest", text_field="t")
    assert RunOptions.from_json(json.loads(json.dumps(options.as_json()))) == options


def test_a_full_disk_is_one_sentence_and_leaves_the_old_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1)})
    run(seeds, tmp_path / "output")
    before = left_behind(tmp_path / "output")
    fill(seeds, {"b.txt": article(2)})
    fsync = os.fsync

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(RunError, match=r"failed at .*: the disk is full; make room"):
        run(seeds, tmp_path / "output")
    monkeypatch.setattr(os, "fsync", fsync)
    assert left_behind(tmp_path / "output") == before
    run(seeds, tmp_path / "output")
    assert_adds_up(tmp_path / "output")


@pytest.mark.slow
def test_a_small_disk_fills_up_at_any_moment_and_loses_nothing(tmp_path: Path) -> None:
    """A real file system, grown bit by bit until the run fits: what stood there stays until then, byte for byte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "copydesk", str(disk)], check=False).returncode:
        pytest.skip("mounting a file system takes rights that this user has not")
    try:
        seeds = fill(tmp_path / "seeds", {f"{n}.txt": article(n, 30) for n in range(20)})
        run(seeds, disk / "output")
        before = left_behind(disk / "output")
        fill(seeds, {f"{n}.txt": article(n, 30) for n in range(20, 60)})
        room = shutil.disk_usage(disk).used >> 10
        fits, full = False, 0
        while not fits:
            subprocess.run(["mount", "-o", f"remount,size={room}k", str(disk)], check=True)
            fits = _fits(seeds, disk / "output")
            if not fits:
                assert left_behind(disk / "output") == before, f"with {room} KiB of room"
                room, full = room + 900, full + 1
        run(seeds, tmp_path / "undisturbed")
        assert full >= 3
        assert left_behind(disk / "output") == left_behind(tmp_path / "undisturbed")
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)


def _fits(seeds: Path, output: Path) -> bool:
    """Whether a run found room enough; where it did not, it must say so."""
    try:
        run(seeds, output)
    except RunError as error:
        if "the disk is full; make room" not in str(error):
            raise
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1, 4, 12, 30, 60])
def test_a_write_that_fails_anywhere_leaves_nothing_half_written(limit: int, tmp_path: Path) -> None:
    """The system itself refuses files beyond a limit, so that real writes of every library fail half-way."""
    seeds = fill(tmp_path / "seeds", {f"{n}.txt": article(n, 30) for n in range(30)})
    code = "import sys, resource\nfrom flows.options import RunOptions\nfrom flows.stages import run_plain\n"
    code += "from flows.errors import CopydeskError\n"
    code += f"resource.setrlimit(resource.RLIMIT_FSIZE, ({limit << 10}, {limit << 10}))\n"
    code += "try:\n    run_plain([sys.argv[1]], sys.argv[2], RunOptions(engine='inline'))\n"
    code += "except CopydeskError as error:\n    print(error)\n    sys.exit(error.exit_code)\n"
    command = [sys.executable, "-c", code, str(seeds), str(tmp_path / "output")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "file too large" in done.stdout
    assert len(done.stdout.splitlines()) == 1
    assert left_behind(tmp_path / "output") == {}
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    run(seeds, tmp_path / "output")
    run(seeds, tmp_path / "full")
    assert left_behind(tmp_path / "output") == left_behind(tmp_path / "full")


def test_a_document_that_breaks_the_cleaning_is_set_aside_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows.stages import outcomes

    def fragile(item: object, options: RunOptions) -> object:
        if b"Grenade" in item.data:  # type: ignore[attr-defined]
            raise RecursionError("maximum recursion depth exceeded")
        return original(item, options)  # type: ignore[arg-type]

    original = outcomes.clean_input
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": "Grenade", "c.txt": article(2)})
    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "clean_input", fragile)
        patch.setattr(outcomes, "clean_inputs", lambda items, options: [fragile(item, options) for item in items])
        run(seeds, tmp_path / "output")
    assert_adds_up(tmp_path / "output")
    assert [(r["path"], r["reason"]) for r in rows(tmp_path / "output", "rejected")] == [("b.txt", "failed")]
    run(seeds, tmp_path / "output")  # a failure is not remembered: the next version may know better
    assert rows(tmp_path / "output", "rejected") == []


def test_a_comparison_that_fails_names_its_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.stages import verdicts

    def broken(left: object, right: object, **told: object) -> object:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(verdicts, "compare_profiles", broken)
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": article(1) + " More."})
    with pytest.raises(RunError, match=r"comparing a\.txt with b\.txt failed with ZeroDivisionError"):
        run(seeds, tmp_path / "output")


def test_errors_survive_the_way_between_processes() -> None:
    import pickle

    for error in (UsageError("so"), RunError("so"), CopydeskError("so", 2)):
        back = pickle.loads(pickle.dumps(error))
        assert (type(back), str(back), back.exit_code) == (type(error), "so", error.exit_code)


def test_near_duplicates_alone_are_found_without_cleaning_or_rewrites(tmp_path: Path) -> None:
    text = article(1, 40)
    files = {
        "a.txt": text,
        "b.txt": text.replace("was", "is", 1),
        "c.txt": article(2, 40) + SHARE_BAR,
        "d.txt": "â€œNo",
    }
    files |= {f"{n}.txt": article(n, 40) for n in range(10, 30)}
    output = tmp_path / "output"
    run(fill(tmp_path / "seeds", files), output, near_duplicates_only=True)
    assert_adds_up(output)
    assert [row["members"] for row in rows(output, "clusters")] == [["a.txt", "b.txt"]]
    assert [(row["left"], row["right"]) for row in rows(output, "pairs")] == [("a.txt", "b.txt")]
    documents = {row["path"]: row for row in rows(output, "documents")}
    assert documents["c.txt"]["text"] == article(2, 40) + SHARE_BAR
    assert documents["c.txt"]["language"] is None
    assert documents["d.txt"]["text"] == "“No"


def test_the_report_on_near_duplicates_alone_has_no_side_pages_whoever_makes_it(tmp_path: Path) -> None:
    from flows.report import write_report
    from flows.report.gather import DOCUMENTS

    output = tmp_path / "output"
    files = {f"{n}.txt": article(n) for n in range(DOCUMENTS + 3)}
    run(fill(tmp_path / "seeds", files), output, near_duplicates_only=True)
    page = (output / "report.html").read_bytes()
    assert not (output / "report").exists()
    assert b"report/documents-" not in page
    write_report(output)
    assert not (output / "report").exists()
    assert (output / "report.html").read_bytes() == page


def test_side_pages_that_show_what_they_showed_are_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("gather.DOCUMENTS", 3), ("gather.A_PAGE", 4), ("side.A_PAGE", 4)):
        monkeypatch.setattr(f"flows.report.{name}", value)
    seeds, output = fill(tmp_path / "seeds", {f"{n:02d}.txt": article(n) for n in range(10)}), tmp_path / "output"
    run(seeds, output)
    page = {n: output / "report" / f"documents-{n:04d}.html" for n in range(1, 4)}
    made = {n: page[n].stat().st_mtime_ns for n in page}
    page[2].write_bytes(page[2].read_bytes()[:-9])
    run(fill(seeds, {"99.txt": article(99)}), output)
    assert [n for n in page if page[n].stat().st_mtime_ns != made[n]] == [2, 3], "the damaged one and the last"
    run(seeds, tmp_path / "full")
    assert left_behind(output) == left_behind(tmp_path / "full")
    shutil.rmtree(output / "report")
    run(fill(seeds, {"98.txt": article(98)}), output)
    assert all(each.exists() for each in page.values()), "those that were taken away are back"


def test_a_menu_beside_an_article_counts_as_furniture_as_one_above_it_does() -> None:
    from flows.stages.outcomes import _described

    paragraphs = [
        "The council met in the old town hall on Friday and passed the budget for the year.",
        "It had been debated for weeks, and nobody in the town had expected that it would.",
        "The mayor said on Friday evening that she was glad it was over, and left for home.",
    ]
    entries = ["Home", "News", "Sports", "Weather", "Contact", "Search"]
    beside = "\n".join(f"{entry:10}{paragraphs[at // 2] if at % 2 == 0 else ''}" for at, entry in enumerate(entries))
    above = "\n\n".join(["\n".join(entries), *paragraphs])
    apart, stacked = (_described(clean(text)) for text in (beside, above))
    assert apart["text"] == stacked["text"] == "\n\n".join(paragraphs)
    assert apart["removed"] == stacked["removed"] == len("".join(entries))
