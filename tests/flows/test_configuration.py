"""Settings for all runs, and steps and rules of one's own, by the command line."""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from folders import article, fill, rows

from flows.command_line import _guarded as guarded
from flows.command_line import cli
from flows.configuration import find_configuration, parse
from flows.errors import UsageError
from flows.options import RunOptions

Desk = Callable[..., tuple[str, str]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The command line, in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, code: int = 0) -> tuple[str, str]:
        got = guarded(lambda: cli(list(arguments), standalone_mode=False))
        said = capsys.readouterr()
        assert got == code, said
        return said.out, said.err

    return call


WRONG = {
    "typo": ('\nwrokers = 4\n', "copydesk.toml, line 2: unknown key 'wrokers'; did you mean 'workers'?"),
    "typo-with-a-hyphen": ("prefer-sources = []", "unknown key 'prefer-sources'; did you mean 'prefer-source'?"),
    "type": ('# workers\nworkers = "4"\n', "copydesk.toml, line 2: workers is '4', but must be int"),
    "range": ("workers = -1", "copydesk.toml, line 1: workers is -1, but must be 1..1024"),
    "word": ('keep = "longst"', "line 1: unknown policy 'longst' for keep; did you mean 'longest'?"),
    "list": ('prefer-source = "Wire"', "line 1: prefer_source is 'Wire', but must be a list of names"),
    "table": ("[workers]\nof = 4", "unknown key"),
    "twice": ("text-field = 'a'\ntext_field = 'b'", "text_field is set twice"),
    "output": ("output = 7", "line 1: output is 7, but must be the name of a folder"),
    "syntax": ("workers = ", "copydesk.toml is no TOML: Invalid value (at end of document)"),
    "control": ('keep = "a\\u001b[31mb"', "unknown policy 'a\\x1b[31mb'"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_makes_no_sense_is_named_with_its_key_and_line(case: str, desk: Desk, tmp_path: Path) -> None:
    text, said = WRONG[case]
    (tmp_path / "copydesk.toml").write_text(text, "utf-8")
    if case == "table":
        said = "copydesk.toml, line ?: workers is {'of': 4}"
    told = desk("config", code=2)[1]
    assert told.startswith("copydesk: ")
    assert said in told
    assert len(told.splitlines()) == 1
    assert "\x1b" not in told


def test_every_setting_is_printed_with_its_source(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "copydesk.toml").write_text(
        'workers = 4\n\nprefer-source = ["Wire \\"A\\""]\noutput = "clean"\n', "utf-8"
    )
    told = desk("config", "--keep", "longest", "--workers", "2")[0]
    lines = {line.split()[0]: " ".join(line.split()) for line in told.splitlines() if not line.startswith("#")}
    assert lines["workers"] == "workers = 2 # --workers"
    assert lines["keep"] == 'keep = "longest" # --keep'
    assert lines["prefer-source"] == r'prefer-source = ["Wire \"A\""] # copydesk.toml, line 3'
    assert lines["output"] == 'output = "clean" # copydesk.toml, line 4'
    assert lines["fresh"] == "fresh = false # default"
    (tmp_path / "copydesk.toml").write_text(told, "utf-8")
    again = desk("config")[0]
    assert tomllib.loads(again) == tomllib.loads(told), "what is printed can be pasted"


def test_where_settings_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_configuration().values == {}
    (tmp_path / "pyproject.toml").write_text("[project]\nworkers = 9\n[tool.copydesk]\nworkers = 3\n", "utf-8")
    found = find_configuration()
    assert (found.values, found.source("workers")) == ({"workers": 3}, "pyproject.toml, line 4")
    (tmp_path / "copydesk.toml").write_text("workers = 2", "utf-8")
    assert find_configuration().values == {"workers": 2}
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "ours.toml").write_text(
        'rules = "rules.toml"\nsteps = ["mine.py:drop", "pkg.mod:f"]', "utf-8"
    )
    assert find_configuration("below/ours.toml").values == {
        "rules": str(Path("below", "rules.toml")),
        "steps": [str(Path("below", "mine.py:drop")), "pkg.mod:f"],
    }
    monkeypatch.chdir(tmp_path / "below")
    assert find_configuration().values == {}, "no file further up decides what code runs here"
    with pytest.raises(UsageError, match=r"nowhere\.toml cannot be read"):
        find_configuration("nowhere.toml")


def test_a_pyproject_without_our_table_is_not_ours() -> None:
    assert parse("[tool.other]\nworkers = 'x'\n", Path("pyproject.toml")).values == {}
    with pytest.raises(UsageError, match=r"write \[tool\.copydesk\]"):
        parse("[tool]\ncopydesk = 7\n", Path("pyproject.toml"))


STEPS = """
def drop_promo(text):
    at = text.find("BUY NOW")
    if at >= 0:
        yield at, at + len("BUY NOW"), "", "promo"
"""

RULES = """
[[rule]]
name = "kiosk"
starts = "our KIOSK has"

[[rule]]
name = "counter"
pattern = "[0-9]+ people read this"
"""

ALWAYS = "steps = ['steps.py:drop_promo']\nrules = 'rules.toml'\noff = ['spacing/invisible character']\n"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with articles, a step, rules and a configuration that names them."""
    body = article(1)
    texts = {
        "a.txt": f"{body}\n\nOur kiosk has the paper edition\n\n12 people read this\n\nThe m\u200bayor left. BUY NOW\n"
    }
    fill(tmp_path / "articles", texts)
    (tmp_path / "steps.py").write_text(STEPS, "utf-8")
    (tmp_path / "rules.toml").write_text(RULES, "utf-8")
    (tmp_path / "copydesk.toml").write_text(ALWAYS, "utf-8")
    return tmp_path


def test_own_steps_and_rules_show_like_shipped_ones(own: Path, desk: Desk) -> None:
    desk("run", "articles", "--plain", "--quiet")
    (document,) = rows(own / "output", "documents")
    for gone in ("BUY NOW", "kiosk", "people read this"):
        assert gone not in document["text"]
    assert "m\u200bayor" in document["text"], "the rule that takes it out is switched off"
    found = {(row["step"], row["rule"]) for row in rows(own / "output", "changes")}
    assert {("rules", "kiosk"), ("rules", "counter")} <= {tuple(pair) for pair in found}
    assert any("drop_promo" in step for step, _ in found)
    page = (own / "output" / "report.html").read_text("utf-8")
    assert "kiosk" in page
    assert "drop_promo" in page
    told = json.loads((own / "output" / "run.json").read_text("utf-8"))["options"]
    assert [name.split()[0] for name in told["steps"]] == ["rules", "drop_promo"]
    assert str(own) not in json.dumps(told), "no folder of this machine"
    out, _ = desk("clean", "articles/a.txt", "--explain")
    assert "rules/kiosk" in out
    (own / "clean.txt").write_text(document["text"], "utf-8")
    told = json.loads(desk("compare", "articles/a.txt", "clean.txt", "--json")[0])
    assert told["relation"] == "duplicate", "files that are compared are cleaned in the same way"


def test_what_a_step_says_is_part_of_what_is_reused(own: Path, desk: Desk) -> None:
    desk("run", "articles", "--plain", "--quiet")
    assert "known from an earlier run" in desk("run", "articles", "--plain")[0]
    (own / "steps.py").write_text(STEPS.replace("BUY NOW", "mayor"), "utf-8")
    assert "known from an earlier run" not in desk("run", "articles", "--plain")[0]
    assert "BUY NOW" in rows(own / "output", "documents")[0]["text"]
    (own / "rules.toml").write_text(RULES.replace("counter", "readers"), "utf-8")
    desk("run", "articles", "--plain")
    assert "readers" in {row["rule"] for row in rows(own / "output", "changes")}


@pytest.mark.slow
def test_own_steps_run_in_processes_too(own: Path, desk: Desk) -> None:
    desk("run", "articles", "--plain", "--quiet", "--engine", "processes", "--workers", "2")
    assert "BUY NOW" not in rows(own / "output", "documents")[0]["text"]


def test_a_step_that_fails_sets_the_document_aside_and_says_so(own: Path, desk: Desk) -> None:
    (own / "steps.py").write_text("def drop_promo(text):\n    return [(0, 10**9, '', 'x'), 1 / 0]\n", "utf-8")
    desk("run", "articles", "--plain", "--quiet")
    (row,) = rows(own / "output", "rejected")
    assert (row["reason"], "the step drop_promo: ZeroDivisionError" in row["detail"]) == ("failed", True)


UNUSABLE = {
    "no-function": (["--step", "steps.py:nothing"], "has no function 'nothing'"),
    "no-name": (["--step", "steps.py"], "is no name of a function; give it as file.py:function"),
    "no-file": (["--step", "nowhere.py:f"], "the steps in nowhere.py cannot be read"),
    "no-module": (["--step", "nowhere.at_all:f"], "ModuleNotFoundError"),
    "broken": (["--step", "broken.py:f"], "cannot be loaded (SyntaxError"),
    "taken": (["--step", "taken.py:spacing"], "two steps are called 'spacing'; give your own another name"),
    "off": (["--off", "furnitur"], "no step 'furnitur' could be switched off; did you mean 'furniture'?"),
    "off-rule": (["--off", "furniture/bylines"], "--off: no rule 'bylines' of furniture could be switched off; did"),
    "off-no-rule": (["--off", "furniture/"], "no rule '' of furniture could be switched off; docs/reference/rules.md"),
    "off-encoding": (["--off", "mojibake/utf-8 read as cp1522"], "did you mean 'utf-8 read as cp1252'"),
    "off-own-rule": (["--off", "rules/kiosks"], "did you mean 'kiosk'? the file of --rules names them"),
    "no-rules": (["--rules", "nowhere.toml"], "the rules in nowhere.toml cannot be read"),
    "empty-rules": (["--rules", "copydesk.toml"], "copydesk.toml holds no rules; begin each with [[rule]]"),
    "rule-without-name": (["--rules", "1.toml"], "1.toml, rule 1: a rule has no name"),
    "rule-without-question": (["--rules", "2.toml"], "2.toml, rule 1: the rule 'x' asks nothing of a line"),
    "rule-with-a-typo": (["--rules", "3.toml"], "3.toml, rule 1: unknown key 'start'; there are name, line, starts"),
    "rule-with-a-broken-pattern": (["--rules", "4.toml"], "has a pattern that is no regular expression"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNUSABLE)
def test_what_cannot_be_loaded_is_said_before_anything_is_written(case: str, own: Path, desk: Desk) -> None:
    (own / "broken.py").write_text("def f(:", "utf-8")
    (own / "taken.py").write_text("def spacing(text): return ()", "utf-8")
    for number, rule in enumerate(
        ("line = 'a'", "name = 'x'", "name = 'x'\nstart = 'a'", "name = 'x'\npattern = '('"), 1
    ):
        (own / f"{number}.toml").write_text(f"[[rule]]\n{rule}\n", "utf-8")
    arguments, said = UNUSABLE[case]
    assert said in desk("run", "articles", "--plain", *arguments, code=2)[1]
    assert not (own / "output").exists()


def test_a_misspelt_rule_in_the_configuration_is_named_with_its_line(own: Path, desk: Desk) -> None:
    (own / "copydesk.toml").write_text("workers = 1\noff = ['spacing/run of space']\n", "utf-8")
    told = desk("run", "articles", "--plain", code=2)[1]
    assert "copydesk.toml, line 2: no rule 'run of space' of spacing could be switched off; did you mean 'run " in told
    assert not (own / "output").exists()


@pytest.mark.parametrize("name", ["rules/kiosk", "drop_promo/promo", "mojibake/utf-8 read as cp1252, twice"])
def test_what_can_be_switched_off_is(name: str, own: Path, desk: Desk) -> None:
    kept = {"rules/kiosk": "Our kiosk", "drop_promo/promo": "BUY NOW"}.get(name, "mayor")
    assert kept in desk("clean", "articles/a.txt", "--off", name)[0]


WRONG_STEPS = {
    "a text": ("return text.upper()", "the step shout gives a str ('"),
    "nothing": ("pass", "the step shout gives None; let it yield (start, end, replacement, rule)"),
    "a pair": ("yield 1, 2", "the step shout gives a tuple of 2 ((1, 2)) as edit 1"),
    "a bare edit": ("return (0, 1, '', 'x')", "the step shout gives a int (0) as edit 1"),
    "a text as start": ("yield '0', 1, '', 'x'", "the step shout gives a str ('0') as start of edit 1"),
    "no replacement": ("yield 0, 1, None, 'x'", "the step shout gives None as replacement of edit 1"),
}


def test_a_step_that_is_not_there_is_no_fault_of_the_file(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(article(1), "utf-8")
    told = desk("clean", "a.txt", "--step", "nowhere.py:shout", code=2)[1]
    assert told.startswith("copydesk: the steps in nowhere.py cannot be read: ")


@pytest.mark.parametrize("case", WRONG_STEPS)
def test_what_a_step_should_have_given_is_said(case: str, desk: Desk, tmp_path: Path) -> None:
    body, said = WRONG_STEPS[case]
    (tmp_path / "steps.py").write_text(f"def shout(text):\n    {body}\n", "utf-8")
    (tmp_path / "a.txt").write_text(article(1), "utf-8")
    told = desk("clean", "a.txt", "--step", "steps.py:shout", code=1)[1]
    assert said in told
    assert "let it yield (start, end, replacement, rule)" in told
    assert "should not have" not in told


def test_options_for_a_process_elsewhere_name_whole_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    options = RunOptions(rules="rules.toml", decisions="d.jsonl", steps=("steps.py:f", "package.module:f")).absolute()
    assert (options.rules, options.decisions) == (str(tmp_path / "rules.toml"), str(tmp_path / "d.jsonl"))
    assert options.steps == (f"{tmp_path / 'steps.py'}:f", "package.module:f")


def test_a_step_that_never_ends_is_named_and_its_documents_set_aside(desk: Desk, tmp_path: Path) -> None:
    fill(tmp_path / "seeds", {"a.txt": article(1)})
    (tmp_path / "steps.py").write_text('def grow(text):\n    yield 0, 0, "x", "grow"\n', "utf-8")
    said, _ = desk("run", "seeds", "--plain", "-q", "--step", "steps.py:grow")
    [row] = rows(tmp_path / "output", "rejected")
    assert (row["path"], row["reason"]) == ("a.txt", "failed")
    assert "own steps (grow)" in row["detail"]
    assert said == ""
