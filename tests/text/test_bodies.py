"""A clean body loses nothing (law 2): prose made of plain sentences comes out word for word, whatever its length."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners import clean

PEOPLE = ("the council", "the ministry", "a spokeswoman", "the engineers", "Maria Lopez", "the villagers", "Mr. Okoye")
DEEDS = (
    "said on Friday that the bridge would open in two weeks",
    "has asked for 3,400 more blankets before the winter",
    "found the cause of the fire after nine days",
    "did not share the view that the river was safe",
    "will follow the advice of the court in Lyon",
    "posted the figures for May, which were lower than expected",
    "read the comment twice before signing the contract",
    "had subscribed to the plan when it was first put forward",
)
ENDS = (".", ", according to the report.", ", “and nobody will leave,” he added.", " in 2019, as its records show.")

sentences = st.builds(
    lambda who, what, end: f"{who[0].upper()}{who[1:]} {what}{end}",
    st.sampled_from(PEOPLE),
    st.sampled_from(DEEDS),
    st.sampled_from(ENDS),
)
paragraphs = st.lists(sentences, min_size=1, max_size=5, unique=True).map(" ".join)
bodies = st.lists(paragraphs, min_size=1, max_size=12, unique=True).map("\n\n".join)


@settings(max_examples=150)
@given(bodies)
def test_a_clean_body_loses_nothing(body: str) -> None:
    found = clean(body)
    assert found.text == body
    assert not found.changes
