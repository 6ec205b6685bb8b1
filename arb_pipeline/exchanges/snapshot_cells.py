"""Single cells of a sampled row, exact, or refused by name; and what the row's clock says.

What belongs here: reading one number or one time. What does not: which field is what. A number
that makes no sense (negative, zero) is a number all the same; the database judges it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any

from arb_pipeline.exchanges.candle_cells import BadRow, shown

EXACT = Context(prec=200)  # wider than anything computed of two numbers an exchange sends
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_LARGEST = 2**63 - 1  # the database's bigint
_FIRST, _LAST = 10**9, 10**14  # milliseconds; an instant outside of it is none
Row = Mapping[str, Any]


class BadClock(BadRow):
    """The row's time can't be: ``timestamp`` is what it claims, milliseconds."""

    def __init__(self, reason: str, timestamp: int) -> None:
        super().__init__(reason)
        self.timestamp = timestamp


class Nothing(BadRow):
    """The exchange says, in its way, that there is nothing to tell of this symbol."""


def amount(row: Row, name: str) -> Decimal:
    """A field that must be a number, exactly as it was sent.

    Raises:
        BadRow: it is none, or is left out.
    """
    return decimal(row.get(name), name)


def known(row: Row, name: str) -> Decimal | None:
    """A field that may be unknown: left out, null or empty.

    Raises:
        BadRow: it is there and no number.
    """
    value = row.get(name)
    return None if value is None or value == "" else decimal(value, name)


def decimal(value: Any, name: str) -> Decimal:
    """A number exactly as it was sent.

    Raises:
        BadRow: it is none.
    """
    if type(value) is str and _NUMBER.fullmatch(value):
        return Decimal(value)
    if type(value) is int:
        return Decimal(value)
    raise BadRow(f"{name} is {shown(value)}, not a number")


def number_of_state(row: Row, name: str) -> int | None:
    """The exchange's own number of a state of the book; None where it sends none.

    Raises:
        BadRow: it is there and no number the database could hold.
    """
    value = row.get(name)
    if value is None or value == "":
        return None
    if type(value) is str and value.isascii() and value.isdecimal():
        value = int(value)
    if type(value) is not int or abs(value) > _LARGEST:
        raise BadRow(f"{name} is {shown(value)}, not a number of the book's state")
    return value


def moment(row: Row, name: str, unit_ms: int = 1) -> int | None:
    """An instant in milliseconds; None where it is left out, null, empty or 0.

    Args:
        row: the row.
        name: of the field.
        unit_ms: what the field counts, milliseconds; a fraction of it is allowed.

    Raises:
        BadRow: it is there and no instant.
    """
    value = row.get(name)
    if value is None or value in ("", 0, "0"):
        return None
    if type(value) is int or (type(value) is str and _NUMBER.fullmatch(value)):
        instant = EXACT.multiply(Decimal(value), Decimal(unit_ms))
        if _FIRST < instant < _LAST:
            return int(instant)
    raise BadRow(f"{name} is {shown(value)}, not a time")


@dataclass(frozen=True, slots=True)
class Receipt:
    """When an answer was received, and how far its own clock may be from that.

    Attributes:
        at: this machine's clock, milliseconds since the epoch.
        skew_ms: a time further away is not believed.
    """

    at: int
    skew_ms: int

    def believe(self, theirs: int | None, *, is_now: bool = True) -> int | None:
        """The exchange's time of a row.

        Args:
            theirs: what the row claims, milliseconds; None where it claims nothing.
            is_now: it says when the answer was made; else when something last changed, which may
                be long ago but not in the future.

        Raises:
            BadClock: it can't be.
        """
        if theirs is None:
            return None
        off = theirs - self.at
        if off > self.skew_ms or (is_now and -off > self.skew_ms):
            where = "ahead of" if off > 0 else "behind"
            raise BadClock(
                f"its time is {abs(off) / 1000:.0f} s {where} the time of receipt", theirs
            )
        return theirs
