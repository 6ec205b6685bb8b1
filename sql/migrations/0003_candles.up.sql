-- Candles. Only the primary key is indexed: every reader asks by symbol, and each further index
-- would slow the write path down.
CREATE TABLE candles (
    symbol_id INTEGER NOT NULL,
    timeframe TEXT NOT NULL,
    timestamp TIMESTAMPTZ NOT NULL,
    open NUMERIC NOT NULL,
    high NUMERIC NOT NULL,
    low NUMERIC NOT NULL,
    close NUMERIC NOT NULL,
    volume NUMERIC NOT NULL,
    quote_volume NUMERIC,
    trade_count BIGINT,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_candles PRIMARY KEY (symbol_id, timeframe, timestamp),
    CONSTRAINT fk_candles_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_timeframe CHECK (
        timeframe IN ('1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w')
    ),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2009-01-03 00:00:00+00' AND timestamp < 'infinity'
    ),
    -- NaN sorts above Infinity, so an upper bound of Infinity refuses both.
    CONSTRAINT chk_positive_prices CHECK (
        open > 0 AND open < 'Infinity'
        AND high > 0 AND high < 'Infinity'
        AND low > 0 AND low < 'Infinity'
        AND close > 0 AND close < 'Infinity'
    ),
    CONSTRAINT chk_low_is_lowest CHECK (low <= open AND low <= close AND low <= high),
    CONSTRAINT chk_high_is_highest CHECK (high >= open AND high >= close),
    CONSTRAINT chk_volume CHECK (volume >= 0 AND volume < 'Infinity'),
    CONSTRAINT chk_quote_volume CHECK (quote_volume >= 0 AND quote_volume < 'Infinity'),
    CONSTRAINT chk_trade_count CHECK (trade_count >= 0)
);
SELECT create_hypertable(
    'candles', by_range('timestamp', INTERVAL '7 days'), create_default_indexes => false
);

COMMENT ON TABLE candles IS
'Closed candles as the exchange sent them, never invented. Source: exchange REST API.';
COMMENT ON COLUMN candles.symbol_id IS 'Whose candle.';
COMMENT ON COLUMN candles.timeframe IS 'Length of the candle: 1m, 5m, 15m, 30m, 1h, 4h, 1d or 1w.';
COMMENT ON COLUMN candles.timestamp IS 'Open time, UTC. Source: exchange clock.';
COMMENT ON COLUMN candles.open IS 'First price, quote units per base unit.';
COMMENT ON COLUMN candles.high IS 'Highest price, quote units per base unit.';
COMMENT ON COLUMN candles.low IS 'Lowest price, quote units per base unit.';
COMMENT ON COLUMN candles.close IS 'Last price, quote units per base unit.';
COMMENT ON COLUMN candles.volume IS 'Traded quantity, base units.';
COMMENT ON COLUMN candles.quote_volume IS
'Traded value, quote units; null where the exchange does not send it.';
COMMENT ON COLUMN candles.trade_count IS
'Number of trades; null where the exchange does not send it.';
COMMENT ON COLUMN candles.received_at IS
'When this version of the candle was stored. Source: database clock.';
