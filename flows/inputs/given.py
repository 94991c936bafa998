"""What a record says of itself beside its text: title, byline, date, publisher, language, address.

It is trusted over what is found in the text.  What cannot be read as what it is said to be is left out, and said.

>>> given_in({"headline": " Budget  passed", "authors": ["Ann Lee", "Bo Day"], "date": "May 3, 2024"}, {})
((('title', 'Budget passed'), ('byline', 'Ann Lee; Bo Day'), ('published', '2024-05-03')), None)
>>> given_in({"date": "sometime in May"}, {})
((), "published: 'sometime in May' in the field 'date' is no date that can be read in one way")
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flows.errors import printable

Given = tuple[tuple[str, str], ...]
"""Metadata by name, as :class:`~cleaners.documents.CleanText` has it, in the order of :data:`FIELDS`."""

FIELDS: dict[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "byline": ("byline", "author", "authors", "creator"),
    "published": (
        "published", "published_at", "publishedAt", "date_published", "datePublished", "publication_date",
        "pub_date", "pubDate", "publish_date", "date_publish", "date",
    ),
    "publisher": ("publisher", "site_name", "sitename", "source_name", "publication", "source"),
    "language": ("language", "lang"),
    "url": ("url", "link", "source_url", "canonical_url"),
}  # fmt: skip
"""Fields that hold what a record says of itself, in the order in which they are tried; what feeds, crawlers
(news-please, trafilatura, NewsAPI) and schema.org call them."""

NO_DATE = ("1970-01-01", "1969-12-31")
"""The zero of a computer's clock, east and west of Greenwich: it stands where nobody knew the date."""

LONGEST = 500
"""Characters that a value is cut to."""

LONGEST_HOST = 253
"""Characters of the longest name that a site can have (RFC 1035); what is longer would be no publisher."""

_LANGUAGE = re.compile(r"([a-z]{2})(?:[_-][a-z0-9_-]{1,20})?", re.IGNORECASE)
_WHOLE = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_ISO = re.compile(r"(?:19|20)\d\d-?[01]\d-?[0-3]\d(?:$|[T ])")


class _UnreadError(ValueError):
    """A value is not what it is said to be."""


def given_in(record: Mapping[str, Any], named: Mapping[str, str]) -> tuple[Given, str | None]:
    """What a record says of itself, its address aside, and what of it makes no sense.

    ``named`` holds the fields the user has named, by what they hold; an empty name stands for none.
    """
    found: list[tuple[str, str]] = []
    unread: list[str] = []
    for what in FIELDS:
        field = field_of(record, what, named)
        if named.get(what) and field is None and named[what] not in record:
            near = difflib.get_close_matches(named[what], list(map(str, record)), n=1)
            meant = f"; did you mean {near[0]!r}?" if near else ""
            unread.append(f"{what}: there is no field {named[what]!r}{meant}")
        if field is None or what == "url":
            continue
        try:
            value = _READ.get(what, _name)(record[field])
        except _UnreadError as error:
            unread.append(f"{what}: {printable(repr(record[field])[:80])} in the field {field!r} {error}")
            continue
        if value:
            found.append((what, value))
    return tuple(found), "; ".join(unread) or None


def field_of(record: Mapping[str, Any], what: str, named: Mapping[str, str]) -> str | None:
    """The field of a record that holds its ``what``, if any does."""
    names = (named[what],) if what in named else FIELDS[what]
    return next((name for name in names if record.get(name) not in (None, "")), None)


def host_of(url: str | None) -> str | None:
    """The name of the site that an address lies on.

    >>> host_of("https://www.herald.example:8080/a"), host_of("no address")
    ('herald.example', None)
    """
    try:
        host = urlsplit(url or "").hostname or ""
    except ValueError:
        return None
    return host.removeprefix("www.") or None if len(host) <= LONGEST_HOST else None


def _name(value: Any) -> str | None:
    """A name, or several of them: texts, and objects that have a name."""
    names = [_line(each) for each in _names(value)]
    kept = list(dict.fromkeys(name for name in names if name and "://" not in name))
    return "; ".join(kept)[:LONGEST] or None


def _names(value: Any, depth: int = 3) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and depth:
        yield from _names(value.get("name"), depth - 1)
    elif isinstance(value, list | tuple) and depth:
        for each in value[:20]:
            yield from _names(each, depth - 1)


def _title(value: Any) -> str | None:
    return _line(value)[:LONGEST] or None if isinstance(value, str) else None


def _line(text: str) -> str:
    return " ".join(text[: 4 * LONGEST].encode("utf-8", "replace").decode().split())


def _language(value: Any) -> str | None:
    """A tag such as ``en`` or ``en-US``, as an ISO 639-1 code.

    >>> _language("pt_BR")
    'pt'
    """
    if not isinstance(value, str) or not (found := _LANGUAGE.fullmatch(value.strip())):
        raise _UnreadError("is no code of a language, such as en or en-US")
    return found[1].lower()


def _published(value: Any) -> str | None:
    """A date, or a date and time: ISO 8601 and RFC 5322, seconds since 1970, or in words; a moment of the calendar.

    >>> [_published(each) for each in ("2024-05-03T10:00:00Z", "Fri, 03 May 2024 10:00:00 GMT", 1714730400, 20240503)]
    ['2024-05-03T10:00:00+00:00', '2024-05-03T10:00:00+00:00', '2024-05-03T10:00:00+00:00', '2024-05-03']
    """
    if isinstance(value, datetime | date):
        found: datetime | date | str | None = value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _counted(value)
    elif isinstance(value, str):
        found = _spelt(value.strip()[:200])
    else:
        found = None
    if found is None or (found if isinstance(found, str) else found.isoformat()).startswith(NO_DATE):
        raise _UnreadError("is no date that can be read in one way")
    return found if isinstance(found, str) else found.isoformat()


def _counted(value: float) -> datetime | date | None:
    """Seconds or milliseconds since 1970, or a date written as one number."""
    if isinstance(value, int) and 19000101 <= value <= 21001231:
        return _calendar(str(value))
    seconds = value / 1000 if 1e11 <= value < 1e13 else value
    if not 1e8 <= seconds < 1e10:  # 1973 to 2286: anything else counts something other than seconds
        return None
    return datetime.fromtimestamp(seconds, UTC)


@lru_cache(maxsize=4096)
def _spelt(text: str) -> datetime | date | str | None:
    if _ISO.match(text) and (found := _calendar(text)):
        return found
    if _WHOLE.fullmatch(text):
        return _counted(float(text) if "." in text else int(text))
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        from cleaners.text.dates import iso_date

        return iso_date(text) if len(text) <= 80 else None


def _calendar(text: str) -> datetime | date | None:
    try:
        return date.fromisoformat(text) if len(text) <= 10 else datetime.fromisoformat(text)
    except ValueError:
        return None


_READ = {"title": _title, "published": _published, "language": _language}
