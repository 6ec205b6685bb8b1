-- What the migrations add up to. Generated: arb-pipeline db schema > sql/schema.sql
-- Databases are made by the migrations; this is for reading, and db validate compares with it.

CREATE EXTENSION IF NOT EXISTS timescaledb;

CREATE TABLE migration_log (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    version integer NOT NULL,
    name text NOT NULL,
    direction text NOT NULL,
    checksum text NOT NULL,
    executed_at timestamp with time zone DEFAULT now() NOT NULL,
    executed_by text DEFAULT SESSION_USER NOT NULL,
    executed_from text NOT NULL,
    duration interval NOT NULL,
    CONSTRAINT pk_migration_log PRIMARY KEY (id),
    CONSTRAINT chk_direction CHECK (direction = ANY (ARRAY['up'::text, 'down'::text])),
    CONSTRAINT chk_version CHECK (version > 0)
);
COMMENT ON TABLE migration_log IS 'Every migration that was applied or rolled back. Source: arb-pipeline db migrate, rollback.';
COMMENT ON COLUMN migration_log.id IS 'Order of execution.';
COMMENT ON COLUMN migration_log.version IS 'Number of the migration.';
COMMENT ON COLUMN migration_log.name IS 'Name of the migration''s files.';
COMMENT ON COLUMN migration_log.direction IS 'up: applied; down: rolled back.';
COMMENT ON COLUMN migration_log.checksum IS 'SHA-256 of the up file, hexadecimal.';
COMMENT ON COLUMN migration_log.executed_at IS 'When it began. Source: database clock.';
COMMENT ON COLUMN migration_log.executed_by IS 'Role that was connected.';
COMMENT ON COLUMN migration_log.executed_from IS 'User and host of the process.';
COMMENT ON COLUMN migration_log.duration IS 'How long it took.';

CREATE OR REPLACE FUNCTION public.require_empty(VARIADIC relations text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
    relation TEXT;
    has_rows BOOLEAN;
BEGIN
    FOREACH relation IN ARRAY relations LOOP
        -- Nobody may add rows between this check and the DROP that follows it.
        EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', relation);
        CONTINUE WHEN current_setting('arb.allow_data_loss', true) = 'on';
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', relation) INTO has_rows;
        IF has_rows THEN
            RAISE EXCEPTION 'table % holds rows and rolling back would drop them', relation
            USING ERRCODE = 'object_not_in_prerequisite_state',
            HINT = 'Back the table up, then roll back with --allow-data-loss.';
        END IF;
    END LOOP;
END;
$function$;
COMMENT ON FUNCTION require_empty IS 'Refuses, in a down migration, to drop tables that hold rows, unless arb.allow_data_loss is on.';

CREATE OR REPLACE FUNCTION public.is_valid_name(name text)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
SELECT
    char_length(name) BETWEEN 1 AND 64
    AND name !~ '[[:space:][:cntrl:]\u0080-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]'
$function$;
COMMENT ON FUNCTION is_valid_name IS 'Whether a symbol or asset name has 1 to 64 characters, none of them white space or control.';

CREATE TABLE exchanges (
    id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
    enum_value text NOT NULL,
    company text NOT NULL,
    market_type text NOT NULL,
    exchange_name text NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_exchanges PRIMARY KEY (id),
    CONSTRAINT uq_exchanges_enum_value UNIQUE (enum_value),
    CONSTRAINT chk_enum_format CHECK (enum_value ~ '^[A-Z][A-Z0-9]*_(SPOT|FUTURES)$'::text),
    CONSTRAINT chk_enum_parts CHECK (enum_value = ((company || '_'::text) || market_type)),
    CONSTRAINT chk_exchange_name CHECK (char_length(exchange_name) >= 1 AND char_length(exchange_name) <= 64)
);
COMMENT ON TABLE exchanges IS 'One market of one company. Source: the project''s own list.';
COMMENT ON COLUMN exchanges.id IS 'Key used by every other table.';
COMMENT ON COLUMN exchanges.enum_value IS '{COMPANY}_{MARKET_TYPE}, the name used in settings, code and partitions.';
COMMENT ON COLUMN exchanges.company IS 'Who runs it; credentials and rate budget belong to it.';
COMMENT ON COLUMN exchanges.market_type IS 'SPOT, or FUTURES for USDT-margined perpetuals.';
COMMENT ON COLUMN exchanges.exchange_name IS 'Name for people.';
COMMENT ON COLUMN exchanges.is_active IS 'Whether this installation may collect from it.';
COMMENT ON COLUMN exchanges.created_at IS 'When the row was stored. Source: database clock.';

CREATE TABLE symbols (
    id integer GENERATED ALWAYS AS IDENTITY NOT NULL,
    exchange_id integer NOT NULL,
    exchange_symbol text NOT NULL,
    symbol_base text NOT NULL,
    symbol_quote text NOT NULL,
    status text NOT NULL,
    is_active boolean NOT NULL,
    is_tracked boolean DEFAULT false NOT NULL,
    tracked_at timestamp with time zone,
    tick_size numeric,
    lot_size numeric,
    contract_size numeric DEFAULT 1 NOT NULL,
    min_notional numeric,
    maker_fee numeric,
    taker_fee numeric,
    funding_interval_hours numeric,
    listed_at timestamp with time zone,
    delisted_at timestamp with time zone,
    renamed_at timestamp with time zone,
    previous_base text,
    previous_quote text,
    successor_id integer,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    min_quantity numeric,
    CONSTRAINT pk_symbols PRIMARY KEY (id),
    CONSTRAINT uq_symbols_exchange_symbol UNIQUE (exchange_id, exchange_symbol),
    CONSTRAINT uq_symbols_id_exchange UNIQUE (id, exchange_id),
    CONSTRAINT fk_symbols_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT fk_symbols_successor FOREIGN KEY (successor_id) REFERENCES symbols(id),
    CONSTRAINT chk_contract_size CHECK (contract_size > 0::numeric AND contract_size < 'Infinity'::numeric),
    CONSTRAINT chk_delisted_inactive CHECK (delisted_at IS NULL OR NOT is_active),
    CONSTRAINT chk_exchange_symbol CHECK (is_valid_name(exchange_symbol)),
    CONSTRAINT chk_funding_interval CHECK (funding_interval_hours > 0::numeric AND funding_interval_hours <= 168::numeric),
    CONSTRAINT chk_lot_size CHECK (lot_size > 0::numeric AND lot_size < 'Infinity'::numeric),
    CONSTRAINT chk_maker_fee CHECK (maker_fee > '-1'::integer::numeric AND maker_fee < 1::numeric),
    CONSTRAINT chk_min_notional CHECK (min_notional >= 0::numeric AND min_notional < 'Infinity'::numeric),
    CONSTRAINT chk_min_quantity CHECK (min_quantity >= 0::numeric AND min_quantity < 'Infinity'::numeric),
    CONSTRAINT chk_renamed CHECK (num_nulls(renamed_at, previous_base, previous_quote) = ANY (ARRAY[0, 3])),
    CONSTRAINT chk_status CHECK (char_length(status) <= 64),
    CONSTRAINT chk_successor_differs CHECK (successor_id <> id),
    CONSTRAINT chk_symbol_base CHECK (is_valid_name(symbol_base)),
    CONSTRAINT chk_symbol_quote CHECK (is_valid_name(symbol_quote)),
    CONSTRAINT chk_taker_fee CHECK (taker_fee > '-1'::integer::numeric AND taker_fee < 1::numeric),
    CONSTRAINT chk_tick_size CHECK (tick_size > 0::numeric AND tick_size < 'Infinity'::numeric),
    CONSTRAINT chk_tracked_since CHECK (NOT is_tracked OR tracked_at IS NOT NULL)
);
CREATE INDEX idx_symbols_names ON symbols USING btree (exchange_id, symbol_base, symbol_quote);
CREATE INDEX idx_symbols_tracked ON symbols USING btree (exchange_id) WHERE is_tracked;
COMMENT ON TABLE symbols IS 'One instrument of one exchange. Source: the exchange''s list of symbols; rows are never deleted.';
COMMENT ON COLUMN symbols.id IS 'Key used by every time series; stable for the life of the symbol.';
COMMENT ON COLUMN symbols.exchange_id IS 'Where it is listed.';
COMMENT ON COLUMN symbols.exchange_symbol IS 'The exchange''s own id, letter by letter, such as BTCUSDT or BTC_USDT.';
COMMENT ON COLUMN symbols.symbol_base IS 'Unified code of what is traded, such as BTC.';
COMMENT ON COLUMN symbols.symbol_quote IS 'Unified code of what it is priced in, such as USDT.';
COMMENT ON COLUMN symbols.status IS 'The exchange''s own word for the state of trading.';
COMMENT ON COLUMN symbols.is_active IS 'Whether it could be traded when last seen.';
COMMENT ON COLUMN symbols.is_tracked IS 'Whether the user registered it; only tracked symbols are collected. Source: user.';
COMMENT ON COLUMN symbols.tracked_at IS 'When it was last registered. Source: database clock.';
COMMENT ON COLUMN symbols.tick_size IS 'Smallest step of the price, quote units per base unit.';
COMMENT ON COLUMN symbols.lot_size IS 'Smallest step of the quantity, base units: of contracts, what one of them holds.';
COMMENT ON COLUMN symbols.contract_size IS 'Base units per contract; 1 on spot.';
COMMENT ON COLUMN symbols.min_notional IS 'Smallest value of an order, quote units.';
COMMENT ON COLUMN symbols.maker_fee IS 'Fraction of the value paid by the maker (0.001 is 0.1 %); negative is a rebate.';
COMMENT ON COLUMN symbols.taker_fee IS 'Fraction of the value paid by the taker (0.001 is 0.1 %).';
COMMENT ON COLUMN symbols.funding_interval_hours IS 'Hours between fundings; null on spot.';
COMMENT ON COLUMN symbols.listed_at IS 'First moment of trading where the exchange tells it. Source: exchange clock.';
COMMENT ON COLUMN symbols.delisted_at IS 'When it was first missing from the exchange''s list; null while it is listed. Source: sync.';
COMMENT ON COLUMN symbols.renamed_at IS 'When base or quote last changed under the same exchange_symbol. Source: sync.';
COMMENT ON COLUMN symbols.previous_base IS 'symbol_base before renamed_at.';
COMMENT ON COLUMN symbols.previous_quote IS 'symbol_quote before renamed_at.';
COMMENT ON COLUMN symbols.successor_id IS 'The symbol that took over base and quote under a new exchange_symbol. Source: sync.';
COMMENT ON COLUMN symbols.first_seen_at IS 'First sync that listed it.';
COMMENT ON COLUMN symbols.last_seen_at IS 'Latest sync that listed it.';
COMMENT ON COLUMN symbols.updated_at IS 'Latest change of what the exchange says of it.';
COMMENT ON COLUMN symbols.min_quantity IS 'Smallest quantity of an order, base units; null where the exchange does not tell it.';

CREATE TABLE candles (
    symbol_id integer NOT NULL,
    timeframe text NOT NULL,
    timestamp timestamp with time zone NOT NULL,
    open numeric NOT NULL,
    high numeric NOT NULL,
    low numeric NOT NULL,
    close numeric NOT NULL,
    volume numeric NOT NULL,
    quote_volume numeric,
    trade_count bigint,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_candles PRIMARY KEY (symbol_id, timeframe, "timestamp"),
    CONSTRAINT chk_high_is_highest CHECK (high >= open AND high >= close),
    CONSTRAINT chk_low_is_lowest CHECK (low <= open AND low <= close AND low <= high),
    CONSTRAINT chk_positive_prices CHECK (open > 0::numeric AND open < 'Infinity'::numeric AND high > 0::numeric AND high < 'Infinity'::numeric AND low > 0::numeric AND low < 'Infinity'::numeric AND close > 0::numeric AND close < 'Infinity'::numeric),
    CONSTRAINT chk_quote_volume CHECK (quote_volume >= 0::numeric AND quote_volume < 'Infinity'::numeric),
    CONSTRAINT chk_timeframe CHECK (timeframe = ANY (ARRAY['1m'::text, '5m'::text, '15m'::text, '30m'::text, '1h'::text, '4h'::text, '1d'::text, '1w'::text])),
    CONSTRAINT chk_trade_count CHECK (trade_count >= 0),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2009-01-03 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone),
    CONSTRAINT chk_volume CHECK (volume >= 0::numeric AND volume < 'Infinity'::numeric)
);
SELECT create_hypertable('candles', by_range('timestamp', INTERVAL '7 days'), create_default_indexes => false);
COMMENT ON TABLE candles IS 'Closed candles as the exchange sent them, never invented. Source: exchange REST API.';
COMMENT ON COLUMN candles.symbol_id IS 'Whose candle.';
COMMENT ON COLUMN candles.timeframe IS 'Length of the candle: 1m, 5m, 15m, 30m, 1h, 4h, 1d or 1w.';
COMMENT ON COLUMN candles.timestamp IS 'Open time, UTC. Source: exchange clock.';
COMMENT ON COLUMN candles.open IS 'First price, quote units per base unit.';
COMMENT ON COLUMN candles.high IS 'Highest price, quote units per base unit.';
COMMENT ON COLUMN candles.low IS 'Lowest price, quote units per base unit.';
COMMENT ON COLUMN candles.close IS 'Last price, quote units per base unit.';
COMMENT ON COLUMN candles.volume IS 'Traded quantity, base units.';
COMMENT ON COLUMN candles.quote_volume IS 'Traded value, quote units; null where the exchange does not send it.';
COMMENT ON COLUMN candles.trade_count IS 'Number of trades; null where the exchange does not send it.';
COMMENT ON COLUMN candles.received_at IS 'When this version of the candle was stored. Source: database clock.';

CREATE TABLE book_ticker_snapshots (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    timestamp timestamp with time zone NOT NULL,
    symbol_id integer NOT NULL,
    bid_price numeric NOT NULL,
    bid_qty numeric NOT NULL,
    ask_price numeric NOT NULL,
    ask_qty numeric NOT NULL,
    sequence_number bigint,
    update_type text DEFAULT 'snapshot'::text NOT NULL,
    exchange_timestamp timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_book_ticker_snapshots PRIMARY KEY (symbol_id, "timestamp"),
    CONSTRAINT fk_book_ticker_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_positive_prices CHECK (bid_price > 0::numeric AND bid_price < 'Infinity'::numeric AND ask_price > 0::numeric AND ask_price < 'Infinity'::numeric),
    CONSTRAINT chk_quantities CHECK (bid_qty >= 0::numeric AND bid_qty < 'Infinity'::numeric AND ask_qty >= 0::numeric AND ask_qty < 'Infinity'::numeric),
    CONSTRAINT chk_sequence_number CHECK (sequence_number >= 0),
    CONSTRAINT chk_update_type CHECK (update_type = ANY (ARRAY['snapshot'::text, 'delta'::text])),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_book_ticker_snapshots_time ON book_ticker_snapshots USING btree ("timestamp" DESC);
SELECT create_hypertable('book_ticker_snapshots', by_range('timestamp', INTERVAL '00:30:00'), create_default_indexes => false);
COMMENT ON TABLE book_ticker_snapshots IS 'Best bid and ask with their quantities, sampled. A crossed book is kept as it came, a check reports it. Source: exchange REST API.';
COMMENT ON COLUMN book_ticker_snapshots.id IS 'Order of storing; not unique by constraint.';
COMMENT ON COLUMN book_ticker_snapshots.timestamp IS 'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN book_ticker_snapshots.symbol_id IS 'Whose book.';
COMMENT ON COLUMN book_ticker_snapshots.bid_price IS 'Best bid, quote units per base unit.';
COMMENT ON COLUMN book_ticker_snapshots.bid_qty IS 'Quantity at the best bid: base units on spot, contracts on futures.';
COMMENT ON COLUMN book_ticker_snapshots.ask_price IS 'Best ask, quote units per base unit.';
COMMENT ON COLUMN book_ticker_snapshots.ask_qty IS 'Quantity at the best ask: base units on spot, contracts on futures.';
COMMENT ON COLUMN book_ticker_snapshots.sequence_number IS 'The exchange''s own number of this state of the book; null where it sends none.';
COMMENT ON COLUMN book_ticker_snapshots.update_type IS 'snapshot: asked for; delta: pushed by the exchange.';
COMMENT ON COLUMN book_ticker_snapshots.exchange_timestamp IS 'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN book_ticker_snapshots.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE ticker_snapshots (
    timestamp timestamp with time zone NOT NULL,
    symbol_id integer NOT NULL,
    last_price numeric,
    high_24h numeric,
    low_24h numeric,
    base_volume_24h numeric,
    quote_volume_24h numeric,
    mark_price numeric,
    index_price numeric,
    exchange_timestamp timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_ticker_snapshots PRIMARY KEY (symbol_id, "timestamp"),
    CONSTRAINT fk_ticker_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_base_volume_24h CHECK (base_volume_24h >= 0::numeric AND base_volume_24h < 'Infinity'::numeric),
    CONSTRAINT chk_high_24h CHECK (high_24h > 0::numeric AND high_24h < 'Infinity'::numeric),
    CONSTRAINT chk_index_price CHECK (index_price > 0::numeric AND index_price < 'Infinity'::numeric),
    CONSTRAINT chk_last_price CHECK (last_price > 0::numeric AND last_price < 'Infinity'::numeric),
    CONSTRAINT chk_low_24h CHECK (low_24h > 0::numeric AND low_24h < 'Infinity'::numeric),
    CONSTRAINT chk_low_below_high CHECK (low_24h <= high_24h),
    CONSTRAINT chk_mark_price CHECK (mark_price > 0::numeric AND mark_price < 'Infinity'::numeric),
    CONSTRAINT chk_quote_volume_24h CHECK (quote_volume_24h >= 0::numeric AND quote_volume_24h < 'Infinity'::numeric),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_ticker_snapshots_time ON ticker_snapshots USING btree ("timestamp" DESC);
SELECT create_hypertable('ticker_snapshots', by_range('timestamp', INTERVAL '00:30:00'), create_default_indexes => false);
COMMENT ON TABLE ticker_snapshots IS 'Last price and rolling 24-hour figures, sampled. Null is unknown or never traded. Source: exchange REST API.';
COMMENT ON COLUMN ticker_snapshots.timestamp IS 'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN ticker_snapshots.symbol_id IS 'Whose ticker.';
COMMENT ON COLUMN ticker_snapshots.last_price IS 'Latest trade, quote units per base unit.';
COMMENT ON COLUMN ticker_snapshots.high_24h IS 'Highest price of 24 hours, quote per base unit.';
COMMENT ON COLUMN ticker_snapshots.low_24h IS 'Lowest price of 24 hours, quote per base unit.';
COMMENT ON COLUMN ticker_snapshots.base_volume_24h IS 'Traded quantity of 24 hours, base units.';
COMMENT ON COLUMN ticker_snapshots.quote_volume_24h IS 'Traded value of 24 hours, quote units.';
COMMENT ON COLUMN ticker_snapshots.mark_price IS 'The price margins are computed at, quote units per base unit; null on spot.';
COMMENT ON COLUMN ticker_snapshots.index_price IS 'The exchange''s price of the underlying, quote units per base unit; null on spot.';
COMMENT ON COLUMN ticker_snapshots.exchange_timestamp IS 'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN ticker_snapshots.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE trade_snapshots (
    timestamp timestamp with time zone NOT NULL,
    symbol_id integer NOT NULL,
    price numeric NOT NULL,
    quantity numeric NOT NULL,
    side text NOT NULL,
    trade_id text NOT NULL,
    is_synthetic_id boolean DEFAULT false NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_trade_snapshots PRIMARY KEY (symbol_id, "timestamp", trade_id),
    CONSTRAINT chk_price CHECK (price > 0::numeric AND price < 'Infinity'::numeric),
    CONSTRAINT chk_quantity CHECK (quantity > 0::numeric AND quantity < 'Infinity'::numeric),
    CONSTRAINT chk_side CHECK (side = ANY (ARRAY['buy'::text, 'sell'::text])),
    CONSTRAINT chk_trade_id CHECK (char_length(trade_id) >= 1 AND char_length(trade_id) <= 128),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2009-01-03 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
SELECT create_hypertable('trade_snapshots', by_range('timestamp', INTERVAL '00:30:00'), create_default_indexes => false);
COMMENT ON TABLE trade_snapshots IS 'Public trades. Source: exchange REST API.';
COMMENT ON COLUMN trade_snapshots.timestamp IS 'When it traded. Source: exchange clock.';
COMMENT ON COLUMN trade_snapshots.symbol_id IS 'What was traded.';
COMMENT ON COLUMN trade_snapshots.price IS 'Price, quote units per base unit.';
COMMENT ON COLUMN trade_snapshots.quantity IS 'Quantity: base units on spot, contracts on futures (times symbols.contract_size for base units).';
COMMENT ON COLUMN trade_snapshots.side IS 'Side of the taker: buy or sell.';
COMMENT ON COLUMN trade_snapshots.trade_id IS 'The exchange''s id, or what stands for it where is_synthetic_id.';
COMMENT ON COLUMN trade_snapshots.is_synthetic_id IS 'The exchange sends no id: trade_id is side, price, quantity and the ordinal among equals of that time. Source: collector.';
COMMENT ON COLUMN trade_snapshots.received_at IS 'When it was stored. Source: database clock.';

CREATE TABLE funding_rate_snapshots (
    timestamp timestamp with time zone NOT NULL,
    symbol_id integer NOT NULL,
    funding_rate numeric NOT NULL,
    funding_time bigint NOT NULL,
    next_funding_time bigint,
    is_settled boolean DEFAULT false NOT NULL,
    funding_interval_hours numeric,
    mark_price numeric,
    index_price numeric,
    exchange_timestamp timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_funding_rate_snapshots PRIMARY KEY (symbol_id, "timestamp", is_settled),
    CONSTRAINT fk_funding_rate_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_funding_interval CHECK (funding_interval_hours > 0::numeric AND funding_interval_hours <= 168::numeric),
    CONSTRAINT chk_funding_rate CHECK (funding_rate > '-Infinity'::numeric AND funding_rate < 'Infinity'::numeric),
    CONSTRAINT chk_funding_time CHECK (funding_time > 0),
    CONSTRAINT chk_index_price CHECK (index_price > 0::numeric AND index_price < 'Infinity'::numeric),
    CONSTRAINT chk_mark_price CHECK (mark_price > 0::numeric AND mark_price < 'Infinity'::numeric),
    CONSTRAINT chk_next_funding_time CHECK (next_funding_time > 0 AND next_funding_time > funding_time),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2019-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_funding_rate_snapshots_funding_time ON funding_rate_snapshots USING btree (symbol_id, funding_time DESC);
CREATE INDEX idx_funding_rate_snapshots_time ON funding_rate_snapshots USING btree ("timestamp" DESC);
SELECT create_hypertable('funding_rate_snapshots', by_range('timestamp', INTERVAL '01:00:00'), create_default_indexes => false);
COMMENT ON TABLE funding_rate_snapshots IS 'Funding rates of perpetuals: as predicted when sampled, and as settled. Source: exchange REST API.';
COMMENT ON COLUMN funding_rate_snapshots.timestamp IS 'When the answer was received (collector clock); for a settled rate, when it was settled (exchange clock).';
COMMENT ON COLUMN funding_rate_snapshots.symbol_id IS 'Whose funding.';
COMMENT ON COLUMN funding_rate_snapshots.funding_rate IS 'Fraction of the position''s value that longs pay to shorts (0.0001 is 0.01 %); may be negative.';
COMMENT ON COLUMN funding_rate_snapshots.funding_time IS 'When this rate is or was paid, milliseconds since 1970 UTC. Source: exchange clock.';
COMMENT ON COLUMN funding_rate_snapshots.next_funding_time IS 'The payment after funding_time, milliseconds since 1970 UTC; null where unknown.';
COMMENT ON COLUMN funding_rate_snapshots.is_settled IS 'false: predicted; true: paid.';
COMMENT ON COLUMN funding_rate_snapshots.funding_interval_hours IS 'Hours between payments at that time; null where the exchange does not send it.';
COMMENT ON COLUMN funding_rate_snapshots.mark_price IS 'The price margins are computed at, quote units per base unit.';
COMMENT ON COLUMN funding_rate_snapshots.index_price IS 'The exchange''s price of the underlying, quote units per base unit.';
COMMENT ON COLUMN funding_rate_snapshots.exchange_timestamp IS 'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN funding_rate_snapshots.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE balance_snapshots (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    timestamp timestamp with time zone NOT NULL,
    exchange_id integer NOT NULL,
    asset_name text NOT NULL,
    available_balance numeric NOT NULL,
    locked_balance numeric DEFAULT 0 NOT NULL,
    total_balance numeric GENERATED ALWAYS AS (available_balance + locked_balance) STORED,
    frozen_balance numeric,
    borrowing_balance numeric,
    interest_balance numeric,
    exchange_timestamp timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_balance_snapshots PRIMARY KEY ("timestamp", exchange_id, asset_name),
    CONSTRAINT fk_balance_snapshots_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT chk_positive_balances CHECK (available_balance >= 0::numeric AND available_balance < 'Infinity'::numeric AND locked_balance >= 0::numeric AND locked_balance < 'Infinity'::numeric AND frozen_balance >= 0::numeric AND frozen_balance < 'Infinity'::numeric AND borrowing_balance >= 0::numeric AND borrowing_balance < 'Infinity'::numeric AND interest_balance >= 0::numeric AND interest_balance < 'Infinity'::numeric),
    CONSTRAINT chk_valid_asset_name CHECK (is_valid_name(asset_name)),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_balance_snapshots_asset_time ON balance_snapshots USING btree (asset_name, "timestamp" DESC);
CREATE INDEX idx_balance_snapshots_exchange_asset_time ON balance_snapshots USING btree (exchange_id, asset_name, "timestamp" DESC);
CREATE INDEX idx_balance_snapshots_exchange_time ON balance_snapshots USING btree (exchange_id, "timestamp" DESC);
CREATE INDEX idx_balance_snapshots_nonzero ON balance_snapshots USING btree (exchange_id, asset_name, "timestamp" DESC) WHERE total_balance > 0::numeric;
SELECT create_hypertable('balance_snapshots', by_range('timestamp', INTERVAL '06:00:00'), create_default_indexes => false);
COMMENT ON TABLE balance_snapshots IS 'Holdings per account and asset, sampled. Source: signed exchange REST API.';
COMMENT ON COLUMN balance_snapshots.id IS 'Order of storing; not unique by constraint.';
COMMENT ON COLUMN balance_snapshots.timestamp IS 'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN balance_snapshots.exchange_id IS 'Whose account.';
COMMENT ON COLUMN balance_snapshots.asset_name IS 'The asset as the exchange names it.';
COMMENT ON COLUMN balance_snapshots.available_balance IS 'Free to trade, units of the asset.';
COMMENT ON COLUMN balance_snapshots.locked_balance IS 'Bound by open orders or margin, units of the asset.';
COMMENT ON COLUMN balance_snapshots.total_balance IS 'available_balance + locked_balance, units of the asset. Source: computed.';
COMMENT ON COLUMN balance_snapshots.frozen_balance IS 'Frozen by the exchange, units of the asset; null where it does not say.';
COMMENT ON COLUMN balance_snapshots.borrowing_balance IS 'Owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN balance_snapshots.interest_balance IS 'Interest owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN balance_snapshots.exchange_timestamp IS 'Time the exchange gave it; null where it sends none. Source: exchange clock.';
COMMENT ON COLUMN balance_snapshots.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE account_trades (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    timestamp timestamp with time zone NOT NULL,
    symbol_id integer NOT NULL,
    trade_id text NOT NULL,
    order_id text,
    side text NOT NULL,
    price numeric NOT NULL,
    quantity numeric NOT NULL,
    quote_quantity numeric,
    fee numeric,
    fee_asset text,
    is_maker boolean,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_account_trades PRIMARY KEY (id),
    CONSTRAINT uq_account_trades_trade UNIQUE (symbol_id, trade_id, side),
    CONSTRAINT fk_account_trades_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_fee CHECK (fee > '-Infinity'::numeric AND fee < 'Infinity'::numeric),
    CONSTRAINT chk_fee_asset CHECK (is_valid_name(fee_asset)),
    CONSTRAINT chk_order_id CHECK (char_length(order_id) >= 1 AND char_length(order_id) <= 128),
    CONSTRAINT chk_price CHECK (price > 0::numeric AND price < 'Infinity'::numeric),
    CONSTRAINT chk_quantity CHECK (quantity > 0::numeric AND quantity < 'Infinity'::numeric),
    CONSTRAINT chk_quote_quantity CHECK (quote_quantity > 0::numeric AND quote_quantity < 'Infinity'::numeric),
    CONSTRAINT chk_side CHECK (side = ANY (ARRAY['buy'::text, 'sell'::text])),
    CONSTRAINT chk_trade_id CHECK (char_length(trade_id) >= 1 AND char_length(trade_id) <= 128),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2009-01-03 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_account_trades_symbol_time ON account_trades USING btree (symbol_id, "timestamp" DESC);
CREATE INDEX idx_account_trades_time ON account_trades USING btree ("timestamp" DESC);
COMMENT ON TABLE account_trades IS 'Own fills. Source: signed exchange REST API.';
COMMENT ON COLUMN account_trades.id IS 'Order of storing.';
COMMENT ON COLUMN account_trades.timestamp IS 'When it was filled. Source: exchange clock.';
COMMENT ON COLUMN account_trades.symbol_id IS 'What was traded, and on which exchange.';
COMMENT ON COLUMN account_trades.trade_id IS 'The exchange''s id of the trade; who trades with himself has two fills of it, one a side.';
COMMENT ON COLUMN account_trades.order_id IS 'The exchange''s id of the order.';
COMMENT ON COLUMN account_trades.side IS 'Own side: buy or sell.';
COMMENT ON COLUMN account_trades.price IS 'Price, quote units per base unit.';
COMMENT ON COLUMN account_trades.quantity IS 'Quantity: base units on spot, contracts on futures (times symbols.contract_size for base units).';
COMMENT ON COLUMN account_trades.quote_quantity IS 'Value, quote units; null where the exchange does not send it.';
COMMENT ON COLUMN account_trades.fee IS 'Fee paid, units of fee_asset; negative is a rebate; null where unknown.';
COMMENT ON COLUMN account_trades.fee_asset IS 'The asset the fee was paid in.';
COMMENT ON COLUMN account_trades.is_maker IS 'Whether the own order waited in the book.';
COMMENT ON COLUMN account_trades.received_at IS 'When it was stored. Source: database clock.';

CREATE TABLE arbitrage_opportunities (
    timestamp timestamp with time zone NOT NULL,
    opportunity_id uuid NOT NULL,
    kind text NOT NULL,
    symbol_id integer NOT NULL,
    buy_exchange_id integer NOT NULL,
    sell_symbol_id integer NOT NULL,
    sell_exchange_id integer NOT NULL,
    buy_price numeric NOT NULL,
    sell_price numeric NOT NULL,
    quantity numeric NOT NULL,
    conversion_rate numeric DEFAULT 1 NOT NULL,
    spread_bps numeric NOT NULL,
    fee_bps numeric NOT NULL,
    funding_bps numeric DEFAULT 0 NOT NULL,
    transfer_cost numeric DEFAULT 0 NOT NULL,
    net_bps numeric NOT NULL,
    net_profit numeric NOT NULL,
    peak_net_bps numeric NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_arbitrage_opportunities PRIMARY KEY ("timestamp", symbol_id, sell_symbol_id),
    CONSTRAINT fk_arbitrage_opportunities_buy FOREIGN KEY (symbol_id, buy_exchange_id) REFERENCES symbols(id, exchange_id),
    CONSTRAINT fk_arbitrage_opportunities_buy_exchange FOREIGN KEY (buy_exchange_id) REFERENCES exchanges(id),
    CONSTRAINT fk_arbitrage_opportunities_sell FOREIGN KEY (sell_symbol_id, sell_exchange_id) REFERENCES symbols(id, exchange_id),
    CONSTRAINT fk_arbitrage_opportunities_sell_exchange FOREIGN KEY (sell_exchange_id) REFERENCES exchanges(id),
    CONSTRAINT chk_conversion_rate CHECK (conversion_rate > 0::numeric AND conversion_rate < 'Infinity'::numeric),
    CONSTRAINT chk_finite_results CHECK (spread_bps > '-Infinity'::numeric AND spread_bps < 'Infinity'::numeric AND fee_bps > '-Infinity'::numeric AND fee_bps < 'Infinity'::numeric AND funding_bps > '-Infinity'::numeric AND funding_bps < 'Infinity'::numeric AND net_bps > '-Infinity'::numeric AND net_bps < 'Infinity'::numeric AND net_profit > '-Infinity'::numeric AND net_profit < 'Infinity'::numeric AND peak_net_bps >= net_bps AND peak_net_bps < 'Infinity'::numeric),
    CONSTRAINT chk_kind CHECK (kind = ANY (ARRAY['spot_spot'::text, 'spot_perpetual'::text, 'perpetual_spot'::text, 'perpetual_perpetual'::text])),
    CONSTRAINT chk_opened_before CHECK (opened_at <= "timestamp"),
    CONSTRAINT chk_positive_prices CHECK (buy_price > 0::numeric AND buy_price < 'Infinity'::numeric AND sell_price > 0::numeric AND sell_price < 'Infinity'::numeric),
    CONSTRAINT chk_quantity CHECK (quantity > 0::numeric AND quantity < 'Infinity'::numeric),
    CONSTRAINT chk_transfer_cost CHECK (transfer_cost >= 0::numeric AND transfer_cost < 'Infinity'::numeric),
    CONSTRAINT chk_two_symbols CHECK (symbol_id <> sell_symbol_id),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_arbitrage_opportunities_exchanges ON arbitrage_opportunities USING btree (buy_exchange_id, sell_exchange_id, "timestamp" DESC);
CREATE INDEX idx_arbitrage_opportunities_identity ON arbitrage_opportunities USING btree (opportunity_id, "timestamp" DESC);
SELECT create_hypertable('arbitrage_opportunities', by_range('timestamp', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE arbitrage_opportunities IS 'Buy here, sell there: one row per beat for as long as it lasts. Source: computed from books.';
COMMENT ON COLUMN arbitrage_opportunities.timestamp IS 'The beat it was seen in, UTC.';
COMMENT ON COLUMN arbitrage_opportunities.opportunity_id IS 'The same for all rows of one opportunity, from when it opened until it closed.';
COMMENT ON COLUMN arbitrage_opportunities.kind IS 'What is bought, then what is sold.';
COMMENT ON COLUMN arbitrage_opportunities.symbol_id IS 'The symbol to buy.';
COMMENT ON COLUMN arbitrage_opportunities.buy_exchange_id IS 'Where symbol_id is listed.';
COMMENT ON COLUMN arbitrage_opportunities.sell_symbol_id IS 'The symbol to sell.';
COMMENT ON COLUMN arbitrage_opportunities.sell_exchange_id IS 'Where sell_symbol_id is listed.';
COMMENT ON COLUMN arbitrage_opportunities.buy_price IS 'Average ask over quantity, quote units of the symbol to buy per base unit.';
COMMENT ON COLUMN arbitrage_opportunities.sell_price IS 'Average bid over quantity, quote units of the symbol to sell per base unit.';
COMMENT ON COLUMN arbitrage_opportunities.quantity IS 'What both books hold, base units, rounded down to what can be ordered of both symbols.';
COMMENT ON COLUMN arbitrage_opportunities.conversion_rate IS 'Quote units of the symbol to buy per quote unit of the symbol to sell; 1 where they are the same.';
COMMENT ON COLUMN arbitrage_opportunities.spread_bps IS 'Sell over buy price before costs, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.fee_bps IS 'Both taker fees, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.funding_bps IS 'Funding received until the next payment, hundredths of a percent; negative is paid.';
COMMENT ON COLUMN arbitrage_opportunities.transfer_cost IS 'Cost of moving what was bought, quote units of the symbol to buy.';
COMMENT ON COLUMN arbitrage_opportunities.net_bps IS 'What is left after all costs, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.net_profit IS 'What is left after all costs, quote units of the symbol to buy.';
COMMENT ON COLUMN arbitrage_opportunities.peak_net_bps IS 'Highest net_bps since it opened, hundredths of a percent.';
COMMENT ON COLUMN arbitrage_opportunities.opened_at IS 'First beat it was seen in, UTC.';
COMMENT ON COLUMN arbitrage_opportunities.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE order_flow_metrics (
    timestamp timestamp with time zone NOT NULL,
    symbol_id integer NOT NULL,
    window_seconds integer NOT NULL,
    ofi_score numeric,
    microprice numeric,
    volume_imbalance numeric,
    buy_volume numeric,
    sell_volume numeric,
    book_count integer NOT NULL,
    trade_count integer NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_order_flow_metrics PRIMARY KEY (symbol_id, "timestamp", window_seconds),
    CONSTRAINT fk_order_flow_metrics_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_buy_volume CHECK (buy_volume >= 0::numeric AND buy_volume < 'Infinity'::numeric),
    CONSTRAINT chk_counts CHECK (book_count >= 0 AND trade_count >= 0),
    CONSTRAINT chk_microprice CHECK (microprice > 0::numeric AND microprice < 'Infinity'::numeric),
    CONSTRAINT chk_ofi_score CHECK (ofi_score > '-Infinity'::numeric AND ofi_score < 'Infinity'::numeric),
    CONSTRAINT chk_sell_volume CHECK (sell_volume >= 0::numeric AND sell_volume < 'Infinity'::numeric),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone),
    CONSTRAINT chk_volume_imbalance CHECK (volume_imbalance >= '-1'::integer::numeric AND volume_imbalance <= 1::numeric),
    CONSTRAINT chk_window CHECK (window_seconds > 0)
);
CREATE INDEX idx_order_flow_metrics_time ON order_flow_metrics USING btree ("timestamp" DESC);
SELECT create_hypertable('order_flow_metrics', by_range('timestamp', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE order_flow_metrics IS 'Pressure of orders and trades per window. Null is unknown. Source: computed.';
COMMENT ON COLUMN order_flow_metrics.timestamp IS 'End of the window, UTC; not part of it.';
COMMENT ON COLUMN order_flow_metrics.symbol_id IS 'Whose order flow.';
COMMENT ON COLUMN order_flow_metrics.window_seconds IS 'Length of the window, seconds.';
COMMENT ON COLUMN order_flow_metrics.ofi_score IS 'Order-flow imbalance at the top of the book, base units; positive is buying.';
COMMENT ON COLUMN order_flow_metrics.microprice IS 'Mid weighted by the opposite side''s quantity, quote units per base unit.';
COMMENT ON COLUMN order_flow_metrics.volume_imbalance IS '(buy - sell) / (buy + sell) volume of takers, -1 to 1.';
COMMENT ON COLUMN order_flow_metrics.buy_volume IS 'Bought by takers, base units.';
COMMENT ON COLUMN order_flow_metrics.sell_volume IS 'Sold by takers, base units.';
COMMENT ON COLUMN order_flow_metrics.book_count IS 'Books the window was computed from.';
COMMENT ON COLUMN order_flow_metrics.trade_count IS 'Trades the window was computed from.';
COMMENT ON COLUMN order_flow_metrics.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE portfolio_items (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    timestamp timestamp with time zone NOT NULL,
    exchange_id integer NOT NULL,
    asset_name text NOT NULL,
    reference_currency text NOT NULL,
    quantity numeric NOT NULL,
    unexplained_quantity numeric,
    current_price numeric,
    price_route text,
    priced_at timestamp with time zone,
    average_entry_price numeric,
    value numeric,
    unrealised_profit numeric,
    unrealised_profit_percent numeric,
    realised_profit numeric,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    balance_at timestamp with time zone,
    note text,
    CONSTRAINT pk_portfolio_items PRIMARY KEY (id),
    CONSTRAINT uq_portfolio_items_holding UNIQUE (exchange_id, asset_name, reference_currency, "timestamp"),
    CONSTRAINT fk_portfolio_items_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT chk_average_entry_price CHECK (average_entry_price >= 0::numeric AND average_entry_price < 'Infinity'::numeric),
    CONSTRAINT chk_current_price CHECK (current_price >= 0::numeric AND current_price < 'Infinity'::numeric),
    CONSTRAINT chk_note CHECK (char_length(note) >= 1 AND char_length(note) <= 2000),
    CONSTRAINT chk_quantity CHECK (quantity >= 0::numeric AND quantity < 'Infinity'::numeric),
    CONSTRAINT chk_realised_profit CHECK (realised_profit > '-Infinity'::numeric AND realised_profit < 'Infinity'::numeric),
    CONSTRAINT chk_reference_currency CHECK (is_valid_name(reference_currency)),
    CONSTRAINT chk_unexplained_quantity CHECK (unexplained_quantity > '-Infinity'::numeric AND unexplained_quantity < 'Infinity'::numeric),
    CONSTRAINT chk_unrealised_profit CHECK (unrealised_profit > '-Infinity'::numeric AND unrealised_profit < 'Infinity'::numeric),
    CONSTRAINT chk_unrealised_profit_percent CHECK (unrealised_profit_percent > '-Infinity'::numeric AND unrealised_profit_percent < 'Infinity'::numeric),
    CONSTRAINT chk_valid_asset_name CHECK (is_valid_name(asset_name)),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone),
    CONSTRAINT chk_value CHECK (value >= 0::numeric AND value < 'Infinity'::numeric)
);
CREATE INDEX idx_portfolio_items_time ON portfolio_items USING btree ("timestamp" DESC);
COMMENT ON TABLE portfolio_items IS 'Holdings with their worth and profit, each time they were valued. Source: computed from balances, fills and prices.';
COMMENT ON COLUMN portfolio_items.id IS 'Order of storing.';
COMMENT ON COLUMN portfolio_items.timestamp IS 'When it was valued, UTC.';
COMMENT ON COLUMN portfolio_items.exchange_id IS 'Whose account.';
COMMENT ON COLUMN portfolio_items.asset_name IS 'The asset as the exchange names it.';
COMMENT ON COLUMN portfolio_items.reference_currency IS 'What prices and values are given in.';
COMMENT ON COLUMN portfolio_items.quantity IS 'Held in all, units of the asset.';
COMMENT ON COLUMN portfolio_items.unexplained_quantity IS 'Part of quantity that fills do not explain, units of the asset: deposited, moved or older than the fills; negative where fills bought more than is held; null where fills are not complete.';
COMMENT ON COLUMN portfolio_items.current_price IS 'Reference currency per unit of the asset; null without a route.';
COMMENT ON COLUMN portfolio_items.price_route IS 'The pairs the price was taken from, such as GT/BTC > BTC/USDT.';
COMMENT ON COLUMN portfolio_items.priced_at IS 'Time of the oldest price on the route.';
COMMENT ON COLUMN portfolio_items.average_entry_price IS 'Average cost of what fills explain, fees included, reference currency per unit of the asset; null without fills, and where a cost is not known.';
COMMENT ON COLUMN portfolio_items.value IS 'quantity times current_price, reference currency.';
COMMENT ON COLUMN portfolio_items.unrealised_profit IS 'Worth over cost of what fills explain, reference currency.';
COMMENT ON COLUMN portfolio_items.unrealised_profit_percent IS 'unrealised_profit over cost, percent.';
COMMENT ON COLUMN portfolio_items.realised_profit IS 'Profit of all that was sold so far out of what fills explain, reference currency.';
COMMENT ON COLUMN portfolio_items.created_at IS 'When it was stored. Source: database clock.';
COMMENT ON COLUMN portfolio_items.balance_at IS 'When the account was read. Source: collector clock.';
COMMENT ON COLUMN portfolio_items.note IS 'What fills do not explain, and why a value is null, in words; null where all is known.';

CREATE TABLE coverage (
    symbol_id integer NOT NULL,
    data_set text NOT NULL,
    timeframe text DEFAULT ''::text NOT NULL,
    day date NOT NULL,
    present tstzmultirange DEFAULT '{}'::tstzmultirange NOT NULL,
    absent tstzmultirange DEFAULT '{}'::tstzmultirange NOT NULL,
    unreachable tstzmultirange DEFAULT '{}'::tstzmultirange NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    absent_confirmed_at timestamp with time zone,
    absent_rechecked tstzmultirange DEFAULT '{}'::tstzmultirange NOT NULL,
    absent_rechecked_at timestamp with time zone,
    CONSTRAINT pk_coverage PRIMARY KEY (symbol_id, data_set, timeframe, day),
    CONSTRAINT fk_coverage_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_absent_confirmed CHECK (isempty(absent) OR absent_confirmed_at IS NOT NULL),
    CONSTRAINT chk_data_set CHECK (data_set = ANY (ARRAY['candles'::text, 'trades'::text, 'book_tickers'::text, 'tickers'::text, 'funding_rates'::text, 'balances'::text, 'account_trades'::text, 'order_books'::text])),
    CONSTRAINT chk_disjoint CHECK (NOT present && absent AND NOT present && unreachable AND NOT absent && unreachable),
    CONSTRAINT chk_rechecked CHECK (isempty(absent_rechecked) = (absent_rechecked_at IS NULL)),
    CONSTRAINT chk_timeframe CHECK (timeframe = ANY (ARRAY[''::text, '1m'::text, '5m'::text, '15m'::text, '30m'::text, '1h'::text, '4h'::text, '1d'::text, '1w'::text])),
    CONSTRAINT chk_timeframe_of_candles CHECK ((data_set = 'candles'::text) = (timeframe <> ''::text)),
    CONSTRAINT chk_within_day CHECK ((present + absent + unreachable) <@ tstzrange((day::timestamp without time zone AT TIME ZONE 'UTC'::text), ((day + 1)::timestamp without time zone AT TIME ZONE 'UTC'::text)))
);
CREATE INDEX idx_coverage_day ON coverage USING btree (day, data_set);
CREATE INDEX idx_coverage_recheck ON coverage USING btree (absent_confirmed_at) WHERE NOT absent <@ absent_rechecked;
CREATE INDEX idx_coverage_rechecked ON coverage USING btree (absent_rechecked_at) WHERE absent_rechecked_at IS NOT NULL;
COMMENT ON TABLE coverage IS 'Per symbol, data set and UTC day: which instants are present, confirmed absent or unreachable; the rest is missing. Written in the transaction that stores the rows. Source: collector.';
COMMENT ON COLUMN coverage.symbol_id IS 'Whose history.';
COMMENT ON COLUMN coverage.data_set IS 'The kind of fact: candles, trades, ….';
COMMENT ON COLUMN coverage.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN coverage.day IS 'UTC day; no range reaches beyond it.';
COMMENT ON COLUMN coverage.present IS 'Half-open times whose rows are stored.';
COMMENT ON COLUMN coverage.absent IS 'Half-open times the exchange was asked for and had nothing; of trades, where candles say there were.';
COMMENT ON COLUMN coverage.unreachable IS 'Half-open times older than the exchange serves, or than the rows are kept (ARB_KEEP_DAYS).';
COMMENT ON COLUMN coverage.updated_at IS 'Latest change. Source: database clock.';
COMMENT ON COLUMN coverage.absent_confirmed_at IS 'When absent last grew; null where it never did. Source: database clock.';
COMMENT ON COLUMN coverage.absent_rechecked IS 'What of the day was absent and has been asked for again: by itself this happens once.';
COMMENT ON COLUMN coverage.absent_rechecked_at IS 'When absent_rechecked last grew; null where it never did. Source: database clock.';

CREATE TABLE rejected_records (
    id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
    data_set text NOT NULL,
    exchange_id integer NOT NULL,
    symbol_id integer,
    timeframe text DEFAULT ''::text NOT NULL,
    timestamp timestamp with time zone,
    reason text NOT NULL,
    payload text NOT NULL,
    payload_hash text GENERATED ALWAYS AS (md5(payload)) STORED NOT NULL,
    occurrences integer DEFAULT 1 NOT NULL,
    first_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_rejected_records PRIMARY KEY (id),
    CONSTRAINT uq_rejected_records UNIQUE NULLS NOT DISTINCT (data_set, exchange_id, symbol_id, timeframe, payload_hash, reason),
    CONSTRAINT fk_rejected_records_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT fk_rejected_records_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_data_set CHECK (data_set = ANY (ARRAY['symbols'::text, 'candles'::text, 'trades'::text, 'book_tickers'::text, 'tickers'::text, 'funding_rates'::text, 'balances'::text, 'account_trades'::text, 'order_books'::text])),
    CONSTRAINT chk_occurrences CHECK (occurrences > 0),
    CONSTRAINT chk_reason CHECK (char_length(reason) >= 1 AND char_length(reason) <= 500)
);
CREATE INDEX idx_rejected_records_last_seen ON rejected_records USING btree (last_seen_at DESC);
CREATE INDEX idx_rejected_records_symbol ON rejected_records USING btree (symbol_id, data_set);
COMMENT ON TABLE rejected_records IS 'Rows that were refused, with the reason; nothing is dropped silently. Source: collector.';
COMMENT ON COLUMN rejected_records.id IS 'Order of storing.';
COMMENT ON COLUMN rejected_records.data_set IS 'The kind of fact the row claims to be.';
COMMENT ON COLUMN rejected_records.exchange_id IS 'Which exchange sent it.';
COMMENT ON COLUMN rejected_records.symbol_id IS 'Whose row; null where it has no known symbol.';
COMMENT ON COLUMN rejected_records.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN rejected_records.timestamp IS 'The time the row claims, UTC; null where it cannot be read. Source: exchange.';
COMMENT ON COLUMN rejected_records.reason IS 'What is wrong with it, one sentence.';
COMMENT ON COLUMN rejected_records.payload IS 'The row as it came.';
COMMENT ON COLUMN rejected_records.payload_hash IS 'MD5 of payload, hexadecimal. Source: computed.';
COMMENT ON COLUMN rejected_records.occurrences IS 'How often it came.';
COMMENT ON COLUMN rejected_records.first_seen_at IS 'When it first came. Source: database clock.';
COMMENT ON COLUMN rejected_records.last_seen_at IS 'When it last came. Source: database clock.';

-- Columns: symbol_id integer, timestamp timestamp with time zone, open numeric, high numeric, low numeric, close numeric, volume numeric, quote_volume numeric, trade_count bigint, received_at timestamp with time zone
CREATE VIEW price_data AS
SELECT symbol_id,
    "timestamp",
    open,
    high,
    low,
    close,
    volume,
    quote_volume,
    trade_count,
    received_at
   FROM candles
  WHERE timeframe = '1m'::text;
COMMENT ON VIEW price_data IS 'One-minute candles; columns as in candles.';

-- Columns: exchange text, symbol text, exchange_symbol text, timeframe text, timestamp timestamp with time zone, open numeric, high numeric, low numeric, close numeric, volume numeric, quote_volume numeric, trade_count bigint, received_at timestamp with time zone, symbol_id integer
CREATE VIEW candles_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    c.timeframe,
    c."timestamp",
    c.open,
    c.high,
    c.low,
    c.close,
    c.volume,
    c.quote_volume,
    c.trade_count,
    c.received_at,
    c.symbol_id
   FROM candles c
     JOIN symbols s ON c.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW candles_named IS 'candles with exchange and symbol by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, timestamp timestamp with time zone, bid_price numeric, bid_qty numeric, ask_price numeric, ask_qty numeric, sequence_number bigint, update_type text, exchange_timestamp timestamp with time zone, created_at timestamp with time zone, symbol_id integer, id bigint
CREATE VIEW book_ticker_snapshots_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    b."timestamp",
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
   FROM book_ticker_snapshots b
     JOIN symbols s ON b.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW book_ticker_snapshots_named IS 'book_ticker_snapshots with exchange and symbol by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, timestamp timestamp with time zone, last_price numeric, high_24h numeric, low_24h numeric, base_volume_24h numeric, quote_volume_24h numeric, mark_price numeric, index_price numeric, exchange_timestamp timestamp with time zone, created_at timestamp with time zone, symbol_id integer
CREATE VIEW ticker_snapshots_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    t."timestamp",
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
   FROM ticker_snapshots t
     JOIN symbols s ON t.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW ticker_snapshots_named IS 'ticker_snapshots with exchange and symbol by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, timestamp timestamp with time zone, price numeric, quantity numeric, side text, trade_id text, is_synthetic_id boolean, received_at timestamp with time zone, symbol_id integer
CREATE VIEW trade_snapshots_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    t."timestamp",
    t.price,
    t.quantity,
    t.side,
    t.trade_id,
    t.is_synthetic_id,
    t.received_at,
    t.symbol_id
   FROM trade_snapshots t
     JOIN symbols s ON t.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW trade_snapshots_named IS 'trade_snapshots with exchange and symbol by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, timestamp timestamp with time zone, funding_rate numeric, funding_time timestamp with time zone, next_funding_time timestamp with time zone, is_settled boolean, funding_interval_hours numeric, mark_price numeric, index_price numeric, exchange_timestamp timestamp with time zone, created_at timestamp with time zone, symbol_id integer
CREATE VIEW funding_rate_snapshots_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    f."timestamp",
    f.funding_rate,
    '1970-01-01 00:00:00+00'::timestamp with time zone + f.funding_time::double precision * '00:00:00.001'::interval AS funding_time,
    '1970-01-01 00:00:00+00'::timestamp with time zone + f.next_funding_time::double precision * '00:00:00.001'::interval AS next_funding_time,
    f.is_settled,
    f.funding_interval_hours,
    f.mark_price,
    f.index_price,
    f.exchange_timestamp,
    f.created_at,
    f.symbol_id
   FROM funding_rate_snapshots f
     JOIN symbols s ON f.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW funding_rate_snapshots_named IS 'funding_rate_snapshots with exchange and symbol by name and funding times as timestamps.';

-- Columns: exchange text, asset_name text, timestamp timestamp with time zone, available_balance numeric, locked_balance numeric, total_balance numeric, frozen_balance numeric, borrowing_balance numeric, interest_balance numeric, exchange_timestamp timestamp with time zone, created_at timestamp with time zone, exchange_id integer, id bigint
CREATE VIEW balance_snapshots_named AS
SELECT e.enum_value AS exchange,
    b.asset_name,
    b."timestamp",
    b.available_balance,
    b.locked_balance,
    b.total_balance,
    b.frozen_balance,
    b.borrowing_balance,
    b.interest_balance,
    b.exchange_timestamp,
    b.created_at,
    b.exchange_id,
    b.id
   FROM balance_snapshots b
     JOIN exchanges e ON b.exchange_id = e.id;
COMMENT ON VIEW balance_snapshots_named IS 'balance_snapshots with the exchange by name.';

-- Columns: timestamp timestamp with time zone, opportunity_id uuid, kind text, buy_exchange text, buy_symbol text, buy_exchange_symbol text, sell_exchange text, sell_symbol text, sell_exchange_symbol text, buy_price numeric, sell_price numeric, quantity numeric, conversion_rate numeric, spread_bps numeric, fee_bps numeric, funding_bps numeric, transfer_cost numeric, net_bps numeric, net_profit numeric, peak_net_bps numeric, opened_at timestamp with time zone, age interval, created_at timestamp with time zone, symbol_id integer, sell_symbol_id integer
CREATE VIEW arbitrage_opportunities_named AS
SELECT o."timestamp",
    o.opportunity_id,
    o.kind,
    be.enum_value AS buy_exchange,
    (bs.symbol_base || '/'::text) || bs.symbol_quote AS buy_symbol,
    bs.exchange_symbol AS buy_exchange_symbol,
    se.enum_value AS sell_exchange,
    (ss.symbol_base || '/'::text) || ss.symbol_quote AS sell_symbol,
    ss.exchange_symbol AS sell_exchange_symbol,
    o.buy_price,
    o.sell_price,
    o.quantity,
    o.conversion_rate,
    o.spread_bps,
    o.fee_bps,
    o.funding_bps,
    o.transfer_cost,
    o.net_bps,
    o.net_profit,
    o.peak_net_bps,
    o.opened_at,
    o."timestamp" - o.opened_at AS age,
    o.created_at,
    o.symbol_id,
    o.sell_symbol_id
   FROM arbitrage_opportunities o
     JOIN symbols bs ON o.symbol_id = bs.id
     JOIN exchanges be ON o.buy_exchange_id = be.id
     JOIN symbols ss ON o.sell_symbol_id = ss.id
     JOIN exchanges se ON o.sell_exchange_id = se.id;
COMMENT ON VIEW arbitrage_opportunities_named IS 'arbitrage_opportunities with exchanges and symbols by name, and how long each has lasted.';

-- Columns: exchange text, symbol text, exchange_symbol text, timestamp timestamp with time zone, window_seconds integer, ofi_score numeric, microprice numeric, volume_imbalance numeric, buy_volume numeric, sell_volume numeric, book_count integer, trade_count integer, created_at timestamp with time zone, symbol_id integer
CREATE VIEW order_flow_metrics_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    m."timestamp",
    m.window_seconds,
    m.ofi_score,
    m.microprice,
    m.volume_imbalance,
    m.buy_volume,
    m.sell_volume,
    m.book_count,
    m.trade_count,
    m.created_at,
    m.symbol_id
   FROM order_flow_metrics m
     JOIN symbols s ON m.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW order_flow_metrics_named IS 'order_flow_metrics with exchange and symbol by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, timestamp timestamp with time zone, trade_id text, order_id text, side text, price numeric, quantity numeric, quote_quantity numeric, fee numeric, fee_asset text, is_maker boolean, received_at timestamp with time zone, symbol_id integer, id bigint
CREATE VIEW account_trades_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    t."timestamp",
    t.trade_id,
    t.order_id,
    t.side,
    t.price,
    t.quantity,
    t.quote_quantity,
    t.fee,
    t.fee_asset,
    t.is_maker,
    t.received_at,
    t.symbol_id,
    t.id
   FROM account_trades t
     JOIN symbols s ON t.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW account_trades_named IS 'account_trades with exchange and symbol by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, data_set text, timeframe text, day date, present tstzmultirange, absent tstzmultirange, unreachable tstzmultirange, updated_at timestamp with time zone, symbol_id integer
CREATE VIEW coverage_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    c.data_set,
    c.timeframe,
    c.day,
    c.present,
    c.absent,
    c.unreachable,
    c.updated_at,
    c.symbol_id
   FROM coverage c
     JOIN symbols s ON c.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW coverage_named IS 'coverage with exchange and symbol by name.';

CREATE OR REPLACE PROCEDURE public.assign_roles(VARIADIC relations text[])
 LANGUAGE plpgsql
AS $procedure$
DECLARE
    role_name TEXT;
    relation TEXT;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['arbitrage_user', 'readonly_user'] LOOP
        BEGIN
            IF to_regrole(role_name) IS NULL THEN
                EXECUTE format('CREATE ROLE %I', role_name);
            END IF;
        EXCEPTION
            WHEN duplicate_object OR unique_violation THEN
                NULL; -- another database of this server has just created it
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'role % does not exist and % may not create it', role_name, current_user
                USING HINT = format(
                    'An administrator may say: CREATE ROLE %I; then: CALL assign_roles(%s);',
                    role_name, (SELECT string_agg(quote_literal(r), ', ') FROM unnest(relations) AS r)
                );
        END;
    END LOOP;

    IF to_regrole('readonly_user') IS NOT NULL THEN
        BEGIN
            GRANT USAGE ON SCHEMA public TO readonly_user;
            FOREACH relation IN ARRAY relations LOOP
                EXECUTE format('GRANT SELECT ON %I TO readonly_user', relation);
            END LOOP;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'readonly_user was not granted reading: %', sqlerrm;
        END;
    END IF;

    IF to_regrole('arbitrage_user') IS NOT NULL THEN
        BEGIN
            GRANT USAGE, CREATE ON SCHEMA public TO arbitrage_user;
            -- Who gives ownership away must stay a member, or could no longer migrate.
            IF NOT pg_has_role(current_user, 'arbitrage_user', 'USAGE') THEN
                EXECUTE format('GRANT arbitrage_user TO %I', current_user);
            END IF;
            FOREACH relation IN ARRAY relations LOOP
                EXECUTE format('ALTER TABLE %I OWNER TO arbitrage_user', relation);
            END LOOP;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'arbitrage_user was not made the owner: %', sqlerrm;
        END;
    END IF;
END;
$procedure$;
COMMENT ON PROCEDURE assign_roles IS 'Creates the roles where allowed, makes arbitrage_user own and readonly_user read the relations.';

CREATE TABLE collections (
    timestamp timestamp with time zone NOT NULL,
    exchange_id integer NOT NULL,
    asset text NOT NULL,
    sampled_at timestamp with time zone,
    duration_ms bigint,
    row_count bigint NOT NULL,
    rejected bigint NOT NULL,
    lookups bigint NOT NULL,
    lookup_misses bigint NOT NULL,
    problem text,
    is_transient boolean DEFAULT false NOT NULL,
    run_id text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_collections PRIMARY KEY (exchange_id, asset, "timestamp"),
    CONSTRAINT fk_collections_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT chk_asset CHECK (asset ~ '^[a-z][a-z0-9_]{0,63}$'::text),
    CONSTRAINT chk_counts CHECK (duration_ms >= 0 AND row_count >= 0 AND rejected >= 0 AND lookup_misses >= 0 AND lookup_misses <= lookups),
    CONSTRAINT chk_problem CHECK (char_length(problem) >= 1 AND char_length(problem) <= 2000),
    CONSTRAINT chk_run_id CHECK (char_length(run_id) <= 128),
    CONSTRAINT chk_transient_problem CHECK (problem IS NOT NULL OR NOT is_transient),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_collections_time ON collections USING btree ("timestamp" DESC);
SELECT create_hypertable('collections', by_range('timestamp', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE collections IS 'One row per collecting of one exchange for one asset: statistics, freshness and alerts come from here. A collecting repeated for the same moment overwrites what it said before. Source: collector.';
COMMENT ON COLUMN collections.timestamp IS 'The moment it was scheduled for, or when it began where no schedule asked for it.';
COMMENT ON COLUMN collections.exchange_id IS 'Who was asked.';
COMMENT ON COLUMN collections.asset IS 'What was collected: book_tickers, candles, symbols, ….';
COMMENT ON COLUMN collections.sampled_at IS 'When the first request was sent; null where none was. Source: collector clock.';
COMMENT ON COLUMN collections.duration_ms IS 'From the first request to the last stored row, milliseconds; null where none was sent.';
COMMENT ON COLUMN collections.row_count IS 'Rows stored.';
COMMENT ON COLUMN collections.rejected IS 'Rows refused; see rejected_records.';
COMMENT ON COLUMN collections.lookups IS 'Symbols looked up in the id cache.';
COMMENT ON COLUMN collections.lookup_misses IS 'Those it did not hold.';
COMMENT ON COLUMN collections.problem IS 'Why it failed, one sentence; null is success.';
COMMENT ON COLUMN collections.is_transient IS 'Whether the problem is an outage of the exchange, which passes without anybody''s help.';
COMMENT ON COLUMN collections.run_id IS 'The Dagster run; empty outside of one.';
COMMENT ON COLUMN collections.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE company_blocks (
    company text NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    reason text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    egress text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT pk_company_blocks PRIMARY KEY (egress, company),
    CONSTRAINT chk_blocked_until CHECK (blocked_until >= '2020-01-01 00:00:00+00'::timestamp with time zone AND blocked_until < 'infinity'::timestamp with time zone),
    CONSTRAINT chk_company CHECK (company ~ '^[A-Z][A-Z0-9]{0,63}$'::text),
    CONSTRAINT chk_egress CHECK (char_length(egress) >= 1 AND char_length(egress) <= 64),
    CONSTRAINT chk_reason CHECK (char_length(reason) >= 1 AND char_length(reason) <= 500)
);
COMMENT ON TABLE company_blocks IS 'Companies that told us to wait: no process asks them before the time is over. Source: collector.';
COMMENT ON COLUMN company_blocks.company IS 'Who told us; as exchanges.company.';
COMMENT ON COLUMN company_blocks.blocked_until IS 'When they may be asked again.';
COMMENT ON COLUMN company_blocks.reason IS 'What they answered, one sentence.';
COMMENT ON COLUMN company_blocks.updated_at IS 'Latest change. Source: database clock.';
COMMENT ON COLUMN company_blocks.egress IS 'The address that was told to wait, as ARB_EGRESS names it.';

CREATE TABLE latest_balances (
    exchange_id integer NOT NULL,
    asset_name text NOT NULL,
    timestamp timestamp with time zone NOT NULL,
    available_balance numeric NOT NULL,
    locked_balance numeric NOT NULL,
    total_balance numeric GENERATED ALWAYS AS (available_balance + locked_balance) STORED,
    frozen_balance numeric,
    borrowing_balance numeric,
    interest_balance numeric,
    exchange_timestamp timestamp with time zone,
    CONSTRAINT pk_latest_balances PRIMARY KEY (exchange_id, asset_name),
    CONSTRAINT fk_latest_balances_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT chk_positive_balances CHECK (available_balance >= 0::numeric AND available_balance < 'Infinity'::numeric AND locked_balance >= 0::numeric AND locked_balance < 'Infinity'::numeric AND frozen_balance >= 0::numeric AND frozen_balance < 'Infinity'::numeric AND borrowing_balance >= 0::numeric AND borrowing_balance < 'Infinity'::numeric AND interest_balance >= 0::numeric AND interest_balance < 'Infinity'::numeric),
    CONSTRAINT chk_valid_asset_name CHECK (is_valid_name(asset_name)),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
COMMENT ON TABLE latest_balances IS 'The newest row of balance_snapshots per account and asset, zero where it is gone; written by the statement that stores the sample. Outlives the sample it came from. Source: computed.';
COMMENT ON COLUMN latest_balances.exchange_id IS 'Whose account.';
COMMENT ON COLUMN latest_balances.asset_name IS 'The asset as the exchange names it.';
COMMENT ON COLUMN latest_balances.timestamp IS 'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN latest_balances.available_balance IS 'Free to trade, units of the asset.';
COMMENT ON COLUMN latest_balances.locked_balance IS 'Bound by open orders or margin, units of the asset.';
COMMENT ON COLUMN latest_balances.total_balance IS 'available_balance + locked_balance, units of the asset; zero is gone. Source: computed.';
COMMENT ON COLUMN latest_balances.frozen_balance IS 'Frozen by the exchange, units of the asset; null where it does not say.';
COMMENT ON COLUMN latest_balances.borrowing_balance IS 'Owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN latest_balances.interest_balance IS 'Interest owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN latest_balances.exchange_timestamp IS 'Time the exchange gave it; null where it sends none. Source: exchange clock.';

-- Columns: exchange text, asset text, timestamp timestamp with time zone, sampled_at timestamp with time zone, lateness interval, duration_ms bigint, row_count bigint, rejected bigint, lookups bigint, lookup_misses bigint, problem text, is_transient boolean, run_id text, created_at timestamp with time zone, exchange_id integer
CREATE VIEW collections_named AS
SELECT e.enum_value AS exchange,
    c.asset,
    c."timestamp",
    c.sampled_at,
    c.sampled_at - c."timestamp" AS lateness,
    c.duration_ms,
    c.row_count,
    c.rejected,
    c.lookups,
    c.lookup_misses,
    c.problem,
    c.is_transient,
    c.run_id,
    c.created_at,
    c.exchange_id
   FROM collections c
     JOIN exchanges e ON c.exchange_id = e.id;
COMMENT ON VIEW collections_named IS 'collections with the exchange by name and how late each began.';

-- Columns: exchange text, asset_name text, timestamp timestamp with time zone, available_balance numeric, locked_balance numeric, total_balance numeric, frozen_balance numeric, borrowing_balance numeric, interest_balance numeric, exchange_timestamp timestamp with time zone, exchange_id integer
CREATE VIEW latest_balances_named AS
SELECT e.enum_value AS exchange,
    b.asset_name,
    b."timestamp",
    b.available_balance,
    b.locked_balance,
    b.total_balance,
    b.frozen_balance,
    b.borrowing_balance,
    b.interest_balance,
    b.exchange_timestamp,
    b.exchange_id
   FROM latest_balances b
     JOIN exchanges e ON b.exchange_id = e.id
  WHERE b.total_balance > 0::numeric;
COMMENT ON VIEW latest_balances_named IS 'What the accounts hold now, with the exchange by name; nothing that is gone.';

CREATE OR REPLACE PROCEDURE public.enable_compression()
 LANGUAGE plpgsql
AS $procedure$
DECLARE
    installed INTEGER [];
    chosen RECORD;
BEGIN
    IF current_setting('timescaledb.license', true) IS DISTINCT FROM 'timescale' THEN
        RAISE NOTICE 'nothing is compressed: this is the Apache edition of TimescaleDB'
        USING HINT = 'The Community edition (timescaledb.license = timescale) can compress.';
        RETURN;
    END IF;
    SELECT string_to_array(split_part(extversion, '-', 1), '.')::INTEGER [] INTO installed
    FROM pg_extension WHERE extname = 'timescaledb';

    -- Segments are what readers ask by, and every column of a primary key is in a segment or in
    -- the order: so a write that meets a stored row unpacks the batches of a thousand rows that
    -- can hold it, and no others. Balances are not segmented by asset: six hours of one asset are
    -- 72 rows, and small batches hardly shrink.
    -- Before 2.19.1 an INSERT … ON CONFLICT into compressed chunks could end at its first
    -- conflict or fail (7672, 7850); before 2.25.2 a row that came late could lose the value of a
    -- generated column such as total_balance (9314).
    FOR chosen IN
        SELECT c.relation, c.segment_by, c.order_by, c.since
        FROM (
            VALUES
            ('candles', 'symbol_id, timeframe', '"timestamp"', '{2,19,1}'::INTEGER []),
            ('funding_rate_snapshots', 'symbol_id', '"timestamp", is_settled', '{2,19,1}'),
            ('balance_snapshots', 'exchange_id', 'asset_name, "timestamp"', '{2,25,2}')
        ) AS c (relation, segment_by, order_by, since)
    LOOP
        IF installed < chosen.since THEN
            RAISE NOTICE '% is not compressed: TimescaleDB % is older than %',
                chosen.relation,
                array_to_string(installed, '.'),
                array_to_string(chosen.since, '.');
            CONTINUE;
        END IF;
        IF NOT EXISTS (
            SELECT FROM timescaledb_information.hypertables AS h
            WHERE
                h.hypertable_schema = 'public'
                AND h.hypertable_name = chosen.relation
                AND h.compression_enabled
        ) THEN
            EXECUTE format(
                'ALTER TABLE %I SET (timescaledb.compress, '
                'timescaledb.compress_segmentby = %L, timescaledb.compress_orderby = %L)',
                chosen.relation, chosen.segment_by, chosen.order_by
            );
        END IF;
        -- TimescaleDB runs a policy as the owner of the table, and only if that may log in.
        -- Without a policy the daily retention compresses.
        IF EXISTS (
            SELECT FROM pg_class AS c
            INNER JOIN pg_roles AS r ON c.relowner = r.oid
            WHERE c.oid = to_regclass(chosen.relation) AND r.rolcanlogin
        ) THEN
            PERFORM add_compression_policy(
                to_regclass(chosen.relation), INTERVAL '7 days', if_not_exists => true
            );
        END IF;
    END LOOP;
END;
$procedure$;
COMMENT ON PROCEDURE enable_compression IS 'Compresses chunks older than 7 days where the license allows; calling it again changes nothing.';

CREATE OR REPLACE PROCEDURE public.disable_compression()
 LANGUAGE plpgsql
AS $procedure$
DECLARE
    relation REGCLASS;
BEGIN
    FOR relation IN
        SELECT format('%I.%I', h.hypertable_schema, h.hypertable_name)::REGCLASS
        FROM timescaledb_information.hypertables AS h
        WHERE h.hypertable_schema = 'public' AND h.compression_enabled
    LOOP
        PERFORM remove_compression_policy(relation, if_exists => true);
        PERFORM decompress_chunk(chunk, if_compressed => true)
        FROM show_chunks(relation) AS chunk;
        EXECUTE format('ALTER TABLE %s SET (timescaledb.compress = false)', relation);
    END LOOP;
END;
$procedure$;
COMMENT ON PROCEDURE disable_compression IS 'Unpacks every compressed chunk and takes the policies away; no row is lost.';

CREATE TABLE rate_budgets (
    egress text NOT NULL,
    company text NOT NULL,
    pool text NOT NULL,
    first_window bigint DEFAULT 0 NOT NULL,
    used bigint DEFAULT 0 NOT NULL,
    used_reserved bigint DEFAULT 0 NOT NULL,
    next_used bigint DEFAULT 0 NOT NULL,
    next_used_reserved bigint DEFAULT 0 NOT NULL,
    proven bigint DEFAULT 0 NOT NULL,
    paced_until timestamp with time zone DEFAULT '1970-01-01 00:00:00+00'::timestamp with time zone NOT NULL,
    ceiling bigint,
    ceiling_until timestamp with time zone,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    claimed_until timestamp with time zone DEFAULT '1970-01-01 00:00:00+00'::timestamp with time zone NOT NULL,
    CONSTRAINT pk_rate_budgets PRIMARY KEY (egress, company, pool),
    CONSTRAINT chk_ceiling CHECK (ceiling > 0 AND ceiling_until < 'infinity'::timestamp with time zone AND (ceiling IS NULL) = (ceiling_until IS NULL)),
    CONSTRAINT chk_company CHECK (company ~ '^[A-Z][A-Z0-9]{0,63}$'::text),
    CONSTRAINT chk_egress CHECK (char_length(egress) >= 1 AND char_length(egress) <= 64),
    CONSTRAINT chk_pool CHECK (char_length(pool) >= 1 AND char_length(pool) <= 64),
    CONSTRAINT chk_used CHECK (used_reserved >= 0 AND used >= used_reserved AND next_used_reserved >= 0 AND next_used >= next_used_reserved AND proven >= 0)
);
COMMENT ON TABLE rate_budgets IS 'What all processes together have taken of each exchange''s rate counter in the window that runs. A row per counter, rewritten with every lease; made when it is first asked for. Source: collector.';
COMMENT ON COLUMN rate_budgets.egress IS 'The address requests leave from, as ARB_EGRESS names it: limits hold per address.';
COMMENT ON COLUMN rate_budgets.company IS 'Who counts; as exchanges.company.';
COMMENT ON COLUMN rate_budgets.pool IS 'Which of the company''s counters.';
COMMENT ON COLUMN rate_budgets.first_window IS 'The window the numbers are of: whole window lengths since 1970. Source: database clock.';
COMMENT ON COLUMN rate_budgets.used IS 'Weight that may be counted in that window: leased, or counted by the exchange where that is more.';
COMMENT ON COLUMN rate_budgets.used_reserved IS 'What of it was leased by those with a reserve.';
COMMENT ON COLUMN rate_budgets.next_used IS 'Weight leased so near the end that the exchange may count it in the window after it.';
COMMENT ON COLUMN rate_budgets.next_used_reserved IS 'What of that was leased by those with a reserve.';
COMMENT ON COLUMN rate_budgets.proven IS 'Most weight a window took without a refusal: up to this, it is spent as one burst.';
COMMENT ON COLUMN rate_budgets.paced_until IS 'Beyond it, nothing more is leased before this moment. Source: database clock.';
COMMENT ON COLUMN rate_budgets.ceiling IS 'Weight a window takes, where the exchange was seen to refuse less than it declares; else null.';
COMMENT ON COLUMN rate_budgets.ceiling_until IS 'When the declared limit is tried again.';
COMMENT ON COLUMN rate_budgets.updated_at IS 'Latest lease. Source: database clock.';
COMMENT ON COLUMN rate_budgets.claimed_until IS 'Until then only those with a reserve lease: one of them found too little. Source: database clock.';

CREATE OR REPLACE FUNCTION public.require_symbols()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
DECLARE
    wanted INTEGER [];
    found INTEGER;
    stranger INTEGER;
BEGIN
    wanted := ARRAY(SELECT DISTINCT f.symbol_id FROM fresh AS f);
    -- As a foreign key does: whoever deletes one of these waits until the rows are committed.
    PERFORM FROM symbols AS s WHERE s.id = ANY(wanted) ORDER BY s.id FOR KEY SHARE;
    GET DIAGNOSTICS found = ROW_COUNT;
    IF found < cardinality(wanted) THEN
        SELECT w.id INTO stranger FROM unnest(wanted) AS w (id)
        WHERE NOT EXISTS (SELECT FROM symbols AS s WHERE s.id = w.id)
        LIMIT 1;
        RAISE EXCEPTION 'rows of % violate foreign key constraint "%"', tg_table_name, tg_argv[0]
        USING
            ERRCODE = 'foreign_key_violation',
            DETAIL = format('Key (symbol_id)=(%s) is not present in table "symbols".', stranger),
            SCHEMA = tg_table_schema,
            TABLE = tg_table_name,
            CONSTRAINT = tg_argv[0];
    END IF;
    RETURN NULL;
END;
$function$;
COMMENT ON FUNCTION require_symbols IS 'Refuses a statement that stores rows of symbols that do not exist; named as the constraint it is.';

CREATE OR REPLACE FUNCTION public.keep_symbols()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
DECLARE
    relation TEXT;
    is_used BOOLEAN;
BEGIN
    -- A transaction with a snapshot of its own would not see rows stored while it waited.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'symbols are deleted or renumbered in read committed transactions only'
        USING ERRCODE = 'invalid_transaction_state';
    END IF;
    FOREACH relation IN ARRAY ARRAY['candles', 'trade_snapshots'] LOOP
        IF tg_op = 'TRUNCATE' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %I)', relation) INTO is_used;
        ELSE
            EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE symbol_id = $1)', relation)
            INTO is_used USING old.id;
        END IF;
        IF is_used THEN
            RAISE EXCEPTION '% on symbols violates foreign key constraint "%" on table "%"',
                lower(tg_op), format('fk_%s_symbol', relation), relation
            USING
                ERRCODE = 'foreign_key_violation',
                SCHEMA = tg_table_schema,
                TABLE = relation,
                CONSTRAINT = format('fk_%s_symbol', relation);
        END IF;
    END LOOP;
    RETURN NULL;
END;
$function$;
COMMENT ON FUNCTION keep_symbols IS 'Refuses to delete or renumber a symbol that has candles or trades.';

CREATE TRIGGER fk_candles_symbol_insert AFTER INSERT ON candles REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION require_symbols('fk_candles_symbol');
CREATE TRIGGER fk_candles_symbol_update AFTER UPDATE ON candles REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION require_symbols('fk_candles_symbol');

CREATE TRIGGER fk_trade_snapshots_symbol_insert AFTER INSERT ON trade_snapshots REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION require_symbols('fk_trade_snapshots_symbol');
CREATE TRIGGER fk_trade_snapshots_symbol_update AFTER UPDATE ON trade_snapshots REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION require_symbols('fk_trade_snapshots_symbol');

CREATE TRIGGER keep_symbols_delete AFTER DELETE ON symbols FOR EACH ROW EXECUTE FUNCTION keep_symbols();
CREATE TRIGGER keep_symbols_renumber AFTER UPDATE OF id ON symbols FOR EACH ROW WHEN (old.id <> new.id) EXECUTE FUNCTION keep_symbols();
CREATE TRIGGER keep_symbols_truncate BEFORE TRUNCATE ON symbols FOR EACH STATEMENT EXECUTE FUNCTION keep_symbols();

CREATE OR REPLACE FUNCTION public.note_tracking()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF tg_op = 'UPDATE' AND old.is_tracked THEN
        RETURN new;
    END IF;
    IF new.tracked_at IS NULL OR (tg_op = 'UPDATE' AND new.tracked_at = old.tracked_at) THEN
        new.tracked_at = now();
    END IF;
    RETURN new;
END;
$function$;
COMMENT ON FUNCTION note_tracking IS 'Sets symbols.tracked_at where is_tracked becomes true and the statement does not say when.';

CREATE TRIGGER trg_symbols_tracking BEFORE INSERT OR UPDATE OF is_tracked ON symbols FOR EACH ROW WHEN (new.is_tracked) EXECUTE FUNCTION note_tracking();

CREATE OR REPLACE FUNCTION public.note_absence()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF tg_op = 'INSERT' OR NOT new.absent <@ old.absent THEN
        new.absent_confirmed_at = now();
    END IF;
    RETURN new;
END;
$function$;
COMMENT ON FUNCTION note_absence IS 'Sets coverage.absent_confirmed_at where absent grows.';

CREATE TRIGGER trg_coverage_absence BEFORE INSERT OR UPDATE OF absent ON coverage FOR EACH ROW WHEN (NOT isempty(new.absent)) EXECUTE FUNCTION note_absence();

CREATE TABLE registrations (
    symbol_id integer NOT NULL,
    data_set text NOT NULL,
    timeframe text DEFAULT ''::text NOT NULL,
    registered_at timestamp with time zone NOT NULL,
    history_from date NOT NULL,
    completed_at timestamp with time zone,
    CONSTRAINT pk_registrations PRIMARY KEY (symbol_id, data_set, timeframe),
    CONSTRAINT fk_registrations_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_data_set CHECK (data_set ~ '^[a-z][a-z_]{0,63}$'::text),
    CONSTRAINT chk_history_from CHECK (history_from >= '2009-01-01'::date),
    CONSTRAINT chk_timeframe CHECK (timeframe = ANY (ARRAY[''::text, '1m'::text, '5m'::text, '15m'::text, '30m'::text, '1h'::text, '4h'::text, '1d'::text, '1w'::text]))
);
COMMENT ON TABLE registrations IS 'How far back the history of a tracked symbol is to be complete, per data set. Days before that are completed, too, once any of them was asked for. Source: collector; history_from may be changed.';
COMMENT ON COLUMN registrations.symbol_id IS 'Whose history.';
COMMENT ON COLUMN registrations.data_set IS 'The kind of fact: candles, trades, ….';
COMMENT ON COLUMN registrations.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN registrations.registered_at IS 'symbols.tracked_at when it was registered; tracked again later, it is registered again.';
COMMENT ON COLUMN registrations.history_from IS 'First UTC day wanted.';
COMMENT ON COLUMN registrations.completed_at IS 'When everything from there on was first known; null while the backfill is under way.';

CREATE TABLE repair_attempts (
    symbol_id integer NOT NULL,
    data_set text NOT NULL,
    timeframe text DEFAULT ''::text NOT NULL,
    day date NOT NULL,
    attempts integer NOT NULL,
    last_attempt_at timestamp with time zone NOT NULL,
    next_attempt_at timestamp with time zone NOT NULL,
    last_problem text,
    CONSTRAINT pk_repair_attempts PRIMARY KEY (symbol_id, data_set, timeframe, day),
    CONSTRAINT fk_repair_attempts_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_attempt_times CHECK (next_attempt_at >= last_attempt_at),
    CONSTRAINT chk_attempts CHECK (attempts > 0),
    CONSTRAINT chk_data_set CHECK (data_set ~ '^[a-z][a-z_]{0,63}$'::text),
    CONSTRAINT chk_last_problem CHECK (char_length(last_problem) >= 1 AND char_length(last_problem) <= 2000),
    CONSTRAINT chk_timeframe CHECK (timeframe = ANY (ARRAY[''::text, '1m'::text, '5m'::text, '15m'::text, '30m'::text, '1h'::text, '4h'::text, '1d'::text, '1w'::text]))
);
COMMENT ON TABLE repair_attempts IS 'Days that miss something although they were asked for, and when they are asked for again; a row ends when nothing of its day is missing any more. Source: collector.';
COMMENT ON COLUMN repair_attempts.symbol_id IS 'Whose history.';
COMMENT ON COLUMN repair_attempts.data_set IS 'The kind of fact: candles, trades, ….';
COMMENT ON COLUMN repair_attempts.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN repair_attempts.day IS 'UTC day, the partition that is run.';
COMMENT ON COLUMN repair_attempts.attempts IS 'Runs requested for it in a row.';
COMMENT ON COLUMN repair_attempts.last_attempt_at IS 'When the last was. Source: database clock.';
COMMENT ON COLUMN repair_attempts.next_attempt_at IS 'No run is requested before; the pause doubles with every attempt. Source: database clock.';
COMMENT ON COLUMN repair_attempts.last_problem IS 'What became of the last attempt, as far as its run said; null before that is known.';

CREATE OR REPLACE FUNCTION public.seconds_of(ranges tstzmultirange)
 RETURNS numeric
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
SELECT coalesce(sum(extract(EPOCH FROM upper(r) - lower(r))), 0) FROM unnest(ranges) AS r
$function$;
COMMENT ON FUNCTION seconds_of IS 'How many seconds finite ranges hold.';

-- Columns: exchange text, symbol text, exchange_symbol text, data_set text, timeframe text, day date, present_seconds numeric, absent_seconds numeric, unreachable_seconds numeric, missing_seconds numeric, longest_absent_seconds numeric, absent_confirmed_at timestamp with time zone, absent_rechecked_at timestamp with time zone, updated_at timestamp with time zone, symbol_id integer
CREATE VIEW coverage_daily_named AS
WITH wanted AS (
         SELECT r.symbol_id,
            r.data_set,
            r.timeframe,
            r.history_from + n.ago AS day
           FROM registrations r
             JOIN symbols s ON r.symbol_id = s.id AND s.is_tracked
             CROSS JOIN LATERAL generate_series(0, (now() AT TIME ZONE 'UTC'::text)::date - r.history_from) n(ago)
        UNION
         SELECT coverage.symbol_id,
            coverage.data_set,
            coverage.timeframe,
            coverage.day
           FROM coverage
        ), days AS (
         SELECT w.symbol_id,
            w.data_set,
            w.timeframe,
            w.day,
            s.exchange_id,
            s.exchange_symbol,
            s.symbol_base,
            s.symbol_quote,
            COALESCE(c.present, '{}'::tstzmultirange) AS present,
            COALESCE(c.absent, '{}'::tstzmultirange) AS absent,
            COALESCE(c.unreachable, '{}'::tstzmultirange) AS unreachable,
            c.absent_confirmed_at,
            c.absent_rechecked_at,
            c.updated_at,
            GREATEST((w.day::timestamp without time zone AT TIME ZONE 'UTC'::text), COALESCE(date_bin(l.length, f.from_at + l.length - '00:00:00.000001'::interval, l.monday), f.from_at)) AS start_at,
            LEAST(((w.day + 1)::timestamp without time zone AT TIME ZONE 'UTC'::text), COALESCE(date_bin(l.length, f.until_at, l.monday), f.until_at)) AS end_at
           FROM wanted w
             JOIN symbols s ON w.symbol_id = s.id
             LEFT JOIN registrations r ON w.symbol_id = r.symbol_id AND w.data_set = r.data_set AND w.timeframe = r.timeframe AND w.day >= r.history_from
             CROSS JOIN LATERAL ( SELECT NULLIF(w.timeframe, ''::text)::interval AS length,
                    '1970-01-05 00:00:00+00'::timestamp with time zone AS monday) l
             CROSS JOIN LATERAL ( SELECT GREATEST((r.history_from::timestamp without time zone AT TIME ZONE 'UTC'::text), s.listed_at) AS from_at,
                    LEAST(s.delisted_at, now()) AS until_at) f
             LEFT JOIN coverage c ON w.symbol_id = c.symbol_id AND w.data_set = c.data_set AND w.timeframe = c.timeframe AND w.day = c.day
        )
 SELECT e.enum_value AS exchange,
    (d.symbol_base || '/'::text) || d.symbol_quote AS symbol,
    d.exchange_symbol,
    d.data_set,
    d.timeframe,
    d.day,
    seconds_of(d.present) AS present_seconds,
    seconds_of(d.absent) AS absent_seconds,
    seconds_of(d.unreachable) AS unreachable_seconds,
        CASE
            WHEN d.start_at >= d.end_at THEN 0::numeric
            ELSE seconds_of(tstzmultirange(tstzrange(d.start_at, d.end_at)) - d.present - d.absent - d.unreachable)
        END AS missing_seconds,
    ( SELECT COALESCE(max(EXTRACT(epoch FROM upper(r.r) - lower(r.r))), 0::numeric) AS "coalesce"
           FROM unnest(d.absent) r(r)) AS longest_absent_seconds,
    d.absent_confirmed_at,
    d.absent_rechecked_at,
    d.updated_at,
    d.symbol_id
   FROM days d
     JOIN exchanges e ON d.exchange_id = e.id;
COMMENT ON VIEW coverage_daily_named IS 'Per symbol, data set and UTC day, how many seconds are present, confirmed absent, unreachable and missing so far; also of wanted days nothing is known of yet. Of candles, only closed ones that open in what is wanted can be missing.';

-- Columns: exchange text, symbol text, exchange_symbol text, data_set text, timeframe text, registered_at timestamp with time zone, history_from date, completed_at timestamp with time zone, is_tracked boolean, symbol_id integer
CREATE VIEW registrations_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    r.data_set,
    r.timeframe,
    r.registered_at,
    r.history_from,
    r.completed_at,
    s.is_tracked,
    r.symbol_id
   FROM registrations r
     JOIN symbols s ON r.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW registrations_named IS 'registrations with exchange and symbol by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, data_set text, timeframe text, day date, attempts integer, last_attempt_at timestamp with time zone, next_attempt_at timestamp with time zone, last_problem text, symbol_id integer
CREATE VIEW repair_attempts_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    a.data_set,
    a.timeframe,
    a.day,
    a.attempts,
    a.last_attempt_at,
    a.next_attempt_at,
    a.last_problem,
    a.symbol_id
   FROM repair_attempts a
     JOIN symbols s ON a.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW repair_attempts_named IS 'repair_attempts with exchange and symbol by name.';

CREATE TABLE conversion_rates (
    timestamp timestamp with time zone NOT NULL,
    from_currency text NOT NULL,
    to_currency text NOT NULL,
    rate numeric NOT NULL,
    symbol_id integer,
    valid_until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_conversion_rates PRIMARY KEY (from_currency, to_currency, "timestamp"),
    CONSTRAINT fk_conversion_rates_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_currencies CHECK (is_valid_name(from_currency) AND is_valid_name(to_currency)),
    CONSTRAINT chk_rate CHECK (rate > 0::numeric AND rate < 'Infinity'::numeric),
    CONSTRAINT chk_two_currencies CHECK (from_currency <> to_currency),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone),
    CONSTRAINT chk_valid_until CHECK (valid_until > "timestamp")
);
CREATE INDEX idx_conversion_rates_time ON conversion_rates USING btree ("timestamp" DESC);
CREATE INDEX idx_conversion_rates_valid ON conversion_rates USING btree (valid_until) WHERE valid_until IS NOT NULL;
SELECT create_hypertable('conversion_rates', by_range('timestamp', INTERVAL '7 days'), create_default_indexes => false);
COMMENT ON TABLE conversion_rates IS 'What one unit of a currency is exchanged for. Source: computed from books with every beat, or a person: INSERT INTO conversion_rates (timestamp, from_currency, to_currency, rate, valid_until).';
COMMENT ON COLUMN conversion_rates.timestamp IS 'The beat it is of, or since when it holds, UTC.';
COMMENT ON COLUMN conversion_rates.from_currency IS 'What is given.';
COMMENT ON COLUMN conversion_rates.to_currency IS 'What is got.';
COMMENT ON COLUMN conversion_rates.rate IS 'Units of to_currency got per unit of from_currency.';
COMMENT ON COLUMN conversion_rates.symbol_id IS 'The pair whose book it was taken from; null where a person entered it.';
COMMENT ON COLUMN conversion_rates.valid_until IS 'From when on it is not used; null: it ages like the rates of books.';
COMMENT ON COLUMN conversion_rates.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE arbitrage_beats (
    timestamp timestamp with time zone NOT NULL,
    exchange_id integer NOT NULL,
    book_count integer NOT NULL,
    stale_count integer NOT NULL,
    crossed_count integer NOT NULL,
    no_fee_count integer NOT NULL,
    alone_count integer NOT NULL,
    pair_count integer NOT NULL,
    no_conversion_count integer NOT NULL,
    no_funding_count integer NOT NULL,
    apart_count integer NOT NULL,
    no_balance_count integer NOT NULL,
    opportunity_count integer NOT NULL,
    best_net_bps numeric,
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    too_small_count integer DEFAULT 0 NOT NULL,
    CONSTRAINT pk_arbitrage_beats PRIMARY KEY (exchange_id, "timestamp"),
    CONSTRAINT fk_arbitrage_beats_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT chk_best_net_bps CHECK (best_net_bps > '-Infinity'::numeric AND best_net_bps < 'Infinity'::numeric),
    CONSTRAINT chk_counts CHECK (book_count >= 0 AND stale_count >= 0 AND crossed_count >= 0 AND no_fee_count >= 0 AND alone_count >= 0 AND pair_count >= 0 AND no_conversion_count >= 0 AND no_funding_count >= 0 AND apart_count >= 0 AND no_balance_count >= 0 AND opportunity_count >= 0),
    CONSTRAINT chk_too_small_count CHECK (too_small_count >= 0),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_arbitrage_beats_time ON arbitrage_beats USING btree ("timestamp" DESC);
SELECT create_hypertable('arbitrage_beats', by_range('timestamp', INTERVAL '1 day'), create_default_indexes => false);
COMMENT ON TABLE arbitrage_beats IS 'What opportunities were computed from, per beat and exchange to buy at, and what was left out and why. Source: computed.';
COMMENT ON COLUMN arbitrage_beats.timestamp IS 'The beat, UTC; as collections.timestamp.';
COMMENT ON COLUMN arbitrage_beats.exchange_id IS 'The exchange to buy at.';
COMMENT ON COLUMN arbitrage_beats.book_count IS 'Books of it that were there.';
COMMENT ON COLUMN arbitrage_beats.stale_count IS 'Of those, left out for their age.';
COMMENT ON COLUMN arbitrage_beats.crossed_count IS 'Of those, left out because the best bid is not below the best ask.';
COMMENT ON COLUMN arbitrage_beats.no_fee_count IS 'Of those, left out because the taker fee is not known.';
COMMENT ON COLUMN arbitrage_beats.alone_count IS 'Of those, left out because no other exchange has a book of the same base.';
COMMENT ON COLUMN arbitrage_beats.pair_count IS 'Pairs of a book to buy at and one to sell at.';
COMMENT ON COLUMN arbitrage_beats.no_conversion_count IS 'Of those pairs, left out for want of a fresh rate between their quote currencies.';
COMMENT ON COLUMN arbitrage_beats.no_funding_count IS 'Of those pairs, left out for want of a fresh funding rate.';
COMMENT ON COLUMN arbitrage_beats.apart_count IS 'Of those pairs, left out because too much time lies between their two books.';
COMMENT ON COLUMN arbitrage_beats.no_balance_count IS 'Of those pairs, profitable ones the accounts hold nothing for.';
COMMENT ON COLUMN arbitrage_beats.opportunity_count IS 'Opportunities that were stored.';
COMMENT ON COLUMN arbitrage_beats.best_net_bps IS 'net_bps of the best of them, hundredths of a percent; null where there is none.';
COMMENT ON COLUMN arbitrage_beats.computed_at IS 'When it was last computed. Source: database clock.';
COMMENT ON COLUMN arbitrage_beats.too_small_count IS 'Of those pairs, left out because what both books (and accounts) hold is no order: less than the smallest step of the quantity, than the smallest quantity or than the smallest value, of either symbol.';

CREATE TABLE order_book_levels (
    timestamp timestamp with time zone NOT NULL,
    symbol_id integer NOT NULL,
    side text NOT NULL,
    level smallint NOT NULL,
    price numeric NOT NULL,
    quantity numeric NOT NULL,
    exchange_timestamp timestamp with time zone,
    CONSTRAINT pk_order_book_levels PRIMARY KEY (symbol_id, "timestamp", side, level),
    CONSTRAINT fk_order_book_levels_symbol FOREIGN KEY (symbol_id) REFERENCES symbols(id),
    CONSTRAINT chk_level CHECK (level > 0),
    CONSTRAINT chk_price CHECK (price > 0::numeric AND price < 'Infinity'::numeric),
    CONSTRAINT chk_quantity CHECK (quantity > 0::numeric AND quantity < 'Infinity'::numeric),
    CONSTRAINT chk_side CHECK (side = ANY (ARRAY['bid'::text, 'ask'::text])),
    CONSTRAINT chk_valid_timestamp CHECK ("timestamp" >= '2020-01-01 00:00:00+00'::timestamp with time zone AND "timestamp" < 'infinity'::timestamp with time zone)
);
CREATE INDEX idx_order_book_levels_time ON order_book_levels USING btree ("timestamp" DESC);
SELECT create_hypertable('order_book_levels', by_range('timestamp', INTERVAL '00:30:00'), create_default_indexes => false);
COMMENT ON TABLE order_book_levels IS 'Order books to the depth of ARB_ORDER_BOOK_LEVELS, sampled with the beat; empty where that is 0. Source: exchange REST API.';
COMMENT ON COLUMN order_book_levels.timestamp IS 'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN order_book_levels.symbol_id IS 'Whose book.';
COMMENT ON COLUMN order_book_levels.side IS 'bid or ask.';
COMMENT ON COLUMN order_book_levels.level IS '1 is the best price.';
COMMENT ON COLUMN order_book_levels.price IS 'Price, quote units per base unit.';
COMMENT ON COLUMN order_book_levels.quantity IS 'Quantity at that price: base units on spot, contracts on futures.';
COMMENT ON COLUMN order_book_levels.exchange_timestamp IS 'Time the exchange gave it; null where it sends none. Source: exchange clock.';

-- Columns: timestamp timestamp with time zone, from_currency text, to_currency text, rate numeric, exchange text, exchange_symbol text, valid_until timestamp with time zone, created_at timestamp with time zone, symbol_id integer
CREATE VIEW conversion_rates_named AS
SELECT r."timestamp",
    r.from_currency,
    r.to_currency,
    r.rate,
    e.enum_value AS exchange,
    s.exchange_symbol,
    r.valid_until,
    r.created_at,
    r.symbol_id
   FROM conversion_rates r
     LEFT JOIN symbols s ON r.symbol_id = s.id
     LEFT JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW conversion_rates_named IS 'conversion_rates with the exchange and the pair each was taken from by name.';

-- Columns: buy_exchange text, timestamp timestamp with time zone, book_count integer, stale_count integer, crossed_count integer, no_fee_count integer, alone_count integer, pair_count integer, no_conversion_count integer, no_funding_count integer, apart_count integer, no_balance_count integer, opportunity_count integer, best_net_bps numeric, computed_at timestamp with time zone, exchange_id integer, too_small_count integer
CREATE VIEW arbitrage_beats_named AS
SELECT e.enum_value AS buy_exchange,
    b."timestamp",
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
    b.exchange_id,
    b.too_small_count
   FROM arbitrage_beats b
     JOIN exchanges e ON b.exchange_id = e.id;
COMMENT ON VIEW arbitrage_beats_named IS 'arbitrage_beats with the exchange by name.';

-- Columns: exchange text, symbol text, exchange_symbol text, timestamp timestamp with time zone, side text, level smallint, price numeric, quantity numeric, exchange_timestamp timestamp with time zone, symbol_id integer
CREATE VIEW order_book_levels_named AS
SELECT e.enum_value AS exchange,
    (s.symbol_base || '/'::text) || s.symbol_quote AS symbol,
    s.exchange_symbol,
    b."timestamp",
    b.side,
    b.level,
    b.price,
    b.quantity,
    b.exchange_timestamp,
    b.symbol_id
   FROM order_book_levels b
     JOIN symbols s ON b.symbol_id = s.id
     JOIN exchanges e ON s.exchange_id = e.id;
COMMENT ON VIEW order_book_levels_named IS 'order_book_levels with exchange and symbol by name.';

-- Columns: exchange text, asset_name text, timestamp timestamp with time zone, reference_currency text, quantity numeric, unexplained_quantity numeric, current_price numeric, price_route text, priced_at timestamp with time zone, average_entry_price numeric, value numeric, unrealised_profit numeric, unrealised_profit_percent numeric, realised_profit numeric, balance_at timestamp with time zone, note text, created_at timestamp with time zone, exchange_id integer, id bigint
CREATE VIEW portfolio_items_named AS
SELECT e.enum_value AS exchange,
    p.asset_name,
    p."timestamp",
    p.reference_currency,
    p.quantity,
    p.unexplained_quantity,
    p.current_price,
    p.price_route,
    p.priced_at,
    p.average_entry_price,
    p.value,
    p.unrealised_profit,
    p.unrealised_profit_percent,
    p.realised_profit,
    p.balance_at,
    p.note,
    p.created_at,
    p.exchange_id,
    p.id
   FROM portfolio_items p
     JOIN exchanges e ON p.exchange_id = e.id;
COMMENT ON VIEW portfolio_items_named IS 'portfolio_items with the exchange by name.';

CREATE TABLE portfolio_ledgers (
    exchange_id integer NOT NULL,
    reference_currency text NOT NULL,
    booked_until timestamp with time zone NOT NULL,
    inputs text NOT NULL,
    positions jsonb NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT pk_portfolio_ledgers PRIMARY KEY (exchange_id, reference_currency),
    CONSTRAINT fk_portfolio_ledgers_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges(id),
    CONSTRAINT chk_inputs CHECK (char_length(inputs) >= 1 AND char_length(inputs) <= 128),
    CONSTRAINT chk_positions CHECK (jsonb_typeof(positions) = 'object'::text),
    CONSTRAINT chk_reference_currency CHECK (is_valid_name(reference_currency))
);
COMMENT ON TABLE portfolio_ledgers IS 'Positions of each account up to a moment, from which valuing goes on; may be emptied at any time: the next valuation then books all fills again. Source: computed from fills and candles.';
COMMENT ON COLUMN portfolio_ledgers.exchange_id IS 'Whose account.';
COMMENT ON COLUMN portfolio_ledgers.reference_currency IS 'What costs and profits are given in.';
COMMENT ON COLUMN portfolio_ledgers.booked_until IS 'Fills before this moment are in it.';
COMMENT ON COLUMN portfolio_ledgers.inputs IS 'Fingerprint of all it was computed from; where it has changed, all fills are booked again.';
COMMENT ON COLUMN portfolio_ledgers.positions IS 'By asset the fields of a position, numbers as text: a saved state, not for queries.';
COMMENT ON COLUMN portfolio_ledgers.computed_at IS 'When it was stored. Source: database clock.';
