"""Recorded candles made into larger ones by the database, and by hand: digit by digit the same."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from arb_pipeline.model import TIMEFRAMES, Interval
from arb_pipeline.storage import queries
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import Pool
from arb_pipeline_tests.integration.recorded import (
    BTC_PERP,
    ETH_BTC,
    XRP_ETH,
    needs_recordings,
    recorded_candles,
)
from arb_pipeline_tests.storage.asking import a_symbol

pytestmark = [pytest.mark.recorded, needs_recordings]

Rows = list[tuple[int, str, str, str, str, str]]
COLUMNS = ["symbol_id", "timeframe", "timestamp", "open", "high", "low", "close", "volume"]


def by_hand(rows: Rows, timeframe: str) -> dict[int, list[Decimal]]:
    """Open time to open, high, low, close, volume and how many there were."""
    buckets: dict[int, Rows] = defaultdict(list)
    for row in rows:
        buckets[TIMEFRAMES[timeframe].floor(row[0])].append(row)
    return {
        at: [
            Decimal(parts[0][1]),
            max(Decimal(part[2]) for part in parts),
            min(Decimal(part[3]) for part in parts),
            Decimal(parts[-1][4]),
            sum((Decimal(part[5]) for part in parts), Decimal(0)),
            Decimal(len(parts)),
        ]
        for at, parts in buckets.items()
    }


@pytest.mark.parametrize(
    ("path", "source", "timeframes"),
    [
        (XRP_ETH, "1m", ["5m", "15m", "1h"]),
        (BTC_PERP, "1m", ["5m", "4h", "1w"]),
        (ETH_BTC, "5m", ["30m", "1d"]),
    ],
)
async def test_the_database_resamples_as_one_would_by_hand(
    pool: Pool, path: Path, source: str, timeframes: list[str]
) -> None:
    rows = recorded_candles(path)
    symbol = await a_symbol(pool)
    whole = Interval(0, rows[-1][0] + 1)
    async with pool.acquire() as connection:
        await connection.copy_records_to_table(
            "candles",
            columns=COLUMNS,
            records=[
                (symbol, source, to_datetime(at), *(Decimal(value) for value in values))
                for at, *values in rows
            ],
        )
        for timeframe in timeframes:
            found = await queries.resampled_candles(
                connection, symbol, timeframe, whole, source=source, incomplete=True
            )
            columns = ["open", "high", "low", "close", "volume", "candle_count"]
            made = {
                to_ms(at): [Decimal(str(value)) for value in values]
                for at, *values in found[["timestamp", *columns]].itertuples(index=False)
            }
            assert made == by_hand(rows, timeframe)
            full = TIMEFRAMES[timeframe].milliseconds // TIMEFRAMES[source].milliseconds
            complete = await queries.resampled_candles(
                connection, symbol, timeframe, whole, source=source
            )
            assert list(complete["candle_count"]) == [
                int(values[-1]) for values in made.values() if values[-1] == full
            ]
