"""Page furniture in plain text: what stands around an article and is no part of it."""

from cleaners.text.furniture.lines import Line, removals, split_lines
from cleaners.text.furniture.rules import anchored

__all__ = ["Line", "anchored", "removals", "split_lines"]
