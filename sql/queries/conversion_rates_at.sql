-- The rate between every two currencies at a moment: one entered by a person that is still valid,
-- else the newest. $1 the moment, $2 since when rates that say no end are fresh.
SELECT DISTINCT ON (from_currency, to_currency)
    from_currency,
    to_currency,
    rate
FROM conversion_rates
WHERE
    timestamp <= $1
    AND CASE WHEN valid_until IS NULL THEN timestamp >= $2 ELSE valid_until > $1 END
ORDER BY from_currency ASC, to_currency ASC, (symbol_id IS NULL) DESC, timestamp DESC
