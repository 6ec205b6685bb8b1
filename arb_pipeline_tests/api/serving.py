"""The API in this process over a test's own database, and rows for every question."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import uvicorn

from arb_pipeline.api.app import create_app
from arb_pipeline.settings import Settings, load_settings
from arb_pipeline.storage.database import Pool

ORIGIN = "http://127.0.0.1:8000"
TOKEN = "a-token-of-the-desk"
# 2026-01-01; what is collected is in its first minutes.
STOCK = """
INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active,
    is_tracked, tracked_at, tick_size)
SELECT e.id, replace(v.name, '/', ''), split_part(v.name, '/', 1), split_part(v.name, '/', 2),
    'TRADING', v.active, v.tracked, CASE WHEN v.tracked THEN '2025-12-31'::timestamptz END, '0.010'
FROM (VALUES ('BINANCE_SPOT', 'BTC/USDT', true, true), ('BINANCE_SPOT', 'ETH/USDT', true, false),
    ('BYBIT_FUTURES', 'BTC/USDT', true, true), ('MEXC_SPOT', 'OLD/USDT', false, false),
    ('GATEIO_SPOT', '"a,b/USDT', true, false)) AS v (exchange, name, active, tracked)
INNER JOIN exchanges AS e ON e.enum_value = v.exchange
ORDER BY v.exchange, v.name;
INSERT INTO candles (symbol_id, timeframe, timestamp, open, high, low, close, volume)
SELECT s.id, '1m', '2026-01-01'::timestamptz + n * INTERVAL '1 minute', 0.00000010, 12345678901.10,
    0.00000010, 1, (n || '.500')::numeric
FROM symbols AS s CROSS JOIN generate_series(0, 9) AS n (n) WHERE s.is_tracked;
INSERT INTO book_ticker_snapshots (timestamp, symbol_id, bid_price, bid_qty, ask_price, ask_qty,
    exchange_timestamp)
SELECT '2026-01-01T00:00:05.25Z'::timestamptz + n * INTERVAL '1 minute', s.id, 99.50, 1, 100.5, 2,
    '2026-01-01T00:00:05.123456Z'
FROM symbols AS s CROSS JOIN generate_series(0, 4) AS n (n) WHERE s.is_tracked;
INSERT INTO funding_rate_snapshots (timestamp, symbol_id, funding_rate, funding_time, is_settled)
SELECT '2026-01-01'::timestamptz + n * INTERVAL '10 minutes', s.id, '-0.00010'::numeric,
    1767254400000, k.settled
FROM symbols AS s CROSS JOIN generate_series(0, 2) AS n (n)
CROSS JOIN (VALUES (true), (false)) AS k (settled)
INNER JOIN exchanges AS e ON s.exchange_id = e.id WHERE e.enum_value = 'BYBIT_FUTURES';
INSERT INTO latest_balances (exchange_id, asset_name, timestamp, available_balance, locked_balance)
SELECT e.id, v.asset, '2026-01-01', v.free::numeric, 0.10
FROM (VALUES ('BINANCE_SPOT', 'BTC', '1.00'), ('BINANCE_SPOT', 'USDT', '12345678901234567890.1'),
    ('BYBIT_FUTURES', 'USDT', '7')) AS v (exchange, asset, free)
INNER JOIN exchanges AS e ON e.enum_value = v.exchange;
INSERT INTO balance_snapshots (timestamp, exchange_id, asset_name, available_balance)
SELECT '2026-01-01'::timestamptz + n * INTERVAL '5 minutes', e.id, 'BTC', (n || '.0')::numeric
FROM exchanges AS e CROSS JOIN generate_series(0, 2) AS n (n)
WHERE e.enum_value IN ('BINANCE_SPOT', 'BYBIT_SPOT');
INSERT INTO portfolio_items (timestamp, exchange_id, asset_name, reference_currency, quantity,
    value)
SELECT '2026-01-01'::timestamptz + n * INTERVAL '30 minutes', e.id, v.asset, 'USDT', n + 1, v.value
FROM exchanges AS e CROSS JOIN generate_series(0, 1) AS n (n)
CROSS JOIN (VALUES ('BTC', 70000.50), ('XYZ', null)) AS v (asset, value)
WHERE e.enum_value = 'BINANCE_SPOT' AND (n = 0 OR v.asset = 'BTC');
INSERT INTO arbitrage_opportunities (timestamp, opportunity_id, kind, symbol_id, buy_exchange_id,
    sell_symbol_id, sell_exchange_id, buy_price, sell_price, quantity, spread_bps, fee_bps, net_bps,
    net_profit, peak_net_bps, opened_at)
SELECT '2026-01-01'::timestamptz + n * INTERVAL '1 minute', '00000000-0000-0000-0000-00000000000a',
    'spot_perpetual', b.id, b.exchange_id, s.id, s.exchange_id, 100, 101, 1, 100, 15, 85 + n, 0.85,
    90, '2026-01-01'
FROM symbols AS b CROSS JOIN symbols AS s CROSS JOIN generate_series(0, 2) AS n (n)
WHERE b.is_tracked AND s.is_tracked AND b.id < s.id;
INSERT INTO arbitrage_beats SELECT '2026-01-01T00:02:00Z', 1, 9, 1, 1, 1, 1, 9, 1, 1, 1, 1, 1, 8;
INSERT INTO coverage (symbol_id, data_set, timeframe, day, present)
SELECT id, 'candles', '1m', '2026-01-01',
    tstzmultirange(tstzrange('2026-01-01', '2026-01-01T00:10:00Z'))
FROM symbols WHERE is_tracked;
"""
# Every list there is, with what makes it answer with several rows.
LISTS = (
    "/symbols",
    "/candles?exchange=BINANCE_SPOT&symbol=BTC/USDT",
    "/balances",
    "/balances/history?start=2026-01-01&end=2026-01-02",
    "/book-tickers",
    "/book-tickers?start=2026-01-01&end=2026-01-02",
    "/funding-rates",
    "/funding-rates?start=2026-01-01&end=2026-01-02",
    "/portfolio",
    "/portfolio?start=2026-01-01&end=2026-01-02",
    "/arbitrage/opportunities",
    "/arbitrage/opportunities?start=2026-01-01&end=2026-01-02",
    "/coverage?start=2026-01-01&end=2026-01-03",
)


@asynccontextmanager
async def served(url: str, **changed: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API over a database; ``changed`` settings differ from the defaults."""
    settings: Settings = load_settings().model_copy(update={"api_rate": "100000/second", **changed})
    app = create_app(settings, url, url)
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 4000))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client,
    ):
        yield client


@contextmanager
def listening(url: str, **changed: Any) -> Iterator[str]:
    """The API as a server in a thread of its own; its address."""
    settings: Settings = load_settings().model_copy(update={"api_rate": "100000/second", **changed})
    config = uvicorn.Config(create_app(settings, url, url), port=0, log_config=None)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


async def stock(pool: Pool) -> None:
    """Put rows for every question into the database."""
    await pool.execute(STOCK)
