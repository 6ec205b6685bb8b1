-- Candles made of shorter ones; what no candle lies in is not there. $1 symbols, $2 timeframe of
-- the stored ones, $3 timeframe wanted, $4 its length, $5 how many stored ones it holds, $6 and $7
-- the window, half-open and cut where candles open, $8 also those that are not complete.
-- Weeks begin on Monday, as 1970-01-05 did; every other length fits into a week.
WITH made AS (
    SELECT
        symbol_id,
        time_bucket($4::INTERVAL, timestamp, TIMESTAMPTZ '1970-01-05 00:00:00+00') AS opened_at,
        first(open, timestamp) AS open,
        max(high) AS high,
        min(low) AS low,
        last(close, timestamp) AS close,
        sum(volume) AS volume,
        -- A sum of which a part is not known is not known.
        CASE WHEN count(quote_volume) = count(*) THEN sum(quote_volume) END AS quote_volume,
        CASE WHEN count(trade_count) = count(*) THEN sum(trade_count)::BIGINT END AS trade_count,
        count(*) AS candle_count
    FROM candles
    WHERE
        symbol_id = any($1::INTEGER []) AND timeframe = $2
        AND timestamp >= $6 AND timestamp < $7
    GROUP BY symbol_id, opened_at
),

judged AS (
    SELECT
        m.*,
        CASE
            WHEN m.candle_count = $5::BIGINT THEN true
            -- Nothing was traded in what the exchange has nothing of: that is all there is.
            ELSE coalesce((
                SELECT
                    range_agg(c.present + c.absent)
                    @> tstzrange(m.opened_at, m.opened_at + $4::INTERVAL)
                FROM coverage AS c
                WHERE
                    c.symbol_id = m.symbol_id AND c.data_set = 'candles' AND c.timeframe = $2
                    AND c.day >= (m.opened_at AT TIME ZONE 'UTC')::DATE
                    AND c.day < (m.opened_at AT TIME ZONE 'UTC')::DATE + 8
            ), false)
        END AS is_complete
    FROM made AS m
)

SELECT
    symbol_id,
    $3::TEXT AS timeframe,
    opened_at AS timestamp,
    open,
    high,
    low,
    close,
    volume,
    quote_volume,
    trade_count,
    candle_count,
    $5::BIGINT AS expected_count,
    is_complete
FROM judged
WHERE is_complete OR $8::BOOLEAN
ORDER BY symbol_id, opened_at
