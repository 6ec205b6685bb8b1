-- The extension, what checks and down migrations call, and the exchanges all tables point to.
-- Locks: only on what is created here.

SET LOCAL client_min_messages = error; -- silences the extension's welcome banner, not errors
CREATE EXTENSION IF NOT EXISTS timescaledb;
RESET client_min_messages;

CREATE FUNCTION require_empty(VARIADIC relations TEXT []) RETURNS VOID LANGUAGE plpgsql AS $$
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
$$;
COMMENT ON FUNCTION require_empty(TEXT []) IS
'Refuses, in a down migration, to drop tables that hold rows, unless arb.allow_data_loss is on.';

-- Names are whatever the exchanges really list, so only their length, white space and controls are
-- judged. The classes of the "C" locale know ASCII only: the rest of Unicode's is listed.
CREATE FUNCTION is_valid_name(name TEXT) RETURNS BOOLEAN LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT
    char_length(name) BETWEEN 1 AND 64
    AND name !~ '[[:space:][:cntrl:]\u0080-\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]'
$$;
COMMENT ON FUNCTION is_valid_name(TEXT) IS
'Whether a symbol or asset name has 1 to 64 characters, none of them white space or control.';

CREATE TABLE exchanges (
    id INTEGER GENERATED ALWAYS AS IDENTITY,
    enum_value TEXT NOT NULL,
    company TEXT NOT NULL,
    market_type TEXT NOT NULL,
    exchange_name TEXT NOT NULL,
    is_active BOOLEAN NOT NULL DEFAULT true,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_exchanges PRIMARY KEY (id),
    CONSTRAINT uq_exchanges_enum_value UNIQUE (enum_value),
    CONSTRAINT chk_enum_format CHECK (enum_value ~ '^[A-Z][A-Z0-9]*_(SPOT|FUTURES)$'),
    CONSTRAINT chk_enum_parts CHECK (enum_value = company || '_' || market_type),
    CONSTRAINT chk_exchange_name CHECK (char_length(exchange_name) BETWEEN 1 AND 64)
);

INSERT INTO exchanges (enum_value, company, market_type, exchange_name) VALUES
('BINANCE_SPOT', 'BINANCE', 'SPOT', 'Binance Spot'),
('BINANCE_FUTURES', 'BINANCE', 'FUTURES', 'Binance USDⓈ-M Futures'),
('MEXC_SPOT', 'MEXC', 'SPOT', 'MEXC Spot'),
('GATEIO_SPOT', 'GATEIO', 'SPOT', 'Gate Spot'),
('GATEIO_FUTURES', 'GATEIO', 'FUTURES', 'Gate USDT Futures'),
('BYBIT_SPOT', 'BYBIT', 'SPOT', 'Bybit Spot'),
('BYBIT_FUTURES', 'BYBIT', 'FUTURES', 'Bybit Linear Futures');

COMMENT ON TABLE exchanges IS 'One market of one company. Source: the project''s own list.';
COMMENT ON COLUMN exchanges.id IS 'Key used by every other table.';
COMMENT ON COLUMN exchanges.enum_value IS
'{COMPANY}_{MARKET_TYPE}, the name used in settings, code and partitions.';
COMMENT ON COLUMN exchanges.company IS 'Who runs it; credentials and rate budget belong to it.';
COMMENT ON COLUMN exchanges.market_type IS 'SPOT, or FUTURES for USDT-margined perpetuals.';
COMMENT ON COLUMN exchanges.exchange_name IS 'Name for people.';
COMMENT ON COLUMN exchanges.is_active IS 'Whether this installation may collect from it.';
COMMENT ON COLUMN exchanges.created_at IS 'When the row was stored. Source: database clock.';
