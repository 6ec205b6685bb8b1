-- Candles are wanted as wholes: from the first that opens in what is wanted to the last that is
-- closed. What lies before the first Monday, or in a candle that is open still, is not missing.
CREATE OR REPLACE VIEW coverage_daily_named AS
WITH wanted AS (
    SELECT
        r.symbol_id,
        r.data_set,
        r.timeframe,
        r.history_from + n.ago AS day
    FROM registrations AS r
    INNER JOIN symbols AS s ON r.symbol_id = s.id AND s.is_tracked
    CROSS JOIN LATERAL generate_series(
        0, (now() AT TIME ZONE 'UTC')::DATE - r.history_from
    ) AS n (ago)
    UNION
    SELECT
        symbol_id,
        data_set,
        timeframe,
        day
    FROM coverage
),

days AS (
    SELECT
        w.*,
        s.exchange_id,
        s.exchange_symbol,
        s.symbol_base,
        s.symbol_quote,
        coalesce(c.present, '{}') AS present,
        coalesce(c.absent, '{}') AS absent,
        coalesce(c.unreachable, '{}') AS unreachable,
        c.absent_confirmed_at,
        c.absent_rechecked_at,
        c.updated_at,
        greatest(
            w.day::TIMESTAMP AT TIME ZONE 'UTC',
            coalesce(
                date_bin(l.length, f.from_at + l.length - INTERVAL '1 us', l.monday), f.from_at
            )
        ) AS start_at,
        least(
            (w.day + 1)::TIMESTAMP AT TIME ZONE 'UTC',
            coalesce(date_bin(l.length, f.until_at, l.monday), f.until_at)
        ) AS end_at
    FROM wanted AS w
    INNER JOIN symbols AS s ON w.symbol_id = s.id
    -- Of days before those that are wanted, whatever was begun of them is.
    LEFT JOIN registrations AS r
        ON
            w.symbol_id = r.symbol_id
            AND w.data_set = r.data_set
            AND w.timeframe = r.timeframe
            AND w.day >= r.history_from
    CROSS JOIN LATERAL (
        SELECT
            nullif(w.timeframe, '')::INTERVAL AS length,
            TIMESTAMPTZ '1970-01-05 00:00:00+00' AS monday
    ) AS l
    CROSS JOIN LATERAL (
        SELECT
            greatest(r.history_from::TIMESTAMP AT TIME ZONE 'UTC', s.listed_at) AS from_at,
            least(s.delisted_at, now()) AS until_at
    ) AS f
    LEFT JOIN coverage AS c
        ON
            w.symbol_id = c.symbol_id
            AND w.data_set = c.data_set
            AND w.timeframe = c.timeframe
            AND w.day = c.day
)

SELECT
    e.enum_value AS exchange,
    d.symbol_base || '/' || d.symbol_quote AS symbol,
    d.exchange_symbol,
    d.data_set,
    d.timeframe,
    d.day,
    seconds_of(d.present) AS present_seconds,
    seconds_of(d.absent) AS absent_seconds,
    seconds_of(d.unreachable) AS unreachable_seconds,
    CASE
        WHEN d.start_at >= d.end_at THEN 0
        ELSE seconds_of(
            tstzmultirange(tstzrange(d.start_at, d.end_at)) - d.present - d.absent - d.unreachable
        )
    END AS missing_seconds,
    (
        SELECT coalesce(max(extract(EPOCH FROM upper(r) - lower(r))), 0) FROM unnest(d.absent) AS r
    ) AS longest_absent_seconds,
    d.absent_confirmed_at,
    d.absent_rechecked_at,
    d.updated_at,
    d.symbol_id
FROM days AS d
INNER JOIN exchanges AS e ON d.exchange_id = e.id;

COMMENT ON VIEW coverage_daily_named IS
'Per symbol, data set and UTC day, how many seconds are present, confirmed absent, unreachable and
missing so far; also of wanted days nothing is known of yet. Of candles, only closed ones that open
in what is wanted can be missing.';
