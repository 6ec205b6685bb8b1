-- What the fills of a spot exchange before a moment are, per symbol and currency of the fee, as
-- sums of hashes: one that is new, changed, gone or renamed changes them. $1 exchange by id,
-- $2 the moment.
SELECT
    s.id AS symbol_id,
    s.symbol_base AS base,
    s.symbol_quote AS quote,
    t.fee_asset,
    count(*) AS fills,
    sum(
        hash_record_extended(
            row(t.timestamp, t.trade_id, t.side, t.price, t.quantity, t.quote_quantity, t.fee), 0
        )
    ) AS hash
FROM account_trades AS t
INNER JOIN symbols AS s ON t.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id
WHERE e.id = $1 AND e.market_type = 'SPOT' AND t.timestamp < $2
GROUP BY s.id, t.fee_asset
ORDER BY s.id, t.fee_asset
