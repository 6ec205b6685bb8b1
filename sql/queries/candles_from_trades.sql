-- Candles made of stored trades, exactly: open and close by time and, within a millisecond, by the
-- exchange's id, which is a number of which the longer is the larger. Volume is in base units.
-- $1 symbol, $2 and $3 the window, half-open, $4 the length of the candles. A stretch without a
-- trade has no row.
SELECT
    time_bucket($4::interval, t.timestamp) AS open_time,
    (array_agg(t.price ORDER BY t.timestamp, char_length(t.trade_id), t.trade_id))[1] AS open,
    max(t.price) AS high,
    min(t.price) AS low,
    (
        array_agg(
            t.price ORDER BY t.timestamp DESC, char_length(t.trade_id) DESC, t.trade_id DESC
        )
    )[1] AS close,
    sum(t.quantity * s.contract_size) AS volume
FROM trade_snapshots AS t
INNER JOIN symbols AS s ON t.symbol_id = s.id
WHERE t.symbol_id = $1 AND t.timestamp >= $2 AND t.timestamp < $3
GROUP BY open_time
ORDER BY open_time
