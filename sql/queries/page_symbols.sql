-- Symbols by id, with how far the backfill of tracked ones is, in percent (null before it begins).
-- $1 exchanges, $2 those that can be traded or not, $3 tracked ones or not, null for both, $4 ids
-- or null for all, $5 after which id, $6 rows.
WITH page AS (
    SELECT
        e.enum_value AS exchange,
        s.symbol_base || '/' || s.symbol_quote AS symbol,
        s.*
    FROM symbols AS s
    INNER JOIN exchanges AS e ON s.exchange_id = e.id
    WHERE
        e.enum_value = any($1::TEXT [])
        AND ($2::BOOLEAN IS NULL OR s.is_active = $2)
        AND ($3::BOOLEAN IS NULL OR s.is_tracked = $3)
        AND ($4::INTEGER [] IS NULL OR s.id = any($4))
        AND s.id > $5::INTEGER
    ORDER BY s.id
    LIMIT $6
)

SELECT
    p.id,
    p.exchange,
    p.symbol,
    p.exchange_symbol,
    p.is_active,
    p.is_tracked,
    CASE WHEN p.is_tracked THEN p.tracked_at END AS tracked_at,
    CASE
        WHEN NOT p.is_tracked THEN null
        WHEN b.history_from IS NULL THEN 'pending'
        WHEN b.is_complete THEN 'complete'
        ELSE 'filling'
    END AS backfill_state,
    CASE
        WHEN b.history_from IS NULL THEN null
        WHEN b.is_complete THEN 100
        ELSE b.percent
    END AS backfill_percent,
    b.history_from AS backfill_from,
    p.status,
    p.tick_size::TEXT,
    p.lot_size::TEXT,
    p.contract_size::TEXT,
    p.min_quantity::TEXT,
    p.min_notional::TEXT,
    p.maker_fee::TEXT,
    p.taker_fee::TEXT,
    p.listed_at,
    p.delisted_at
FROM page AS p
LEFT JOIN LATERAL (
    SELECT
        count(*) = count(r.completed_at) AS is_complete,
        min(r.history_from) AS history_from,
        floor(
            100 * (1 - coalesce(sum(k.missing), 0) / greatest(1, sum(k.missing + k.known)))
        )::INTEGER AS percent
    FROM registrations AS r
    CROSS JOIN LATERAL (
        SELECT
            coalesce(sum(d.missing_seconds), 0) AS missing,
            coalesce(sum(d.present_seconds + d.absent_seconds + d.unreachable_seconds), 0)
                AS known
        FROM coverage_daily_named AS d
        WHERE
            d.symbol_id = r.symbol_id
            AND d.data_set = r.data_set
            AND d.timeframe = r.timeframe
            AND d.day >= r.history_from
    ) AS k
    WHERE r.symbol_id = p.id AND r.registered_at = p.tracked_at
) AS b ON p.is_tracked
ORDER BY p.id
