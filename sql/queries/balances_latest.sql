-- What accounts hold now; what is gone is left out. $1 exchanges or null for all, $2 assets or
-- null for all.
-- Reads one row per account and asset: see why in the migration that made latest_balances.
SELECT
    exchange,
    asset_name,
    timestamp,
    available_balance,
    locked_balance,
    total_balance,
    frozen_balance,
    borrowing_balance,
    interest_balance,
    exchange_timestamp,
    exchange_id
FROM latest_balances_named
WHERE
    ($1::TEXT [] IS NULL OR exchange = any($1::TEXT []))
    AND ($2::TEXT [] IS NULL OR asset_name = any($2::TEXT []))
ORDER BY exchange, asset_name
