-- How many rows of a data set were refused, per symbol and reason, in a window of claimed times.
-- $1 data set, $2 symbols, $3 and $4 the window, half-open.
SELECT
    symbol_id,
    timeframe,
    reason,
    sum(occurrences) AS occurrences,
    max(last_seen_at) AS last_seen_at
FROM rejected_records
WHERE
    data_set = $1 AND symbol_id = any($2::integer []) AND timestamp >= $3 AND timestamp < $4
GROUP BY symbol_id, timeframe, reason
ORDER BY last_seen_at DESC
