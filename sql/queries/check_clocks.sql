-- How far the exchanges' times lie behind the time of receipt, where that is too far.
-- $1 since when, $2 the largest lag that is none. Balances say when they last changed, not the time
-- of the answer, so they are not asked.
WITH late AS (
    SELECT
        'book_tickers' AS data_set,
        symbol_id,
        timestamp - exchange_timestamp AS lag
    FROM book_ticker_snapshots
    WHERE timestamp >= $1 AND exchange_timestamp < timestamp - $2::interval
    UNION ALL
    SELECT
        'tickers' AS data_set,
        symbol_id,
        timestamp - exchange_timestamp AS lag
    FROM ticker_snapshots
    WHERE timestamp >= $1 AND exchange_timestamp < timestamp - $2::interval
    UNION ALL
    SELECT
        'funding_rates' AS data_set,
        symbol_id,
        timestamp - exchange_timestamp AS lag
    FROM funding_rate_snapshots
    WHERE timestamp >= $1 AND NOT is_settled AND exchange_timestamp < timestamp - $2::interval
)

SELECT
    l.data_set,
    e.enum_value AS exchange,
    count(*) AS samples,
    count(DISTINCT s.id) AS symbols,
    (array_agg(s.exchange_symbol ORDER BY l.lag DESC))[1] AS exchange_symbol,
    max(l.lag) AS worst
FROM late AS l
INNER JOIN symbols AS s ON l.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id
GROUP BY l.data_set, e.enum_value
ORDER BY worst DESC
