-- Stored balances that cannot be: the schema refuses them, so any row means that a constraint is
-- gone. $1 since when. At most 100 rows.
SELECT
    e.enum_value AS exchange,
    b.asset_name,
    b.timestamp AS last_at,
    b.available_balance,
    b.locked_balance
FROM balance_snapshots AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id
WHERE
    b.timestamp >= $1
    AND NOT (
        b.available_balance >= 0 AND b.available_balance < 'Infinity'
        AND b.locked_balance >= 0 AND b.locked_balance < 'Infinity'
    )
ORDER BY b.timestamp DESC
LIMIT 100
