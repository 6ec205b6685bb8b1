-- What history knows of itself, and the rows it refused.
CREATE TABLE coverage (
    symbol_id INTEGER NOT NULL,
    data_set TEXT NOT NULL,
    timeframe TEXT NOT NULL DEFAULT '',
    day DATE NOT NULL,
    present TSTZMULTIRANGE NOT NULL DEFAULT '{}',
    absent TSTZMULTIRANGE NOT NULL DEFAULT '{}',
    unreachable TSTZMULTIRANGE NOT NULL DEFAULT '{}',
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_coverage PRIMARY KEY (symbol_id, data_set, timeframe, day),
    CONSTRAINT fk_coverage_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_data_set CHECK (
        data_set IN (
            'candles', 'trades', 'book_tickers', 'tickers',
            'funding_rates', 'balances', 'account_trades'
        )
    ),
    CONSTRAINT chk_timeframe CHECK (
        timeframe IN ('', '1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w')
    ),
    CONSTRAINT chk_timeframe_of_candles CHECK ((data_set = 'candles') = (timeframe <> '')),
    CONSTRAINT chk_disjoint CHECK (
        NOT present && absent AND NOT present && unreachable AND NOT absent && unreachable
    ),
    -- The detour by UTC keeps the check independent of the session's time zone.
    CONSTRAINT chk_within_day CHECK (
        present + absent + unreachable <@ tstzrange(
            day::TIMESTAMP AT TIME ZONE 'UTC', (day + 1)::TIMESTAMP AT TIME ZONE 'UTC'
        )
    )
);
CREATE INDEX idx_coverage_day ON coverage (day, data_set);

COMMENT ON TABLE coverage IS
'Per symbol, data set and UTC day: which instants are present, confirmed absent or unreachable;
the rest is missing. Written in the transaction that stores the rows. Source: collector.';
COMMENT ON COLUMN coverage.symbol_id IS 'Whose history.';
COMMENT ON COLUMN coverage.data_set IS 'The kind of fact: candles, trades, ….';
COMMENT ON COLUMN coverage.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN coverage.day IS 'UTC day; no range reaches beyond it.';
COMMENT ON COLUMN coverage.present IS 'Half-open times whose rows are stored.';
COMMENT ON COLUMN coverage.absent IS 'Half-open times the exchange was asked for and had nothing.';
COMMENT ON COLUMN coverage.unreachable IS 'Half-open times older than the exchange serves.';
COMMENT ON COLUMN coverage.updated_at IS 'Latest change. Source: database clock.';

CREATE TABLE rejected_records (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    data_set TEXT NOT NULL,
    exchange_id INTEGER NOT NULL,
    symbol_id INTEGER,
    timeframe TEXT NOT NULL DEFAULT '',
    timestamp TIMESTAMPTZ,
    reason TEXT NOT NULL,
    payload TEXT NOT NULL,
    payload_hash TEXT NOT NULL GENERATED ALWAYS AS (md5(payload)) STORED,
    occurrences INTEGER NOT NULL DEFAULT 1,
    first_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_rejected_records PRIMARY KEY (id),
    CONSTRAINT fk_rejected_records_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    CONSTRAINT fk_rejected_records_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT uq_rejected_records UNIQUE NULLS NOT DISTINCT (
        data_set, exchange_id, symbol_id, timeframe, payload_hash, reason
    ),
    CONSTRAINT chk_data_set CHECK (
        data_set IN (
            'symbols', 'candles', 'trades', 'book_tickers', 'tickers',
            'funding_rates', 'balances', 'account_trades'
        )
    ),
    -- Short enough for the unique index, whatever the script it is written in.
    CONSTRAINT chk_reason CHECK (char_length(reason) BETWEEN 1 AND 500),
    CONSTRAINT chk_occurrences CHECK (occurrences > 0)
);
CREATE INDEX idx_rejected_records_last_seen ON rejected_records (last_seen_at DESC);
CREATE INDEX idx_rejected_records_symbol ON rejected_records (symbol_id, data_set);

COMMENT ON TABLE rejected_records IS
'Rows that were refused, with the reason; nothing is dropped silently. Source: collector.';
COMMENT ON COLUMN rejected_records.id IS 'Order of storing.';
COMMENT ON COLUMN rejected_records.data_set IS 'The kind of fact the row claims to be.';
COMMENT ON COLUMN rejected_records.exchange_id IS 'Which exchange sent it.';
COMMENT ON COLUMN rejected_records.symbol_id IS 'Whose row; null where it has no known symbol.';
COMMENT ON COLUMN rejected_records.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN rejected_records.timestamp IS
'The time the row claims, UTC; null where it cannot be read. Source: exchange.';
COMMENT ON COLUMN rejected_records.reason IS 'What is wrong with it, one sentence.';
COMMENT ON COLUMN rejected_records.payload IS 'The row as it came.';
COMMENT ON COLUMN rejected_records.payload_hash IS 'MD5 of payload, hexadecimal. Source: computed.';
COMMENT ON COLUMN rejected_records.occurrences IS 'How often it came.';
COMMENT ON COLUMN rejected_records.first_seen_at IS 'When it first came. Source: database clock.';
COMMENT ON COLUMN rejected_records.last_seen_at IS 'When it last came. Source: database clock.';
