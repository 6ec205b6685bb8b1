-- Moves of the mid price between two samples, in basis points of the earlier one.
-- $1 since when the later sample counts, $2 how far apart both may lie: what is farther apart has
-- a gap between, which is another check's business; $3 the largest move that is no jump, basis
-- points. At most 100, the largest first.
WITH mids AS (
    SELECT
        symbol_id,
        timestamp,
        (bid_price + ask_price) / 2 AS mid,
        lag(timestamp) OVER samples AS earlier_at,
        lag((bid_price + ask_price) / 2) OVER samples AS earlier
    FROM book_ticker_snapshots
    WHERE timestamp >= $1::timestamptz - $2::interval
    WINDOW samples AS (PARTITION BY symbol_id ORDER BY timestamp)
)

SELECT
    e.enum_value AS exchange,
    s.exchange_symbol,
    m.timestamp AS last_at,
    m.earlier_at,
    m.earlier,
    m.mid,
    abs(m.mid - m.earlier) * 10000 / m.earlier AS bps
FROM mids AS m
INNER JOIN symbols AS s ON m.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE
    m.timestamp >= $1 AND m.timestamp - m.earlier_at <= $2::interval
    AND abs(m.mid - m.earlier) * 10000 > $3::numeric * m.earlier
ORDER BY bps DESC
LIMIT 100
