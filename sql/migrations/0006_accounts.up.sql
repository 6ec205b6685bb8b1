-- What the accounts hold and what they traded.
CREATE TABLE balance_snapshots (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    timestamp TIMESTAMPTZ NOT NULL,
    exchange_id INTEGER NOT NULL,
    asset_name TEXT NOT NULL,
    available_balance NUMERIC NOT NULL,
    locked_balance NUMERIC NOT NULL DEFAULT 0,
    total_balance NUMERIC GENERATED ALWAYS AS (available_balance + locked_balance) STORED,
    frozen_balance NUMERIC,
    borrowing_balance NUMERIC,
    interest_balance NUMERIC,
    exchange_timestamp TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_balance_snapshots PRIMARY KEY (timestamp, exchange_id, asset_name),
    CONSTRAINT fk_balance_snapshots_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    -- NaN sorts above Infinity, so an upper bound of Infinity refuses both; null passes.
    CONSTRAINT chk_positive_balances CHECK (
        available_balance >= 0 AND available_balance < 'Infinity'
        AND locked_balance >= 0 AND locked_balance < 'Infinity'
        AND frozen_balance >= 0 AND frozen_balance < 'Infinity'
        AND borrowing_balance >= 0 AND borrowing_balance < 'Infinity'
        AND interest_balance >= 0 AND interest_balance < 'Infinity'
    ),
    CONSTRAINT chk_valid_asset_name CHECK (is_valid_name(asset_name)),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    )
);
SELECT create_hypertable(
    'balance_snapshots',
    by_range('timestamp', INTERVAL '6 hours'),
    create_default_indexes => false
);
-- "Recent" is served by the order of these: an index on now() is not possible, now() changes.
CREATE INDEX idx_balance_snapshots_exchange_time
ON balance_snapshots (exchange_id, timestamp DESC);
CREATE INDEX idx_balance_snapshots_asset_time
ON balance_snapshots (asset_name, timestamp DESC);
CREATE INDEX idx_balance_snapshots_exchange_asset_time
ON balance_snapshots (exchange_id, asset_name, timestamp DESC);
CREATE INDEX idx_balance_snapshots_nonzero
ON balance_snapshots (exchange_id, asset_name, timestamp DESC) WHERE total_balance > 0;

COMMENT ON TABLE balance_snapshots IS
'Holdings per account and asset, sampled. Source: signed exchange REST API.';
COMMENT ON COLUMN balance_snapshots.id IS 'Order of storing; not unique by constraint.';
COMMENT ON COLUMN balance_snapshots.timestamp IS
'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN balance_snapshots.exchange_id IS 'Whose account.';
COMMENT ON COLUMN balance_snapshots.asset_name IS 'The asset as the exchange names it.';
COMMENT ON COLUMN balance_snapshots.available_balance IS 'Free to trade, units of the asset.';
COMMENT ON COLUMN balance_snapshots.locked_balance IS
'Bound by open orders or margin, units of the asset.';
COMMENT ON COLUMN balance_snapshots.total_balance IS
'available_balance + locked_balance, units of the asset. Source: computed.';
COMMENT ON COLUMN balance_snapshots.frozen_balance IS
'Frozen by the exchange, units of the asset; null where it does not say.';
COMMENT ON COLUMN balance_snapshots.borrowing_balance IS
'Owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN balance_snapshots.interest_balance IS
'Interest owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN balance_snapshots.exchange_timestamp IS
'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN balance_snapshots.created_at IS 'When it was stored. Source: database clock.';

-- A plain table: own fills are few and kept for ever, and only here (symbol_id, trade_id) can be
-- unique without the time, which a hypertable would require.
CREATE TABLE account_trades (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    timestamp TIMESTAMPTZ NOT NULL,
    symbol_id INTEGER NOT NULL,
    trade_id TEXT NOT NULL,
    order_id TEXT,
    side TEXT NOT NULL,
    price NUMERIC NOT NULL,
    quantity NUMERIC NOT NULL,
    quote_quantity NUMERIC,
    fee NUMERIC,
    fee_asset TEXT,
    is_maker BOOLEAN,
    received_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_account_trades PRIMARY KEY (id),
    CONSTRAINT fk_account_trades_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT uq_account_trades_trade UNIQUE (symbol_id, trade_id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2009-01-03 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_trade_id CHECK (char_length(trade_id) BETWEEN 1 AND 128),
    CONSTRAINT chk_order_id CHECK (char_length(order_id) BETWEEN 1 AND 128),
    CONSTRAINT chk_side CHECK (side IN ('buy', 'sell')),
    CONSTRAINT chk_price CHECK (price > 0 AND price < 'Infinity'),
    CONSTRAINT chk_quantity CHECK (quantity > 0 AND quantity < 'Infinity'),
    CONSTRAINT chk_quote_quantity CHECK (quote_quantity > 0 AND quote_quantity < 'Infinity'),
    CONSTRAINT chk_fee CHECK (fee > '-Infinity' AND fee < 'Infinity'),
    CONSTRAINT chk_fee_asset CHECK (is_valid_name(fee_asset))
);
CREATE INDEX idx_account_trades_symbol_time ON account_trades (symbol_id, timestamp DESC);
CREATE INDEX idx_account_trades_time ON account_trades (timestamp DESC);

COMMENT ON TABLE account_trades IS 'Own fills. Source: signed exchange REST API.';
COMMENT ON COLUMN account_trades.id IS 'Order of storing.';
COMMENT ON COLUMN account_trades.timestamp IS 'When it was filled. Source: exchange clock.';
COMMENT ON COLUMN account_trades.symbol_id IS 'What was traded, and on which exchange.';
COMMENT ON COLUMN account_trades.trade_id IS 'The exchange''s id of the fill.';
COMMENT ON COLUMN account_trades.order_id IS 'The exchange''s id of the order.';
COMMENT ON COLUMN account_trades.side IS 'Own side: buy or sell.';
COMMENT ON COLUMN account_trades.price IS 'Price, quote units per base unit.';
COMMENT ON COLUMN account_trades.quantity IS
'Quantity: base units on spot, contracts on futures (times symbols.contract_size for base units).';
COMMENT ON COLUMN account_trades.quote_quantity IS
'Value, quote units; null where the exchange does not send it.';
COMMENT ON COLUMN account_trades.fee IS
'Fee paid, units of fee_asset; negative is a rebate; null where unknown.';
COMMENT ON COLUMN account_trades.fee_asset IS 'The asset the fee was paid in.';
COMMENT ON COLUMN account_trades.is_maker IS 'Whether the own order waited in the book.';
COMMENT ON COLUMN account_trades.received_at IS 'When it was stored. Source: database clock.';
