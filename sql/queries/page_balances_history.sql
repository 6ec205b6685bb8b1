-- Samples of accounts in the order of time, zeros among them. $1 exchanges, $2 asset or null for
-- all, $3 end, $4, $5 and $6 after which time, exchange and asset, $7 rows.
SELECT
    exchange,
    asset_name,
    timestamp,
    available_balance::TEXT,
    locked_balance::TEXT,
    total_balance::TEXT,
    frozen_balance::TEXT,
    borrowing_balance::TEXT,
    interest_balance::TEXT,
    exchange_timestamp
FROM balance_snapshots_named
WHERE
    exchange = any($1::TEXT [])
    AND ($2::TEXT IS NULL OR asset_name = $2)
    AND timestamp < $3
    AND timestamp >= $4
    AND (timestamp, exchange, asset_name) > ($4, $5::TEXT, $6::TEXT)
ORDER BY timestamp, exchange, asset_name
LIMIT $7
