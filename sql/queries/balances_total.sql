-- What all accounts together hold now, per asset. $1 assets or null for all.
SELECT
    asset_name,
    sum(available_balance) AS available_balance,
    sum(locked_balance) AS locked_balance,
    sum(total_balance) AS total_balance,
    count(*) AS exchange_count,
    min(timestamp) AS oldest
FROM latest_balances_named
WHERE $1::TEXT [] IS NULL OR asset_name = any($1::TEXT [])
GROUP BY asset_name
ORDER BY asset_name
