"""Silence that candles contradict is absent; silence they bear out is present."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arb_pipeline.model import DAY_MS, Interval
from arb_pipeline.storage.coverage import to_datetime
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.doubts import doubt_trades
from arb_pipeline_tests.storage.pages import an_instrument

MINUTE = 60_000
HOUR = timedelta(hours=1)
DAY = 1_767_225_600_000  # 2026-01-01
# Trades at every half minute, but not between the first two; candles but between the last two.
FILL = """
WITH trades AS (
    INSERT INTO trade_snapshots (timestamp, symbol_id, price, quantity, side, trade_id)
    SELECT t, $1, 1, 1, 'buy', '1'
    FROM generate_series($2::timestamptz + '30 s', $2::timestamptz + '2 days', '1 minute') AS t
    WHERE t < $3::timestamptz OR t >= $4::timestamptz
),

covered AS (
    INSERT INTO coverage (symbol_id, data_set, timeframe, day, present)
    SELECT $1, k.data_set, k.timeframe, d::date, tstzmultirange(tstzrange(d, d + '1 day'))
    FROM generate_series($2::timestamptz, $2::timestamptz + '1 day', '1 day') AS d,
        (VALUES ('trades', ''), ('candles', '1m')) AS k (data_set, timeframe)
)

INSERT INTO candles (symbol_id, timeframe, timestamp, open, high, low, close, volume)
SELECT $1, '1m', t, 1, 1, 1, 1, CASE WHEN t >= $5::timestamptz AND t < $6 THEN 0 ELSE 7 END
FROM generate_series($2::timestamptz, $2::timestamptz + '1439 minutes', '1 minute') AS t
"""


@pytest.mark.parametrize(
    ("silent", "untraded", "doubted"),
    [
        ((600, 720), (0, 0), (599, 720)),  # from the trade before, to the one after
        ((610, 745), (0, 0), (609, 745)),
        ((0, 1440), (0, 0), (0, 1440)),  # a whole day
        ((600, 720), (600, 720), None),  # nobody traded
        ((600, 720), (600, 660), None),  # half of the time nobody did
        ((600, 640), (0, 0), None),  # too short
        ((1440, 2880), (0, 0), None),  # of which there are no candles
    ],
)
async def test_what_candles_contradict_is_absent(
    pool: Pool,
    silent: tuple[int, int],
    untraded: tuple[int, int],
    doubted: tuple[int, int] | None,
) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    times = [to_datetime(DAY + minute * MINUTE) for minute in (*silent, *untraded)]
    await pool.execute(FILL, symbol, to_datetime(DAY), *times)
    windows = {symbol: Interval(DAY, DAY + 2 * DAY_MS)}
    days = await doubt_trades(pool, windows, minutes=60, changed_within=HOUR)
    assert (days > 0) == (doubted is not None)
    found = await pool.fetch(
        "SELECT lower(a) AS first, upper(a) AS last FROM unnest("
        "(SELECT range_agg(absent) FROM coverage WHERE data_set = 'trades')) AS a"
    )
    if doubted is None:
        assert found == []
    else:
        ((start, end),) = [tuple(row) for row in found]
        # Trades are half a minute after the full one, and belong to what is present.
        assert 0 <= (start - to_datetime(DAY + doubted[0] * MINUTE)).total_seconds() < 31
        assert 0 <= (end - to_datetime(DAY + doubted[1] * MINUTE)).total_seconds() < 31
    total = await pool.fetchval(
        "SELECT sum(seconds_of(present + absent)) FROM coverage WHERE data_set = 'trades'"
    )
    assert total == 2 * 86_400
    assert await doubt_trades(pool, windows, minutes=60, changed_within=HOUR) == 0


async def test_what_changed_long_ago_is_not_looked_at_again(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    times = [to_datetime(DAY + minute * MINUTE) for minute in (600, 720, 0, 0)]
    await pool.execute(FILL, symbol, to_datetime(DAY), *times)
    windows = {symbol: Interval(DAY, DAY + DAY_MS)}
    await pool.execute("UPDATE coverage SET updated_at = now() - INTERVAL '2 hours'")
    assert await doubt_trades(pool, windows, minutes=60, changed_within=HOUR) == 0
    await pool.execute("UPDATE coverage SET updated_at = now() WHERE data_set = 'candles'")
    assert await doubt_trades(pool, windows, minutes=60, changed_within=HOUR) == 1


async def test_what_lies_outside_of_the_window_is_not_doubted(pool: Pool) -> None:
    symbol = (await an_instrument(pool)).symbol_id
    times = [to_datetime(DAY + minute * MINUTE) for minute in (600, 720, 0, 0)]
    await pool.execute(FILL, symbol, to_datetime(DAY), *times)
    for start, end, days in ((721, 1440, 0), (0, 599, 0), (655, 1440, 1)):
        window = Interval(DAY + start * MINUTE, DAY + end * MINUTE)
        found = await doubt_trades(pool, {symbol: window}, minutes=30, changed_within=HOUR)
        assert found == days
