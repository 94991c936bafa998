"""Headline, byline, date, publisher and language of a text, out of its lines and the rules that removed some."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleaners.text.furniture import examine

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


def read_metadata(text: str, strictness: float) -> Metadata:
    """The metadata of a text whose characters and spacing are mended."""
    page, judgement = examine(text, strictness)
    gone = [(rule, page.blocks[at].text) for at, rule in judgement.removed.items()]
    title = page.blocks[judgement.title].text if judgement.title is not None else None
    bylines = (_DATE.sub("", text).removeprefix("By ").strip(" ,") for rule, text in gone if rule == "byline")
    dates = (date for rule, text in gone if rule in ("byline", "timestamp") and (date := _date(text)))
    publisher = next((text for rule, text in gone if rule == "site-name"), None)
    return Metadata(title, next(bylines, None), next(dates, None), publisher, page.language)


def _date(text: str) -> str | None:
    for month, day, year in _DATE.findall(text):
        if month.lower() in _MONTHS:
            return f"{year}-{_MONTHS[month.lower()]:02}-{int(day):02}"
    return None
