"""What the bytes of an answer say.

What belongs here: JSON that keeps numbers exact, and the shortcut past it. What does not: whether
the answer is an error (``classify.py``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

# Looks at the body of an answer with status 200 for what nearly always is there; None where it
# is not, and then the answer is parsed and judged as any other.
Glance: TypeAlias = Callable[[bytes], object | None]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a glance found, which is more than a parsed payload."""

    found: Any


def parse(body: bytes) -> tuple[str, Any]:
    """The text, and what it says with every non-integer number as the string it was.

    The payload is None where the text is no JSON: ``null`` is an answer to nothing either.
    """
    try:
        text = body.decode()
        return text, json.loads(text, parse_float=str, parse_constant=_no_number)
    # UnicodeDecodeError and JSONDecodeError are the former; brackets without end bring the latter.
    except (ValueError, RecursionError):
        return body.decode(errors="replace"), None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
