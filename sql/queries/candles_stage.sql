-- Where a page waits before it is merged into candles. One per writer connection; empty after
-- every transaction. Typed like the target, so that what the schema refuses is refused here too.
CREATE TEMPORARY TABLE IF NOT EXISTS candles_staging (
    symbol_id integer NOT NULL,
    timeframe text NOT NULL,
    timestamp timestamptz NOT NULL,
    open numeric,
    high numeric,
    low numeric,
    close numeric,
    volume numeric,
    quote_volume numeric,
    trade_count bigint
) ON COMMIT DELETE ROWS
