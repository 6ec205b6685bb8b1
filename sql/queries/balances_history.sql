-- What was held of one asset, sample by sample, zeros among them. $1 asset, $2 since when,
-- $3 exchange or null for all. The planner passes over the chunks before $2.
SELECT
    e.enum_value AS exchange,
    b.asset_name,
    b.timestamp,
    b.available_balance,
    b.locked_balance,
    b.total_balance,
    b.frozen_balance,
    b.borrowing_balance,
    b.interest_balance,
    b.exchange_timestamp,
    b.exchange_id
FROM balance_snapshots AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id
WHERE
    b.asset_name = $1 AND b.timestamp >= $2
    AND ($3::TEXT IS NULL OR e.enum_value = $3::TEXT)
ORDER BY b.timestamp, e.enum_value
