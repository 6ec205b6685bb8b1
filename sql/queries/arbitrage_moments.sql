-- The beats of a window, and what of each was collected. $1 and $2 the window, half-open; $3 only
-- those that were not computed yet for all of these exchanges to buy at; null: all beats.
SELECT
    c.timestamp AS moment,
    array_agg(DISTINCT c.asset) AS assets
FROM collections AS c
WHERE
    c.timestamp >= $1 AND c.timestamp < $2
    AND (
        $3::INTEGER [] IS NULL
        OR cardinality($3::INTEGER []) > (
            SELECT count(*)
            FROM arbitrage_beats AS b
            WHERE b.timestamp = c.timestamp AND b.exchange_id = any($3::INTEGER [])
        )
    )
GROUP BY c.timestamp
HAVING bool_or(c.asset = 'book_tickers')
ORDER BY c.timestamp
