-- Merge the staged page into account_trades; rows that already stand there with the same values
-- are not touched. What is not sent this time does not erase what is stored. A fill is known by
-- its id and side alone, so the window ($2 and $3) is not needed to find it; $1 symbol.
-- Returns one row per UTC day: how many rows are new, changed and unchanged.
WITH known AS (
    SELECT
        t.trade_id,
        t.side
    FROM account_trades AS t
    INNER JOIN account_trades_staging AS s ON t.trade_id = s.trade_id AND t.side = s.side
    WHERE t.symbol_id = $1 AND $2::timestamptz < $3::timestamptz
),

merged AS (
    INSERT INTO account_trades AS t (
        symbol_id, timestamp, price, quantity, side, trade_id, order_id, quote_quantity, fee,
        fee_asset, is_maker
    )
    SELECT
        symbol_id, timestamp, price, quantity, side, trade_id, order_id, quote_quantity, fee,
        fee_asset, is_maker
    FROM account_trades_staging
    ON CONFLICT (symbol_id, trade_id, side) DO UPDATE SET
        timestamp = excluded.timestamp,
        price = excluded.price,
        quantity = excluded.quantity,
        order_id = coalesce(excluded.order_id, t.order_id),
        quote_quantity = coalesce(excluded.quote_quantity, t.quote_quantity),
        fee = coalesce(excluded.fee, t.fee),
        fee_asset = coalesce(excluded.fee_asset, t.fee_asset),
        is_maker = coalesce(excluded.is_maker, t.is_maker),
        received_at = excluded.received_at
    WHERE (
        t.timestamp, t.price, t.quantity, t.order_id, t.quote_quantity, t.fee, t.fee_asset,
        t.is_maker
    )
        IS DISTINCT FROM (
            excluded.timestamp, excluded.price, excluded.quantity,
            coalesce(excluded.order_id, t.order_id),
            coalesce(excluded.quote_quantity, t.quote_quantity),
            coalesce(excluded.fee, t.fee),
            coalesce(excluded.fee_asset, t.fee_asset),
            coalesce(excluded.is_maker, t.is_maker)
        )
    RETURNING t.trade_id, t.side
)

SELECT
    (s.timestamp AT TIME ZONE 'UTC')::date AS day,
    count(*) FILTER (WHERE k.trade_id IS NULL) AS inserted,
    count(*) FILTER (WHERE k.trade_id IS NOT NULL AND m.trade_id IS NOT NULL) AS updated,
    count(*) FILTER (WHERE k.trade_id IS NOT NULL AND m.trade_id IS NULL) AS unchanged
FROM account_trades_staging AS s
LEFT JOIN known AS k ON s.trade_id = k.trade_id AND s.side = k.side
LEFT JOIN merged AS m ON s.trade_id = m.trade_id AND s.side = m.side
GROUP BY day
