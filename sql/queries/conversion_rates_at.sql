-- The rate between every two currencies at a moment: one entered by a person that is still valid,
-- else the newest. $1 the moment, $2 since when rates that say no end are fresh.
SELECT DISTINCT ON (r.from_currency, r.to_currency)
    r.from_currency,
    r.to_currency,
    r.rate
FROM (
    SELECT
        from_currency,
        to_currency,
        rate,
        symbol_id,
        timestamp
    FROM conversion_rates
    WHERE valid_until IS NULL AND timestamp >= $2 AND timestamp <= $1
    UNION ALL
    SELECT
        from_currency,
        to_currency,
        rate,
        symbol_id,
        timestamp
    FROM conversion_rates
    WHERE valid_until IS NOT NULL AND valid_until > $1 AND timestamp <= $1
) AS r
ORDER BY r.from_currency ASC, r.to_currency ASC, (r.symbol_id IS NULL) DESC, r.timestamp DESC
