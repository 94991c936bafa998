"""Print the table of rules for docs/cleaning.md: ``python -m cleaners.text.furniture.rules``."""

from __future__ import annotations

from cleaners.text.furniture.rules.rule import table

if __name__ == "__main__":
    print(table())
