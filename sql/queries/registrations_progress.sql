-- How much of what is wanted of tracked symbols is known, in percent. $1 exchange names.
SELECT
    r.symbol_id,
    count(*) = count(r.completed_at) AS is_complete,
    min(r.history_from) AS history_from,
    floor(
        100 * (1 - coalesce(sum(k.missing), 0) / greatest(1, sum(k.missing + k.known)))
    )::INTEGER AS percent
FROM registrations AS r
INNER JOIN symbols AS s ON r.symbol_id = s.id AND s.is_tracked
INNER JOIN exchanges AS e ON s.exchange_id = e.id
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
WHERE e.enum_value = any($1::TEXT [])
GROUP BY r.symbol_id
ORDER BY r.symbol_id
