"""How long an answer asks to be left alone.

What belongs here: reading ``Retry-After``, whatever stands in it. What does not: waiting
(``retrying.py``, ``budget.py``).
"""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Mapping
from datetime import UTC, datetime

# Binance bans for three days at most. What asks for more has another unit, or is no time at all,
# and would shut a company out until somebody notices.
_LONGEST_SECONDS = 7 * 86_400.0


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds of the ``Retry-After`` header, given as seconds or as an HTTP date.

    A date counts from that of the answer: this machine's clock may be wrong.

    Returns:
        None where there is none that can be read; 0 where it names no time to come.
    """
    value = headers.get("Retry-After")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        until = _moment(value)
        if until is None:
            return None
        written = _moment(headers.get("Date", ""))
        seconds = until - (time.time() if written is None else written)
    return None if math.isnan(seconds) else min(max(0.0, seconds), _LONGEST_SECONDS)


def _moment(value: str) -> float | None:
    """Seconds since the epoch of an HTTP date; None where it is none."""
    try:
        moment: datetime = email.utils.parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        return None
