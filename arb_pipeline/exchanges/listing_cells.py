"""Single fields of a row in a list of symbols, exact, or refused by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from arb_pipeline.exchanges.candle_cells import product

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")


class BadListing(Exception):  # noqa: N818 - becomes a Rejection, never reaches a caller
    """Why a row is no listing."""


def text(row: Mapping[str, Any], name: str) -> str:
    """A field that must be text.

    Raises:
        BadListing: it is not, or empty.
    """
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise BadListing(f"{name} is {value!r}")
    return value


def decimal(value: Any) -> str | None:
    """An exact number written without an exponent; None where the exchange left it out.

    Raises:
        BadListing: it is something else.
    """
    if value is None or value == "":
        return None
    number = str(value)
    if isinstance(value, bool) or not _NUMBER.fullmatch(number):
        raise BadListing(f"{value!r} is no number")
    return format(Decimal(number), "f")


def step(digits: Any) -> str | None:
    """``0.01`` for two digits after the point; MEXC and Gate send the number of digits."""
    number = decimal(digits)
    return None if number is None else format(Decimal(1).scaleb(-int(number)), "f")


def percent(value: Any) -> str | None:
    """A share given in percent, as a share of one."""
    number = decimal(value)
    return None if number is None else product(number, Decimal("0.01"))


def hours(value: Any, per_hour: int) -> str | None:
    """A length given in ``per_hour`` units an hour, in hours; None where it is 0."""
    number = decimal(value)
    return None if number is None or number == "0" else format(Decimal(number) / per_hour, "f")


def instant(value: Any, unit_ms: int = 1) -> int | None:
    """An instant in milliseconds; None where it is 0 or left out."""
    number = decimal(value)
    return int(number) * unit_ms if number is not None and int(Decimal(number)) > 0 else None
