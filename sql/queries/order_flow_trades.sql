-- What takers bought and sold, per symbol and window; of windows alone whose trades are all known,
-- and then zero where there were none. $1 symbols, $2 and $3 the span, a whole number of windows of
-- length $4.
WITH known AS (
    SELECT
        c.symbol_id,
        range_agg(c.present + c.absent) AS covered
    FROM coverage AS c
    WHERE
        c.symbol_id = any($1::INTEGER []) AND c.data_set = 'trades'
        AND c.day >= ($2::TIMESTAMPTZ AT TIME ZONE 'UTC')::DATE
        AND c.day <= ($3::TIMESTAMPTZ AT TIME ZONE 'UTC')::DATE
    GROUP BY c.symbol_id
),

traded AS (
    SELECT
        t.symbol_id,
        date_bin($4::INTERVAL, t.timestamp, $2::TIMESTAMPTZ) AS start_at,
        coalesce(sum(t.quantity) FILTER (WHERE t.side = 'buy'), 0) AS bought,
        coalesce(sum(t.quantity) FILTER (WHERE t.side = 'sell'), 0) AS sold,
        count(*) AS trade_count
    FROM trade_snapshots AS t
    WHERE
        t.symbol_id = any($1::INTEGER [])
        AND t.timestamp >= $2::TIMESTAMPTZ AND t.timestamp < $3::TIMESTAMPTZ
    GROUP BY t.symbol_id, start_at
)

SELECT
    k.symbol_id,
    (extract(EPOCH FROM w.start_at) * 1000)::BIGINT AS start_at,
    coalesce(t.bought, 0) AS bought,
    coalesce(t.sold, 0) AS sold,
    coalesce(t.trade_count, 0) AS trade_count
FROM known AS k
CROSS JOIN
    generate_series($2::TIMESTAMPTZ, $3::TIMESTAMPTZ - $4::INTERVAL, $4::INTERVAL) AS w (start_at)
LEFT JOIN traded AS t ON k.symbol_id = t.symbol_id AND w.start_at = t.start_at
WHERE k.covered @> tstzrange(w.start_at, w.start_at + $4::INTERVAL)
