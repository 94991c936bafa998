"""Inputs that nobody would send, made from a seed: each maker is one way in which files go wrong, or are made to."""

from __future__ import annotations

import random
from collections.abc import Callable

WORDS = (
    "The council met on Friday and passed the budget after a debate of nine hours in Kidal.",
    "“We had no choice,” Mayor Ann Lee said in a statement.",
    "By Ann Lee, May 3, 2024",
    "Share on Facebook Tweet Pin it",
    "Leave a Reply Your email address will not be published.",
    "© 2024 The Valley Herald. All rights reserved.",
    "Mali\u00a0â€œto continue honoring the ceasefireâ€\u009d",
    "ÃƒÂ¤ Ð¿Ñ€Ð¸Ð²ÐµÑ‚ æ—¥æœ¬ Ã©tÃ©",
    "Миротворцы покинули Кидаль во вторник. 维和人员星期二离开基达尔。 ピースキーパーは火曜日に去った。",
    "غادرت قوات حفظ السلام كيدال يوم الثلاثاء",
)
ODD = (
    "\x00\x01\x07\x08\x0b\x0c\x1b\x7f\x80\x85\x9d\xa0\xad"
    "\u0300\u0345\u200b\u200d\u200e\u202e\u2028\u2029\u2066\u3000\ue000\ufe0f\ufeff\ufffc\ufffd\uffff"
    "\U000e0041\U0001f468\U0010ffff<>&\"'`|[](){}*_#~^\\/%;:,.!?-–—…•·\r\n\t "
)
TAGS = (
    *("<p>", "</p>", "<div>", "</div>", "<article>", "<script>", "</script>", "<!--", "-->", "<style>", "<svg>"),
    *("<noscript>", "<title>", "</title>", "<br>"),
    "<table><tr><td>",
    "<a href='x'>",
    "<meta charset=utf-7>",
    '<meta property="article:published_time" content="2024-13-45T99:99">',
    '<script type="application/ld+json">{"headline": [[[',
    "&#x110000;",
    "&#0;",
    "&nbsp",
    "&lt;script&gt;",
    "<![CDATA[",
    "<x" + " a=b" * 50 + ">",
)
ENCODINGS = (
    "utf-8",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "cp1252",
    "cp1251",
    "koi8-r",
    "shift_jis",
    "euc-kr",
    "gb18030",
    "big5",
)

Maker = Callable[[random.Random], str | bytes]


def prose(draw: random.Random) -> str:
    """Lines of articles and of what stands around them, in any order."""
    return draw.choice(("\n", "\n\n", " ", "\r\n", "\r")).join(draw.choices(WORDS, k=draw.randint(1, 6)))


def noise(draw: random.Random) -> str:
    """Any characters at all, halves of surrogate pairs aside."""
    low, high = draw.choice(((0, 0x80), (0, 0x300), (0x300, 0x3000), (0x3000, 0xD800), (0xE000, 0x110000)))
    return "".join(chr(draw.randrange(low, high)) for _ in range(draw.randint(0, 120)))


def surrogates(draw: random.Random) -> str:
    """Text with halves of surrogate pairs, as broken JSON gives it."""
    return splice(draw, prose(draw), "".join(chr(draw.randrange(0xD800, 0xE000)) for _ in range(draw.randint(1, 9))))


def spiked(draw: random.Random) -> str:
    """Prose with odd characters anywhere."""
    text = prose(draw)
    for _ in range(draw.randint(1, 10)):
        text = splice(draw, text, draw.choice(ODD) * draw.choice((1, 1, 2, 50)))
    return text


def repeated(draw: random.Random) -> str:
    """One short thing over and over: what makes careless patterns explode."""
    piece = draw.choice((*ODD, *"aA1é和", "(", "<a ", "â€", "Ã", ". ", "1,", "A. ", "— ", "| ", "](", "&amp;", *WORDS))
    return draw.choice(("", prose(draw))) + piece * draw.randint(20, 600) + draw.choice(("", "!", "x", prose(draw)))


def mangled(draw: random.Random) -> str:
    """Prose whose bytes were read in a wrong encoding, once or several times."""
    text = prose(draw)
    for _ in range(draw.randint(1, 2)):
        data = text.encode(draw.choice(("utf-8", "utf-8", "cp1251")), "ignore")
        text = data.decode(draw.choice(("latin-1", "cp1252", "cp437", "mac-roman", "koi8-r")), "ignore")
    return text


def markup(draw: random.Random) -> str:
    """Tags and prose, opened and closed as it comes."""
    pieces = (draw.choice(TAGS) if draw.random() < 0.6 else draw.choice(WORDS) for _ in range(draw.randint(1, 30)))
    return draw.choice(("<html><body>", "<!doctype html>", "")) + "".join(pieces)


def nested(draw: random.Random) -> str:
    """Elements within elements within elements."""
    name, depth = draw.choice(("div", "p", "table", "b", "article", "ul><li")), draw.randint(10, 300)
    return f"<html><body>{f'<{name}>' * depth}{prose(draw)}{f'</{name}>' * draw.choice((0, depth))}"


def encoded(draw: random.Random) -> bytes:
    """Prose in any encoding, cut anywhere, with bytes changed."""
    data = bytearray(prose(draw).encode(draw.choice(ENCODINGS), "ignore"))
    for _ in range(draw.choice((0, 0, 1, 5, 50))):
        if data:
            data[draw.randrange(len(data))] = draw.randrange(256)
    return bytes(data[: draw.choice((len(data), draw.randint(0, len(data) or 1)))])


def rubbish(draw: random.Random) -> bytes:
    """Any bytes."""
    return draw.randbytes(draw.randint(0, 600))


def splice(draw: random.Random, text: str, piece: str) -> str:
    """``piece`` put anywhere into a text."""
    at = draw.randint(0, len(text))
    return text[:at] + piece + text[at:]


MAKERS: tuple[Maker, ...] = (
    prose, noise, surrogates, spiked, repeated, mangled, markup, nested, encoded, rubbish,
)  # fmt: skip


def made(seed: int, number: int) -> tuple[str, str | bytes]:
    """One input: every maker in turn.  It depends on the seed and its number alone.

    >>> [made(0, number)[0] for number in range(3)], made(7, 1) == made(7, 1)
    (['prose', 'noise', 'surrogates'], True)
    """
    maker = MAKERS[number % len(MAKERS)]
    return maker.__name__, maker(random.Random(f"{seed}/{number}"))
