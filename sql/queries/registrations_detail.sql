-- What is wanted of some symbols, and how much of it is known in percent. $1 symbols.
SELECT
    r.symbol_id,
    r.data_set,
    r.timeframe,
    r.registered_at,
    r.history_from,
    r.completed_at,
    s.is_tracked,
    floor(
        100 * (1 - coalesce(k.missing / nullif(k.missing + k.known, 0), 0))
    )::INTEGER AS percent
FROM registrations AS r
INNER JOIN symbols AS s ON r.symbol_id = s.id
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(d.missing_seconds), 0) AS missing,
        coalesce(sum(d.present_seconds + d.absent_seconds + d.unreachable_seconds), 0) AS known
    FROM coverage_daily_named AS d
    WHERE
        d.symbol_id = r.symbol_id
        AND d.data_set = r.data_set
        AND d.timeframe = r.timeframe
        AND d.day >= r.history_from
) AS k
WHERE r.symbol_id = any($1::INTEGER [])
ORDER BY r.symbol_id, r.data_set, r.timeframe
