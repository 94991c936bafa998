"""What people decide: noted down by the real command, honoured by every later run, shown in the report."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from folders import SHARE_BAR, article, fill, left_behind, rows
from hypothesis import given
from hypothesis import strategies as st

from flows.command_line import _guarded as guarded
from flows.command_line import cli
from flows.decisions import FILE, WHATS, Answer, Decisions, append, parse, read_decisions, spell_answer

SEEDS = Path(__file__).parents[2] / "seeds"
RELEASE, HERALD = "000_62656877bd63de01.txt", "001_b75dd7a427807baf.txt"
OTHER = "002_3ab8b7e3329cf532.txt"
A, B, C = (letter * 64 for letter in "abc")

Said = tuple[str, str]
"""What a command wrote to its standard output and error."""

Desk = Callable[..., Said]


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    return shutil.copytree(SEEDS, tmp_path / "seeds")


@pytest.fixture
def desk(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The command line, in this process, in a folder that holds the seeds; it must succeed unless told otherwise."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, code: int = 0) -> Said:
        got = guarded(lambda: cli(list(arguments), standalone_mode=False))
        said = tuple(capsys.readouterr())
        assert got == code, said
        return said

    return call


@pytest.fixture
def command(copydesk: str, environment: dict[str, str], seeds: Path, tmp_path: Path) -> Desk:
    """The installed command, likewise."""

    def call(*arguments: str) -> Said:
        done = subprocess.run(
            [copydesk, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout, done.stderr

    return call


def run(desk: Desk, *more: str) -> Said:
    return desk("run", "seeds", "--plain", *more)


def clusters(output: Path) -> list[tuple[str, list[str]]]:
    return [(row["canonical"], row["members"]) for row in rows(output, "clusters")]


def pair(output: Path, *paths: str) -> dict[str, Any]:
    (found,) = (row for row in rows(output, "pairs") if (row["left"], row["right"]) == tuple(sorted(paths)))
    return found


@pytest.mark.slow
def test_a_rejected_pair_is_taken_apart_and_stays_apart(command: Desk, tmp_path: Path) -> None:
    output, desk = tmp_path / "output", command
    run(desk)
    assert clusters(output) == [(RELEASE, [RELEASE, HERALD])]
    measured = pair(output, RELEASE, HERALD)
    said, _ = desk("decide", "output", "not-a-rewrite", HERALD, RELEASE, "--by", "maria")
    assert f"noted in {Path('output', 'decisions.jsonl')}, by maria: {HERALD} and {RELEASE}: not a rewrite" in said
    assert "1 decided by people)" in run(desk)[0]
    assert clusters(output) == []
    found = pair(output, RELEASE, HERALD)
    assert found["relation"] == "related"
    assert (found["score"], found["evidence"]) == (measured["score"], measured["evidence"]), "what was measured stays"
    assert (found["decision"]["who"], found["decision"]["what"]) == ("maria", "not-a-rewrite")
    assert {row["status"] for row in rows(output, "documents")} == {"canonical"}
    page = (output / "report.html").read_text("utf-8")
    assert "Decided by people" in page
    assert "maria" in page
    before = left_behind(output)
    run(desk)
    assert left_behind(output) == before, "a decision holds for every later run"
    run(desk, "--fresh")
    assert left_behind(output) == before, "and for a run that reuses nothing"


def test_confirmed_pairs_fold_whatever_was_measured(desk: Desk, tmp_path: Path) -> None:
    output = tmp_path / "output"
    run(desk)
    assert pair(output, RELEASE, OTHER)["relation"] == "related"
    desk("decide", "output", "rewrite", RELEASE, OTHER)
    run(desk)
    (found,) = clusters(output)
    assert {RELEASE, OTHER} <= set(found[1])
    assert pair(output, RELEASE, OTHER)["relation"] == "rewrite"
    folded = [row for row in rows(output, "documents") if row["status"] == "duplicate"]
    assert {row["relation"] for row in folded} == {"rewrite"}


def test_the_one_to_keep_stands_for_its_cluster(desk: Desk, tmp_path: Path) -> None:
    output = tmp_path / "output"
    run(desk)
    desk("decide", "output", "keep", HERALD, RELEASE)
    run(desk)
    (row,) = rows(output, "clusters")
    assert (row["canonical"], "chosen by a person" in row["why"]) == (HERALD, True)
    desk("decide", "output", "undecided", HERALD, RELEASE)
    run(desk)
    assert clusters(output) == [(RELEASE, [RELEASE, HERALD])], "what is taken back no longer holds"


def test_an_excerpt_is_linked_and_not_folded(desk: Desk, tmp_path: Path) -> None:
    output = tmp_path / "output"
    run(desk)
    desk("decide", "output", "excerpt", HERALD, RELEASE)
    run(desk)
    assert clusters(output) == []
    assert pair(output, RELEASE, HERALD)["relation"] == "excerpt"


def test_decisions_follow_the_content_through_new_names(desk: Desk, tmp_path: Path) -> None:
    run(desk)
    desk("decide", "output", "not-a-rewrite", RELEASE, HERALD)
    (tmp_path / "seeds" / "moved").mkdir()
    (tmp_path / "seeds" / HERALD).rename(tmp_path / "seeds" / "moved" / "herald.txt")
    run(desk)
    assert clusters(tmp_path / "output") == []
    (tmp_path / "seeds" / RELEASE).write_text((SEEDS / RELEASE).read_text("utf-8") + "\n", "utf-8")
    run(desk)
    assert len(clusters(tmp_path / "output")) == 1, "an edited file is another document, on which nobody has decided"


def test_a_file_of_decisions_elsewhere(desk: Desk, tmp_path: Path) -> None:
    run(desk)
    desk("decide", "output", "not-a-rewrite", RELEASE, HERALD, "--decisions", "ours.jsonl")
    assert not (tmp_path / "output" / FILE).exists()
    run(desk, "--decisions", "ours.jsonl", "--output", "another")
    assert clusters(tmp_path / "another") == []
    assert len(clusters(tmp_path / "output")) == 1
    failed = desk("run", "seeds", "--plain", "--decisions", "nowhere.jsonl", code=2)
    assert "nowhere.jsonl does not exist" in failed[1]


def test_broken_lines_are_named_and_set_aside(desk: Desk, tmp_path: Path) -> None:
    output = tmp_path / "output"
    run(desk)
    (output / FILE).write_bytes(b'{"what": "rewri\n\xff\xfe\n')
    desk("decide", "output", "not-a-rewrite", RELEASE, HERALD)
    done = run(desk)
    assert "line 1 of " in done[1]
    assert "is set aside: it is not JSON (and 1 more such lines)" in done[1]
    assert clusters(output) == []
    told = json.loads((output / "run.json").read_text("utf-8"))["decisions"]
    assert told == {
        "standing": 1,
        "honoured": 1,
        "broken": [{"line": 1, "why": "it is not JSON"}, {"line": 2, "why": "it is not UTF-8"}],
    }


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("decide", "output", "rewrite", RELEASE, "nowhere.txt"), "nowhere.txt is no document with a text in"),
        (("decide", "output", "rewrite", RELEASE, RELEASE), "hold the same bytes"),
        (("decide", "seeds", "rewrite", RELEASE, HERALD), "seeds is not the output of a run"),
        (("decide", "output", "perhaps", RELEASE, HERALD), "'perhaps' is not one of"),
    ],
    ids=["no-document", "itself", "no-output", "no-word"],
)
def test_what_cannot_be_decided(words: tuple[str, ...], said: str, desk: Desk) -> None:
    run(desk)
    assert said in desk(*words, code=2)[1]


def test_a_decision_on_a_text_holds_for_all_its_copies(desk: Desk, tmp_path: Path) -> None:
    """The copy has other furniture and so another id, but the text that was decided on is the same."""
    texts = {f"{n}.txt": article(n) for n in (1, 2)}
    fill(tmp_path / "mine", {**texts, "0-copy.txt": texts["1.txt"] + SHARE_BAR})
    desk("run", "mine", "--plain")
    desk("decide", "output", "rewrite", "1.txt", "2.txt")
    desk("run", "mine", "--plain")
    assert [members for _, members in clusters(tmp_path / "output")] == [["0-copy.txt", "1.txt", "2.txt"]]
    for left, right in (("0-copy.txt", "2.txt"), ("1.txt", "2.txt")):
        assert pair(tmp_path / "output", left, right)["relation"] == "rewrite"
    desk("decide", "output", "not-a-rewrite", "1.txt", "0-copy.txt")
    desk("run", "mine", "--plain")
    together = [set(members) for _, members in clusters(tmp_path / "output")]
    assert not any({"0-copy.txt", "1.txt"} <= members for members in together)


# The file


LINES = {
    "no-object": ("[]", "it is no JSON object"),
    "left-missing": ('{"right": "x"}', "left is missing; give the id of a document"),
    "no-id": (f'{{"left": "A", "right": "{B}"}}', 'left is "A", but must be the id of a document'),
    "a-path": (f'{{"left": "{A}", "right": "a.txt"}}', 'right is "a.txt", but must be the id'),
    "the-same": (f'{{"left": "{A}", "right": "{A}"}}', "left and right are the same document"),
    "no-word": (f'{{"left": "{A}", "right": "{B}", "what": "keep"}}', 'what is "keep", but must be one of rewrite'),
    "a-list": (f'{{"left": "{A}", "right": "{B}", "what": []}}', "what is [], but must be one of"),
    "who-is-a-number": (
        f'{{"left": "{A}", "right": "{B}", "what": "rewrite", "who": 7}}',
        "who is 7, but must be a text",
    ),
    "deep": ("[" * 100_000, "it is not JSON"),
    "terminal": ('{"left": "\\u001b[31m\\u009b"}', '"\\u001b[31m'),
}


@pytest.mark.parametrize("case", LINES)
def test_why_a_line_is_set_aside(case: str) -> None:
    line, why = LINES[case]
    found = parse(f"\n{line}\n{spell_answer(Answer('rewrite', A, B))}\n".encode())
    assert [broken.line for broken in found.broken] == [2]
    assert why in found.broken[0].why
    assert "\x1b" not in found.broken[0].why
    assert len(found.answers) == 1


def test_a_line_cut_short_by_a_crash_harms_no_other(tmp_path: Path) -> None:
    file = tmp_path / FILE
    append(file, Answer("rewrite", A, B, "ann"))
    file.write_bytes(file.read_bytes()[:-20])
    append(file, Answer("excerpt", A, C, "ben"))
    found = read_decisions(file)
    assert [answer.who for answer in found.answers] == ["ben"]
    assert [broken.line for broken in found.broken] == [1]
    assert read_decisions(tmp_path / "none") == Decisions()


answers = st.builds(
    Answer,
    st.sampled_from(WHATS),
    st.sampled_from((A, B)),
    st.just(C),
    who=st.text(),
    when=st.text(),
    left_path=st.text(),
    right_path=st.text(),
)


@given(st.lists(st.one_of(answers, answers.map(Answer.mirrored))))
def test_every_answer_can_be_read_back_and_the_last_one_holds(said: list[Answer]) -> None:
    found = parse("".join(f"{spell_answer(each)}\n" for each in said).encode())
    assert (found.answers, found.broken) == (tuple(said), ())
    last = {frozenset((each.left, each.right)): each for each in said}
    assert set(found.standing()) == {each for each in last.values() if each.what != "undecided"}


@given(answers)
def test_a_mirrored_answer_says_the_same(answer: Answer) -> None:
    assert answer.mirrored().mirrored() == answer
    assert answer.mirrored().folds == answer.folds
