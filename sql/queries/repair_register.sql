-- Register what is tracked and is not, or was tracked anew since: one row per data set.
-- Attempts at what is registered again are forgotten: it begins anew. What is registered already
-- and is wanted from earlier on by now is deepened; nothing is ever wanted from later on.
-- $1 exchange names, $2 data sets, $3 timeframes, $4 days of history (parallel: what is collected
-- where), $5 first day of history.
WITH tracked AS (
    SELECT
        s.id AS symbol_id,
        s.tracked_at,
        k.data_set,
        k.timeframe,
        greatest((s.tracked_at AT TIME ZONE 'UTC')::DATE - k.days, $5::DATE) AS history_from
    FROM symbols AS s
    INNER JOIN exchanges AS e ON s.exchange_id = e.id
    INNER JOIN unnest($1::TEXT [], $2::TEXT [], $3::TEXT [], $4::INTEGER [])
        AS k (exchange, data_set, timeframe, days)
        ON e.enum_value = k.exchange
    WHERE s.is_tracked
),

registered AS (
    INSERT INTO registrations AS r (symbol_id, data_set, timeframe, registered_at, history_from)
    SELECT
        t.symbol_id,
        t.data_set,
        t.timeframe,
        t.tracked_at,
        t.history_from
    FROM tracked AS t
    WHERE
        NOT EXISTS (
            SELECT FROM registrations AS known
            WHERE
                known.symbol_id = t.symbol_id
                AND known.data_set = t.data_set
                AND known.timeframe = t.timeframe
                AND known.registered_at = t.tracked_at
        )
    ORDER BY t.symbol_id, t.data_set, t.timeframe
    ON CONFLICT (symbol_id, data_set, timeframe) DO UPDATE SET
        registered_at = excluded.registered_at,
        history_from = excluded.history_from,
        completed_at = null
    RETURNING r.symbol_id, r.data_set, r.timeframe
),

deepened AS (
    UPDATE registrations AS r SET history_from = t.history_from, completed_at = null
    FROM tracked AS t
    WHERE
        r.symbol_id = t.symbol_id
        AND r.data_set = t.data_set
        AND r.timeframe = t.timeframe
        AND r.registered_at = t.tracked_at
        AND r.history_from > t.history_from
    RETURNING r.symbol_id
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
UNION
SELECT symbol_id FROM deepened
