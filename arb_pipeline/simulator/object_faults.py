"""What faults do to the objects of an answer: one row's price, a whole answer's time, a row gone.

What belongs here: finding the row of a symbol, asset or coin in whatever shape a company answers,
and altering it. What does not: pages of candles, whose rows have no names (``breakage.py``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from arb_pipeline.simulator.dialect import Reply, dump
from arb_pipeline.simulator.faults import Fault, FaultKind

# Where the companies write whose row, or which trade, it is.
_NAMES = ("symbol", "asset", "currency", "coin", "contract", "currency_pair", "name", "id", "s",
          "a", "execId", "trade_id")  # fmt: skip


def alter_objects(fault: Fault, reply: Reply) -> Reply:
    """The same answer with its objects altered as the fault says; an error stays as it is."""
    payload = json.loads(reply.body)
    if fault.kind is FaultKind.DROP_ROW:
        payload = _without(payload, fault.row_of)
    else:
        for found in _objects(payload, None):
            if fault.row_of is None or fault.row_of in found[1]:
                _alter(fault, found[0])
    return Reply(dump(payload).body, reply.status, reply.headers, reply.content_type)


def _objects(payload: Any, key: str | None) -> Iterator[tuple[dict[str, Any], set[str | None]]]:
    """Every object and by which names it goes: of its own fields, or the key it stands under."""
    if isinstance(payload, dict):
        yield payload, _names(payload, key)
        for name, value in payload.items():
            yield from _objects(value, name)
    elif isinstance(payload, list):
        for value in payload:
            yield from _objects(value, None)


def _names(found: dict[str, Any], key: str | None) -> set[str | None]:
    named = (found[name] for name in _NAMES if isinstance(found.get(name), str | int))
    return {key, *map(str, named)}


def _alter(fault: Fault, found: dict[str, Any]) -> None:
    name = fault.field_name
    if name is None or name not in found:
        return
    if fault.kind is FaultKind.SET_FIELD:
        found[name] = fault.value
        return
    old = found[name]
    if isinstance(old, str) and old.isdigit():
        found[name] = str(int(old) + fault.value)
    elif isinstance(old, int | float):
        found[name] = old + fault.value


def _without(payload: Any, row_of: str | None) -> Any:
    """The payload without the rows of that name, in lists and under keys alike."""
    if isinstance(payload, list):
        kept = (v for v in payload if not (isinstance(v, dict) and row_of in _names(v, None)))
        return [_without(value, row_of) for value in kept]
    if isinstance(payload, dict):
        return {k: _without(v, row_of) for k, v in payload.items() if k != row_of}
    return payload
