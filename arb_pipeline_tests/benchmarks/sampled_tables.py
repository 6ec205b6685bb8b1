"""Tables as full of samples as they become, and the SQL that ``bench_snapshots`` is set against."""

from __future__ import annotations

from arb_pipeline.storage.database import Connection

COLUMNS = ("exchange_id", "asset_name", "timestamp", "available_balance", "locked_balance")
NAMES = ", ".join(COLUMNS)
FILL = (
    "SET synchronous_commit TO off",
    f"INSERT INTO balance_snapshots ({NAMES}) "
    "SELECT e.id, 'ASSET' || a, t, 1234.567890123456789 * a, 0.000000000000001 "
    "FROM generate_series(now() - INTERVAL '{days} days', now(), INTERVAL '5 minutes') AS t, "
    "exchanges AS e, generate_series(1, 50) AS a",
    f"INSERT INTO latest_balances ({NAMES}) SELECT {NAMES} FROM balance_snapshots "
    "WHERE timestamp = (SELECT max(timestamp) FROM balance_snapshots)",
    "INSERT INTO symbols (exchange_id, exchange_symbol, symbol_base, symbol_quote, status, "
    "is_active) SELECT id, 'S' || n, 'S' || n, 'USDT', '', true FROM exchanges, "
    "generate_series(1, 20) AS n",
    "INSERT INTO book_ticker_snapshots (symbol_id, timestamp, bid_price, bid_qty, ask_price, "
    "ask_qty) SELECT s.id, t, 100.12, 1.5, 100.13, 2.5 FROM "
    "generate_series(now() - INTERVAL '3 days', now(), INTERVAL '1 minute') AS t, symbols AS s",
    "ANALYZE",
    f"CREATE TEMPORARY TABLE staging AS SELECT {NAMES} FROM balance_snapshots LIMIT 0",
)
RAW_STORE = (
    f"INSERT INTO balance_snapshots ({NAMES}) SELECT * FROM unnest($1::INTEGER [], $2::TEXT [], "
    "$3::TIMESTAMPTZ [], $4::NUMERIC [], $5::NUMERIC [])"
)
FROM_STAGING = (
    f"INSERT INTO balance_snapshots ({NAMES}) SELECT * FROM staging ON CONFLICT DO NOTHING"
)
RAW_BOOKS = (
    "INSERT INTO book_ticker_snapshots (symbol_id, timestamp, bid_price, bid_qty, ask_price, "
    "ask_qty) SELECT *, 1, 1, 2, 1 FROM unnest($1::INTEGER [], $2::TIMESTAMPTZ [])"
)
RAW_LATEST = (
    "SELECT DISTINCT ON (exchange_id, asset_name) * FROM balance_snapshots "
    "WHERE timestamp >= now() - INTERVAL '15 minutes' AND timestamp <= now() "
    "ORDER BY exchange_id, asset_name, timestamp DESC"
)
RAW_HISTORY = (
    "SELECT * FROM balance_snapshots WHERE asset_name = 'ASSET7' AND exchange_id = $1 "
    "AND timestamp >= $2 ORDER BY timestamp"
)
RAW_LATEST_BOOKS = (
    "SELECT * FROM book_ticker_snapshots_named WHERE symbol_id = $1 "
    "ORDER BY timestamp DESC LIMIT 100"
)


async def fill(connection: Connection, days: int) -> str:
    """Fill the tables, with balances of some days; says with how many rows."""
    for statement in FILL:
        await connection.execute(statement.replace("{days}", str(days)))
    await connection.execute("SET synchronous_commit TO on")
    counts = [
        f"{await connection.fetchval(f'SELECT count(*) FROM {table}'):,} {table}"
        for table in ("balance_snapshots", "book_ticker_snapshots")
    ]
    return ", ".join(counts)
