-- What the project computes from what it collected.
CREATE TABLE arbitrage_opportunities (
    timestamp TIMESTAMPTZ NOT NULL,
    opportunity_id UUID NOT NULL,
    kind TEXT NOT NULL,
    symbol_id INTEGER NOT NULL,
    buy_exchange_id INTEGER NOT NULL,
    sell_symbol_id INTEGER NOT NULL,
    sell_exchange_id INTEGER NOT NULL,
    buy_price NUMERIC NOT NULL,
    sell_price NUMERIC NOT NULL,
    quantity NUMERIC NOT NULL,
    conversion_rate NUMERIC NOT NULL DEFAULT 1,
    spread_bps NUMERIC NOT NULL,
    fee_bps NUMERIC NOT NULL,
    funding_bps NUMERIC NOT NULL DEFAULT 0,
    transfer_cost NUMERIC NOT NULL DEFAULT 0,
    net_bps NUMERIC NOT NULL,
    net_profit NUMERIC NOT NULL,
    peak_net_bps NUMERIC NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_arbitrage_opportunities PRIMARY KEY (timestamp, symbol_id, sell_symbol_id),
    CONSTRAINT fk_arbitrage_opportunities_buy FOREIGN KEY (symbol_id, buy_exchange_id)
    REFERENCES symbols (id, exchange_id),
    CONSTRAINT fk_arbitrage_opportunities_sell FOREIGN KEY (sell_symbol_id, sell_exchange_id)
    REFERENCES symbols (id, exchange_id),
    CONSTRAINT fk_arbitrage_opportunities_buy_exchange
    FOREIGN KEY (buy_exchange_id) REFERENCES exchanges (id),
    CONSTRAINT fk_arbitrage_opportunities_sell_exchange
    FOREIGN KEY (sell_exchange_id) REFERENCES exchanges (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_opened_before CHECK (opened_at <= timestamp),
    CONSTRAINT chk_kind CHECK (
        kind IN ('spot_spot', 'spot_perpetual', 'perpetual_spot', 'perpetual_perpetual')
    ),
    CONSTRAINT chk_two_symbols CHECK (symbol_id <> sell_symbol_id),
    CONSTRAINT chk_positive_prices CHECK (
        buy_price > 0 AND buy_price < 'Infinity' AND sell_price > 0 AND sell_price < 'Infinity'
    ),
    CONSTRAINT chk_quantity CHECK (quantity > 0 AND quantity < 'Infinity'),
    CONSTRAINT chk_conversion_rate CHECK (conversion_rate > 0 AND conversion_rate < 'Infinity'),
    CONSTRAINT chk_finite_results CHECK (
        spread_bps > '-Infinity' AND spread_bps < 'Infinity'
        AND fee_bps > '-Infinity' AND fee_bps < 'Infinity'
        AND funding_bps > '-Infinity' AND funding_bps < 'Infinity'
        AND net_bps > '-Infinity' AND net_bps < 'Infinity'
        AND net_profit > '-Infinity' AND net_profit < 'Infinity'
        AND peak_net_bps >= net_bps AND peak_net_bps < 'Infinity'
    ),
    CONSTRAINT chk_transfer_cost CHECK (transfer_cost >= 0 AND transfer_cost < 'Infinity')
);
SELECT create_hypertable(
    'arbitrage_opportunities', by_range('timestamp', INTERVAL '1 day'),
    create_default_indexes => false
);
CREATE INDEX idx_arbitrage_opportunities_identity
ON arbitrage_opportunities (opportunity_id, timestamp DESC);
CREATE INDEX idx_arbitrage_opportunities_exchanges
ON arbitrage_opportunities (buy_exchange_id, sell_exchange_id, timestamp DESC);

COMMENT ON TABLE arbitrage_opportunities IS
'Buy here, sell there: one row per beat for as long as it lasts. Source: computed from books.';
COMMENT ON COLUMN arbitrage_opportunities.timestamp IS 'The beat it was seen in, UTC.';
COMMENT ON COLUMN arbitrage_opportunities.opportunity_id IS
'The same for all rows of one opportunity, from when it opened until it closed.';
COMMENT ON COLUMN arbitrage_opportunities.kind IS 'What is bought, then what is sold.';
COMMENT ON COLUMN arbitrage_opportunities.symbol_id IS 'The symbol to buy.';
COMMENT ON COLUMN arbitrage_opportunities.buy_exchange_id IS 'Where symbol_id is listed.';
COMMENT ON COLUMN arbitrage_opportunities.sell_symbol_id IS 'The symbol to sell.';
COMMENT ON COLUMN arbitrage_opportunities.sell_exchange_id IS 'Where sell_symbol_id is listed.';
COMMENT ON COLUMN arbitrage_opportunities.buy_price IS
'Average ask over quantity, quote units of the symbol to buy per base unit.';
COMMENT ON COLUMN arbitrage_opportunities.sell_price IS
'Average bid over quantity, quote units of the symbol to sell per base unit.';
COMMENT ON COLUMN arbitrage_opportunities.quantity IS 'What both books hold, base units.';
COMMENT ON COLUMN arbitrage_opportunities.conversion_rate IS
'Quote units of the symbol to buy per quote unit of the symbol to sell; 1 where they are the same.';
COMMENT ON COLUMN arbitrage_opportunities.spread_bps IS
'Sell over buy price before costs, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.fee_bps IS 'Both taker fees, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.funding_bps IS
'Funding received until the next payment, hundredths of a percent; negative is paid.';
COMMENT ON COLUMN arbitrage_opportunities.transfer_cost IS
'Cost of moving what was bought, quote units of the symbol to buy.';
COMMENT ON COLUMN arbitrage_opportunities.net_bps IS
'What is left after all costs, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.net_profit IS
'What is left after all costs, quote units of the symbol to buy.';
COMMENT ON COLUMN arbitrage_opportunities.peak_net_bps IS
'Highest net_bps since it opened, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.opened_at IS 'First beat it was seen in, UTC.';
COMMENT ON COLUMN arbitrage_opportunities.created_at IS
'When it was stored. Source: database clock.';

CREATE TABLE order_flow_metrics (
    timestamp TIMESTAMPTZ NOT NULL,
    symbol_id INTEGER NOT NULL,
    window_seconds INTEGER NOT NULL,
    ofi_score NUMERIC,
    microprice NUMERIC,
    volume_imbalance NUMERIC,
    buy_volume NUMERIC,
    sell_volume NUMERIC,
    book_count INTEGER NOT NULL,
    trade_count INTEGER NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_order_flow_metrics PRIMARY KEY (symbol_id, timestamp, window_seconds),
    CONSTRAINT fk_order_flow_metrics_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_window CHECK (window_seconds > 0),
    CONSTRAINT chk_ofi_score CHECK (ofi_score > '-Infinity' AND ofi_score < 'Infinity'),
    CONSTRAINT chk_microprice CHECK (microprice > 0 AND microprice < 'Infinity'),
    CONSTRAINT chk_volume_imbalance CHECK (volume_imbalance BETWEEN -1 AND 1),
    CONSTRAINT chk_buy_volume CHECK (buy_volume >= 0 AND buy_volume < 'Infinity'),
    CONSTRAINT chk_sell_volume CHECK (sell_volume >= 0 AND sell_volume < 'Infinity'),
    CONSTRAINT chk_counts CHECK (book_count >= 0 AND trade_count >= 0)
);
SELECT create_hypertable(
    'order_flow_metrics', by_range('timestamp', INTERVAL '1 day'), create_default_indexes => false
);
CREATE INDEX idx_order_flow_metrics_time ON order_flow_metrics (timestamp DESC);

COMMENT ON TABLE order_flow_metrics IS
'Pressure of orders and trades per window. Null is unknown. Source: computed.';
COMMENT ON COLUMN order_flow_metrics.timestamp IS 'End of the window, UTC; not part of it.';
COMMENT ON COLUMN order_flow_metrics.symbol_id IS 'Whose order flow.';
COMMENT ON COLUMN order_flow_metrics.window_seconds IS 'Length of the window, seconds.';
COMMENT ON COLUMN order_flow_metrics.ofi_score IS
'Order-flow imbalance at the top of the book, base units; positive is buying.';
COMMENT ON COLUMN order_flow_metrics.microprice IS
'Mid weighted by the opposite side''s quantity, quote units per base unit.';
COMMENT ON COLUMN order_flow_metrics.volume_imbalance IS
'(buy - sell) / (buy + sell) volume of takers, -1 to 1.';
COMMENT ON COLUMN order_flow_metrics.buy_volume IS 'Bought by takers, base units.';
COMMENT ON COLUMN order_flow_metrics.sell_volume IS 'Sold by takers, base units.';
COMMENT ON COLUMN order_flow_metrics.book_count IS 'Books the window was computed from.';
COMMENT ON COLUMN order_flow_metrics.trade_count IS 'Trades the window was computed from.';
COMMENT ON COLUMN order_flow_metrics.created_at IS 'When it was stored. Source: database clock.';
