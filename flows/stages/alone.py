"""``python -m flows.stages.alone``: the options, then one input after another, from the standard input; answers out.

For :class:`flows.stages.guard.Alone`, where a worker has died over these documents.
"""

from __future__ import annotations

import os
import pickle
import sys

from flows.stages.guard import bounded_memory
from flows.stages.outcomes import failure, outcome


def main() -> None:
    """Clean what is asked for until nothing more is."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no part of an answer
    options = pickle.load(sys.stdin.buffer).clean_options()
    answer: object = None
    with bounded_memory():
        while True:
            pickle.dump(answer, answers)
            answers.flush()
            try:
                item = pickle.load(sys.stdin.buffer)
            except EOFError:
                return
            try:
                answer = outcome(item, options)
            except Exception as error:
                answer = failure(error)


if __name__ == "__main__":
    main()
