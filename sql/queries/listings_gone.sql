-- $1 exchange, $2 names that were listed but refused: those are there, however malformed.
SELECT
    count(*) AS listed,
    count(*) FILTER (
        WHERE l.exchange_symbol IS NULL AND s.exchange_symbol <> ALL($2::TEXT [])
    ) AS gone
FROM symbols AS s
LEFT JOIN listings_staging AS l ON s.exchange_symbol = l.exchange_symbol
WHERE s.exchange_id = $1 AND s.delisted_at IS NULL
