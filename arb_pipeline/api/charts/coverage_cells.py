"""What a day of history, or of sampling, is called in the picture of coverage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from arb_pipeline.api.charts.coverage import Cell, Lines
from arb_pipeline.model import MarketType

if TYPE_CHECKING:
    import pandas as pd

_HISTORY = {
    "candles": "Candles",
    "trades": "Trades",
    "funding_rates": "Settled funding",
    "account_trades": "Own fills",
}
_SAMPLED = {
    "book_tickers": "Best bids and asks, sampled",
    "tickers": "Tickers, sampled",
    "funding_rates": "Predicted funding, sampled",
    "balances": "Balances, sampled",
}
_DAY_SECONDS = 86_400
_DAY_MINUTES = 1_440


def all_cells(
    days: pd.DataFrame,
    sampled: pd.DataFrame,
    today: date,
    *,
    lag_seconds: Callable[[str, str], float],
    minutes: Callable[[str], int],
) -> dict[str, Lines]:
    """The lines of every data set there is anything of, by its name for people.

    Args:
        days: as of ``history_cells``, with a column data_set.
        sampled: as of ``sampled_cells``.
        today: still running.
        lag_seconds: how much of today may be on its way, by data set and timeframe.
        minutes: between two samples of a data set.
    """
    found: dict[str, Lines] = {}
    for name, title in _HISTORY.items():
        of_set = days[days["data_set"] == name]
        lines: dict[str, Mapping[date, Cell]] = {}
        for timeframe, of_timeframe in of_set.groupby("timeframe"):
            lines |= history_cells(of_timeframe, today, lag_seconds(name, str(timeframe)))
        if lines:
            found[title] = lines
    for name, title in _SAMPLED.items():
        of_asset = sampled[sampled["asset"] == name]
        if name == "funding_rates":  # spot has none
            of_asset = of_asset[of_asset["exchange"].str.endswith(MarketType.FUTURES.value)]
        if not of_asset.empty:
            found[title] = sampled_cells(of_asset, today, minutes(name))
    return found


def history_cells(days: pd.DataFrame, today: date, lag_seconds: float) -> Lines:
    """The lines of one data set and timeframe of history, by exchange and symbol.

    Args:
        days: columns exchange, symbol, timeframe, day, present, absent, unreachable, missing (s).
        today: still running.
        lag_seconds: so much of today may be on its way.
    """
    lines: dict[str, dict[date, Cell]] = {}
    rows: Any = days.itertuples()
    for row in rows:
        lag = lag_seconds if row.day == today else 0
        known = row.present + row.absent + row.unreachable
        if row.missing > lag:
            state = "partly missing" if known else "missing"
        elif row.unreachable:
            state = "unreachable parts"
        else:
            state = "absent parts" if row.absent else "complete"
        words = " · ".join(
            f"{name} {_length(getattr(row, name))}"
            for name in ("present", "absent", "unreachable", "missing")
            if getattr(row, name)
        )
        name = f"{row.exchange} {row.symbol} {row.timeframe}".strip()
        lines.setdefault(name, {})[row.day] = Cell(state, words)
    return lines


def sampled_cells(days: pd.DataFrame, today: date, minutes: int) -> Lines:
    """The lines of one data set that is sampled, by exchange.

    Args:
        days: columns exchange, day, succeeded, attempted.
        today: still running: only what was attempted is expected of it.
        minutes: between two samples.
    """
    lines: dict[str, dict[date, Cell]] = {}
    rows: Any = days.itertuples()
    for row in rows:
        whole = _DAY_MINUTES // minutes
        expected = row.attempted if row.day == today else max(row.attempted, whole)
        if row.succeeded == 0:
            state = "missing"
        else:
            state = "complete" if row.succeeded >= expected else "partly missing"
        words = f"{row.succeeded:,} of {expected:,} samples"
        lines.setdefault(row.exchange, {})[row.day] = Cell(state, words)
    return lines


def _length(seconds: int) -> str:
    if seconds >= _DAY_SECONDS:
        return "all day"
    hours, rest = divmod(seconds, 3600)
    return f"{hours} h {rest // 60:02} min" if hours else f"{rest // 60} min {rest % 60:02} s"
