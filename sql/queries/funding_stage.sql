-- Where a page of settled funding waits before it is merged. One per writer connection; empty
-- after every transaction. Typed like the target, so that what the schema refuses is refused here.
CREATE TEMPORARY TABLE IF NOT EXISTS funding_rate_snapshots_staging (
    symbol_id integer NOT NULL,
    timestamp timestamptz NOT NULL,
    funding_time bigint NOT NULL,
    funding_rate numeric,
    funding_interval_hours numeric,
    mark_price numeric,
    is_settled boolean NOT NULL
) ON COMMIT DELETE ROWS
