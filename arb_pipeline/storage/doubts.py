"""Silence that is hard to believe: no trades where there are candles.

An exchange that answers "no trades" twice is believed, for a quiet night is no hole. Candles of the
same symbol can contradict it. What is contradicted becomes *absent*: it is reported, and asked for
once more like any other absence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from arb_pipeline.model import Interval
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.coverage_days import STEADY
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool


async def doubt_trades(
    database: Pool | Connection, windows: Mapping[int, Interval], *, minutes: int
) -> int:
    """Call absent what counts as present, has no trade and was traded; returns days that changed.

    Args:
        database: to write to; nothing is written where nothing is in doubt.
        windows: where to look, by symbol.
        minutes: stretches without a trade are doubted from this length on, where 95 % of their
            one-minute candles have volume.
    """
    wanted = {symbol_id: window for symbol_id, window in windows.items() if window}
    if not wanted:
        return 0
    rows = await database.fetch(
        sql("trades_doubted"),
        list(wanted),
        [to_datetime(window.start) for window in wanted.values()],
        [to_datetime(window.end) for window in wanted.values()],
        timedelta(minutes=minutes),
        timedelta(minutes=max(1, minutes // 2)),
        STEADY,
    )
    return len(rows)
