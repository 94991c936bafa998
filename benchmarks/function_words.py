"""Write ``cleaners/duplicates/function_words.json``: the commonest words of every language wordfreq knows.

    python benchmarks/function_words.py

They tell the language of a text (``cleaners.duplicates.lexicon.language_of``) without loading 42 word lists.
"""

from __future__ import annotations

import json
from pathlib import Path

from wordfreq import available_languages, top_n_list

from cleaners.duplicates import lexicon

COUNT = 150
"""Words a language.  With 50 a short Russian text has as many votes for Bulgarian."""


def main() -> None:
    """Write the file."""
    words = {
        language: " ".join(word for word in top_n_list(language, 2 * COUNT) if not any(map(str.isdigit, word)))
        for language in sorted(available_languages("small"))
    }
    data = {
        "about": f"The {COUNT} commonest words a language, by wordfreq; written by benchmarks/function_words.py.",
        "words": {language: " ".join(some.split()[:COUNT]) for language, some in words.items()},
    }
    target = Path(lexicon.__file__).with_name("function_words.json")
    target.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
