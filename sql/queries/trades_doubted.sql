-- Stretches that count as present although there is no trade in them, while candles say that there
-- was one in nearly every minute, become absent: the exchange had none, and is asked again.
-- $1 symbols, $2 and $3 windows, half-open (parallel), $4 longer than this, $5 how finely is looked
-- (whole minutes, at most half of $4), $6 the least share of minutes that were traded, $7 and $8
-- what holds all windows, half-open: by it chunks are left out before anything is looked for.
WITH lines AS (
    SELECT *
    FROM unnest($1::INTEGER [], $2::TIMESTAMPTZ [], $3::TIMESTAMPTZ [])
        AS l (symbol_id, start_at, end_at)
),

known AS (
    SELECT
        l.symbol_id,
        l.start_at,
        l.end_at,
        range_agg(c.present) AS present
    FROM lines AS l
    INNER JOIN coverage AS c
        ON
            l.symbol_id = c.symbol_id
            AND c.data_set = 'trades'
            AND c.timeframe = ''
            AND c.day BETWEEN (l.start_at AT TIME ZONE 'UTC')::DATE
            AND (l.end_at AT TIME ZONE 'UTC')::DATE
    GROUP BY l.symbol_id, l.start_at, l.end_at
),

-- One look into the index each: what is silent for so long holds whole ones of these.
silent AS (
    SELECT
        k.symbol_id,
        k.present,
        range_agg(tstzrange(b.at, b.at + $5::INTERVAL)) AS stretches
    FROM known AS k
    CROSS JOIN LATERAL generate_series(
        date_trunc('day', k.start_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC',
        k.end_at - $5::INTERVAL,
        $5::INTERVAL
    ) AS b (at)
    WHERE
        b.at >= k.start_at
        AND k.present @> tstzrange(b.at, b.at + $5::INTERVAL)
        AND NOT EXISTS (
            SELECT FROM trade_snapshots AS t
            WHERE
                t.symbol_id = k.symbol_id
                AND t.timestamp >= b.at
                AND t.timestamp < b.at + $5::INTERVAL
                AND t.timestamp >= $7::TIMESTAMPTZ
                AND t.timestamp < $8::TIMESTAMPTZ
        )
    GROUP BY k.symbol_id, k.present
),

traded AS (
    SELECT
        s.symbol_id,
        s.present,
        r.stretch
    FROM silent AS s
    CROSS JOIN LATERAL unnest(s.stretches) AS r (stretch)
    WHERE (
        SELECT count(*)
        FROM candles AS c
        WHERE
            c.symbol_id = s.symbol_id
            AND c.timeframe = '1m'
            AND c.timestamp >= lower(r.stretch)
            AND c.timestamp < upper(r.stretch)
            AND c.volume > 0
    ) >= $6::NUMERIC * extract(EPOCH FROM upper(r.stretch) - lower(r.stretch)) / 60
),

-- From the trade before to the trade after.
doubted AS (
    SELECT
        t.symbol_id,
        range_agg(whole.stretch) * range_agg(t.present) AS part
    FROM traded AS t
    CROSS JOIN LATERAL (
        SELECT tstzrange(
            coalesce(
                (
                    SELECT max(f.timestamp) + INTERVAL '1 ms'
                    FROM trade_snapshots AS f
                    WHERE
                        f.symbol_id = t.symbol_id
                        AND f.timestamp >= lower(t.stretch) - $5::INTERVAL
                        AND f.timestamp < lower(t.stretch)
                ),
                lower(t.stretch)
            ),
            coalesce(
                (
                    SELECT min(f.timestamp)
                    FROM trade_snapshots AS f
                    WHERE
                        f.symbol_id = t.symbol_id
                        AND f.timestamp >= upper(t.stretch)
                        AND f.timestamp < upper(t.stretch) + $5::INTERVAL
                ),
                upper(t.stretch)
            )
        ) AS stretch
    ) AS whole
    WHERE upper(whole.stretch) - lower(whole.stretch) > $4::INTERVAL
    GROUP BY t.symbol_id
)

UPDATE coverage AS c SET
    present = c.present - d.part,
    absent = c.absent + c.present * d.part,
    updated_at = now()
FROM doubted AS d
WHERE
    c.symbol_id = d.symbol_id
    AND c.data_set = 'trades'
    AND c.timeframe = ''
    AND c.day BETWEEN (lower(d.part) AT TIME ZONE 'UTC')::DATE
    AND (upper(d.part) AT TIME ZONE 'UTC')::DATE
    AND c.present && d.part
RETURNING c.symbol_id
