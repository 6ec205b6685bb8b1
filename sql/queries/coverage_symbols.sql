-- Of which of some symbols a data set is wanted or known. $1 symbols, $2 data set.
SELECT s.symbol_id
FROM unnest($1::INTEGER []) AS s (symbol_id)
WHERE
    EXISTS (
        SELECT FROM registrations AS r
        WHERE r.symbol_id = s.symbol_id AND r.data_set = $2
    )
    OR EXISTS (
        SELECT FROM coverage AS c
        WHERE c.symbol_id = s.symbol_id AND c.data_set = $2
    )
