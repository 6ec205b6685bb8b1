-- What accounts hold now, in the order of exchanges and assets. $1 exchanges, $2 asset or null for
-- all, $3 and $4 after which exchange and asset, $5 rows.
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
FROM latest_balances_named
WHERE
    exchange = any($1::TEXT [])
    AND ($2::TEXT IS NULL OR asset_name = $2)
    AND (exchange, asset_name) > ($3::TEXT, $4::TEXT)
ORDER BY exchange, asset_name
LIMIT $5
