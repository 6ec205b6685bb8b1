-- Keep refused rows with their reason; the same row refused again for the same reason is counted.
-- $1 data set, $2 symbol, $3 timeframe, $4 claimed times, $5 reasons, $6 payloads.
INSERT INTO rejected_records AS r (
    data_set, exchange_id, symbol_id, timeframe, timestamp, reason, payload
)
SELECT DISTINCT ON (d.payload, d.reason)
    $1, s.exchange_id, s.id, $3, d.claimed, d.reason, d.payload
FROM unnest($4::TIMESTAMPTZ [], $5::TEXT [], $6::TEXT []) AS d (claimed, reason, payload)
INNER JOIN symbols AS s ON s.id = $2
ON CONFLICT (data_set, exchange_id, symbol_id, timeframe, payload_hash, reason) DO UPDATE SET
    occurrences = r.occurrences + 1,
    last_seen_at = now()
