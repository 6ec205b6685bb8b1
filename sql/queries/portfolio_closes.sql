-- The newest close some symbols had at some moments, no older than a time; none where there is no
-- such candle. $1 symbols and $2 moments, a pair at a time, $3 timeframe, $4 its length, $5 how old
-- a close may be, $6 and $7 the first and last of the moments: chunks beyond are passed over.
SELECT
    w.symbol_id,
    w.moment,
    c.close,
    c.timestamp + $4::INTERVAL AS closed_at
FROM unnest($1::INTEGER [], $2::TIMESTAMPTZ []) AS w (symbol_id, moment)
CROSS JOIN LATERAL (
    SELECT
        k.close,
        k.timestamp
    FROM candles AS k
    WHERE
        k.symbol_id = w.symbol_id AND k.timeframe = $3
        AND k.timestamp <= w.moment - $4::INTERVAL
        AND k.timestamp > w.moment - $4::INTERVAL - $5::INTERVAL
        AND k.timestamp > $6::TIMESTAMPTZ - $4::INTERVAL - $5::INTERVAL
        AND k.timestamp <= $7::TIMESTAMPTZ - $4::INTERVAL
    ORDER BY k.timestamp DESC
    LIMIT 1
) AS c
