"""The names of those who wrote a text, out of the lines that may hold them.

>>> opened_names("By Jamie Rose, Political Editor | May 3, 2024"), opened_names("By the end of the year")
('Jamie Rose', None)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from cleaners.text.furniture.letters import WORD
from cleaners.text.furniture.lexicon import lexicon, words_of

LONGEST = 200
"""Characters of the longest line that is looked at."""

_MOST_WORDS = 4
"""Words of the longest name of one person that stands without an opening; a headline has more."""

_BETWEEN = re.compile(r"[,;&]|\s(?:and|und|et|y|e|i|en|och)\s")
_MARKS = " #*>-–—•·:,;.|/\\_()[]\"'“”"
_INITIAL = r"[^\W\d_a-zß-öø-ÿ]"
_WORD = rf"{_INITIAL}[\w'’.‘-]*"
_JOINT = r"(?:al|ben|bin|da|das|de|del|den|der|di|do|dos|du|el|ibn|la|le|van|von|zu)"
_NAME = rf"{_WORD}(?:\s+(?:{_JOINT}\s+){{0,2}}{_WORD}){{0,4}}"
_NAMES = re.compile(rf"{_NAME}(?:(?:\s*[,;&]\s*(?:and\s+|&\s*)?|\s+(?:and|und|et|y|e|i|en|och|&)\s+){_NAME}){{0,6}}")
_PARTS = re.compile(r"(?:[|•·–—/:,;)\]]\s*|\s-\s)\Z")
_PLAIN_OPENINGS = frozenset(["by", "von", "par", "por"])
"""Openings that follow a date without a mark between: ``11/19/2019 by …``; others are common words."""
_HANDLE = re.compile(r"\w[\w.-]{2,30}")
_GLUED = re.compile(
    r"(?<=[a-zà-ÿ])(?=@|\d|(?:Assistant|Associate|Associated|BBC|Business|CBS|CNN|Chief|Columnist|Contribut|Correspondent"
    r"|Deputy|Editor|FOX|For|Fox|NBC|News|Political|Published|Reporter|Senior|Special|Sports|Staff|The|Updated|Viewed|Views|Writer)"
    r"(?![a-z]{1,2}\b))"
)
"""Where a line per block glues a name to what stood in the next element: an office, an agency, a handle."""
_OFFICES = frozenset(
    (
        "analyst", "author", "blogger", "bureau", "chief", "columnist", "columnists", "contributing", "contributor",
        "copywriter", "correspondent", "correspondents", "critic", "critics", "desk", "director", "editor", "editors",
        "fellow", "freelance", "freelancer", "intern", "journalist", "photographer", "producer", "reporter",
        "reporters", "senior", "specialist", "staff", "writer", "writers", "assistant", "associate", "deputy",
        "political", "national", "international", "redakteur", "redaktion", "korrespondent", "rédacteur", "redactor",
        "redactora", "repórter",
    )
)  # fmt: skip
_INITIALS = frozenset(["AAP", "AFP", "AP", "CP", "PA", "UPI"])
_CREDIT = re.compile(r"\s*[(/]\s*(?:A[FP]P?|EPA|Getty|Reuters|REUTERS)\b")
"""What follows the name of a photographer."""
_OTHERS = frozenset(
    (
        "advertisement", "article", "articles", "blog", "breaking", "business", "career", "careers", "channel",
        "comment", "comments", "contact", "copyright", "credit", "daily", "edition", "entertainment", "facebook",
        "football", "gallery", "getty", "guardian", "health", "herald", "home", "image", "images", "journal",
        "latest", "league", "live", "magazine", "mail", "more", "network", "news", "newspaper", "online", "opinion",
        "page", "photo", "photos", "politics", "post", "premier", "press", "print", "privacy", "publisher", "read",
        "related", "reviews", "science", "search", "section", "services", "share", "sport", "sports", "stories",
        "story", "technology", "telegraph", "terms", "times", "today", "top", "travel", "tribune", "tv", "twitter",
        "video", "videos", "weather", "web", "world", "the", "your", "our", "january", "february", "march", "april",
        "may", "june", "july", "august", "september", "october", "november", "december", "monday", "tuesday",
        "wednesday", "thursday", "friday", "saturday", "sunday", "street", "city", "united", "states", "university",
        "park", "email", "follow", "version", "printable", "phone", "text", "register", "sign", "login", "time",
        "best", "papers", "union", "view",
    )
)  # fmt: skip
"""Words that no name of a person has, wherever in a line they stand."""
_LINKS = frozenset(["with", "for", "from", "after", "over", "about", "against", "into", "under", "during", "without"])
"""Words that join others in headlines and never names."""
_AGENCIES = frozenset(
    (
        "aap", "afp", "agence france presse", "agencies", "ani", "ani news service", "ansa", "ap", "associated press",
        "australian associated press", "bbc news", "bernama", "bloomberg", "bloomberg news", "business wire",
        "canadian press", "canwest news service", "cnn staff", "cnn wire", "dpa", "efe", "ians", "kyodo",
        "news agencies", "nzpa", "pa", "press association", "press trust of india", "pti", "reuters", "reuters staff",
        "staff", "staff and agencies", "staff report", "staff reporter", "tass", "telegraph sport", "thomson reuters",
        "united press international", "upi", "voa news", "xinhua", "yonhap",
    )
)  # fmt: skip
"""Agencies and desks that sign articles as people do."""


def opened_names(text: str) -> str | None:
    """The names behind an opening such as ``By``, which may follow a date or a bar; None without either."""
    return _opened_names(text[:LONGEST])


@lru_cache(256)
def _opened_names(text: str) -> str | None:
    for rest in _behind_openings(_parted(text)):
        if names := _leading(rest, opened=True):
            return names
    return None


def bare_names(text: str) -> str | None:
    """The names that a line begins with, where dates, offices, agencies and handles are all that follows.

    >>> bare_names("Jamie Rose, Staff Writer - Nov 19, 2019"), bare_names("Reuters November 18, 2019 11:03 PM")
    ('Jamie Rose', 'Reuters')
    >>> bare_names("Jamie Rose wins"), bare_names("Latest News")
    (None, None)
    """
    line = _undated(_parted(text[:LONGEST]).strip(_MARKS)).replace("’s ", "'s ")
    if len(text) > LONGEST or not line[:1].isupper():
        return None
    if agency := _agency(line):
        return agency
    names = _leading(line, opened=False)
    if names is None or len(names.split()) > _MOST_WORDS * (1 + len(_BETWEEN.findall(names))) or "'s " in names:
        return None
    rest = line[line.index(names[:5]) + len(names) :]
    return names if _is_tail(rest) else None


def _undated(line: str) -> str:
    """A line without the date or the time that it begins with."""
    for match in WORD.finditer(line):
        word = words_of(match[0])[:1]
        if not word or (word[0] != "0" and word[0] not in _short_time_words()):
            rest = line[match.start() :]
            return rest if match.start() and any(map(str.isdigit, line[: match.start()])) else line
    return line


def declared_names(text: str) -> str | None:
    """The names of an author that a page declares: a name, a byline, an address or nothing of use.

    >>> declared_names("By Jamie Rose, Political Editor"), declared_names("https://example.org/jamie")
    ('Jamie Rose', None)
    >>> declared_names("Valley Desk"), declared_names("jrose")
    ('Valley Desk', 'jrose')
    """
    line = _parted(text).strip(_MARKS)
    if not line or len(line) > LONGEST or "/" in text or ("@" in text and " " not in text.strip()):
        return None
    if names := opened_names(text) or _leading(line, opened=False):
        return names
    kept = re.split(r"[,|;(]|\s[-–—]\s", line)[0].strip(_MARKS)
    return kept if 1 <= len(kept.split()) <= 5 and not any(map(str.isdigit, kept)) else None


def _parted(text: str) -> str:
    """A line with bars where elements are glued together."""
    return _GLUED.sub(" | ", text)


def _behind_openings(text: str) -> list[str]:
    """What stands behind each opening of a byline, at the start, behind a separator or behind a date."""
    words = words_of(text)
    opens = [at for at, word in enumerate(words[:-1]) if word in _first_words()]
    spans = [match.span() for match in WORD.finditer(text)] if opens else []
    if len(words) != len(spans):
        return []
    found = []
    for start in opens:
        word = words[start]
        size = next((n for n in (4, 3, 2, 1) if " ".join(words[start : start + n]) in lexicon().by), 0)
        if not size or start + size >= len(words):
            continue
        before = text[: spans[start][0]]
        if not before.strip(_MARKS) or _PARTS.search(before) or (word in _PLAIN_OPENINGS and _is_tail(before)):
            rest = text[spans[start + size - 1][1] :]
            found.append(rest.strip(" :–—-|\t*_/"))
    return found


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    return frozenset(opening.split(" ", 1)[0] for opening in lexicon().by)


def _leading(text: str, opened: bool) -> str | None:
    """The names at the start of a text; behind an opening a single word will do."""
    match = _NAMES.match(text)
    if match and _CREDIT.match(text, match.end()):
        return None
    if match:
        kept = _once(_trimmed(match[0]))
        single = len(kept.split()) == 1
        # A single word behind an opening may begin a sentence: By Friday the council ...
        if single and (not opened or not (_agency(kept) or _ends_there(text[match.start() + len(kept) :]))):
            kept = ""
        if kept and _are_names(kept, opened):
            return kept
    if opened and (handle := _HANDLE.match(text)) and _is_handle(handle[0], text[handle.end() :]):
        return handle[0]
    return None


def _ends_there(rest: str) -> bool:
    return not rest.strip(_MARKS) or _is_tail(rest)


def _trimmed(names: str) -> str:
    """Names without dates, offices, agencies and places behind them."""
    parts = re.split(r"(\s*[,;&]\s*(?:and\s+|&\s*)?|\s+(?:and|und|et|y|e|i|en|och|&)\s+)", names)
    kept = ""
    for at in range(0, len(parts), 2):
        words = parts[at].split()
        for place, word in enumerate(words):
            low = word.casefold().strip(".,")
            if low in _time_words() or (place and (low in _OFFICES or word in _INITIALS)):
                words = words[:place]
                break
        else:
            place = -1
        enough = len(words) >= (2 if kept else 1) and not _says_office(words)
        if kept and any(word.casefold() in _OTHERS for word in words):  # the paper behind a name
            break
        if kept and (not enough or _agency(" ".join(words))):
            break
        if not words:
            break
        kept += (parts[at - 1] if at and kept else "") + " ".join(words)
        if place >= 0:
            break
    return kept.strip(_MARKS + " ") if not kept.endswith(("Jr.", "Sr.")) else kept.strip()


def _once(names: str) -> str:
    """A name that stands there twice, once for a picture and once for the text, as one."""
    words = names.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half > 1 and words[:half] == words[half:] else names


def _says_office(words: list[str]) -> bool:
    return any(word.casefold().strip(".,") in _OFFICES for word in words)


@lru_cache(maxsize=1)
def _time_words() -> frozenset[str]:
    """Months and days, and the words that announce a date, in every language."""
    lexical = lexicon()
    months = {name for name in lexical.months if len(name) > 2}
    posted = {word for phrase in lexical.posted for word in phrase.split() if len(word) > 3}
    return frozenset(months | {day for days in lexical.days.values() for day in days if len(day) > 2} | posted)


def _are_names(text: str, opened: bool) -> bool:
    """Does nothing speak against a text being names?"""
    words = words_of(text)
    if not words or "0" in words or words[0] in lexicon().stop_words["en"] - {"will", "may"}:
        return False
    if opened:
        single = len(words) == 1
        return not (single and (words[0] in _OTHERS or lexicon().match(words).whole))
    plain = all(word not in _OTHERS and word not in _OFFICES and word not in _LINKS for word in words)
    hits = lexicon().match(words)
    return plain and not (hits.whole or hits.starts) and len(max(text.split(), key=len)) <= 20


def _is_handle(word: str, rest: str) -> bool:
    """Is a single word of small letters or with digits a signature: does nothing but a date or a bar follow?"""
    low = word.casefold()
    return (
        low not in _OTHERS
        and not low.endswith("ing")
        and not any(low in stops for stops in lexicon().stop_words.values())
        and _is_tail(rest)
    )


def _is_tail(text: str) -> bool:
    """Is what follows a name only offices, agencies, dates, handles, places behind a comma?"""
    text = text.strip()
    if not text or text[0] in "@|(/•·–—-\\":
        return True
    if text[0] in ",;":
        return len(words_of(text)) <= 12
    words = words_of(text)
    known = sum(word == "0" or word in _OFFICES or word in _short_time_words() for word in words)
    return bool(words) and 2 * known >= len(words) + (len(words) > 2)


@lru_cache(maxsize=1)
def _short_time_words() -> frozenset[str]:
    lexical = lexicon()
    posted = {word for phrase in lexical.posted for word in phrase.split()}
    return lexical.shared["time"] | frozenset(lexical.months) | frozenset().union(*lexical.days.values()) | posted


def time_share(text: str) -> float:
    """The share of the words of a line that tell a time.

    >>> time_share("Posted Jan. 19, 2023"), time_share("2020 budget passed Friday")
    (1.0, 0.5)
    """
    return _time_share(words_of(text[:LONGEST]))


@lru_cache(256)
def _time_share(words: tuple[str, ...]) -> float:
    times = _short_time_words()
    return sum([word == "0" or word in times for word in words]) / max(len(words), 1)


def others_share(words: Sequence[str]) -> float:
    """The share of the words of a line that no name of a person has: of sections, publications, buttons.

    >>> others_share(["the", "valley", "herald", "online"]), others_share(["council", "passes", "budget"])
    (0.75, 0.0)
    """
    return sum(word in _OTHERS for word in words) / max(len(words), 1)


def _agency(line: str) -> str | None:
    """The agency that signs a line, alone or with a place or a date behind it."""
    first = re.split(r"[,|/(]|\s[-–—]\s|\s(?=\d)", line)[0].strip(_MARKS)
    words = first.split()
    while words and words[-1].casefold().strip(".,") in _time_words():
        words.pop()
    name = " ".join(words)
    low = name.casefold().removeprefix("the ").replace("-", " ")
    signs = low in _AGENCIES or low in lexicon().shared["agencies"]
    return name if signs and (len(low) > 2 or name.isupper()) else None
