"""Columns side by side: the cases, and the laws that hold for any text."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners import clean
from cleaners.text.columns import column_edits
from cleaners.text.rounds import applied

TOLD = tomllib.loads(Path(__file__).with_name("cases").joinpath("columns.toml").read_text("utf-8"))["case"]
CASES = [
    case | {"before": "\n".join(line.ljust(case.get("filled", 0)) for line in case["before"].split("\n"))}
    for case in TOLD
]
SEEDS = sorted((Path(__file__).parents[2] / "seeds").glob("*.txt"))
PROSE = "the council met in the old town hall on Friday and passed the budget for the year"
CELLS = ("", "Home", "News", "-", "10.", "12 km", PROSE, PROSE.upper(), "和平队" * 20)


def apart(text: str) -> str:
    return applied(text, sorted(column_edits(text), key=lambda edit: (edit.start, edit.end)))


def lines_of(text: str) -> list[str]:
    """The lines without spaces at their ends; several empty ones as one."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(map(str.rstrip, text.split("\n")))).strip("\n").split("\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_columns_are_put_one_below_another(case: dict[str, str]) -> None:
    if "after" in case:
        assert lines_of(apart(case["before"])) == lines_of(case["after"])
    else:
        assert column_edits(case["before"]) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_line_ends_of_windows_are_read_as_others_are(case: dict[str, str]) -> None:
    windows = apart(case["before"].replace("\n", "\r\n")).replace("\r", "")
    assert lines_of(windows) == lines_of(apart(case["before"]))


@pytest.mark.parametrize("file", SEEDS, ids=lambda file: file.stem)
def test_texts_without_columns_are_left_alone(file: Path) -> None:
    assert column_edits(file.read_text("utf-8")) == []


@st.composite
def tables(draw: st.DrawFn) -> str:
    """Lines of cells at given places, in one table or two, with whole lines between them."""
    lines: list[str] = []
    for _ in range(draw(st.integers(1, 2))):
        widths = draw(st.lists(st.integers(3, 90), min_size=1, max_size=4))
        for _ in range(draw(st.integers(1, 8))):
            cells = [draw(st.sampled_from(CELLS)) for _ in widths]
            line = "".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
            lines.append(line if draw(st.booleans()) else line.rstrip())
        lines.append(draw(st.sampled_from(("", PROSE, "Next"))))
    return "\n".join(lines)


@given(tables())
def test_every_word_is_kept_and_none_is_made(text: str) -> None:
    assert sorted(apart(text).split()) == sorted(text.split())


@given(tables())
def test_the_input_can_be_rebuilt(text: str) -> None:
    found = clean(text)
    pieces, at = [], 0
    for change in found.changes:
        assert text[change.start : change.end] == change.before
        pieces += (text[at : change.start], change.after)
        at = change.end
    assert "".join((*pieces, text[at:])) == found.text


@given(tables())
def test_what_is_clean_stays(text: str) -> None:
    once = clean(text).text
    assert clean(once).text == once


def test_an_article_stays_in_its_place() -> None:
    """Only what stands beside it moves, so that the account of changes is about nothing else."""
    before = CASES[0]["before"]
    kept = [line for line in before.split("\n") if "council met" in line]
    article = kept[0][kept[0].index("The council") :].rstrip()
    start = before.index(article)
    assert all(edit.end <= start or edit.start >= start + len(article) for edit in column_edits(before))


def test_an_article_is_cleaned_of_the_menu_beside_it() -> None:
    found = clean(CASES[0]["before"])
    assert "Weather" not in found.text
    assert (found.title, found.byline) == ("Council passes budget", "Ann Lee")
