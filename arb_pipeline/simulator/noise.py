"""Deterministic integer noise: the same seed and minute give the same number on every machine.

What belongs here: hashing and interpolation, whole numbers only, vectorised. What does not: what
the numbers mean; ``market.py`` makes prices of them.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@lru_cache(maxsize=4096)
def seed(*names: str) -> int:
    """A 63-bit seed out of names, the same in every process."""
    digest = hashlib.blake2b("\x00".join(names).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def hashed(key: int, index: Ints) -> npt.NDArray[np.uint64]:
    """One well mixed 64-bit number per index (the splitmix64 finalizer)."""
    mixed = index.astype(np.uint64) * _GOLDEN + np.uint64(key)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return mixed ^ (mixed >> np.uint64(31))


def uniform(key: int, index: Ints, bound: int) -> Ints:
    """One whole number in ``[0, bound)`` per index."""
    return (hashed(key, index) % np.uint64(bound)).astype(np.int64)


def wave(key: int, index: Ints, period: int, amplitude: int) -> Ints:
    """Value noise: random heights in ``[-amplitude, amplitude]`` every ``period``, joined by lines.

    ``index`` must be a run of consecutive numbers: only the few heights it touches are hashed.
    """
    first = int(index[0]) // period
    knots = np.arange(first, int(index[-1]) // period + 2, dtype=np.int64)
    heights = uniform(key, knots, 2 * amplitude + 1) - amplitude
    cell = index // period - first
    left = heights[cell]
    joined: Ints = left + (heights[cell + 1] - left) * (index % period) // period
    return joined


def layered(name: str, layers: tuple[tuple[int, int], ...], first: int, count: int) -> Ints:
    """Waves of several ``(period, amplitude)`` on top of each other, from index ``first`` on.

    Short runs are kept, and must not be changed: whatever depends on the same name asks for the
    same ones at about the same time. Long ones would need much memory.
    """
    return (_kept if count <= _KEPT_COUNT else _sum)(name, layers, first, count)


def _sum(name: str, layers: tuple[tuple[int, int], ...], first: int, count: int) -> Ints:
    index = np.arange(first, first + count, dtype=np.int64)
    total = np.zeros(count, dtype=np.int64)
    for period, amplitude in layers:
        total += wave(seed(name, str(period)), index, period, amplitude)
    return total


_KEPT_COUNT = 1500
_kept = lru_cache(maxsize=256)(_sum)
