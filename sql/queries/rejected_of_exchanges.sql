-- How many rows of a data set some exchanges sent that were refused, per symbol (null where it is
-- none's) and reason. $1 data set, $2 exchanges by id, $3 and $4 the window of refusing, half-open.
SELECT
    exchange_id,
    symbol_id,
    reason,
    sum(occurrences) AS occurrences,
    max(last_seen_at) AS last_seen_at
FROM rejected_records
WHERE
    data_set = $1 AND exchange_id = any($2::INTEGER []) AND last_seen_at >= $3
    AND last_seen_at < $4
GROUP BY exchange_id, symbol_id, reason
ORDER BY last_seen_at DESC
