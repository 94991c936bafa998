"""What recurs in the texts of one source goes, with the reason; what wires and chance bring stays."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folders import PROMISE, SLOGAN, WIRE, article, fill, left_behind, rows, run
from hypothesis import event, given, settings
from hypothesis import strategies as st

from cleaners import Change, restore
from cleaners.text.recurring import profile, recurring_lines
from flows.options import RunOptions
from flows.stages import STAGES, Job, learning, open_job, recurring
from flows.stages.cleaning import Cleaned
from flows.stages.documents import Documents
from flows.stages.sources import source_key, source_of

OATH = "\n\nThese pages are set by hand in the old tannery, and nothing in them was ever paid for by anyone."
DESK = "\n\nRing the Post's desk"


def two_sources() -> dict[str, str | bytes]:
    files: dict[str, str | bytes] = {f"herald/2024/{n}.txt": f"{SLOGAN}{article(n)}{WIRE}{PROMISE}" for n in range(6)}
    return files | {f"post/{n}.txt": f"{article(n)}{WIRE if n < 13 else ''}{DESK} 0800 {n}" for n in range(10, 16)}


def page(number: int) -> bytes:
    body = "".join(f"<p>{each}</p>\n" for each in f"{article(number)}{OATH}".split("\n\n"))
    return f"<html><head><title>T{number}</title></head><body><article>{body}</article></body></html>".encode()


def changes_of(output: Path) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(output, "changes"):
        found.setdefault(row["path"], []).append(row)
    return found


def learned(output: Path) -> dict[tuple[str, str], str]:
    """The reason for each line that went, by path and line."""
    return {
        (row["path"], row["before"].strip()): row["rule"].removeprefix("recurring-line, ")
        for row in rows(output, "changes")
        if row["step"] == "recurring"
    }


@pytest.mark.slow
def test_standing_lines_go_and_come_back(copydesk: str, environment: dict[str, str], tmp_path: Path) -> None:
    seeds, output = fill(tmp_path / "seeds", two_sources()), tmp_path / "output"
    command = [copydesk, "run", str(seeds), "-o", str(output), "--plain", "--quiet"]
    subprocess.run(command, env=environment, check=True)
    assert learned(output) == {
        **{(f"herald/2024/{n}.txt", SLOGAN.strip()): "in 6 texts of the folder herald" for n in range(6)},
        **{(f"herald/2024/{n}.txt", PROMISE.strip()): "in 6 texts of the folder herald" for n in range(6)},
        **{(f"post/{n}.txt", f"{DESK.strip()} 0800 {n}"): "in 6 texts of the folder post" for n in range(10, 16)},
    }
    assert (output / "texts/herald/2024/3.txt").read_text("utf-8") == f"{article(3)}{WIRE}"
    assert (output / "texts/post/12.txt").read_text("utf-8") == f"{article(12)}{WIRE}"
    for name in ("herald/2024/0.txt", "herald/2024/1.txt", *(f"post/{n}.txt" for n in range(12, 16))):
        (seeds / name).unlink()
    subprocess.run(command, env=environment, check=True)
    assert {line for _, line in learned(output)} == {SLOGAN.strip()}, "a label wants three texts, a sentence five"
    assert (output / "texts/herald/2024/3.txt").read_text("utf-8") == f"{article(3)}{WIRE}{PROMISE}"
    assert (output / "texts/post/10.txt").read_text("utf-8") == f"{article(10)}{WIRE}{DESK} 0800 10"


def test_inputs_can_be_rebuilt_and_headlines_are_none_that_all_texts_have(tmp_path: Path) -> None:
    seeds = fill(tmp_path / "seeds", two_sources() | {f"pages/{n}.html": page(n) for n in range(20, 26)})
    run(seeds, tmp_path / "output")
    texts = {row["path"]: row for row in rows(tmp_path / "output", "documents")}
    found = changes_of(tmp_path / "output")
    assert {texts[f"herald/2024/{n}.txt"]["title"] for n in range(6)} == {None}
    for path, row in texts.items():
        given = [Change(**{key: value for key, value in row.items() if key != "path"}) for row in found.get(path, ())]
        assert restore(row["text"], given) == (seeds / path).read_text("utf-8"), path
    told = [row for n in range(20, 26) for row in found[f"pages/{n}.html"] if "recurring" in row["step"]]
    assert {row["rule"].partition(", ")[2] for row in told} == {"in 6 texts of the folder pages"}
    assert {row["before"].count(OATH.strip()) for row in told} == {1}


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("Letters to the editor", None),  # as likely as not: no title is told, and the line stays all the same
        ("# Letters to the editor of the valley\n\nBy Ann Lee", "Letters to the editor of the valley"),
    ],
)
def test_a_column_keeps_its_headline(head: str, title: str | None, tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{n}.txt": f"{article(n)}" for n in range(9)}
    files |= {f"c{n}.txt": f"{head}\n\nA letter says: {article(40 + n)}" for n in range(4)}
    run(fill(tmp_path / "seeds", files), tmp_path / "output")
    texts = {row["path"]: row for row in rows(tmp_path / "output", "documents")}
    assert texts["c1.txt"]["title"] == title
    assert texts["c1.txt"]["text"].startswith(head.split("\n", maxsplit=1)[0] + "\n")


@pytest.mark.parametrize(
    "options",
    [{"off": ("recurring",)}, {"off": ("recurring/recurring-line",)}, {"off": ("furniture",)}],
    ids=lambda options: options["off"][0],
)
def test_it_can_be_switched_off(options: dict[str, Any], tmp_path: Path) -> None:
    run(fill(tmp_path / "seeds", two_sources()), tmp_path / "output", **options)
    assert not learned(tmp_path / "output")


def test_near_duplicates_only_leaves_it_alone(tmp_path: Path) -> None:
    run(fill(tmp_path / "seeds", two_sources()), tmp_path / "output", near_duplicates_only=True)
    assert not learned(tmp_path / "output")


def test_sites_of_records_are_sources(tmp_path: Path) -> None:
    lines = [
        {"id": f"{site}{n}", "url": f"https://{site}.example/{n}", "text": f"{article(n)}\n\nThe {desk} desk"}
        for site, desk, first in (("herald", "north", 0), ("post", "south", 20))
        for n in range(first, first + 4)
    ]
    seeds = fill(tmp_path / "seeds", {"all.jsonl": "\n".join(map(json.dumps, lines))})
    run(seeds, tmp_path / "output")
    assert set(learned(tmp_path / "output").values()) == {
        "in 4 texts of herald.example",
        "in 4 texts of post.example",
    }


# ------------------------------------------------------------------------------------------- reuse, and what goes wrong


def test_only_texts_whose_own_lines_change_are_cleaned_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    whole = recurring.made_of
    monkeypatch.setattr(recurring, "made_of", lambda clean, item: asked.append(item) or whole(clean, item))
    seeds, output = fill(tmp_path / "seeds", two_sources()), tmp_path / "output"
    run(seeds, output)
    assert len(asked) == 12
    fill(seeds, {"herald/7.txt": SLOGAN + article(30), "post/x.txt": article(31)})
    run(seeds, output)
    assert len(asked) == 13
    assert set(learned(output).values()) >= {"in 7 texts of the folder herald"}, "reasons are those of now"
    with monkeypatch.context() as patches:
        patches.setattr(learning, "_learn", None)  # what an unchanged folder taught is known
        run(seeds, output)
    run(seeds, output, fresh=True)
    assert len(asked) == 26


def test_a_text_that_a_step_breaks_on_stays_as_it_was_and_is_named(tmp_path: Path) -> None:
    step = tmp_path / "own.py"
    step.write_text(f"def picky(text):\n    assert {SLOGAN.strip()!r} in text or 'desk' in text\n    return ()\n")
    summary = run(fill(tmp_path / "seeds", two_sources()), tmp_path / "output", steps=(f"{step}:picky",))
    assert summary.sentence.endswith("12 canonical + 0 duplicate + 0 rejected")
    assert not learned(tmp_path / "output")
    assert "12 texts keep lines that recur, as cleaning them failed; herald/2024/0.txt: " in summary.complaints[0]
    assert "picky" in summary.complaints[0]


# ------------------------------------------------------------------------------------------------- against the library

PIECES = ["Your valley, your paper", "Ring the desk", "Rain stays.", PROMISE.strip(), WIRE.strip()]
DOCUMENTS = st.lists(
    st.tuples(st.sampled_from("aab"), st.integers(0, 19), st.sets(st.sampled_from(PIECES), min_size=1)),
    min_size=3,
    max_size=24,
)


@pytest.mark.slow
@settings(max_examples=15)
@given(documents=DOCUMENTS, part=st.sampled_from([1, 3, 50]), bucket=st.sampled_from([2, 100]))
def test_the_stage_finds_what_the_library_finds(
    documents: list[tuple[str, int, set[str]]], part: int, bucket: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    files: dict[str, str | bytes] = {
        f"{folder}/{at}.txt": "\n\n".join((article(n), *sorted(lines)))
        for at, (folder, n, lines) in enumerate(documents)
    }
    folder = tmp_path_factory.mktemp("stage")
    found: list[set[tuple[int, int]]] = []
    whole = learning._recurring

    def both(job: Job, given: Cleaned, documents: Documents) -> Any:
        everything = np.arange(len(documents))
        texts = documents.texts(everything, ["text"]).column("text").to_pylist()
        profiles = zip((path[0] for path in documents.paths(everything)), map(profile, texts), strict=True)
        expected = recurring_lines(profiles)
        found.append({(source_key(("folder", name)), key) for name, keys in expected.items() for key in keys})
        lines = whole(job, given, documents)
        found.append({(int(line["source"]), int(line["key"])) for line in lines})
        return lines

    with pytest.MonkeyPatch.context() as patches:
        for name, value in (("PART", part), ("BUCKET_TEXTS", bucket), ("_recurring", both)):
            patches.setattr(learning, name, value)
        with open_job([fill(folder / "seeds", files)], folder / "output", RunOptions(engine="inline")) as job:
            result: Any = None
            for stage in STAGES[:3]:
                result = stage.run(job, result)
    assert found[0] == found[1]
    event("something recurs" if found[0] else "nothing recurs")


def test_a_large_source_is_known_by_some_of_its_texts_whatever_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LOOKED_AT", 5)
    looked: list[int] = []
    whole = learning._choose
    monkeypatch.setattr(learning, "_choose", lambda *given: looked.append(len((found := whole(*given))[1])) or found)
    files = {f"a/{n:02d}.txt": SLOGAN + article(n) for n in range(12)}
    run(fill(tmp_path / "one", files), tmp_path / "first")
    assert looked == [5]
    assert set(learned(tmp_path / "first").values()) == {"in 12 texts of the folder a"}
    run(fill(tmp_path / "other", dict(reversed(files.items()))), tmp_path / "second")
    assert left_behind(tmp_path / "first") == left_behind(tmp_path / "second")


def test_the_choice_of_texts_by_slow_and_obvious_means() -> None:
    draw = np.random.default_rng(3)
    sources = draw.integers(0, 4, 90).astype(np.uint64)
    digests = draw.integers(0, 30, 90).astype("S16")
    with pytest.MonkeyPatch.context() as patches:
        patches.setattr(learning, "LOOKED_AT", 6)
        first, chosen = learning._choose(sources, digests)
    pairs = list(zip(sources.tolist(), digests.tolist(), strict=True))
    assert np.flatnonzero(first).tolist() == sorted(pairs.index(pair) for pair in set(pairs))
    smallest = [pair for source in set(sources.tolist()) for pair in sorted({p for p in pairs if p[0] == source})[:6]]
    assert chosen.tolist() == sorted(map(pairs.index, smallest))
    nothing = learning._choose(np.empty(0, np.uint64), np.empty(0, "S16"))
    assert [len(each) for each in nothing] == [0, 0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("a.txt", ("folder", "")),
        ("2024/05/a.txt", ("folder", "")),
        ("herald/2024/a.txt", ("folder", "herald")),
        ("herald/2024/sport/a.txt", ("folder", "herald/2024/sport")),
        ("x/dump.parquet/2024/7", ("file", "x/dump.parquet")),
    ],
)
def test_where_nobody_names_a_publisher_the_folder_is_the_source(path: str, source: tuple[str, str]) -> None:
    assert source_of(path, None) == source_of(path, "") == source
