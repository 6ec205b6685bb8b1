-- Which candles of some symbols are stored of the days before a moment, as sums of hashes: every
-- page of candles marks the coverage of its days when it is stored. $1 symbols, $2 timeframe,
-- $3 the moment, a midnight.
SELECT
    symbol_id,
    count(*) AS days,
    sum(hash_record_extended(row(day, updated_at), 0)) AS hash
FROM coverage
WHERE
    symbol_id = any($1::INTEGER []) AND data_set = 'candles' AND timeframe = $2
    AND day < ($3::TIMESTAMPTZ AT TIME ZONE 'UTC')::DATE
GROUP BY symbol_id
ORDER BY symbol_id
