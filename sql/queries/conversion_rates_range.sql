-- Conversion rates. $1 and $2 the window, half-open.
SELECT
    timestamp,
    from_currency,
    to_currency,
    rate,
    exchange,
    exchange_symbol,
    valid_until,
    symbol_id
FROM conversion_rates_named
WHERE timestamp >= $1 AND timestamp < $2
ORDER BY from_currency, to_currency, timestamp
