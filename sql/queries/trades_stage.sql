-- Where a page of trades waits before it is merged. One per writer connection; empty after every
-- transaction. Typed like the target, so that what the schema refuses is refused here too.
CREATE TEMPORARY TABLE IF NOT EXISTS trade_snapshots_staging (
    symbol_id integer NOT NULL,
    timestamp timestamptz NOT NULL,
    price numeric,
    quantity numeric,
    side text,
    trade_id text NOT NULL,
    is_synthetic_id boolean NOT NULL
) ON COMMIT DELETE ROWS
