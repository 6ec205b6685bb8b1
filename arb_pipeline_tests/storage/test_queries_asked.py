"""Symbols, exchanges and windows as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from arb_pipeline.model import DAY_MS, Exchange, Instrument, Interval, now_ms
from arb_pipeline.storage.database import Pool
from arb_pipeline.storage.queries.asked import (
    exchange_ids,
    exchange_names,
    instant,
    names,
    symbol_ids,
    window,
)
from arb_pipeline.storage.reference import UnknownSymbolError
from arb_pipeline_tests.storage.asking import a_symbol

NEW_YEAR = 1_767_225_600_000


@pytest.mark.parametrize(
    "moment",
    [
        NEW_YEAR,
        "2026-01-01",
        "2026-01-01T01:00+01:00",
        date(2026, 1, 1),
        datetime(2026, 1, 1),  # noqa: DTZ001 - without a zone it is UTC
        datetime(2026, 1, 1, tzinfo=UTC),
    ],
)
def test_a_moment_is_written_in_many_ways(moment: Any) -> None:
    assert instant(moment) == NEW_YEAR


def test_windows() -> None:
    interval = Interval(NEW_YEAR, NEW_YEAR + DAY_MS)
    assert window(interval) is interval
    assert window(("2026-01-01", date(2026, 1, 2))) == interval
    assert window((NEW_YEAR, NEW_YEAR)) == Interval(NEW_YEAR, NEW_YEAR)
    for last in ("36h", "1.5d", "2160 m", timedelta(hours=36)):
        found = window(last)
        assert found.end - found.start == 36 * 3_600_000
        assert abs(found.end - now_ms()) < 10_000
    assert abs(window(("2026-01-01", None)).end - now_ms()) < 10_000


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("2026-01-01", "no length of time: write 90m, 36h"),
        ("5", "no length of time"),  # five of what?
        ("-1d", "no length of time"),
        (("yesterday-ish", None), "no moment: write 2026"),
        (("2026-01-02", "2026-01-01"), "ends before it begins"),
    ],
)
def test_what_is_no_window_is_refused_with_a_hint(wrong: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        window(wrong)


def test_names_of_exchanges() -> None:
    assert exchange_names(None) is None
    assert exchange_names("binance_spot") == ["BINANCE_SPOT"]
    assert exchange_names([Exchange.MEXC_SPOT]) == ["MEXC_SPOT"]
    assert names("BTC") == ["BTC"]
    with pytest.raises(ValueError, match="'KRAKEN' is no exchange; there are BINANCE_FUTURES"):
        exchange_names("KRAKEN")


async def test_symbols_by_name_exchange_id_or_none(pool: Pool) -> None:
    spot = await a_symbol(pool)
    futures = await a_symbol(pool, Exchange.BINANCE_FUTURES)
    untracked = await a_symbol(pool, Exchange.BINANCE_SPOT, "ETH/USDT", tracked=False)
    instrument = Instrument(untracked, Exchange.BINANCE_SPOT, "ETHUSDT", "ETH", "USDT")
    async with pool.acquire() as connection:

        async def found(asked: Any) -> list[int]:
            return sorted(await symbol_ids(connection, asked))

        assert await found("BINANCE_SPOT BTC/USDT") == [spot]
        assert await found("binance_spot  BTCUSDT") == [spot]
        assert await found("BTC/USDT") == sorted([spot, futures])
        assert await found("BINANCE_SPOT") == [spot]
        assert await found(None) == sorted([spot, futures])
        assert await found([instrument, untracked, "BINANCE_SPOT ETH/USDT"]) == [untracked]
        assert await found(futures) == [futures]
        assert await found([]) == []
        with pytest.raises(UnknownSymbolError, match="no exchange lists 'DOGE/USDT'"):
            await found("DOGE/USDT")
        with pytest.raises(UnknownSymbolError, match="Did you mean BTC/USDT"):
            await found("BINANCE_SPOT BTC/USD")
        with pytest.raises(ValueError, match="is no exchange"):
            await found("KRAKEN BTC/USDT")
        assert await exchange_ids(connection, ["BINANCE_SPOT", 7]) == [
            await pool.fetchval("SELECT id FROM exchanges WHERE enum_value = 'BINANCE_SPOT'"),
            7,
        ]
        assert len(await exchange_ids(connection, None)) == len(Exchange)
