"""Silence that is hard to believe: no trades where there are candles.

An exchange that answers "no trades" twice is believed, for a quiet night is no hole. Candles of the
same symbol can contradict it. What is contradicted becomes *absent*: it is reported, and asked for
once more like any other absence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from arb_pipeline.model import DAY_MS, Interval
from arb_pipeline.storage.coverage import day_start, to_datetime
from arb_pipeline.storage.coverage_days import STEADY
from arb_pipeline.storage.database import sql

if TYPE_CHECKING:
    from arb_pipeline.storage.database import Connection, Pool


async def doubt_trades(
    database: Pool | Connection,
    windows: Mapping[int, Interval],
    *,
    minutes: int,
    changed_within: timedelta,
) -> int:
    """Call absent what counts as present, has no trade and was traded; returns days that changed.

    Args:
        database: to write to; nothing is written where nothing is in doubt.
        windows: where to look, by symbol.
        minutes: stretches without a trade are doubted from this length on, where 95 % of their
            one-minute candles have volume.
        changed_within: days of which nothing was learnt for so long are not looked at again.
    """
    wanted = {symbol_id: window for symbol_id, window in windows.items() if window}
    changed = await database.fetch(
        sql("trades_changed"), list(wanted), *_ends(list(wanted.values())), changed_within
    )
    chosen: dict[int, Interval] = {}
    for row in changed:
        days = Interval(day_start(row["first_day"]), day_start(row["last_day"]) + DAY_MS)
        chosen[row["symbol_id"]] = days.intersect(wanted[row["symbol_id"]])
    if not chosen:
        return 0
    parts = list(chosen.values())
    rows = await database.fetch(
        sql("trades_doubted"),
        list(chosen),
        *_ends(parts),
        timedelta(minutes=minutes),
        timedelta(minutes=max(1, minutes // 2)),
        STEADY,
        to_datetime(min(part.start for part in parts)),
        to_datetime(max(part.end for part in parts)),
    )
    return len(rows)


def _ends(parts: Sequence[Interval]) -> tuple[list[datetime], list[datetime]]:
    return [to_datetime(part.start) for part in parts], [to_datetime(part.end) for part in parts]
