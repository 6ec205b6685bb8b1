"""Checks of an answer's shape, for ``ExchangeClient.call(expect=…)``.

What belongs here: walking from an answer's envelope to the part that matters, refusing what is
not shaped as agreed. What does not: judging single rows; one bad row is no bad answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class WrongShape(ValueError):  # noqa: N818 - a finding, which the client makes an error
    """The payload is not what was asked for; the client turns this into ``BadResponse``."""


def rows_at(*path: str) -> Callable[[Any], list[Any]]:
    """Expect a list, ``path`` below the top of the payload."""

    def expect(payload: Any) -> list[Any]:
        found = _walk(payload, path)
        if not isinstance(found, list):
            raise WrongShape(f"expected a list of rows, got {kind_of(found)}")
        return found

    return expect


def object_at(*path: str) -> Callable[[Any], dict[str, Any]]:
    """Expect an object with something in it, ``path`` below the top of the payload."""

    def expect(payload: Any) -> dict[str, Any]:
        found = _walk(payload, path)
        if not isinstance(found, dict) or not found:
            raise WrongShape(f"expected an object, got {kind_of(found)}")
        return found

    return expect


def milliseconds_at(*path: str) -> Callable[[Any], int]:
    """Expect an instant in milliseconds, ``path`` below the top of the payload."""

    def expect(payload: Any) -> int:
        found = _walk(payload, path)
        if isinstance(found, str) and found.isdecimal():
            found = int(found)
        if not isinstance(found, int) or isinstance(found, bool) or found < 10**12:
            raise WrongShape(f"expected a time in milliseconds, got {kind_of(found)}")
        return found

    return expect


def kind_of(value: Any) -> str:
    """What a payload is, in words for a message."""
    if isinstance(value, dict):
        return f"an object with {', '.join(sorted(map(str, value))[:6]) or 'nothing in it'}"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return f"{type(value).__name__} {str(value)[:40]!r}" if value is not None else "null"


def _walk(payload: Any, path: tuple[str, ...]) -> Any:
    found = payload
    for name in path:
        if not isinstance(found, dict) or name not in found:
            raise WrongShape(f"expected {'.'.join(path)}, got {kind_of(found)}")
        found = found[name]
    return found
