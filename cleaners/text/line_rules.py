"""Rules of a user's own: whole lines that go, by what they say.

>>> rules = (LineRule("newsletter", starts="sign up for"), LineRule("counter", pattern=r"[0-9]+ shares"))
>>> page = "Budget passed\\n\\nSign up for our newsletter!\\n\\nThe council met.\\n12 shares\\n"
>>> [(page[edit.start : edit.end], edit.rule) for edit in line_rule_edits(page, rules)]
[('Sign up for our newsletter!\\n\\n', 'newsletter'), ('\\n12 shares', 'counter')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from cleaners.text.edits import Edit
from cleaners.text.furniture.lines import removal_edits, split_lines

LONGEST_LINE = 500
"""Characters of a line that a pattern looks at, as nobody knows how patterns of others behave on long ones; page
furniture is shorter."""

TESTS = ("line", "starts", "ends", "contains", "pattern")
"""What a rule can ask of a line."""


@dataclass(frozen=True, slots=True)
class LineRule:
    """A name, and what a line must be like to go; where several things are asked, all of them.

    Words are compared without regard to case and to white space around the line: the whole ``line``, what it
    ``starts`` or ``ends`` with or ``contains``.  A ``pattern`` is a regular expression that must match the whole line.

    Raises :class:`ValueError` where a rule asks nothing, or its pattern is none.
    """

    name: str
    line: str = ""
    starts: str = ""
    ends: str = ""
    contains: str = ""
    pattern: str = ""
    _compiled: re.Pattern[str] | None = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("a rule has no name; give it one, which changes.jsonl and the report will show")
        if not any(getattr(self, test).strip() for test in TESTS):
            raise ValueError(f"the rule {self.name!r} asks nothing of a line; give one of {', '.join(TESTS)}")
        if self.pattern:
            try:
                object.__setattr__(self, "_compiled", re.compile(self.pattern))
            except re.error as error:
                raise ValueError(
                    f"the rule {self.name!r} has a pattern that is no regular expression: {error}"
                ) from None

    def fits(self, line: str) -> bool:
        """Whether a line goes.

        >>> LineRule("ad", line="Advertisement").fits("  ADVERTISEMENT ")
        True
        """
        shown = line.strip()
        folded = shown.casefold()
        return (
            (not self.line or folded == self.line.strip().casefold())
            and (not self.starts or folded.startswith(self.starts.strip().casefold()))
            and (not self.ends or folded.endswith(self.ends.strip().casefold()))
            and (not self.contains or self.contains.casefold() in folded)
            and (not self._compiled or (len(shown) <= LONGEST_LINE and bool(self._compiled.fullmatch(shown))))
        )


def line_rule_edits(text: str, rules: Sequence[LineRule]) -> Iterator[Edit]:
    """The lines that go, each by the first rule that fits."""
    lines = split_lines(text)
    found = {}
    for at, line in enumerate(lines):
        rule = next((rule for rule in rules if rule.fits(line.text)), None)
        if rule:
            found[at] = rule.name
    return removal_edits(text, lines, found)
