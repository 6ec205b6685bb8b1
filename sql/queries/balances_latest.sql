-- What accounts hold now; what is gone is left out. $1 exchanges or null for all, $2 assets or
-- null for all.
-- Why a table and not the samples themselves: of 14 days of samples, DISTINCT ON reads everything;
-- one LIMIT 1 per asset plans over 56 chunks and then takes as long as this takes three times; the
-- newest sample of each exchange is fast, but lacks what was refused of it; and a bound on time
-- forgets an exchange that is down. What is held is written with each sample, to find what is gone.
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
