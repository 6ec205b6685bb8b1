"""Single cells of a trade, fill or payment: exact text, or refused by name.

What belongs here: reading one number, id or word. What does not: which field is what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arb_pipeline.exchanges.candle_cells import DECIMAL, BadRow, number, shown
from arb_pipeline.exchanges.snapshot_cells import decimal, moment

Row = Mapping[str, Any]


def instant(row: Row, name: str, unit_ms: int = 1) -> int:
    """A time that must be there, milliseconds; what is finer is cut off.

    Raises:
        BadRow: it is missing or no time.
    """
    found = moment(row, name, unit_ms)
    if found is None:
        raise BadRow(f"{name} is {shown(row.get(name))}, not a time")
    return found


def amount(row: Row, name: str) -> str:
    """A number of zero or more, digit by digit as it was sent.

    Raises:
        BadRow: it is none.
    """
    value = row.get(name)
    if type(value) is str and DECIMAL.fullmatch(value):
        return value
    return number(value, name)


def signed(row: Row, name: str) -> str:
    """A number of any sign, digit by digit, without an exponent.

    Raises:
        BadRow: it is none.
    """
    value = row.get(name)
    exact = decimal(value, name)
    if type(value) is str and "e" not in value.lower():
        return value
    return format(exact, "f")


def optional(row: Row, name: str) -> str | None:
    """``signed`` of a field that may be left out, null or empty.

    Raises:
        BadRow: it is there and no number.
    """
    return None if row.get(name) in (None, "") else signed(row, name)


def identity(row: Row, name: str) -> str:
    """An id the exchange gave, as text.

    Raises:
        BadRow: it is missing.
    """
    value = row.get(name)
    if (type(value) is str and value) or type(value) is int:
        return str(value)
    raise BadRow(f"{name} is {shown(value)}, not an id")


def flag(row: Row, name: str) -> bool:
    """Yes or no.

    Raises:
        BadRow: it is neither.
    """
    value = row.get(name)
    if type(value) is not bool:
        raise BadRow(f"{name} is {shown(value)}, neither true nor false")
    return value


def side(row: Row, name: str) -> str:
    """``buy`` or ``sell``, however it is spelled.

    Raises:
        BadRow: it is neither.
    """
    value = row.get(name)
    word = value.lower() if isinstance(value, str) else None
    if word not in ("buy", "sell"):
        raise BadRow(f"{name} is {shown(value)}, neither buy nor sell")
    return str(word)


def size_and_side(row: Row, name: str) -> tuple[str, str]:
    """A signed number of contracts as quantity and side.

    Raises:
        BadRow: it is no number.
    """
    text = signed(row, name)
    return text.removeprefix("-"), "sell" if text.startswith("-") else "buy"
