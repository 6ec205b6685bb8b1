-- The booked positions of an account. $1 exchange by id, $2 reference currency.
SELECT
    (extract(EPOCH FROM booked_until) * 1000)::BIGINT AS booked_until,
    inputs,
    positions
FROM portfolio_ledgers
WHERE exchange_id = $1 AND reference_currency = $2
