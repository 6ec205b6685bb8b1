"""Questions about what is collected, how complete it is and how fresh."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.queries.asked import (
    Names,
    Symbols,
    Window,
    exchange_names,
    names,
    symbol_ids,
    window,
)
from arb_pipeline.storage.queries.frames import frame, named_frame

if TYPE_CHECKING:
    import pandas as pd

    from arb_pipeline.storage.database import Connection


async def symbols(
    connection: Connection,
    exchanges: Names = None,
    *,
    tracked: bool = True,
    floats: bool = False,
) -> pd.DataFrame:
    """The tracked symbols, or with ``tracked=False`` all that are or were listed.

    Columns: exchange, symbol, exchange_symbol, status, is_active, is_tracked, tracked_at,
    tick_size, lot_size, contract_size, min_quantity (base units), min_notional, maker_fee,
    taker_fee (fractions), funding_interval_hours, listed_at, delisted_at, first_seen_at,
    last_seen_at, symbol_id.
    """
    return await frame(
        connection, "symbols_listed", exchange_names(exchanges), tracked, floats=floats
    )


async def registrations(connection: Connection, asked: Symbols = None) -> pd.DataFrame:
    """How far back the history of symbols is wanted, and how much of it is known.

    Columns: exchange, symbol, symbol_id, data_set, timeframe, registered_at, history_from,
    completed_at (null while the backfill is under way), is_tracked, percent (of what is wanted
    that is known).
    """
    ids = await symbol_ids(connection, asked)
    return await named_frame(connection, "registrations_detail", ids)


async def coverage(
    connection: Connection,
    asked: Symbols,
    days: Window,
    data_sets: Names = None,
    timeframes: Names = None,
) -> pd.DataFrame:
    """How complete history is, per symbol, data set and UTC day the window touches; None is all.

    Columns: exchange, symbol, symbol_id, data_set, timeframe (empty but for candles), day,
    present, absent, unreachable, missing, longest_absent (seconds). Days neither wanted nor known
    are left out.
    """
    interval = window(days)
    return await named_frame(
        connection,
        "coverage_range",
        await symbol_ids(connection, asked),
        names(data_sets),
        names(timeframes),
        to_datetime(interval.start).date(),
        to_datetime(interval.end - 1).date(),
    )


async def freshness(
    connection: Connection, exchanges: Names = None, *, hours: float = 24
) -> pd.DataFrame:
    """How collecting went lately, per exchange and asset; what was not tried is left out.

    Columns: exchange, asset, last_attempt_at, last_success_at (null: none in these hours), age (of
    that success, now), problem (null where the last attempt succeeded), attempts, failures.
    """
    return await frame(connection, "freshness", exchange_names(exchanges), timedelta(hours=hours))
