"""Single cells of a row: what is a number, what is the same, what is said of what is neither."""

from __future__ import annotations

import json
import re
from decimal import Context, Decimal
from operator import itemgetter
from typing import Any

import numpy as np

from arb_pipeline.exchanges.candle_dialects import Key
from arb_pipeline.model import CandleRow, Rejection

DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE][+-]?[0-9]{1,3}")
_ZERO, _NINE, _SEMICOLON = b"09;"
_EXACT = Context(prec=100)  # wider than any product of two numbers an exchange sends


class BadRow(Exception):  # noqa: N818 - becomes a Rejection, never reaches a caller
    """Why a row is no candle."""


def rejection(row: Any, reason: str, timestamp: int | None = None) -> Rejection:
    """A refused row, kept as it came."""
    return Rejection(json.dumps(row, ensure_ascii=False), reason, timestamp)


def contradiction(row: Any, open_time: int) -> Rejection:
    """One of two different rows for the same candle; which is right can't be known."""
    return rejection(row, "two different candles for one open time", open_time)


def same_candle(one: CandleRow, other: CandleRow) -> bool:
    """Whether both say the same; ``1.0`` and ``1.00`` do."""
    return one == other or all(
        a == b or (a is not None and b is not None and Decimal(a) == Decimal(b))
        for a, b in zip(one, other, strict=True)
    )


def all_decimals(text: str, count: int) -> bool:
    """Whether so many decimal numbers lie between semicolons, at a tenth of a regex's cost.

    Without its digits a number is nothing, or one point; the point has digits on both sides, so
    that no two characters that are no digits stand beside each other.

    Args:
        text: begins and ends with a semicolon.
        count: how many numbers there should be.
    """
    letters = text.encode()
    bare = letters.translate(None, b"0123456789")
    if bare.translate(None, b".;") or b".." in bare:
        return False
    codes = np.frombuffer(letters, np.uint8)
    no_digit = (codes < _ZERO) | (codes > _NINE)
    beside = np.count_nonzero(no_digit[1:] & no_digit[:-1])
    return not beside and np.count_nonzero(codes == _SEMICOLON) == count + 1


def product(number_text: str, factor: Decimal) -> str:
    """The exact product, written without an exponent."""
    return format(_EXACT.multiply(Decimal(number_text), factor), "f")


def cell(row: Any, key: Key, name: str) -> Any:
    """What a row holds at ``key``.

    Raises:
        BadRow: the row is of another kind or too short.
    """
    if not isinstance(row, dict if isinstance(key, str) else list):
        raise BadRow(f"a row is {shown(row)}")
    try:
        return itemgetter(key)(row)
    except LookupError:
        raise BadRow(f"the row has no {name}") from None


def number(value: Any, name: str) -> str:
    """A decimal string: as it came, or written out where it came with an exponent.

    Raises:
        BadRow: it is no number, or below zero.
    """
    if type(value) is int and value >= 0:
        return str(value)
    if isinstance(value, str):
        if DECIMAL.fullmatch(value):
            return value
        if _SCIENTIFIC.fullmatch(value):
            return format(Decimal(value), "f")
    raise BadRow(f"{name} is {shown(value)}, not a number")


def shown(value: Any) -> str:
    """A value in a sentence."""
    return repr(value)[:60] if value is not None else "null"
