-- Symbols of a spot exchange between whose known fills some may be missing, or whose newest are not
-- known yet. What is out of the exchange's reach is not known either. $1 exchange by id, $2 until
-- when fills matter, $3 up to when those of tracked symbols have to be known.
-- Where nothing was ever asked for there is nothing to doubt: no fills are known.
SELECT
    s.exchange_symbol,
    s.symbol_base AS base,
    s.symbol_quote AS quote,
    min(lower(gap.missing)) AS missing_since
FROM symbols AS s
INNER JOIN exchanges AS e ON s.exchange_id = e.id
CROSS JOIN LATERAL (
    SELECT range_agg(c.present + c.absent) AS asked
    FROM coverage AS c
    WHERE c.symbol_id = s.id AND c.data_set = 'account_trades'
) AS known
CROSS JOIN LATERAL unnest(
    tstzmultirange(
        tstzrange(
            lower(known.asked),
            CASE WHEN s.is_tracked THEN greatest(upper(known.asked), $3) ELSE upper(known.asked) END
        )
    ) - known.asked
) AS gap (missing)
WHERE
    e.id = $1 AND e.market_type = 'SPOT' AND known.asked IS NOT NULL AND NOT isempty(known.asked)
    AND lower(gap.missing) < $2
GROUP BY s.id
ORDER BY s.exchange_symbol
