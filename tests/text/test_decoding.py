"""Bytes to text: marks, declarations, detection, files in two encodings, and what is refused."""

import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaners.text.decoding import DecodingError, decode

CASES = tomllib.loads(Path(__file__).with_name("cases").joinpath("decoding.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["text"], ids=lambda case: case["name"])
def test_text(case: dict[str, Any]) -> None:
    data = b"".join(text.encode(codec) for text, codec in case["parts"])
    decoded = decode(data, case.get("declared"))
    assert decoded.text == "".join(text for text, _ in case["parts"]).removeprefix("\ufeff")
    assert (decoded.encoding, decoded.how, decoded.lossy) == (case["encoding"], case["how"], False)


@pytest.mark.parametrize("case", CASES["refused"], ids=lambda case: case["name"])
def test_refused(case: dict[str, Any]) -> None:
    with pytest.raises(DecodingError) as caught:
        decode(bytes.fromhex(case["bytes"]))
    assert caught.value.reason == case["reason"]
    assert str(caught.value) == f"{case['reason']}: {caught.value.detail}"


@pytest.mark.parametrize("size", [60, 1_000, 100_000])
def test_random_bytes_are_no_text(size: int) -> None:
    for seed in range(20):
        with pytest.raises(DecodingError) as caught:
            decode(random.Random(seed).randbytes(size))
        assert caught.value.reason in ("binary", "undecodable")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Größe und Stärk".encode() + b"\xc3", "Größe und Stärk\ufffd"),
        ("\ufeffnaïve".encode("utf-16-le") + b"x", "naïve\ufffd"),
        ("„Größe“, „Stärke“, „Übermaß“\ncaf".encode() + b"\x81\n", "„Größe“, „Stärke“, „Übermaß“\ncaf\ufffd\n"),
    ],
    ids=["UTF-8 cut off", "UTF-16 cut off", "a byte of no encoding"],
)
def test_a_loss_is_owned_up_to(data: bytes, text: str) -> None:
    decoded = decode(data)
    assert decoded.text == text
    assert decoded.lossy


def test_a_replacement_character_of_the_author_is_no_loss() -> None:
    assert decode("Größe \ufffd Stärke".encode()).lossy is False


@given(st.text(min_size=1, max_size=200))
def test_utf8_comes_back(text: str) -> None:
    try:
        decoded = decode(text.encode())
    except DecodingError:
        assert not text.strip("\ufeff\x00 \t\n\r") or sum(char < " " or char == "\x7f" for char in text) > 3
    else:
        assert decoded.text == text.removeprefix("\ufeff")
        assert not decoded.lossy


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "koi8-r", "utf-16", "rot13", "hex", "\x00"]))
def test_any_bytes_are_decoded_or_refused(data: bytes, declared: str | None) -> None:
    try:
        decoded = decode(data, declared)
    except DecodingError:
        return  # refused; with anything else it fails
    if "+" in decoded.encoding or decoded.lossy:
        assert decoded.text
    else:
        mark = {"utf-8": b"\xef\xbb\xbf"}.get(decoded.encoding, "\ufeff".encode(decoded.encoding, "ignore"))
        assert decoded.text == data.removeprefix(mark if decoded.how == "bom" else b"").decode(decoded.encoding)


@pytest.mark.slow
def test_fifty_megabytes_on_one_line() -> None:
    line = "naïve words "
    assert decode(line.encode() * 4_000_000).encoding == "utf-8"
    assert decode(line.encode("cp1252") * 4_000_000).encoding == "cp1252"
