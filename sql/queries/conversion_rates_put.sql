-- Store the rates of a beat; one that a person entered for the same moment stays. $1 the beat,
-- $2 from, $3 to, $4 rates as text, $5 symbols.
INSERT INTO conversion_rates AS c (timestamp, from_currency, to_currency, rate, symbol_id)
SELECT
    $1,
    r.from_currency,
    r.to_currency,
    r.rate::NUMERIC,
    r.symbol_id
FROM unnest($2::TEXT [], $3::TEXT [], $4::TEXT [], $5::INTEGER []) AS r (
    from_currency, to_currency, rate, symbol_id
)
ON CONFLICT (from_currency, to_currency, timestamp) DO UPDATE SET
    rate = excluded.rate,
    symbol_id = excluded.symbol_id
WHERE
    c.symbol_id IS NOT NULL
    AND (c.rate, c.symbol_id) IS DISTINCT FROM (excluded.rate, excluded.symbol_id)
