-- Keep refused listings with their reason. $1 exchange, $2 reasons, $3 payloads.
INSERT INTO rejected_records AS r (data_set, exchange_id, reason, payload)
SELECT DISTINCT 'symbols', $1::INTEGER, d.reason, d.payload
FROM unnest($2::TEXT [], $3::TEXT []) AS d (reason, payload)
ON CONFLICT (data_set, exchange_id, symbol_id, timeframe, payload_hash, reason) DO UPDATE SET
    occurrences = r.occurrences + 1,
    last_seen_at = now()
