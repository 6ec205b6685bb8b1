-- The instruments of the exchanges.
-- Locks: only on what is created here, and exchanges while the foreign key is made.

CREATE TABLE symbols (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    exchange_id INTEGER NOT NULL,
    exchange_symbol TEXT NOT NULL,
    symbol_base TEXT NOT NULL,
    symbol_quote TEXT NOT NULL,
    status TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_tracked BOOLEAN NOT NULL DEFAULT false,
    tracked_at TIMESTAMPTZ,
    tick_size NUMERIC,
    lot_size NUMERIC,
    contract_size NUMERIC NOT NULL DEFAULT 1,
    min_notional NUMERIC,
    maker_fee NUMERIC,
    taker_fee NUMERIC,
    funding_interval_hours NUMERIC,
    listed_at TIMESTAMPTZ,
    delisted_at TIMESTAMPTZ,
    renamed_at TIMESTAMPTZ,
    previous_base TEXT,
    previous_quote TEXT,
    successor_id INTEGER,
    first_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    last_seen_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_symbols PRIMARY KEY (id),
    CONSTRAINT fk_symbols_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    CONSTRAINT fk_symbols_successor FOREIGN KEY (successor_id) REFERENCES symbols (id),
    CONSTRAINT uq_symbols_exchange_symbol UNIQUE (exchange_id, exchange_symbol),
    -- The target of foreign keys that say symbol and exchange and must not contradict themselves.
    CONSTRAINT uq_symbols_id_exchange UNIQUE (id, exchange_id),
    CONSTRAINT chk_exchange_symbol CHECK (is_valid_name(exchange_symbol)),
    CONSTRAINT chk_symbol_base CHECK (is_valid_name(symbol_base)),
    CONSTRAINT chk_symbol_quote CHECK (is_valid_name(symbol_quote)),
    CONSTRAINT chk_status CHECK (char_length(status) <= 64),
    -- NaN sorts above Infinity, so an upper bound of Infinity refuses both.
    CONSTRAINT chk_tick_size CHECK (tick_size > 0 AND tick_size < 'Infinity'),
    CONSTRAINT chk_lot_size CHECK (lot_size > 0 AND lot_size < 'Infinity'),
    CONSTRAINT chk_contract_size CHECK (contract_size > 0 AND contract_size < 'Infinity'),
    CONSTRAINT chk_min_notional CHECK (min_notional >= 0 AND min_notional < 'Infinity'),
    CONSTRAINT chk_maker_fee CHECK (maker_fee > -1 AND maker_fee < 1),
    CONSTRAINT chk_taker_fee CHECK (taker_fee > -1 AND taker_fee < 1),
    CONSTRAINT chk_funding_interval CHECK (
        funding_interval_hours > 0 AND funding_interval_hours <= 168
    ),
    CONSTRAINT chk_tracked_since CHECK (NOT is_tracked OR tracked_at IS NOT NULL),
    CONSTRAINT chk_delisted_inactive CHECK (delisted_at IS NULL OR NOT is_active),
    CONSTRAINT chk_successor_differs CHECK (successor_id <> id),
    CONSTRAINT chk_renamed CHECK (
        num_nulls(renamed_at, previous_base, previous_quote) IN (0, 3)
    )
);
CREATE INDEX idx_symbols_names ON symbols (exchange_id, symbol_base, symbol_quote);
CREATE INDEX idx_symbols_tracked ON symbols (exchange_id) WHERE is_tracked;

COMMENT ON TABLE symbols IS
'One instrument of one exchange. Source: the exchange''s list of symbols; rows are never deleted.';
COMMENT ON COLUMN symbols.id IS 'Key used by every time series; stable for the life of the symbol.';
COMMENT ON COLUMN symbols.exchange_id IS 'Where it is listed.';
COMMENT ON COLUMN symbols.exchange_symbol IS
'The exchange''s own id, letter by letter, such as BTCUSDT or BTC_USDT.';
COMMENT ON COLUMN symbols.symbol_base IS 'Unified code of what is traded, such as BTC.';
COMMENT ON COLUMN symbols.symbol_quote IS 'Unified code of what it is priced in, such as USDT.';
COMMENT ON COLUMN symbols.status IS 'The exchange''s own word for the state of trading.';
COMMENT ON COLUMN symbols.is_active IS 'Whether it could be traded when last seen.';
COMMENT ON COLUMN symbols.is_tracked IS
'Whether the user registered it; only tracked symbols are collected. Source: user.';
COMMENT ON COLUMN symbols.tracked_at IS 'When it was last registered. Source: database clock.';
COMMENT ON COLUMN symbols.tick_size IS 'Smallest step of the price, quote units per base unit.';
COMMENT ON COLUMN symbols.lot_size IS
'Smallest step of the quantity: base units on spot, contracts on futures.';
COMMENT ON COLUMN symbols.contract_size IS 'Base units per contract; 1 on spot.';
COMMENT ON COLUMN symbols.min_notional IS 'Smallest value of an order, quote units.';
COMMENT ON COLUMN symbols.maker_fee IS
'Fraction of the value paid by the maker (0.001 is 0.1 %); negative is a rebate.';
COMMENT ON COLUMN symbols.taker_fee IS 'Fraction of the value paid by the taker (0.001 is 0.1 %).';
COMMENT ON COLUMN symbols.funding_interval_hours IS 'Hours between fundings; null on spot.';
COMMENT ON COLUMN symbols.listed_at IS
'First moment of trading where the exchange tells it. Source: exchange clock.';
COMMENT ON COLUMN symbols.delisted_at IS
'When it was first missing from the exchange''s list; null while it is listed. Source: sync.';
COMMENT ON COLUMN symbols.renamed_at IS
'When base or quote last changed under the same exchange_symbol. Source: sync.';
COMMENT ON COLUMN symbols.previous_base IS 'symbol_base before renamed_at.';
COMMENT ON COLUMN symbols.previous_quote IS 'symbol_quote before renamed_at.';
COMMENT ON COLUMN symbols.successor_id IS
'The symbol that took over base and quote under a new exchange_symbol. Source: sync.';
COMMENT ON COLUMN symbols.first_seen_at IS 'First sync that listed it.';
COMMENT ON COLUMN symbols.last_seen_at IS 'Latest sync that listed it.';
COMMENT ON COLUMN symbols.updated_at IS 'Latest change of what the exchange says of it.';
