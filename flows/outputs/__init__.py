"""What a run leaves behind: how files are named and spelt, and how they take the place of those of an earlier run."""

from flows.outputs.checks import check_output
from flows.outputs.commit import Commit
from flows.outputs.names import text_names
from flows.outputs.rows import spell

__all__ = ["Commit", "check_output", "spell", "text_names"]
