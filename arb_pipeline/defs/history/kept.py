"""The data sets whose history is kept complete, and what of each can be had.

What belongs here: one entry per data set. What does not: who is registered, from when to when
(``wanted``), and what of it is missing (``storage/repair``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arb_pipeline.exchanges.candles import horizon
from arb_pipeline.exchanges.catalog import capability
from arb_pipeline.exchanges.errors import NotSupported
from arb_pipeline.exchanges.history_source import reach
from arb_pipeline.model import DAY_MS, TIMEFRAMES, DataSet, Exchange
from arb_pipeline.settings import settings

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_WEEK_MS = 7 * DAY_MS


@dataclass(frozen=True, slots=True)
class Kept:
    """A data set whose history is kept complete.

    Attributes:
        asset: what fetches it; takes ``symbols`` and ``refetch`` as configuration, and
            ``timeframes`` where there are any.
        data_set: its name in ``coverage``.
        timeframes: which are collected, one empty name where it has none.
        reach: the first instant an exchange serves in a timeframe at a moment; None where it
            serves everything. Raises NotSupported where it serves nothing to us.
        page_ms: how much time one request covers.
        depth: days of history a symbol that becomes tracked gets.
        table: where its rows are, if retention drops them: older ones than ``ARB_KEEP_DAYS`` keeps
            are not wanted. None where they are kept for ever.
        is_sparse: whether there are so few rows that one run may fetch any number of days.
    """

    asset: str
    data_set: str
    timeframes: Callable[[], Sequence[str]]
    reach: Callable[[Exchange, str, int], int | None]
    page_ms: Callable[[Exchange, str], int]
    depth: Callable[[], int] = lambda: settings().backfill_days
    table: str | None = None
    is_sparse: bool = False

    def days_kept(self) -> int | None:
        """After how many days retention drops its rows; None where it never does."""
        return settings().keep_days.get(self.table) if self.table else None

    def first(self, exchange: Exchange, timeframe: str, now: int) -> int | None:
        """The first instant worth asking for: the exchange serves it, and retention keeps it.

        Raises:
            NotSupported: there is nothing of it there.
        """
        served, days = self.reach(exchange, timeframe, now), self.days_kept()
        if days is None:
            return served
        return max(served or 0, now - days * DAY_MS)


def completed() -> list[Kept]:
    """Those that are completed by themselves."""
    return [KEPT[data_set.value] for data_set in settings().completed]


def has_account(exchange: Exchange) -> bool:
    """Whether there are credentials for an exchange."""
    own = settings().company(exchange.company)
    return own.api_key is not None and own.api_secret is not None


def _candle_reach(exchange: Exchange, timeframe: str, now: int) -> int | None:
    return horizon(exchange, TIMEFRAMES[timeframe], now)


def _candle_page(exchange: Exchange, timeframe: str) -> int:
    rows = capability(exchange, DataSet.CANDLES, timeframe).page_size
    return rows * TIMEFRAMES[timeframe].milliseconds


def _trades_reach(exchange: Exchange, _: str, now: int) -> int | None:
    # Of those who show the newest only, nobody knows how far that reaches before it was asked.
    return reach(exchange, DataSet.TRADES, now)


def _funding_reach(exchange: Exchange, _: str, now: int) -> int | None:
    return reach(exchange, DataSet.FUNDING_RATES, now)


def _funding_page(exchange: Exchange, _: str) -> int:
    # As many hours as rows: nobody pays more often than once an hour.
    return capability(exchange, DataSet.FUNDING_RATES).page_size * _HOUR_MS


def _fills_reach(exchange: Exchange, _: str, now: int) -> int | None:
    if not has_account(exchange):
        raise NotSupported(exchange, "no own fills without credentials")
    return reach(exchange, DataSet.ACCOUNT_TRADES, now)


def _fills_page(exchange: Exchange, _: str) -> int:
    return capability(exchange, DataSet.ACCOUNT_TRADES).max_window_ms or _WEEK_MS


KEPT: dict[str, Kept] = {
    kept.data_set: kept
    for kept in (
        Kept(
            asset="candles",
            data_set=DataSet.CANDLES.value,
            timeframes=lambda: settings().candle_timeframes,
            reach=_candle_reach,
            page_ms=_candle_page,
        ),
        Kept(
            asset="trades",
            data_set=DataSet.TRADES.value,
            timeframes=lambda: ("",),
            reach=_trades_reach,
            # What a request covers depends on how much was traded. So little is assumed, that a
            # day is never asked for again as a whole because it misses some moments.
            page_ms=lambda *_: _MINUTE_MS,
            depth=lambda: settings().trades_backfill_days,
            table="trade_snapshots",
        ),
        Kept(
            asset="funding_rate_history",
            data_set=DataSet.FUNDING_RATES.value,
            timeframes=lambda: ("",),
            reach=_funding_reach,
            page_ms=_funding_page,
            is_sparse=True,
        ),
        Kept(
            asset="account_trades",
            data_set=DataSet.ACCOUNT_TRADES.value,
            timeframes=lambda: ("",),
            reach=_fills_reach,
            page_ms=_fills_page,
            is_sparse=True,
        ),
    )
}
