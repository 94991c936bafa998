"""Hashes of many stretches of a text at once, without a string for any of them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

BASE = 0x9E3779B97F4A7C15
"""An odd number, so that its powers have inverses among 64-bit numbers: 2**64 over the golden ratio, the factor of
Fibonacci hashing (Knuth 1973, 6.4), so the highest bits of what it multiplies are as good as any."""

_INVERSE = pow(BASE, -1, 1 << 64)
_LEAST, _KEPT = 1 << 12, 1 << 20
"""Lengths in letters: powers are made for the first at least, and those for more than the second are not kept."""


def span_hashes(letters: NDArray[np.uint64], start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.uint64]:
    """A hash for each stretch ``letters[start:end]``, whatever stands before it.

    The sum of letters times powers of a base, the first power for the first letter (Karp and Rabin 1987), modulo
    2**64: a difference of two running sums, moved to the front by an inverse power.

    >>> letters = np.frombuffer(b"one two one", np.uint8).astype(np.uint64)
    >>> one, two, again = span_hashes(letters, np.array([0, 4, 8]), np.array([3, 7, 11]))
    >>> bool(one == again), bool(one == two)
    (True, False)
    """
    size = _LEAST
    while size < len(letters):
        size *= 2
    powers, inverse = _kept_powers(size) if size <= _KEPT else _powers(size)
    sums = np.zeros(len(letters) + 1, np.uint64)
    np.cumsum(letters * powers[: len(letters)], out=sums[1:])
    return (sums.take(end) - sums.take(start)) * inverse.take(start)


def _powers(size: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The powers of the base from the zeroth on, and of its inverse from the one before on."""
    powers = [np.full(size, base, np.uint64) for base in (BASE, _INVERSE)]
    for column, first in zip(powers, (1, BASE), strict=True):
        column[0] = first
        np.cumprod(column, out=column)
    return powers[0], powers[1]


_kept_powers = lru_cache(maxsize=None)(_powers)
