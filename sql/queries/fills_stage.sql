-- Where a page of own fills waits before it is merged. One per writer connection; empty after
-- every transaction. Typed like the target, so that what the schema refuses is refused here too.
CREATE TEMPORARY TABLE IF NOT EXISTS account_trades_staging (
    symbol_id integer NOT NULL,
    timestamp timestamptz NOT NULL,
    price numeric,
    quantity numeric,
    side text,
    trade_id text NOT NULL,
    order_id text,
    quote_quantity numeric,
    fee numeric,
    fee_asset text,
    is_maker boolean
) ON COMMIT DELETE ROWS
