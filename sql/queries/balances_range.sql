-- Balances of some accounts, zeros among them. $1 exchanges by id, $2 and $3 the window, half-open.
SELECT
    exchange_id,
    asset_name,
    timestamp,
    available_balance,
    locked_balance,
    total_balance,
    frozen_balance,
    borrowing_balance,
    interest_balance,
    exchange_timestamp,
    created_at
FROM balance_snapshots
WHERE exchange_id = any($1::INTEGER []) AND timestamp >= $2 AND timestamp < $3
ORDER BY exchange_id, asset_name, timestamp
