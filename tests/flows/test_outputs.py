"""Names, rows and the change of an old output for a new one."""

import json
import os
import unicodedata
from pathlib import Path

import pyarrow as pa
import pytest
from folders import article, fill, left_behind, rows, run
from hypothesis import given
from hypothesis import strategies as st

from cleaners.documents import Change, Evidence, Passage, Verdict
from flows.errors import RunError, UsageError
from flows.outputs import check_output, text_names
from flows.outputs.names import PATH_BYTES, SEGMENT_BYTES
from flows.outputs.rows import change_rows, row, spell, spell_rows, verdict_row

SEEDS = Path(__file__).parent.parent.parent / "seeds"

# --------------------------------------------------------------------------------------------------------- names

BITS = [*"aAb\u00e9/.\\:~ \n\0\u202e", "e\u0301", "\u00df", "SS", ".txt", "..", "con", "NUL", "\ud800"]
HOSTILE = st.lists(st.sampled_from(BITS), max_size=12).map("".join)


@given(st.lists(HOSTILE | st.text(max_size=300), max_size=12))
def test_names_are_safe_and_distinct_whatever_the_paths(paths: list[str]) -> None:
    names = text_names([(path, f"{number:08d}") for number, path in enumerate(sorted(set(paths)))])
    folded = [unicodedata.normalize("NFC", name).casefold() for name in names]
    assert len(set(folded)) == len(names) == len(set(paths))
    for name in names:
        assert len(name.encode()) <= PATH_BYTES + 40
        assert name.endswith(".txt")
        assert os.path.normpath(name) == name
        for segment in name.split("/"):
            assert 0 < len(segment.encode()) <= SEGMENT_BYTES + 40
            assert segment[0] != "."
            assert segment[-1] not in ". "
            assert segment.split(".")[0].casefold() not in {"con", "nul"}
            assert all(c not in '<>:"\\|?*' and unicodedata.category(c) not in {"Cc", "Cs"} for c in segment)
    for name in folded:
        assert not any(other.startswith(f"{name}/") for other in folded), "a text where a folder must be"


@given(st.lists(st.from_regex(r"[a-z0-9_é北-]{1,9}(/[a-z0-9_ .'-]{0,9}[a-z]){0,2}\.txt", fullmatch=True), unique=True))
def test_plain_names_stay_as_they_are(paths: list[str]) -> None:
    folders = {"/".join(path.split("/")[:depth]) for path in paths for depth in range(1, path.count("/") + 1)}
    plain = sorted(path for path in paths if path not in folders and not path.startswith(("con", "nul", "aux", "prn")))
    distinct = [path for path in plain if all(not part.startswith((".", " ")) for part in path.split("/"))]
    assert text_names([(path, "0") for path in distinct]) == distinct


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a", "a.txt"], ["a.txt", "a~00000001.txt"]),
        (["a.html", "a.html.txt"], ["a.html.txt", "a.html~00000001.txt"]),
        (["a.txt", "a.txt/b"], ["a~00000000.txt", "a.txt/b.txt"]),
        (["f.jsonl/..", "f.jsonl/."], ["f.jsonl/__.txt", "f.jsonl/_.txt"]),
        (["/etc/passwd", "//x"], ["_/etc/passwd.txt", "_/_/x.txt"]),
        (["con.txt", "com1/x", "console"], ["_con.txt", "_com1/x.txt", "console.txt"]),
    ],
)
def test_hostile_names(paths: list[str], names: list[str]) -> None:
    found = text_names([(path, f"{number:08d}") for number, path in enumerate(paths)])
    assert found == names


def test_overlong_names_are_cut_and_told_apart() -> None:
    names = text_names([("é" * 300 + end, "0") for end in "ab"])
    assert len({*names}) == 2
    assert all(name.startswith("é" * 80) and len(name.encode()) <= SEGMENT_BYTES + 4 for name in names)
    deep = text_names([("/".join(["folder"] * 999 + [end]), "0") for end in "ab"])
    assert len({*deep}) == 2
    assert all(len(name.encode()) < PATH_BYTES for name in deep)


# ---------------------------------------------------------------------------------------------------------- rows


SPELLED = st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from('\x00\x1b\x7f\x9b\u2028\u202e"\\\n\t/é')
)


@given(st.lists(st.tuples(SPELLED | st.none(), st.integers(-(2**63), 2**63 - 1) | st.none()), max_size=6))
def test_rows_of_a_table_are_spelled_as_its_objects_are(values: list[tuple[str | None, int | None]]) -> None:
    told = [{"path": text, "chars_in": number} for text, number in values]
    table = pa.Table.from_pylist(told, schema=pa.schema([("path", pa.string()), ("chars_in", pa.int64())]))
    assert [*spell_rows(table)] == [f"{spell(each)}\n".encode() for each in told]


@given(st.text())
def test_a_row_is_one_line_and_reads_back(text: str) -> None:
    line = row(change_rows([Change("step", "rule", 0, 1, text, "")]), path=text) if text.isprintable() else None
    spelt = spell({"text": text})
    assert json.loads(spelt) == {"text": text}
    assert len(spelt.splitlines()) == 1
    assert not any(unicodedata.category(c) == "Cc" for c in spelt)
    if line is not None:
        assert json.loads(line)["before"] == text


def test_scores_read_back_exactly() -> None:
    parts = tuple(Evidence(f"part {n}", n / 3, n * 2.0**-40, "sentence", n / 7) for n in range(9))
    verdict = Verdict("rewrite", sum(part.weight for part in parts), parts, passages=(Passage("new", (0, 3), None),))
    back = json.loads(row(verdict_row(verdict), left="a", right="b"))
    assert sum(part["weight"] for part in back["evidence"]) == back["score"] == verdict.score
    assert back["passages"] == [{"kind": "new", "left": [0, 3], "right": None}]
    assert list(back) == ["left", "right", "relation", "score", "direction", "evidence", "passages"]


# -------------------------------------------------------------------------------------------- may it be written?


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("seeds", "lies within the seeds"),
        ("seeds/out", "lies within the seeds"),
        ("file", "is a file"),
        ("file/out", "is a file"),
        ("taken", "holds documents.jsonl, which no run of Copydesk has written"),
        ("texts-of-mine", "holds texts, which no run"),
        ("holds-seeds", "lie among the results"),
        ("linked", "is a link"),
    ],
)
def test_outputs_that_make_no_sense_are_refused_and_left_alone(output: str, message: str, tmp_path: Path) -> None:
    fill(
        tmp_path,
        {
            "seeds/a.txt": article(1),
            "file": "mine",
            "taken/documents.jsonl": "mine",
            "texts-of-mine/texts/a.txt": "mine",
            "linked/.copydesk/format": "1\n",
            "elsewhere/x": "",
        },
    )
    (tmp_path / "linked/texts").symlink_to(tmp_path / "elsewhere")
    seeds = tmp_path / "seeds"
    if output == "holds-seeds":
        seeds = fill(tmp_path / "holds-seeds/texts/seeds", {"a.txt": "x"})
    before = {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}
    with pytest.raises(UsageError, match=message) as caught:
        run(seeds, tmp_path / output)
    assert caught.value.exit_code == 2
    assert before == {path: path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}


def test_an_output_that_may_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path, {"seeds/a.txt": article(1)})
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    with pytest.raises(UsageError, match="permission denied"):
        check_output(tmp_path / "output", [tmp_path / "seeds"])
    assert not (tmp_path / "output").exists()


# ---------------------------------------------------------------------------------------------- old against new


def test_foreign_files_and_the_readme_survive(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "sub/b.txt": article(2)})
    output = fill(tmp_path / "output", {"README.md": "what appears here"})
    run(seeds, output)
    fill(output, {"texts/notes.txt": "mine", "texts/sub/notes.md": "mine", "mine.csv": "mine"})
    (seeds / "sub/b.txt").unlink()
    run(seeds, output)
    there = left_behind(output)
    assert {"README.md", "mine.csv", "texts/notes.txt", "texts/sub/notes.md", "texts/a.txt"} <= there.keys()
    assert "texts/sub/b.txt" not in there


def test_a_foreign_file_in_the_way_stops_the_run_before_anything_moves(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1)})
    output = tmp_path / "output"
    run(seeds, output)
    fill(output, {"texts/b.txt": "mine"})
    before = left_behind(output)
    fill(seeds, {"a.txt": article(3), "b.txt": article(2)})
    with pytest.raises(RunError, match=r"b\.txt is in the way"):
        run(seeds, output)
    assert left_behind(output) == before


def test_texts_that_are_no_longer_canonical_go_with_their_empty_folders(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "old/deep/b.txt": article(2)})
    run(seeds, tmp_path / "output")
    (seeds / "old/deep/b.txt").unlink()
    run(seeds, tmp_path / "output")
    assert not (tmp_path / "output/texts/old").exists()


def test_a_text_may_take_the_place_of_a_folder_and_the_other_way_round(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"x.txt": article(1), "y.txt/z.txt": article(2)})
    run(seeds, tmp_path / "output")
    (seeds / "x.txt").unlink()
    (seeds / "y.txt/z.txt").unlink()
    (seeds / "y.txt").rmdir()
    fill(seeds, {"x.txt/z.txt": article(1), "y.txt": article(2)})
    run(seeds, tmp_path / "output")
    run(seeds, tmp_path / "full")
    assert left_behind(tmp_path / "output") == left_behind(tmp_path / "full")


def test_without_the_working_folder_the_earlier_texts_are_still_known(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": article(2)})
    output = tmp_path / "output"
    run(seeds, output)
    for file in sorted((output / ".copydesk").rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    (output / ".copydesk").rmdir()
    (seeds / "b.txt").unlink()
    run(seeds, output)
    assert sorted(left_behind(output)) == sorted({*left_behind(output)} - {"texts/b.txt"})
    assert [found["path"] for found in rows(output, "documents")] == ["a.txt"]


@pytest.mark.parametrize("moves", range(10))
def test_a_run_that_dies_while_moving_leaves_whole_files_and_the_next_one_mends_it(
    moves: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = fill(tmp_path / "seeds", {"a.txt": article(1), "b.txt": article(2), "gone/c.txt": article(3)})
    output = tmp_path / "output"
    run(seeds, output)
    old = left_behind(output)
    (seeds / "gone/c.txt").unlink()
    fill(seeds, {"b.txt": article(4), "d.txt": article(5)})
    run(seeds, tmp_path / "full")
    new = left_behind(tmp_path / "full")
    _die_after(moves, output, monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        run(seeds, output)
    monkeypatch.undo()
    for name, content in left_behind(output).items():
        assert content in (old.get(name), new.get(name)), f"{name} is neither the old nor the new file"
    run(seeds, output)
    assert left_behind(output) == new


def _die_after(moves: int, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the run die before the next file is put under its name in, or removed from, the output."""
    left = iter(range(moves))

    def guarded(where: object, name: str) -> None:
        original = getattr(where, name)

        def act(path: Path | str, *given: object, **named: object) -> object:
            visible = Path(str(given[0] if name == "replace" else path))
            if visible.is_relative_to(output) and ".copydesk" not in visible.parts and next(left, None) is None:
                raise KeyboardInterrupt
            return original(path, *given, **named)

        monkeypatch.setattr(where, name, act)

    guarded(os, "replace")
    guarded(Path, "unlink")
