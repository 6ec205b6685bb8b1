"""Recorded trades and funding, served by each company in turn, must arrive digit by digit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arb_pipeline.exchanges.funding_history import funding_pages
from arb_pipeline.model import DAY_MS, Exchange, Instrument, Interval
from arb_pipeline.simulator import Simulator
from arb_pipeline.storage.coverage import to_datetime, to_ms
from arb_pipeline.storage.database import Pool, sql
from arb_pipeline.storage.writer import PageWriter
from arb_pipeline_tests.exchanges.candle_pages import instrument_of
from arb_pipeline_tests.exchanges.history_pages import fetch, present, rows_of
from arb_pipeline_tests.integration.recorded import (
    XRP_ETH,
    XRP_ETH_TRADES,
    XRP_USDT_FUNDING,
    needs_recordings,
    recorded_candles,
    recorded_funding,
    recorded_trades,
)
from arb_pipeline_tests.storage.pages import an_instrument

pytestmark = [pytest.mark.recorded, needs_recordings]

MINUTE = 60_000
WHOLE = [
    Exchange.BINANCE_SPOT,
    Exchange.BINANCE_FUTURES,
    Exchange.MEXC_SPOT,
    Exchange.GATEIO_SPOT,
    Exchange.GATEIO_FUTURES,
]
Trades = list[tuple[int, str, str, str, str]]


def replayed(simulator: Simulator, exchange: Exchange) -> tuple[Instrument, Trades, Interval]:
    """The recorded market of one exchange, an hour after it ended."""
    simulator.replay_candles(XRP_ETH, "XRP", "ETH")
    simulator.replay_trades(XRP_ETH_TRADES, "XRP", "ETH")
    known = recorded_trades(XRP_ETH_TRADES)
    window = Interval(known[0][0], known[-1][0] + 1)
    simulator.clock.freeze(window.end + 60 * MINUTE)
    separator = "_" if exchange.company.value == "GATEIO" else ""
    return instrument_of(simulator, exchange, f"XRP{separator}ETH"), known, window


@pytest.mark.parametrize("exchange", WHOLE)
async def test_every_recorded_trade_arrives_exactly(
    simulator: Simulator, exchange: Exchange
) -> None:
    one, known, window = replayed(simulator, exchange)
    pages, error = await fetch(simulator, one, window)
    assert error is None
    rows = rows_of(pages)
    assert len(rows) == 12_477
    assert present(pages) == [window]
    if exchange is Exchange.MEXC_SPOT:  # which tells no ids, and no order within a millisecond
        assert sorted(row[:4] for row in rows) == sorted(trade[:4] for trade in known)
        assert len({(row[0], row[4]) for row in rows}) == len(rows)
    else:
        assert [row[:5] for row in rows] == known


async def test_candles_made_in_sql_of_stored_trades_are_the_recorded_ones(
    simulator: Simulator, pool: Pool
) -> None:
    one, known, window = replayed(simulator, Exchange.BINANCE_SPOT)
    stored = await an_instrument(pool, "XRPETH")
    pages, _ = await fetch(simulator, one, window)
    async with PageWriter(pool) as writer:
        for page in pages:
            page.instrument = stored
            written = await writer.write(page)
            assert not written.rejected
    rows = await pool.fetch(
        "SELECT timestamp, price::text, quantity::text, side, trade_id FROM trade_snapshots "
        "ORDER BY timestamp, char_length(trade_id), trade_id"
    )
    assert [(to_ms(row[0]), *tuple(row)[1:]) for row in rows] == known

    made = await pool.fetch(
        sql("candles_from_trades"),
        stored.symbol_id,
        to_datetime(window.start),
        to_datetime(window.end),
        timedelta(minutes=1),
    )
    candles = [(to_ms(row[0]), *(format(n, "f") for n in tuple(row)[1:])) for row in made]
    assert len(candles) == 2_469
    assert candles == recorded_candles(XRP_ETH)


async def test_recorded_funding_arrives_with_its_jitter(simulator: Simulator) -> None:
    simulator.replay_funding(XRP_USDT_FUNDING, "XRP", "USDT")
    known = recorded_funding(XRP_USDT_FUNDING)
    window = Interval(known[0][0] - DAY_MS, known[-1][0] + DAY_MS)
    simulator.clock.freeze(window.end + DAY_MS)
    one = instrument_of(simulator, Exchange.BINANCE_FUTURES, "XRPUSDT")
    pages, error = await fetch(simulator, one, window, funding_pages)
    assert error is None
    rows = rows_of(pages)
    assert len(rows) == 91
    assert [row[:2] for row in rows] == known
    assert [row[2] for row in rows] == [None, *["8"] * 90]
    assert present(pages) == [window]
