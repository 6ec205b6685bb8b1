"""Funding of perpetuals: one record per symbol and moment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arb_pipeline.model import ccxt_structures as ccxt
from arb_pipeline.model import rules
from arb_pipeline.model.exact import EXACT, exact, instant, known, required, written

_HOUR_MS = 3_600_000
_INTERVAL = re.compile(r"([0-9]+)([mhd])")
_HOURS = {"h": 1, "d": 24}
_LONGEST_HOURS = 168


@dataclass(frozen=True, slots=True)
class FundingRate:
    """Funding of a perpetual: the rate predicted for ``funding_time``, or settled at it.

    ``funding_rate`` is a fraction of the position's value that longs pay to shorts.
    ``next_funding_time`` is the payment after ``funding_time``.
    """

    symbol_id: int
    timestamp: int
    funding_rate: Decimal
    funding_time: int
    next_funding_time: int | None = None
    is_settled: bool = False
    funding_interval_hours: Decimal | None = None
    mark_price: Decimal | None = None
    index_price: Decimal | None = None
    exchange_timestamp: int | None = None

    def validate(self) -> None:
        """Check the rules of ``funding_rate_snapshots``.

        Raises:
            ValueError: one does not hold; names the field and the rule.
        """
        rules.key("symbol_id", self.symbol_id)
        rules.present("timestamp", self.timestamp)
        rules.moment("timestamp", self.timestamp, rules.FUNDING_SINCE)
        rules.present("funding_rate", self.funding_rate)
        rules.finite("funding_rate", self.funding_rate)
        rules.present("funding_time", self.funding_time)
        rules.moment("funding_time", self.funding_time)
        rules.moment("next_funding_time", self.next_funding_time)
        rules.agree(
            holds=self.next_funding_time is None or self.next_funding_time > self.funding_time,
            rule="next_funding_time must be after funding_time",
        )
        rules.positive("funding_interval_hours", self.funding_interval_hours)
        rules.agree(
            holds=(self.funding_interval_hours or 0) <= _LONGEST_HOURS,
            rule=f"funding_interval_hours must be {_LONGEST_HOURS} or less",
        )
        rules.positive("mark_price", self.mark_price)
        rules.positive("index_price", self.index_price)
        rules.instant("exchange_timestamp", self.exchange_timestamp)

    @classmethod
    def from_ccxt(
        cls, structure: Mapping[str, Any], *, symbol_id: int, timestamp: int | None = None
    ) -> FundingRate:
        """The record of a funding rate of ccxt's; one of its funding history is settled.

        Args:
            structure: what ``fetch_funding_rate`` or ``fetch_funding_rate_history`` give.
            symbol_id: ``symbols.id``.
            timestamp: when it was received; a settled rate bears the time of the payment.

        Raises:
            ValueError: a number or a time is missing, or a float.
        """
        rate = exact("fundingRate", structure.get("fundingRate"))
        if "fundingTimestamp" not in structure:
            paid = required(structure)
            return cls(symbol_id, paid, rate, paid, is_settled=True, exchange_timestamp=paid)
        if timestamp is None:
            raise ValueError("timestamp is missing: when was the predicted rate received?")
        hours = _hours(structure.get("interval"))
        time = required(structure, "fundingTimestamp")
        following = instant(structure, "nextFundingTimestamp")
        if following is None and hours is not None:
            following = time + int(EXACT.multiply(hours, Decimal(_HOUR_MS)).to_integral_value())
        return cls(
            symbol_id,
            timestamp,
            rate,
            time,
            following,
            funding_interval_hours=hours,
            mark_price=known("markPrice", structure.get("markPrice")),
            index_price=known("indexPrice", structure.get("indexPrice")),
            exchange_timestamp=instant(structure),
        )

    def to_ccxt(self, symbol: str) -> ccxt.Structure:
        """The funding rate as ccxt has it with ``number = str``; history where it is settled.

        Args:
            symbol: the name to show.
        """
        rate = written(self.funding_rate)
        if self.is_settled:
            moment = {"timestamp": self.funding_time, "datetime": ccxt.iso8601(self.funding_time)}
            return {"info": {}, "symbol": symbol, "fundingRate": rate, **moment}
        hours = self.funding_interval_hours
        values = {
            "fundingRate": rate,
            "fundingTimestamp": self.funding_time,
            "fundingDatetime": ccxt.iso8601(self.funding_time),
            "nextFundingTimestamp": self.next_funding_time,
            "nextFundingDatetime": ccxt.iso8601(self.next_funding_time),
            "interval": _interval(hours) if hours is not None else None,
            "markPrice": written(self.mark_price),
            "indexPrice": written(self.index_price),
        }
        return ccxt.funding_rate(symbol, self.exchange_timestamp, values)


def _hours(interval: Any) -> Decimal | None:
    """Hours of ccxt's ``8h``; None where it tells none."""
    if interval is None:
        return None
    found = _INTERVAL.fullmatch(interval) if isinstance(interval, str) else None
    if found is None:
        raise ValueError(f"interval is {interval!r}, not like 8h")
    number, unit = found.groups()
    return Decimal(number) / 60 if unit == "m" else Decimal(number) * _HOURS[unit]


def _interval(hours: Decimal) -> str:
    if hours == hours.to_integral_value():
        return f"{hours.to_integral_value():f}h"
    return f"{(hours * 60).to_integral_value():f}m"
