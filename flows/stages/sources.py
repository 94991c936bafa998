"""The source of a document: whose texts are held against each other to learn which lines recur."""

from __future__ import annotations

import xxhash

from flows.inputs.records import is_records


def source_of(path: str, publisher: str | None) -> tuple[str, str]:
    """The kind and the name of a document's source: its publisher, else the file of records or the folder it lies in.

    The publisher is the one that a record or a page names, or the site of its address where nobody names one
    (:mod:`flows.texts`).  Folders that are numbers, as of dates and shards, belong to the folder above.

    >>> source_of("post/a.txt", "Valley Herald"), source_of("herald/2023/05/a.txt", None), source_of("a.txt", None)
    (('publisher', 'Valley Herald'), ('folder', 'herald'), ('folder', ''))
    >>> source_of("crawl/dump.jsonl.gz/news/14", None)
    ('file', 'crawl/dump.jsonl.gz')
    """
    if publisher:
        return "publisher", publisher
    parts = path.split("/")
    for end, part in enumerate(parts, 1):
        if is_records(part):
            return "file", "/".join(parts[:end])
    parts.pop()
    while parts and not any(map(str.isalpha, parts[-1])):
        parts.pop()
    return "folder", "/".join(parts)


def source_key(source: tuple[str, str]) -> int:
    """A number for a source; publishers differ in more than case.

    >>> source_key(("publisher", "Herald")) == source_key(("publisher", "HERALD")) != source_key(("folder", "Herald"))
    True
    """
    kind, name = source
    name = name.casefold() if kind == "publisher" else name
    return xxhash.xxh3_64_intdigest(f"{kind}\0{name}".encode("utf-8", "surrogatepass"))


def in_words(source: tuple[str, str]) -> str:
    """A source as a reason names it.

    >>> in_words(("publisher", "Valley Herald")), in_words(("folder", ""))
    ('Valley Herald', 'the seed folder')
    """
    kind, name = source
    if kind == "publisher":
        return name
    return f"the {kind} {name}" if name else "the seed folder"
