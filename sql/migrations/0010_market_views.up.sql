-- For people with SQL: time series with names beside them, and the one-minute candles by the name
-- many tools expect. The joins cost nothing where a query names one symbol.
CREATE VIEW price_data AS
SELECT
    symbol_id,
    timestamp,
    open,
    high,
    low,
    close,
    volume,
    quote_volume,
    trade_count,
    received_at
FROM candles
WHERE timeframe = '1m';
COMMENT ON VIEW price_data IS 'One-minute candles; columns as in candles.';

CREATE VIEW candles_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    c.timeframe,
    c.timestamp,
    c.open,
    c.high,
    c.low,
    c.close,
    c.volume,
    c.quote_volume,
    c.trade_count,
    c.received_at,
    c.symbol_id
FROM candles AS c
INNER JOIN symbols AS s ON c.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW candles_named IS 'candles with exchange and symbol by name.';

CREATE VIEW book_ticker_snapshots_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    b.timestamp,
    b.bid_price,
    b.bid_qty,
    b.ask_price,
    b.ask_qty,
    b.sequence_number,
    b.update_type,
    b.exchange_timestamp,
    b.created_at,
    b.symbol_id,
    b.id
FROM book_ticker_snapshots AS b
INNER JOIN symbols AS s ON b.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW book_ticker_snapshots_named IS 'book_ticker_snapshots with exchange and symbol by name.';

CREATE VIEW ticker_snapshots_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    t.timestamp,
    t.last_price,
    t.high_24h,
    t.low_24h,
    t.base_volume_24h,
    t.quote_volume_24h,
    t.mark_price,
    t.index_price,
    t.exchange_timestamp,
    t.created_at,
    t.symbol_id
FROM ticker_snapshots AS t
INNER JOIN symbols AS s ON t.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW ticker_snapshots_named IS 'ticker_snapshots with exchange and symbol by name.';

CREATE VIEW trade_snapshots_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    t.timestamp,
    t.price,
    t.quantity,
    t.side,
    t.trade_id,
    t.is_synthetic_id,
    t.received_at,
    t.symbol_id
FROM trade_snapshots AS t
INNER JOIN symbols AS s ON t.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW trade_snapshots_named IS 'trade_snapshots with exchange and symbol by name.';

CREATE VIEW funding_rate_snapshots_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    f.timestamp,
    f.funding_rate,
    TIMESTAMPTZ 'epoch' + f.funding_time * INTERVAL '1 millisecond' AS funding_time,
    TIMESTAMPTZ 'epoch' + f.next_funding_time * INTERVAL '1 millisecond' AS next_funding_time,
    f.is_settled,
    f.funding_interval_hours,
    f.mark_price,
    f.index_price,
    f.exchange_timestamp,
    f.created_at,
    f.symbol_id
FROM funding_rate_snapshots AS f
INNER JOIN symbols AS s ON f.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW funding_rate_snapshots_named IS 'funding_rate_snapshots with exchange and symbol by name and funding times as timestamps.';
