"""What charts are drawn from: few points, chosen in the database.

What belongs here: frames for pixels. Their numbers are floats and good for nothing else; whatever
is computed with comes from the other questions. A stretch is as long as it has to be for a window
to have at most so many points.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from arb_pipeline.model import TIMEFRAMES, DataSet, Interval, Timeframe
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.frames import frame, named_frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.storage.database import Connection

# More than a screen has pixels across it.
POINTS = 2000
_SAMPLED = (DataSet.BOOK_TICKERS, DataSet.TICKERS, DataSet.FUNDING_RATES, DataSet.BALANCES)
Names = Sequence[str] | None


def stretch(interval: Interval, points: int = POINTS) -> Timeframe:
    """The shortest timeframe that cuts a window into at most ``points``; a week at most."""
    length = interval.end - interval.start
    fitting = (one for one in TIMEFRAMES.values() if length <= points * one.milliseconds)
    return next(fitting, TIMEFRAMES["1w"])


async def price_lines(
    connection: Connection,
    symbol_ids: Sequence[int],
    timeframe: Timeframe,
    cut: Timeframe,
    interval: Interval,
) -> pd.DataFrame:
    """The last close of each stretch: exchange, symbol, symbol_id, timestamp, close.

    Args:
        connection: to the database.
        symbol_ids: whose.
        timeframe: of the stored candles.
        cut: the stretch.
        interval: the window.
    """
    return await named_frame(
        connection,
        "picture_prices",
        list(symbol_ids),
        timeframe.name,
        *_cut(cut, interval),
    )


async def spread_lines(
    connection: Connection,
    symbol_ids: Sequence[int],
    cut: Timeframe,
    interval: Interval,
    *,
    pairs: bool,
) -> pd.DataFrame:
    """The widest difference of each stretch between one exchange's bid and another's ask.

    Columns: symbol, buy_exchange, sell_exchange, timestamp, bps, ask, bid. Per symbol of any two
    exchanges, or with ``pairs`` of each two.
    """
    return await frame(connection, "picture_spreads", list(symbol_ids), *_cut(cut, interval), pairs)


async def balance_areas(
    connection: Connection, exchanges: Names, assets: Names, cut: Timeframe, interval: Interval
) -> pd.DataFrame:
    """What was held, in units of each asset: exchange, asset, timestamp, amount."""
    return await frame(connection, "picture_balances", exchanges, assets, *_cut(cut, interval))


async def value_areas(
    connection: Connection, exchanges: Names, assets: Names, cut: Timeframe, interval: Interval
) -> pd.DataFrame:
    """What it was worth: exchange, asset, reference_currency, timestamp, amount."""
    return await frame(connection, "picture_values", exchanges, assets, *_cut(cut, interval))


async def funding_lines(
    connection: Connection, symbol_ids: Sequence[int], cut: Timeframe, interval: Interval
) -> pd.DataFrame:
    """Rates in percent: exchange, symbol, symbol_id, is_settled, moment, percent, hours."""
    return await named_frame(connection, "picture_funding", list(symbol_ids), *_cut(cut, interval))


async def sampled_days(
    connection: Connection, exchanges: Names, interval: Interval
) -> pd.DataFrame:
    """How often sampling succeeded: exchange, asset, day, succeeded, attempted."""
    start, end = to_datetime(interval.start), to_datetime(interval.end)
    return await frame(
        connection, "picture_sampled", exchanges, [one.value for one in _SAMPLED], start, end
    )


def _cut(cut: Timeframe, interval: Interval) -> tuple[object, ...]:
    length = timedelta(milliseconds=cut.milliseconds)
    return length, to_datetime(interval.start), to_datetime(interval.end)
