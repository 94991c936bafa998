"""What is said of texts does not depend on the order in which a process keeps its sets."""

import os
import subprocess
import sys

import pytest

SAID = {
    "compare": (
        "name='shared wording'",
        "compare('The council ended the mission in Mali on Friday, Bamako said. ' * 3, "
        "'On Friday the mission in Mali was ended by the council; 马里 维和行动 Bamako. ' * 3)",
    ),
    "find_duplicates": (
        "members=('a', 'ab', 'b', 'ba', 'c')",
        "find_duplicates({name: ' '.join(f'{word} {number} left {name[0]}' for number in range(40)) "
        "for name in ('a', 'ab', 'b', 'ba', 'c') for word in ('Convoy',)})",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("said", SAID)
def test_the_hash_seed_of_the_process_changes_nothing(said: str) -> None:
    holds, call = SAID[said]
    code = f"from cleaners import {said}; print({call})"
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(answers) == 1
    assert holds in answers.pop()
