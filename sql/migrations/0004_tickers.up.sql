-- Samples of the top of the book and of the rolling 24 hours, one per symbol and beat.
CREATE TABLE book_ticker_snapshots (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    timestamp TIMESTAMPTZ NOT NULL,
    symbol_id INTEGER NOT NULL,
    bid_price NUMERIC NOT NULL,
    bid_qty NUMERIC NOT NULL,
    ask_price NUMERIC NOT NULL,
    ask_qty NUMERIC NOT NULL,
    sequence_number BIGINT,
    update_type TEXT NOT NULL DEFAULT 'snapshot',
    exchange_timestamp TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_book_ticker_snapshots PRIMARY KEY (symbol_id, timestamp),
    CONSTRAINT fk_book_ticker_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_positive_prices CHECK (
        bid_price > 0 AND bid_price < 'Infinity' AND ask_price > 0 AND ask_price < 'Infinity'
    ),
    CONSTRAINT chk_quantities CHECK (
        bid_qty >= 0 AND bid_qty < 'Infinity' AND ask_qty >= 0 AND ask_qty < 'Infinity'
    ),
    CONSTRAINT chk_sequence_number CHECK (sequence_number >= 0),
    CONSTRAINT chk_update_type CHECK (update_type IN ('snapshot', 'delta'))
);
SELECT create_hypertable(
    'book_ticker_snapshots',
    by_range('timestamp', INTERVAL '30 minutes'),
    create_default_indexes => false
);
CREATE INDEX idx_book_ticker_snapshots_time ON book_ticker_snapshots (timestamp DESC);

COMMENT ON TABLE book_ticker_snapshots IS
'Best bid and ask with their quantities, sampled. A crossed book is kept as it came, a check
reports it. Source: exchange REST API.';
COMMENT ON COLUMN book_ticker_snapshots.id IS 'Order of storing; not unique by constraint.';
COMMENT ON COLUMN book_ticker_snapshots.timestamp IS
'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN book_ticker_snapshots.symbol_id IS 'Whose book.';
COMMENT ON COLUMN book_ticker_snapshots.bid_price IS 'Best bid, quote units per base unit.';
COMMENT ON COLUMN book_ticker_snapshots.bid_qty IS
'Quantity at the best bid: base units on spot, contracts on futures.';
COMMENT ON COLUMN book_ticker_snapshots.ask_price IS 'Best ask, quote units per base unit.';
COMMENT ON COLUMN book_ticker_snapshots.ask_qty IS
'Quantity at the best ask: base units on spot, contracts on futures.';
COMMENT ON COLUMN book_ticker_snapshots.sequence_number IS
'The exchange''s own number of this state of the book; null where it sends none.';
COMMENT ON COLUMN book_ticker_snapshots.update_type IS
'snapshot: asked for; delta: pushed by the exchange.';
COMMENT ON COLUMN book_ticker_snapshots.exchange_timestamp IS
'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN book_ticker_snapshots.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE ticker_snapshots (
    timestamp TIMESTAMPTZ NOT NULL,
    symbol_id INTEGER NOT NULL,
    last_price NUMERIC,
    high_24h NUMERIC,
    low_24h NUMERIC,
    base_volume_24h NUMERIC,
    quote_volume_24h NUMERIC,
    mark_price NUMERIC,
    index_price NUMERIC,
    exchange_timestamp TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_ticker_snapshots PRIMARY KEY (symbol_id, timestamp),
    CONSTRAINT fk_ticker_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_last_price CHECK (last_price > 0 AND last_price < 'Infinity'),
    CONSTRAINT chk_high_24h CHECK (high_24h > 0 AND high_24h < 'Infinity'),
    CONSTRAINT chk_low_24h CHECK (low_24h > 0 AND low_24h < 'Infinity'),
    CONSTRAINT chk_low_below_high CHECK (low_24h <= high_24h),
    CONSTRAINT chk_base_volume_24h CHECK (base_volume_24h >= 0 AND base_volume_24h < 'Infinity'),
    CONSTRAINT chk_quote_volume_24h CHECK (
        quote_volume_24h >= 0 AND quote_volume_24h < 'Infinity'
    ),
    CONSTRAINT chk_mark_price CHECK (mark_price > 0 AND mark_price < 'Infinity'),
    CONSTRAINT chk_index_price CHECK (index_price > 0 AND index_price < 'Infinity')
);
SELECT create_hypertable(
    'ticker_snapshots',
    by_range('timestamp', INTERVAL '30 minutes'),
    create_default_indexes => false
);
CREATE INDEX idx_ticker_snapshots_time ON ticker_snapshots (timestamp DESC);

COMMENT ON TABLE ticker_snapshots IS
'Last price and rolling 24-hour figures, sampled. Null is unknown or never traded.
Source: exchange REST API.';
COMMENT ON COLUMN ticker_snapshots.timestamp IS
'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN ticker_snapshots.symbol_id IS 'Whose ticker.';
COMMENT ON COLUMN ticker_snapshots.last_price IS 'Latest trade, quote units per base unit.';
COMMENT ON COLUMN ticker_snapshots.high_24h IS 'Highest price of 24 hours, quote per base unit.';
COMMENT ON COLUMN ticker_snapshots.low_24h IS 'Lowest price of 24 hours, quote per base unit.';
COMMENT ON COLUMN ticker_snapshots.base_volume_24h IS 'Traded quantity of 24 hours, base units.';
COMMENT ON COLUMN ticker_snapshots.quote_volume_24h IS 'Traded value of 24 hours, quote units.';
COMMENT ON COLUMN ticker_snapshots.mark_price IS
'The price margins are computed at, quote units per base unit; null on spot.';
COMMENT ON COLUMN ticker_snapshots.index_price IS
'The exchange''s price of the underlying, quote units per base unit; null on spot.';
COMMENT ON COLUMN ticker_snapshots.exchange_timestamp IS
'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN ticker_snapshots.created_at IS 'When it was stored. Source: database clock.';
