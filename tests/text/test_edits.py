"""The account of a text: edits of any steps compose, and replaying them backwards gives the source (law 1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.documents import restore
from cleaners.text.edits import Edit, Revision


@st.composite
def revisions(draw: st.DrawFn) -> tuple[Revision, str]:
    """A revision after a few random steps, and the text that plain slicing would have given."""
    draft = Revision.of(draw(st.text(alphabet="abc \n", max_size=30)))
    expected = draft.text
    for step in "xyz":
        cuts = sorted(draw(st.lists(st.integers(0, len(draft.text)), max_size=6)))
        spans = list(zip(cuts[::2], cuts[1::2], strict=False))
        edits = [Edit(a, b, draw(st.text(alphabet="AB", max_size=3)), f"rule {i}") for i, (a, b) in enumerate(spans)]
        for edit in reversed(edits):
            expected = expected[: edit.start] + edit.after + expected[edit.end :]
        draft = draft.revise(step, draw(st.permutations(edits)) if _apart(edits) else edits)
    return draft, expected


def _apart(edits: list[Edit]) -> bool:
    """Whether no two edits start at the same place, so that their order is told by their places."""
    return len({edit.start for edit in edits}) == len(edits)


@given(revisions())
def test_edits_compose_and_replay_backwards(case: tuple[Revision, str]) -> None:
    draft, expected = case
    assert draft.text == expected
    assert restore(draft.text, draft.changes) == draft.source


@given(revisions())
def test_changes_are_a_flat_sorted_account_of_the_source(case: tuple[Revision, str]) -> None:
    draft, _ = case
    at = 0
    for change in draft.changes:
        assert at <= change.start <= change.end
        assert draft.source[change.start : change.end] == change.before != change.after
        at = change.end


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        (Edit(2, 4, "X", "a"), Edit(0, 5, "", "b"), [("two", "b")]),
        (Edit(2, 4, "XY", "a"), Edit(3, 5, "Z", "b"), [("one+two", "a+b")]),
        (Edit(2, 4, "X", "a"), Edit(3, 4, "Z", "b"), [("one", "a"), ("two", "b")]),
        (Edit(2, 4, "X", "a"), Edit(2, 3, "cd", "b"), []),
    ],
    ids=["a removal swallows", "an overlap keeps both names", "touching stays apart", "what ends as it began"],
)
def test_names_of_merged_changes(first: Edit, second: Edit, names: list[tuple[str, str]]) -> None:
    draft = Revision.of("abcdefg").revise("one", [first]).revise("two", [second])
    assert [(c.step, c.rule) for c in draft.changes] == names


@pytest.mark.parametrize("edits", [[Edit(0, 3, "", "a"), Edit(2, 4, "", "b")], [Edit(0, 99, "", "a")]])
def test_edits_that_overlap_or_leave_the_text_are_refused(edits: list[Edit]) -> None:
    with pytest.raises(ValueError, match="overlaps the one before it"):
        Revision.of("abcdef").revise("step", edits)
