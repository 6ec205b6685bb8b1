"""One call to an exchange as its caller put it, and what calls are counted in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Counters:
    """What was asked of an exchange; ``received_bytes`` counts bodies, decompressed."""

    requests: int = 0
    retries: int = 0
    received_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """One call, as the caller put it."""

    method: str
    params: Mapping[str, Any]
    weight: int
    expect: Callable[[Any], T]
    subject: str
    tally: Counters | None
    glance: Callable[[bytes], T | None] | None
