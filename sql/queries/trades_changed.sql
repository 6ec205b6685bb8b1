-- Days of trades that changed lately, or whose candles did, per symbol: the first and the last.
-- $1 symbols, $2 and $3 windows, half-open (parallel), $4 how lately.
SELECT
    t.symbol_id,
    min(t.day) AS first_day,
    max(t.day) AS last_day
FROM unnest($1::INTEGER [], $2::TIMESTAMPTZ [], $3::TIMESTAMPTZ [])
    AS l (symbol_id, start_at, end_at)
INNER JOIN coverage AS t
    ON
        l.symbol_id = t.symbol_id
        AND t.data_set = 'trades'
        AND t.timeframe = ''
        AND t.day BETWEEN (l.start_at AT TIME ZONE 'UTC')::DATE
        AND ((l.end_at - INTERVAL '1 ms') AT TIME ZONE 'UTC')::DATE
INNER JOIN coverage AS c
    ON
        t.symbol_id = c.symbol_id
        AND c.data_set = 'candles'
        AND c.timeframe = '1m'
        AND t.day = c.day
WHERE greatest(t.updated_at, c.updated_at) > now() - $4::INTERVAL
GROUP BY t.symbol_id
