"""What a record has to be to be stored: the rules of the schema's constraints, in words.

What belongs here: one function per kind of rule, which raises ``ValueError`` naming the field. What
does not: which field is under which rule (the records), and enforcing it (the database does).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

SNAPSHOTS_SINCE = int(datetime(2020, 1, 1, tzinfo=UTC).timestamp() * 1000)
FUNDING_SINCE = int(datetime(2019, 1, 1, tzinfo=UTC).timestamp() * 1000)
TRADES_SINCE = int(datetime(2009, 1, 3, tzinfo=UTC).timestamp() * 1000)
_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp() * 1000)
# White space and control characters, as is_valid_name of the schema has them.
_HIDDEN = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
)
_LONGEST_NAME, _LONGEST_ID = 64, 128
_INTEGER, _BIGINT = 2**31 - 1, 2**63 - 1


def key(name: str, value: Any) -> None:
    """A foreign key: a whole number above zero."""
    _must(type(value) is int and 0 < value <= _INTEGER, name, value, "the id of a stored row")


def finite(name: str, value: Any) -> None:
    """A finite ``Decimal``, or None."""
    if value is not None:
        _must(isinstance(value, Decimal), name, value, "an exact Decimal")
        _must(value.is_finite(), name, value, "finite")


def positive(name: str, value: Any) -> None:
    """A finite ``Decimal`` above zero, or None."""
    finite(name, value)
    _must(value is None or value > 0, name, value, "above zero")


def not_negative(name: str, value: Any) -> None:
    """A finite ``Decimal`` of zero or more, or None."""
    finite(name, value)
    _must(value is None or value >= 0, name, value, "zero or more")


def present(name: str, value: Any) -> None:
    """Not None."""
    _must(value is not None, name, value, "known")


def whole(name: str, value: Any) -> None:
    """A whole number of zero or more that fits a column, or None."""
    fits = value is None or (type(value) is int and 0 <= value <= _BIGINT)
    _must(fits, name, value, "a whole number of zero or more")


def instant(name: str, value: Any) -> None:
    """Milliseconds since the epoch, whatever an exchange claims them to be, or None."""
    fits = value is None or (type(value) is int and abs(value) <= _LATEST)
    _must(fits, name, value, "milliseconds since the epoch, a whole number")


def moment(name: str, value: Any, since: int = 1) -> None:
    """Milliseconds since the epoch, not before ``since``, or None."""
    if value is not None:
        _must(type(value) is int, name, value, "milliseconds since the epoch, a whole number")
        first = datetime.fromtimestamp(since / 1000, tz=UTC).date()
        _must(since <= value <= _LATEST, name, value, f"between {first} and 9999-12-31")


def label(name: str, value: Any) -> None:
    """A name of 1 to 64 visible characters, or None."""
    _must(
        value is None
        or (
            isinstance(value, str) and 0 < len(value) <= _LONGEST_NAME and not _HIDDEN.search(value)
        ),
        name,
        value,
        f"a name of 1 to {_LONGEST_NAME} characters without white space",
    )


def exchange_id(name: str, value: Any) -> None:
    """An exchange's own id of something, 1 to 128 characters, or None."""
    fits = value is None or (isinstance(value, str) and 0 < len(value) <= _LONGEST_ID)
    _must(fits, name, value, f"1 to {_LONGEST_ID} characters")


def one_of(name: str, value: Any, allowed: tuple[str, ...]) -> None:
    """One of a few words."""
    _must(value in allowed, name, value, f"one of {', '.join(allowed)}")


def agree(*, holds: bool, rule: str) -> None:
    """A rule between fields.

    Raises:
        ValueError: it does not hold.
    """
    if not holds:
        raise ValueError(rule)


def _must(holds: object, name: str, value: Any, rule: str) -> None:
    if not holds:
        shown = f"{type(value).__name__} {value!r}" if isinstance(value, float) else repr(value)
        raise ValueError(f"{name} is {shown[:90]}: it must be {rule}")
