-- Merge the staged page into trade_snapshots; rows that already stand there with the same values
-- are not touched. $1 symbol, $2 and $3 the staged rows' window, half-open: it lets the planner
-- pass over the chunks outside.
-- Returns one row per UTC day: how many rows are new, changed and unchanged.
WITH known AS (
    SELECT
        timestamp,
        trade_id
    FROM trade_snapshots
    WHERE symbol_id = $1 AND timestamp >= $2 AND timestamp < $3
),

merged AS (
    INSERT INTO trade_snapshots AS t (
        symbol_id, timestamp, price, quantity, side, trade_id, is_synthetic_id
    )
    SELECT
        symbol_id, timestamp, price, quantity, side, trade_id, is_synthetic_id
    FROM trade_snapshots_staging
    ON CONFLICT (symbol_id, timestamp, trade_id) DO UPDATE SET
        price = excluded.price,
        quantity = excluded.quantity,
        side = excluded.side,
        is_synthetic_id = excluded.is_synthetic_id,
        received_at = excluded.received_at
    WHERE (t.price, t.quantity, t.side, t.is_synthetic_id)
        IS DISTINCT FROM (
            excluded.price, excluded.quantity, excluded.side, excluded.is_synthetic_id
        )
    RETURNING t.timestamp, t.trade_id
)

SELECT
    (s.timestamp AT TIME ZONE 'UTC')::date AS day,
    count(*) FILTER (WHERE k.trade_id IS NULL) AS inserted,
    count(*) FILTER (WHERE k.trade_id IS NOT NULL AND m.trade_id IS NOT NULL) AS updated,
    count(*) FILTER (WHERE k.trade_id IS NOT NULL AND m.trade_id IS NULL) AS unchanged
FROM trade_snapshots_staging AS s
LEFT JOIN known AS k ON s.timestamp = k.timestamp AND s.trade_id = k.trade_id
LEFT JOIN merged AS m ON s.timestamp = m.timestamp AND s.trade_id = m.trade_id
GROUP BY day
