-- The portfolio as it was valued; what is unknown is null, never zero.
CREATE TABLE portfolio_items (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    timestamp TIMESTAMPTZ NOT NULL,
    exchange_id INTEGER NOT NULL,
    asset_name TEXT NOT NULL,
    reference_currency TEXT NOT NULL,
    quantity NUMERIC NOT NULL,
    unexplained_quantity NUMERIC,
    current_price NUMERIC,
    price_route TEXT,
    priced_at TIMESTAMPTZ,
    average_entry_price NUMERIC,
    value NUMERIC,
    unrealised_profit NUMERIC,
    unrealised_profit_percent NUMERIC,
    realised_profit NUMERIC,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_portfolio_items PRIMARY KEY (id),
    CONSTRAINT uq_portfolio_items_holding
    UNIQUE (exchange_id, asset_name, reference_currency, timestamp),
    CONSTRAINT fk_portfolio_items_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_valid_asset_name CHECK (is_valid_name(asset_name)),
    CONSTRAINT chk_reference_currency CHECK (is_valid_name(reference_currency)),
    CONSTRAINT chk_quantity CHECK (quantity >= 0 AND quantity < 'Infinity'),
    CONSTRAINT chk_current_price CHECK (current_price >= 0 AND current_price < 'Infinity'),
    CONSTRAINT chk_average_entry_price CHECK (
        average_entry_price >= 0 AND average_entry_price < 'Infinity'
    ),
    CONSTRAINT chk_value CHECK (value >= 0 AND value < 'Infinity'),
    CONSTRAINT chk_unexplained_quantity CHECK (
        unexplained_quantity > '-Infinity' AND unexplained_quantity < 'Infinity'
    ),
    CONSTRAINT chk_unrealised_profit CHECK (
        unrealised_profit > '-Infinity' AND unrealised_profit < 'Infinity'
    ),
    CONSTRAINT chk_unrealised_profit_percent CHECK (
        unrealised_profit_percent > '-Infinity' AND unrealised_profit_percent < 'Infinity'
    ),
    CONSTRAINT chk_realised_profit CHECK (
        realised_profit > '-Infinity' AND realised_profit < 'Infinity'
    )
);
CREATE INDEX idx_portfolio_items_time ON portfolio_items (timestamp DESC);

COMMENT ON TABLE portfolio_items IS
'Holdings with their worth and profit, each time they were valued. Source: computed from balances,
fills and prices.';
COMMENT ON COLUMN portfolio_items.id IS 'Order of storing.';
COMMENT ON COLUMN portfolio_items.timestamp IS 'When it was valued, UTC.';
COMMENT ON COLUMN portfolio_items.exchange_id IS 'Whose account.';
COMMENT ON COLUMN portfolio_items.asset_name IS 'The asset as the exchange names it.';
COMMENT ON COLUMN portfolio_items.reference_currency IS 'What prices and values are given in.';
COMMENT ON COLUMN portfolio_items.quantity IS 'Held in all, units of the asset.';
COMMENT ON COLUMN portfolio_items.unexplained_quantity IS
'Part of quantity that fills do not explain (deposits, withdrawals), units of the asset.';
COMMENT ON COLUMN portfolio_items.current_price IS
'Reference currency per unit of the asset; null without a route.';
COMMENT ON COLUMN portfolio_items.price_route IS
'The pairs the price was taken from, such as GT/BTC > BTC/USDT.';
COMMENT ON COLUMN portfolio_items.priced_at IS 'Time of the oldest price on the route.';
COMMENT ON COLUMN portfolio_items.average_entry_price IS
'Average cost of what is held, reference currency per unit of the asset; null without fills.';
COMMENT ON COLUMN portfolio_items.value IS 'quantity times current_price, reference currency.';
COMMENT ON COLUMN portfolio_items.unrealised_profit IS
'Worth over cost of what fills explain, reference currency.';
COMMENT ON COLUMN portfolio_items.unrealised_profit_percent IS
'unrealised_profit over cost, percent.';
COMMENT ON COLUMN portfolio_items.realised_profit IS
'Profit of what was sold so far, reference currency.';
COMMENT ON COLUMN portfolio_items.created_at IS 'When it was stored. Source: database clock.';
