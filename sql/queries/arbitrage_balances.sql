-- What every account had available. $1 since when, $2 until when (not included).
SELECT DISTINCT ON (b.exchange_id, b.asset_name)
    e.enum_value AS exchange,
    b.asset_name,
    b.available_balance
FROM balance_snapshots AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id
WHERE b.timestamp >= $1 AND b.timestamp < $2
ORDER BY b.exchange_id ASC, b.asset_name ASC, b.timestamp DESC
