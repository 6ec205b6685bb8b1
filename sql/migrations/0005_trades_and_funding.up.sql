-- Public trades, and funding rates both as predicted and as settled.
CREATE TABLE trade_snapshots (
    timestamp TIMESTAMPTZ NOT NULL,
    symbol_id INTEGER NOT NULL,
    price NUMERIC NOT NULL,
    quantity NUMERIC NOT NULL,
    side TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    is_synthetic_id BOOLEAN NOT NULL DEFAULT false,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_trade_snapshots PRIMARY KEY (symbol_id, timestamp, trade_id),
    CONSTRAINT fk_trade_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2009-01-03 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_price CHECK (price > 0 AND price < 'Infinity'),
    CONSTRAINT chk_quantity CHECK (quantity > 0 AND quantity < 'Infinity'),
    CONSTRAINT chk_side CHECK (side IN ('buy', 'sell')),
    CONSTRAINT chk_trade_id CHECK (char_length(trade_id) BETWEEN 1 AND 128)
);
SELECT create_hypertable(
    'trade_snapshots',
    by_range('timestamp', INTERVAL '30 minutes'),
    create_default_indexes => false
);

COMMENT ON TABLE trade_snapshots IS 'Public trades. Source: exchange REST API.';
COMMENT ON COLUMN trade_snapshots.timestamp IS 'When it traded. Source: exchange clock.';
COMMENT ON COLUMN trade_snapshots.symbol_id IS 'What was traded.';
COMMENT ON COLUMN trade_snapshots.price IS 'Price, quote units per base unit.';
COMMENT ON COLUMN trade_snapshots.quantity IS
'Quantity: base units on spot, contracts on futures (times symbols.contract_size for base units).';
COMMENT ON COLUMN trade_snapshots.side IS 'Side of the taker: buy or sell.';
COMMENT ON COLUMN trade_snapshots.trade_id IS
'The exchange''s id, or what stands for it where is_synthetic_id.';
COMMENT ON COLUMN trade_snapshots.is_synthetic_id IS
'The exchange sends no id: trade_id is side, price, quantity and the ordinal among equals of that
time. Source: collector.';
COMMENT ON COLUMN trade_snapshots.received_at IS 'When it was stored. Source: database clock.';

CREATE TABLE funding_rate_snapshots (
    timestamp TIMESTAMPTZ NOT NULL,
    symbol_id INTEGER NOT NULL,
    funding_rate NUMERIC NOT NULL,
    funding_time BIGINT NOT NULL,
    next_funding_time BIGINT,
    is_settled BOOLEAN NOT NULL DEFAULT false,
    funding_interval_hours NUMERIC,
    mark_price NUMERIC,
    index_price NUMERIC,
    exchange_timestamp TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_funding_rate_snapshots PRIMARY KEY (symbol_id, timestamp, is_settled),
    CONSTRAINT fk_funding_rate_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2019-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_funding_rate CHECK (
        funding_rate > '-Infinity' AND funding_rate < 'Infinity'
    ),
    CONSTRAINT chk_funding_time CHECK (funding_time > 0),
    CONSTRAINT chk_next_funding_time CHECK (
        next_funding_time > 0 AND next_funding_time > funding_time
    ),
    CONSTRAINT chk_funding_interval CHECK (
        funding_interval_hours > 0 AND funding_interval_hours <= 168
    ),
    CONSTRAINT chk_mark_price CHECK (mark_price > 0 AND mark_price < 'Infinity'),
    CONSTRAINT chk_index_price CHECK (index_price > 0 AND index_price < 'Infinity')
);
SELECT create_hypertable(
    'funding_rate_snapshots',
    by_range('timestamp', INTERVAL '1 hour'),
    create_default_indexes => false
);
CREATE INDEX idx_funding_rate_snapshots_time ON funding_rate_snapshots (timestamp DESC);
CREATE INDEX idx_funding_rate_snapshots_funding_time
ON funding_rate_snapshots (symbol_id, funding_time DESC);

COMMENT ON TABLE funding_rate_snapshots IS
'Funding rates of perpetuals: as predicted when sampled, and as settled. Source: exchange REST API.';
COMMENT ON COLUMN funding_rate_snapshots.timestamp IS
'When the answer was received (collector clock); for a settled rate, when it was settled
(exchange clock).';
COMMENT ON COLUMN funding_rate_snapshots.symbol_id IS 'Whose funding.';
COMMENT ON COLUMN funding_rate_snapshots.funding_rate IS
'Fraction of the position''s value that longs pay to shorts (0.0001 is 0.01 %); may be negative.';
COMMENT ON COLUMN funding_rate_snapshots.funding_time IS
'When this rate is or was paid, milliseconds since 1970 UTC. Source: exchange clock.';
COMMENT ON COLUMN funding_rate_snapshots.next_funding_time IS
'The payment after funding_time, milliseconds since 1970 UTC; null where unknown.';
COMMENT ON COLUMN funding_rate_snapshots.is_settled IS 'false: predicted; true: paid.';
COMMENT ON COLUMN funding_rate_snapshots.funding_interval_hours IS
'Hours between payments at that time; null where the exchange does not send it.';
COMMENT ON COLUMN funding_rate_snapshots.mark_price IS
'The price margins are computed at, quote units per base unit.';
COMMENT ON COLUMN funding_rate_snapshots.index_price IS
'The exchange''s price of the underlying, quote units per base unit.';
COMMENT ON COLUMN funding_rate_snapshots.exchange_timestamp IS
'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN funding_rate_snapshots.created_at IS 'When it was stored. Source: database clock.';
