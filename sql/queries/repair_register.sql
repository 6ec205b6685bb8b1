-- Register what is tracked and is not, or was tracked anew since: one row per data set.
-- Attempts at what is registered again are forgotten: it begins anew.
-- $1 exchange names, $2 data sets, $3 timeframes, $4 days of history (parallel: what is collected
-- where), $5 first day of history.
WITH registered AS (
    INSERT INTO registrations AS r (symbol_id, data_set, timeframe, registered_at, history_from)
    SELECT
        s.id,
        k.data_set,
        k.timeframe,
        s.tracked_at,
        greatest((s.tracked_at AT TIME ZONE 'UTC')::DATE - k.days, $5::DATE)
    FROM symbols AS s
    INNER JOIN exchanges AS e ON s.exchange_id = e.id
    INNER JOIN unnest($1::TEXT [], $2::TEXT [], $3::TEXT [], $4::INTEGER [])
        AS k (exchange, data_set, timeframe, days)
        ON e.enum_value = k.exchange
    WHERE
        s.is_tracked
        AND NOT EXISTS (
            SELECT FROM registrations AS known
            WHERE
                known.symbol_id = s.id
                AND known.data_set = k.data_set
                AND known.timeframe = k.timeframe
                AND known.registered_at = s.tracked_at
        )
    ORDER BY s.id, k.data_set, k.timeframe
    ON CONFLICT (symbol_id, data_set, timeframe) DO UPDATE SET
        registered_at = excluded.registered_at,
        history_from = excluded.history_from,
        completed_at = null
    RETURNING r.symbol_id, r.data_set, r.timeframe
),

forgotten AS (
    DELETE FROM repair_attempts AS a
    USING registered AS r
    WHERE
        a.symbol_id = r.symbol_id
        AND a.data_set = r.data_set
        AND a.timeframe = r.timeframe
)

SELECT symbol_id FROM registered
