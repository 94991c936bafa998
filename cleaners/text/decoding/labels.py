"""Charset labels, as servers and markup write them, and the codecs they mean."""

from __future__ import annotations

import codecs

_LABELS = {
    # what browsers read, by the Encoding Standard of the WHATWG, where these names stand: supersets
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "utf-16": "utf-16-le",
}


def named(label: str) -> str | None:
    """The Python codec for a charset label, None for what is none.

    >>> [named(label) for label in ("ISO-8859-1", "gb2312", "x-sjis", "utf8", "none")]
    ['cp1252', 'gb18030', 'cp932', 'utf-8', None]
    """
    label = label.strip().strip("\"'").lower()
    label = {"x-sjis": "shift_jis", "windows-31j": "cp932", "ks_c_5601-1987": "cp949"}.get(label, label)
    label = label.replace("x-mac-cyrillic", "mac-cyrillic").replace("macintosh", "mac-roman").removeprefix("x-")
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    return _LABELS.get(info.name, info.name) if info._is_text_encoding else None
