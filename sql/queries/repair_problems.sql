-- Note what became of the latest attempts, as far as the books of collecting say.
-- A problem that names the symbol is preferred to one of the same exchange.
UPDATE repair_attempts AS a SET last_problem = found.problem
FROM (
    SELECT DISTINCT ON (b.symbol_id, b.data_set, b.timeframe, b.day)
        b.symbol_id,
        b.data_set,
        b.timeframe,
        b.day,
        c.problem
    FROM repair_attempts AS b
    INNER JOIN symbols AS s ON b.symbol_id = s.id
    INNER JOIN collections AS c
        ON
            s.exchange_id = c.exchange_id
            -- The asset of that name samples what will be paid.
            AND CASE b.data_set
                WHEN 'funding_rates' THEN 'funding_rate_history' ELSE b.data_set
            END = c.asset
            AND b.last_attempt_at <= c.timestamp
            AND c.problem IS NOT NULL
    ORDER BY
        b.symbol_id ASC, b.data_set ASC, b.timeframe ASC, b.day ASC,
        position(' ' || s.exchange_symbol || ' ' IN c.problem) > 0 DESC,
        c.timestamp DESC
) AS found
WHERE
    a.symbol_id = found.symbol_id
    AND a.data_set = found.data_set
    AND a.timeframe = found.timeframe
    AND a.day = found.day
    AND a.last_problem IS DISTINCT FROM found.problem
