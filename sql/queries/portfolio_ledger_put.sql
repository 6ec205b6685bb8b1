-- Keep the positions of an account; those of a later moment stay. $1 exchange by id, $2 reference
-- currency, $3 until when fills are in them, $4 fingerprint of what they are of, $5 JSON.
INSERT INTO portfolio_ledgers AS l (
    exchange_id, reference_currency, booked_until, inputs, positions
)
VALUES ($1, $2, $3, $4, $5::JSONB)
ON CONFLICT (exchange_id, reference_currency) DO UPDATE SET
    booked_until = excluded.booked_until,
    inputs = excluded.inputs,
    positions = excluded.positions,
    computed_at = now()
WHERE l.booked_until <= excluded.booked_until
