-- What opportunities are computed from besides books and funding: conversion rates between quote
-- currencies and, where they are collected, order books; and what was left out of the computation.
-- Locks: rejected_records against everybody, for one pass over it.
CREATE TABLE conversion_rates (
    timestamp TIMESTAMPTZ NOT NULL,
    from_currency TEXT NOT NULL,
    to_currency TEXT NOT NULL,
    rate NUMERIC NOT NULL,
    symbol_id INTEGER,
    valid_until TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_conversion_rates PRIMARY KEY (from_currency, to_currency, timestamp),
    CONSTRAINT fk_conversion_rates_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_currencies CHECK (is_valid_name(from_currency) AND is_valid_name(to_currency)),
    CONSTRAINT chk_two_currencies CHECK (from_currency <> to_currency),
    CONSTRAINT chk_rate CHECK (rate > 0 AND rate < 'Infinity'),
    CONSTRAINT chk_valid_until CHECK (valid_until > timestamp)
);
SELECT create_hypertable(
    'conversion_rates', by_range('timestamp', INTERVAL '7 days'), create_default_indexes => false
);
CREATE INDEX idx_conversion_rates_time ON conversion_rates (timestamp DESC);

COMMENT ON TABLE conversion_rates IS
'What one unit of a currency is exchanged for. Source: computed from books with every beat, or a
person: INSERT INTO conversion_rates (timestamp, from_currency, to_currency, rate, valid_until).';
COMMENT ON COLUMN conversion_rates.timestamp IS 'The beat it is of, or since when it holds, UTC.';
COMMENT ON COLUMN conversion_rates.from_currency IS 'What is given.';
COMMENT ON COLUMN conversion_rates.to_currency IS 'What is got.';
COMMENT ON COLUMN conversion_rates.rate IS 'Units of to_currency got per unit of from_currency.';
COMMENT ON COLUMN conversion_rates.symbol_id IS
'The pair whose book it was taken from; null where a person entered it.';
COMMENT ON COLUMN conversion_rates.valid_until IS
'From when on it is not used; null: it ages like the rates of books.';
COMMENT ON COLUMN conversion_rates.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE arbitrage_beats (
    timestamp TIMESTAMPTZ NOT NULL,
    exchange_id INTEGER NOT NULL,
    book_count INTEGER NOT NULL,
    stale_count INTEGER NOT NULL,
    crossed_count INTEGER NOT NULL,
    no_fee_count INTEGER NOT NULL,
    alone_count INTEGER NOT NULL,
    pair_count INTEGER NOT NULL,
    no_conversion_count INTEGER NOT NULL,
    no_funding_count INTEGER NOT NULL,
    apart_count INTEGER NOT NULL,
    no_balance_count INTEGER NOT NULL,
    opportunity_count INTEGER NOT NULL,
    best_net_bps NUMERIC,
    computed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_arbitrage_beats PRIMARY KEY (exchange_id, timestamp),
    CONSTRAINT fk_arbitrage_beats_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_counts CHECK (
        book_count >= 0 AND stale_count >= 0 AND crossed_count >= 0 AND no_fee_count >= 0
        AND alone_count >= 0 AND pair_count >= 0 AND no_conversion_count >= 0
        AND no_funding_count >= 0 AND apart_count >= 0 AND no_balance_count >= 0
        AND opportunity_count >= 0
    ),
    CONSTRAINT chk_best_net_bps CHECK (best_net_bps > '-Infinity' AND best_net_bps < 'Infinity')
);
SELECT create_hypertable(
    'arbitrage_beats', by_range('timestamp', INTERVAL '1 day'), create_default_indexes => false
);
CREATE INDEX idx_arbitrage_beats_time ON arbitrage_beats (timestamp DESC);

COMMENT ON TABLE arbitrage_beats IS
'What opportunities were computed from, per beat and exchange to buy at, and what was left out and
why. Source: computed.';
COMMENT ON COLUMN arbitrage_beats.timestamp IS 'The beat, UTC; as collections.timestamp.';
COMMENT ON COLUMN arbitrage_beats.exchange_id IS 'The exchange to buy at.';
COMMENT ON COLUMN arbitrage_beats.book_count IS 'Books of it that were there.';
COMMENT ON COLUMN arbitrage_beats.stale_count IS 'Of those, left out for their age.';
COMMENT ON COLUMN arbitrage_beats.crossed_count IS
'Of those, left out because the best bid is not below the best ask.';
COMMENT ON COLUMN arbitrage_beats.no_fee_count IS
'Of those, left out because the taker fee is not known.';
COMMENT ON COLUMN arbitrage_beats.alone_count IS
'Of those, left out because no other exchange has a book of the same base.';
COMMENT ON COLUMN arbitrage_beats.pair_count IS 'Pairs of a book to buy at and one to sell at.';
COMMENT ON COLUMN arbitrage_beats.no_conversion_count IS
'Of those pairs, left out for want of a fresh rate between their quote currencies.';
COMMENT ON COLUMN arbitrage_beats.no_funding_count IS
'Of those pairs, left out for want of a fresh funding rate.';
COMMENT ON COLUMN arbitrage_beats.apart_count IS
'Of those pairs, left out because too much time lies between their two books.';
COMMENT ON COLUMN arbitrage_beats.no_balance_count IS
'Of those pairs, profitable ones the accounts hold nothing for.';
COMMENT ON COLUMN arbitrage_beats.opportunity_count IS 'Opportunities that were stored.';
COMMENT ON COLUMN arbitrage_beats.best_net_bps IS
'net_bps of the best of them, hundredths of a percent; null where there is none.';
COMMENT ON COLUMN arbitrage_beats.computed_at IS
'When it was last computed. Source: database clock.';

CREATE TABLE order_book_levels (
    timestamp TIMESTAMPTZ NOT NULL,
    symbol_id INTEGER NOT NULL,
    side TEXT NOT NULL,
    level SMALLINT NOT NULL,
    price NUMERIC NOT NULL,
    quantity NUMERIC NOT NULL,
    exchange_timestamp TIMESTAMPTZ,
    CONSTRAINT pk_order_book_levels PRIMARY KEY (symbol_id, timestamp, side, level),
    CONSTRAINT fk_order_book_levels_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_side CHECK (side IN ('bid', 'ask')),
    CONSTRAINT chk_level CHECK (level > 0),
    CONSTRAINT chk_price CHECK (price > 0 AND price < 'Infinity'),
    CONSTRAINT chk_quantity CHECK (quantity > 0 AND quantity < 'Infinity')
);
SELECT create_hypertable(
    'order_book_levels',
    by_range('timestamp', INTERVAL '30 minutes'),
    create_default_indexes => false
);
CREATE INDEX idx_order_book_levels_time ON order_book_levels (timestamp DESC);

COMMENT ON TABLE order_book_levels IS
'Order books to the depth of ARB_ORDER_BOOK_LEVELS, sampled with the beat; empty where that is 0.
Source: exchange REST API.';
COMMENT ON COLUMN order_book_levels.timestamp IS
'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN order_book_levels.symbol_id IS 'Whose book.';
COMMENT ON COLUMN order_book_levels.side IS 'bid or ask.';
COMMENT ON COLUMN order_book_levels.level IS '1 is the best price.';
COMMENT ON COLUMN order_book_levels.price IS 'Price, quote units per base unit.';
COMMENT ON COLUMN order_book_levels.quantity IS
'Quantity at that price: base units on spot, contracts on futures.';
COMMENT ON COLUMN order_book_levels.exchange_timestamp IS
'Time the exchange gave it; null where it sends none. Source: exchange clock.';

ALTER TABLE rejected_records
DROP CONSTRAINT chk_data_set,
ADD CONSTRAINT chk_data_set CHECK (
    data_set IN (
        'symbols', 'candles', 'trades', 'book_tickers', 'tickers', 'funding_rates', 'balances',
        'account_trades', 'order_books'
    )
);

CREATE VIEW conversion_rates_named AS
SELECT
    r.timestamp,
    r.from_currency,
    r.to_currency,
    r.rate,
    e.enum_value AS exchange,
    s.exchange_symbol,
    r.valid_until,
    r.created_at,
    r.symbol_id
FROM conversion_rates AS r
LEFT JOIN symbols AS s ON r.symbol_id = s.id
LEFT JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW conversion_rates_named IS
'conversion_rates with the exchange and the pair each was taken from by name.';

CREATE VIEW arbitrage_beats_named AS
SELECT
    e.enum_value AS buy_exchange,
    b.timestamp,
    b.book_count,
    b.stale_count,
    b.crossed_count,
    b.no_fee_count,
    b.alone_count,
    b.pair_count,
    b.no_conversion_count,
    b.no_funding_count,
    b.apart_count,
    b.no_balance_count,
    b.opportunity_count,
    b.best_net_bps,
    b.computed_at,
    b.exchange_id
FROM arbitrage_beats AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id;
COMMENT ON VIEW arbitrage_beats_named IS 'arbitrage_beats with the exchange by name.';

CREATE VIEW order_book_levels_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    b.timestamp,
    b.side,
    b.level,
    b.price,
    b.quantity,
    b.exchange_timestamp,
    b.symbol_id
FROM order_book_levels AS b
INNER JOIN symbols AS s ON b.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW order_book_levels_named IS 'order_book_levels with exchange and symbol by name.';

CALL assign_roles(
    'conversion_rates', 'arbitrage_beats', 'order_book_levels', 'conversion_rates_named',
    'arbitrage_beats_named', 'order_book_levels_named'
);
