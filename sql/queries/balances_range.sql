-- Balances of some accounts, zeros among them. $1 exchanges by id, $2 and $3 the window, half-open.
SELECT
    e.enum_value AS exchange,
    b.exchange_id,
    b.asset_name,
    b.timestamp,
    b.available_balance,
    b.locked_balance,
    b.total_balance,
    b.frozen_balance,
    b.borrowing_balance,
    b.interest_balance,
    b.exchange_timestamp,
    b.created_at
FROM balance_snapshots AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id
WHERE b.exchange_id = any($1::INTEGER []) AND b.timestamp >= $2 AND b.timestamp < $3
ORDER BY b.exchange_id, b.asset_name, b.timestamp
