"""The data sets whose past can be fetched, as they are called on the command line."""

from __future__ import annotations

from enum import StrEnum

from arb_pipeline.model import DataSet
from arb_pipeline.settings import Settings


class Kind(StrEnum):
    """What has a history."""

    CANDLES = "candles"
    TRADES = "trades"
    FUNDING = "funding"
    FILLS = "fills"

    @property
    def data_set(self) -> DataSet:
        """Its name in ``coverage``."""
        return _DATA_SETS[self]

    @property
    def asset(self) -> str:
        """What fetches it."""
        return _ASSETS[self]

    @property
    def unit(self) -> str:
        """What is counted: events come when they come, of them it is minutes that are known."""
        return "candles" if self is Kind.CANDLES else "minutes"

    def timeframes(self, settings: Settings) -> list[str]:
        """Lengths that are collected; one empty name where there are none."""
        return settings.candle_timeframes if self is Kind.CANDLES else [""]

    def days_kept(self, settings: Settings) -> int | None:
        """After how many days retention drops it; None where it never does."""
        return settings.keep_days.get(_TABLES.get(self, ""))


_DATA_SETS = {
    Kind.CANDLES: DataSet.CANDLES,
    Kind.TRADES: DataSet.TRADES,
    Kind.FUNDING: DataSet.FUNDING_RATES,
    Kind.FILLS: DataSet.ACCOUNT_TRADES,
}
_ASSETS = {
    Kind.CANDLES: "candles",
    Kind.TRADES: "trades",
    Kind.FUNDING: "funding_rate_history",
    Kind.FILLS: "account_trades",
}
# Those that retention drops; of funding it drops what was predicted, which has no past.
_TABLES = {Kind.TRADES: "trade_snapshots"}
KINDS = {kind.data_set: kind for kind in Kind}
