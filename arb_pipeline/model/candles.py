"""Candles one by one, for people; pages of them travel as plain rows (``facts.CandleRow``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from arb_pipeline.model import rules
from arb_pipeline.model.exact import exact, known, written
from arb_pipeline.model.facts import CandleRow
from arb_pipeline.model.times import TIMEFRAMES

_COLUMNS = ("open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Candle:
    """A closed candle; ``timestamp`` is its open time.

    Prices are quote units per base unit, volumes base and quote units. None is what the exchange
    does not send.
    """

    symbol_id: int
    timeframe: str
    timestamp: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal
    quote_volume: Decimal | None = None
    trade_count: int | None = None

    def validate(self) -> None:
        """Check the rules of ``candles``, and that a candle of this length opens then.

        Raises:
            ValueError: one does not hold; names the field and the rule.
        """
        rules.key("symbol_id", self.symbol_id)
        rules.one_of("timeframe", self.timeframe, tuple(TIMEFRAMES))
        rules.present("timestamp", self.timestamp)
        rules.moment("timestamp", self.timestamp, rules.TRADES_SINCE)
        rules.agree(
            holds=TIMEFRAMES[self.timeframe].floor(self.timestamp) == self.timestamp,
            rule=f"timestamp is {self.timestamp}: no {self.timeframe} candle opens then",
        )
        for name in ("open", "high", "low", "close"):
            rules.present(name, getattr(self, name))
            rules.positive(name, getattr(self, name))
        rules.agree(
            holds=self.high >= max(self.open, self.close, self.low),
            rule="high must be the highest of open, high, low and close",
        )
        rules.agree(
            holds=self.low <= min(self.open, self.close),
            rule="low must be the lowest of open, high, low and close",
        )
        rules.present("volume", self.volume)
        rules.not_negative("volume", self.volume)
        rules.not_negative("quote_volume", self.quote_volume)
        rules.whole("trade_count", self.trade_count)

    @classmethod
    def from_ccxt(cls, row: Sequence[Any], *, symbol_id: int, timeframe: str) -> Candle:
        """The record of a row of ccxt's ``fetch_ohlcv``.

        Raises:
            ValueError: a number is missing, or a float.
        """
        if len(row) < len(_COLUMNS) + 1:
            raise ValueError(f"a candle of {len(row)} cells: a time and five numbers are needed")
        if type(row[0]) is not int:
            raise ValueError(f"timestamp is {row[0]!r}, not milliseconds since the epoch")
        return cls(symbol_id, timeframe, row[0], *_numbers(row[1:6]))

    def to_ccxt(self) -> list[int | str | None]:
        """The row as ccxt has it with ``number = str``."""
        return [self.timestamp, *(written(getattr(self, name)) for name in _COLUMNS)]

    @classmethod
    def from_row(cls, row: CandleRow, *, symbol_id: int, timeframe: str) -> Candle:
        """The record of a row of a ``CandlePage``.

        Raises:
            ValueError: a cell is no number.
        """
        quote_volume, trades = row[6:]
        return cls(
            symbol_id,
            timeframe,
            row[0],
            *_numbers(row[1:6]),
            known("quote volume", quote_volume),
            None if trades is None else int(trades),
        )


def _numbers(cells: Sequence[Any]) -> tuple[Decimal, Decimal, Decimal, Decimal, Decimal]:
    o, h, low, c, volume = (exact(name, cell) for name, cell in zip(_COLUMNS, cells, strict=True))
    return o, h, low, c, volume
