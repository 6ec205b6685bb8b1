-- Keep refused rows with their reason; the same row refused again for the same reason is counted.
-- $1 data set, $2 exchange of rows without a symbol, $3 timeframe, $4 symbols or null,
-- $5 claimed times, $6 reasons, $7 payloads.
INSERT INTO rejected_records AS r (
    data_set, exchange_id, symbol_id, timeframe, timestamp, reason, payload
)
SELECT DISTINCT ON (s.id, d.payload, d.reason)
    $1,
    coalesce(s.exchange_id, $2::INTEGER),
    s.id,
    $3,
    d.claimed,
    d.reason,
    d.payload
FROM unnest($4::INTEGER [], $5::TIMESTAMPTZ [], $6::TEXT [], $7::TEXT [])
    AS d (symbol_id, claimed, reason, payload)
LEFT JOIN symbols AS s ON d.symbol_id = s.id
ON CONFLICT (data_set, exchange_id, symbol_id, timeframe, payload_hash, reason) DO UPDATE SET
    -- A sample that is refused again claims a later time; a candle always claims the same.
    timestamp = coalesce(excluded.timestamp, r.timestamp),
    occurrences = r.occurrences + 1,
    last_seen_at = now()
