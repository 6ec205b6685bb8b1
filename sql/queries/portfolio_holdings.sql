-- What an account held: as it was last read, or last read within a window; zeros among it.
-- $1 exchange by id, $2 and $3 the window, half-open, or null for what is held now.
SELECT
    asset_name,
    timestamp,
    total_balance,
    borrowing_balance
FROM latest_balances
WHERE exchange_id = $1 AND $2::TIMESTAMPTZ IS NULL
UNION ALL
(
    SELECT DISTINCT ON (asset_name)
        asset_name,
        timestamp,
        total_balance,
        borrowing_balance
    FROM balance_snapshots
    WHERE exchange_id = $1 AND timestamp >= $2 AND timestamp < $3
    ORDER BY asset_name ASC, timestamp DESC
)
ORDER BY asset_name
