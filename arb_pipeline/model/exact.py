"""Exact numbers between records and ccxt's structures.

What belongs here: reading a number without a float ever being it, and writing one down again.
What does not: rules (``rules.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Context, Decimal, InvalidOperation
from typing import Any

EXACT = Context(prec=200)  # wider than anything computed of two numbers an exchange sends


def exact(name: str, value: Any) -> Decimal:
    """The number ``value`` is, from ``str``, ``int`` or ``Decimal``.

    Args:
        name: of the field, for the message.
        value: what ccxt's structure holds.

    Raises:
        ValueError: it is no number, or a ``float``, which is not what the exchange sent.
    """
    if isinstance(value, float):
        raise ValueError(  # noqa: TRY004 - one kind of error for everything a caller hands in
            f"{name} is the float {value!r}: floats lose digits; set number = str on the ccxt "
            "client, so that it hands on what the exchange sent"
        )
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        try:
            return Decimal(value)
        except InvalidOperation:
            pass
    raise ValueError(f"{name} is {value!r}, not a number")


def known(name: str, value: Any) -> Decimal | None:
    """The number ``value`` is; None where it is None.

    Raises:
        ValueError: as ``exact``.
    """
    return None if value is None else exact(name, value)


def instant(structure: Mapping[str, Any], name: str = "timestamp") -> int | None:
    """A time of ccxt's, milliseconds; None where the exchange sent none.

    Raises:
        ValueError: it is no whole number.
    """
    value = structure.get(name)
    if value is None or type(value) is int:
        return value
    raise ValueError(f"{name} is {value!r}, not milliseconds since the epoch")


def required(structure: Mapping[str, Any], name: str = "timestamp") -> int:
    """A time of ccxt's that has to be there, milliseconds.

    Raises:
        ValueError: it is not.
    """
    found = instant(structure, name)
    if found is None:
        raise ValueError(f"{name} is missing")
    return found


def written(value: Decimal | None) -> str | None:
    """The number as ccxt writes it with ``number = str``: every digit, no exponent."""
    return None if value is None else format(value, "f")
