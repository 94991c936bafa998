"""The characters of a text that are out of the ordinary: the rest is taken out by the interpreter's own loop, which
takes a fifth of what a search for anything else does."""

from __future__ import annotations

_ASCII = bytes(range(0x80))
_PRINT = bytes((0x0A, *range(0x20, 0x7F)))


def beyond_print(text: str | bytes) -> str:
    r"""The characters of a text, or of one in UTF-8, that are neither printable ASCII nor ``\n``, in their order.

    >>> beyond_print("“Früh”,\tsagte er.\n")
    '“ü”\t'
    """
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return data.translate(None, _PRINT).decode("utf-8", "surrogatepass")


def beyond_ascii(text: str) -> str:
    """The characters of a text that are not ASCII, in their order.

    >>> beyond_ascii("“Früh”,\\tsagte er.")
    '“ü”'
    """
    return text.encode("utf-8", "surrogatepass").translate(None, _ASCII).decode("utf-8", "surrogatepass")


def shown(text: str) -> int:
    r"""How many characters of a text are no white space.

    >>> shown("The council\n\nmet.\u2003Then")
    18
    """
    return len(text) - text.count(" ") - text.count("\n") - sum(map(str.isspace, beyond_print(text)))
