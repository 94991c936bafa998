"""Headline, byline, date, publisher and language of a text, out of its lines and the rules that removed some."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cleaners.text.furniture import Line

_DATE = re.compile(r"([A-Za-z]{3})[a-z]*\.? (\d{1,2}),? (\d{4})")
_MONTHS = {name: at for at, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)}


@dataclass(frozen=True, slots=True)
class Metadata:
    """What was found out about a text; what is not known is ``None``."""

    title: str | None = None
    byline: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None


def read_metadata(lines: Sequence[Line], rules: Mapping[int, str]) -> Metadata:
    """The metadata of a text, from its lines and the rule under which each removed line goes."""
    kept = [line.text for index, line in enumerate(lines) if index not in rules]
    gone = [(rule, lines[index].text) for index, rule in sorted(rules.items())]
    title = kept[0] if len(kept) > 1 and len(kept[0]) < 160 and kept[0][-1] not in ".:" else None
    bylines = (_DATE.sub("", text).removeprefix("By ").strip(" ,") for rule, text in gone if rule == "byline")
    dates = (date for rule, text in gone if rule in ("byline", "timestamp") and (date := _date(text)))
    publisher = next((text for rule, text in gone if rule == "site-name"), None)
    return Metadata(title, next(bylines, None), next(dates, None), publisher, "en")


def _date(text: str) -> str | None:
    for month, day, year in _DATE.findall(text):
        if month.lower() in _MONTHS:
            return f"{year}-{_MONTHS[month.lower()]:02}-{int(day):02}"
    return None
