-- Store windows of order flow. What stands there is replaced by what comes of as many books, or
-- trades, or more; what comes of fewer (they were dropped since) changes nothing, and rows that say
-- the same are not touched. $1 length in seconds, $2 to $10 the columns, a window a place; numbers
-- come as text, times as milliseconds. Returns how many rows are new, and how many were changed.
WITH given AS (
    SELECT
        r.symbol_id,
        TIMESTAMPTZ 'epoch' + r.ends_at * INTERVAL '1 millisecond' AS timestamp,
        r.ofi_score::NUMERIC AS ofi_score,
        r.microprice::NUMERIC AS microprice,
        r.volume_imbalance::NUMERIC AS volume_imbalance,
        r.buy_volume::NUMERIC AS buy_volume,
        r.sell_volume::NUMERIC AS sell_volume,
        r.book_count,
        r.trade_count
    FROM unnest(
        $2::INTEGER [], $3::BIGINT [], $4::TEXT [], $5::TEXT [], $6::TEXT [], $7::TEXT [],
        $8::TEXT [], $9::INTEGER [], $10::INTEGER []
    ) AS r (
        symbol_id, ends_at, ofi_score, microprice, volume_imbalance, buy_volume, sell_volume,
        book_count, trade_count
    )
),

put AS (
    INSERT INTO order_flow_metrics AS m (
        symbol_id, timestamp, window_seconds, ofi_score, microprice, volume_imbalance, buy_volume,
        sell_volume, book_count, trade_count
    )
    SELECT
        g.symbol_id,
        g.timestamp,
        $1,
        CASE
            WHEN g.book_count < o.book_count THEN o.ofi_score
            ELSE coalesce(g.ofi_score, o.ofi_score)
        END,
        CASE
            WHEN g.book_count < o.book_count THEN o.microprice
            ELSE coalesce(g.microprice, o.microprice)
        END,
        CASE WHEN t.is_better THEN g.volume_imbalance ELSE o.volume_imbalance END,
        CASE WHEN t.is_better THEN g.buy_volume ELSE o.buy_volume END,
        CASE WHEN t.is_better THEN g.sell_volume ELSE o.sell_volume END,
        greatest(g.book_count, o.book_count),
        CASE WHEN t.is_better THEN g.trade_count ELSE coalesce(o.trade_count, 0) END
    FROM given AS g
    LEFT JOIN order_flow_metrics AS o
        ON
            g.symbol_id = o.symbol_id AND g.timestamp = o.timestamp AND o.window_seconds = $1
    CROSS JOIN LATERAL (
        SELECT
            g.buy_volume IS NOT NULL
            AND (o.buy_volume IS NULL OR g.trade_count >= o.trade_count) AS is_better
    ) AS t
    ON CONFLICT (symbol_id, timestamp, window_seconds) DO UPDATE SET
        ofi_score = excluded.ofi_score,
        microprice = excluded.microprice,
        volume_imbalance = excluded.volume_imbalance,
        buy_volume = excluded.buy_volume,
        sell_volume = excluded.sell_volume,
        book_count = excluded.book_count,
        trade_count = excluded.trade_count
    WHERE (
        m.ofi_score, m.microprice, m.volume_imbalance, m.buy_volume, m.sell_volume, m.book_count,
        m.trade_count
    )
        IS DISTINCT FROM (
            excluded.ofi_score, excluded.microprice, excluded.volume_imbalance,
            excluded.buy_volume, excluded.sell_volume, excluded.book_count, excluded.trade_count
        )
    RETURNING m.symbol_id, m.timestamp
)

SELECT
    count(*) FILTER (WHERE o.symbol_id IS NULL) AS inserted,
    count(*) FILTER (WHERE o.symbol_id IS NOT NULL) AS updated
FROM put AS p
LEFT JOIN order_flow_metrics AS o
    ON p.symbol_id = o.symbol_id AND p.timestamp = o.timestamp AND o.window_seconds = $1
