"""Records of samples on their way to the database, and back out of it as refused ones.

What belongs here: pure functions without a connection.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

from arb_pipeline.model import Rejection
from arb_pipeline.model.snapshots import BalanceSnapshot, Snapshot

R = TypeVar("R", bound=Snapshot)


def columns(fields: Sequence[str], rows: Sequence[object]) -> list[list[Any]]:
    """The rows turned by ninety degrees: a list per field, exact numbers as text."""
    values = attrgetter(*fields)
    return [
        [str(value) if isinstance(value, Decimal) else value for value in column]
        for column in zip(*map(values, rows), strict=True)
    ]


def first_of_each(
    rows: Iterable[R], key: Callable[[R], object], refuse: Callable[[R, str], None]
) -> list[R]:
    """The first row of each key; ``refuse`` is told of further ones that say otherwise."""
    first: dict[object, R] = {}
    for row in rows:
        if first.setdefault(key(row), row) != row:
            refuse(row, "another row of the same sample says otherwise")
    return list(first.values())


def rejection(row: Snapshot, reason: str) -> Rejection:
    """A refused record as it is kept.

    The time of receipt is not part of the payload, so that what is refused with every sample is
    counted instead of kept anew. Neither is whose row it is: that stands beside the payload.
    """
    values = asdict(row)
    timestamp = values.pop("timestamp")
    values.pop("exchange_id" if isinstance(row, BalanceSnapshot) else "symbol_id")
    return Rejection(json.dumps(values, default=str), reason, timestamp)


def names_in(payload: str) -> set[str]:
    """Every text in a JSON document, in whatever depth; which of them is a name differs by source.

    Empty where none of the values can be a name: numbers only, or no JSON at all.
    """
    try:
        rest = [json.loads(payload)]
    except ValueError:
        return set()
    names: set[str] = set()
    is_named = False
    while rest:
        value = rest.pop()
        if isinstance(value, str):
            names.add(value)
            is_named = is_named or not _is_number(value)
        elif isinstance(value, dict):
            names.update(value)
            rest.extend(value.values())
        elif isinstance(value, list):
            rest.extend(value)
    return names if is_named else set()


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return not text
    return True
