"""The working folder: locks, whole files, and what is kept for reuse."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from flows import shelves, store
from flows.errors import LockedError, UsageError
from flows.shelves import Shelf
from flows.stages.kept import keep, load

SCHEMA = pa.schema([("key", pa.binary(4)), ("text", pa.string())])


def shelf(folder: Path, *shards: list[str]) -> Shelf:
    """A shelf with a shard for each list of four-letter keys."""
    made = Shelf(folder, SCHEMA)
    for keys in shards:
        made.add([{"key": key.encode(), "text": f"text of {key}"} for key in keys])
    return made


def keys(*names: str) -> np.ndarray:
    return np.array([name.encode() for name in names], dtype="S4")


def texts(made: Shelf, *names: str) -> list[str]:
    catalogue = made.catalogue()
    found: list[str] = made.take(catalogue, catalogue.find(keys(*names)), ["text"]).column("text").to_pylist()
    return found


# --------------------------------------------------------------------------------------------------------- lock


def test_a_second_run_is_told_who_holds_the_output(tmp_path: Path) -> None:
    with (
        store.opened(tmp_path / "output"),
        pytest.raises(LockedError, match=f"being written by process {os.getpid()} on ") as caught,
        store.opened(tmp_path / "output"),
    ):
        pass
    assert caught.value.exit_code == 1
    with store.opened(tmp_path / "output"):
        pass


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    code = "import sys, time\nfrom pathlib import Path\nfrom flows import store\n"
    code += "with store.opened(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    holder = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "o")], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(LockedError, match=f"process {holder.pid} "), store.opened(tmp_path / "o"):
        pass
    holder.send_signal(signal.SIGKILL)
    holder.communicate()
    with store.opened(tmp_path / "o") as workspace:
        assert list(workspace.run.parent.parent.glob("runs/*")) == []


@pytest.mark.parametrize("page", [b"", b"rubbish", b'{"process": "x"}', b"[1]", b"\xff"])
def test_a_lock_that_says_nothing_still_holds(page: bytes, tmp_path: Path) -> None:
    with store.opened(tmp_path):
        (tmp_path / ".copydesk/lock").write_bytes(page)
        second = store.opened(tmp_path)
        with pytest.raises(LockedError, match="being written by another run"):
            second.__enter__()


# -------------------------------------------------------------------------------------------------------- format


def test_a_newer_working_folder_is_left_alone(tmp_path: Path) -> None:
    with store.opened(tmp_path):
        pass
    (tmp_path / ".copydesk/format").write_text("99\n")
    with pytest.raises(UsageError, match="written by a newer Copydesk"), store.opened(tmp_path):
        pass


def test_an_older_working_folder_is_made_anew(tmp_path: Path) -> None:
    with store.opened(tmp_path) as workspace:
        shelf(workspace.shelves / "x", ["aaaa"])
    (tmp_path / ".copydesk/format").write_text("0\n")
    with store.opened(tmp_path) as workspace:
        assert not list(workspace.shelves.iterdir())
    assert (tmp_path / ".copydesk/format").read_text() == f"{store.FORMAT}\n"


def test_what_an_interrupted_run_left_is_swept_away(tmp_path: Path) -> None:
    with store.opened(tmp_path) as workspace:
        workspace.folder("chunks").joinpath("left").touch()
    (tmp_path / ".copydesk/runs/dead").mkdir(parents=True)
    (tmp_path / ".report.html.123.part").touch()
    (tmp_path / ".mine.part").touch()
    with store.opened(tmp_path) as workspace:
        assert list(workspace.run.parent.parent.glob("runs/*")) == []
    assert [file.name for file in tmp_path.glob(".*part")] == [".mine.part"]


# -------------------------------------------------------------------------------------------------------- files


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with store.written(file, durable=True) as handle:
        handle.write(b"old")
        assert not file.exists()
    half = store.written(file)
    half.__enter__().write(b"half of the n")
    assert half.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None) is False
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert file.read_bytes() == b"old"


# ------------------------------------------------------------------------------------------------------- shelves


def test_rows_are_found_by_key_in_the_order_asked(tmp_path: Path) -> None:
    made = shelf(tmp_path, ["aaaa", "cccc"], ["bbbb", "aaaa"], [])
    assert texts(made, "bbbb", "aaaa", "cccc", "bbbb") == [f"text of {key}" for key in ("bbbb", "aaaa", "cccc", "bbbb")]
    assert made.catalogue().find(keys("zzzz", "aaaa")).tolist()[0] == -1
    assert texts(made) == []


def test_rows_are_found_across_row_groups(tmp_path: Path) -> None:
    names = [f"{number:04d}" for number in range(3 * shelves.GROUP + 7)]
    made = shelf(tmp_path, names)
    wanted = names[::-50]
    assert texts(made, *wanted) == [f"text of {name}" for name in wanted]


def test_a_catalogue_reads_back(tmp_path: Path) -> None:
    for made in (shelf(tmp_path / "full", ["aaaa"], ["bbbb"]), shelf(tmp_path / "empty")):
        catalogue = made.catalogue()
        catalogue.save(tmp_path / "saved")
        back = shelves.Catalogue.load(tmp_path / "saved")
        assert back.shards == catalogue.shards
        assert back.find(keys("bbbb", "cccc")).tolist() == catalogue.find(keys("bbbb", "cccc")).tolist()


@pytest.mark.parametrize("damage", [lambda data: data[:-20], lambda data: b"", lambda data: b"PAR1" + data[4:-9]])
def test_a_broken_shard_is_taken_out(damage: object, tmp_path: Path) -> None:
    made = shelf(tmp_path, ["aaaa"], ["bbbb"])
    first = min(tmp_path.iterdir())
    first.write_bytes(damage(first.read_bytes()))  # type: ignore[operator]
    assert len(made.catalogue().keys) == 1
    assert not first.exists()


def test_sweeping_forgets_what_is_not_live(tmp_path: Path) -> None:
    made = shelf(tmp_path, ["aaaa", "bbbb"], ["cccc"])
    catalogue = made.catalogue()
    made.sweep(catalogue, np.isin(catalogue.keys, keys("aaaa", "bbbb")))
    assert made.catalogue().keys.tolist() == [b"aaaa", b"bbbb"]


def test_sweeping_merges_what_many_small_runs_left(tmp_path: Path) -> None:
    names = [f"{number:04d}" for number in range(40)]
    made = shelf(tmp_path, *([name] for name in names))
    catalogue = made.catalogue()
    made.sweep(catalogue, catalogue.keys != b"0007")
    assert len(list(tmp_path.iterdir())) == 1
    left = [name for name in names if name != "0007"]
    assert texts(made, *left) == [f"text of {name}" for name in left]


DAMAGES: dict[str, Callable[[bytes], bytes | None]] = {
    "none": lambda content: content,
    "gone": lambda _: None,
    "empty": lambda _: b"",
    "cut": lambda content: content[: len(content) // 2 - 1],
    "begins otherwise": lambda content: b"\x93NUMPY\x01\x00v\x00{'descr" + content[13:],
    "one bit": lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
    "longer": lambda content: content + b"\0" * 16,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_array_is_none(damage: str, tmp_path: Path) -> None:
    rows = np.array([(n, n / 7) for n in range(40)], dtype=[("number", "<i8"), ("share", "<f8")])
    keep(rows[:3], tmp_path, "pairs", "old")
    keep(rows, tmp_path, "pairs", "key")
    [file] = tmp_path.iterdir()
    content = DAMAGES[damage](file.read_bytes())
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    found = load(tmp_path, "pairs", "key", rows.dtype)
    assert (found is not None and np.array_equal(found, rows)) if damage == "none" else found is None
    assert load(tmp_path, "pairs", "old", rows.dtype) is None
