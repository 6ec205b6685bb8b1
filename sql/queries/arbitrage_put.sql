-- Make the stored opportunities of a beat these. $1 the beat, $2 exchanges to buy at, $3 rows as
-- JSON, numbers as text. Returns how many are new, changed, and gone; what is the same is left as
-- it is.
WITH found AS (
    SELECT r.*
    FROM jsonb_to_recordset($3::JSONB) AS r (
        opportunity_id UUID, kind TEXT, symbol_id INTEGER, buy_exchange_id INTEGER,
        sell_symbol_id INTEGER, sell_exchange_id INTEGER, buy_price NUMERIC, sell_price NUMERIC,
        quantity NUMERIC, conversion_rate NUMERIC, spread_bps NUMERIC, fee_bps NUMERIC,
        funding_bps NUMERIC, transfer_cost NUMERIC, net_bps NUMERIC, net_profit NUMERIC,
        peak_net_bps NUMERIC, opened_at TIMESTAMPTZ
    )
),

gone AS (
    DELETE FROM arbitrage_opportunities AS o
    WHERE
        o.timestamp = $1 AND o.buy_exchange_id = any($2::INTEGER [])
        AND NOT EXISTS (
            SELECT FROM found AS f
            WHERE f.symbol_id = o.symbol_id AND f.sell_symbol_id = o.sell_symbol_id
        )
    RETURNING 1
),

put AS (
    INSERT INTO arbitrage_opportunities AS o (
        timestamp, opportunity_id, kind, symbol_id, buy_exchange_id, sell_symbol_id,
        sell_exchange_id, buy_price, sell_price, quantity, conversion_rate, spread_bps, fee_bps,
        funding_bps, transfer_cost, net_bps, net_profit, peak_net_bps, opened_at
    )
    SELECT
        $1,
        f.opportunity_id,
        f.kind,
        f.symbol_id,
        f.buy_exchange_id,
        f.sell_symbol_id,
        f.sell_exchange_id,
        f.buy_price,
        f.sell_price,
        f.quantity,
        f.conversion_rate,
        f.spread_bps,
        f.fee_bps,
        f.funding_bps,
        f.transfer_cost,
        f.net_bps,
        f.net_profit,
        f.peak_net_bps,
        f.opened_at
    FROM found AS f
    ON CONFLICT (timestamp, symbol_id, sell_symbol_id) DO UPDATE SET
        opportunity_id = excluded.opportunity_id,
        buy_price = excluded.buy_price,
        sell_price = excluded.sell_price,
        quantity = excluded.quantity,
        conversion_rate = excluded.conversion_rate,
        spread_bps = excluded.spread_bps,
        fee_bps = excluded.fee_bps,
        funding_bps = excluded.funding_bps,
        transfer_cost = excluded.transfer_cost,
        net_bps = excluded.net_bps,
        net_profit = excluded.net_profit,
        peak_net_bps = excluded.peak_net_bps,
        opened_at = excluded.opened_at,
        created_at = now()
    WHERE
        (
            o.opportunity_id, o.buy_price, o.sell_price, o.quantity, o.conversion_rate,
            o.spread_bps, o.fee_bps, o.funding_bps, o.transfer_cost, o.net_bps, o.net_profit,
            o.peak_net_bps, o.opened_at
        ) IS DISTINCT FROM (
            excluded.opportunity_id, excluded.buy_price, excluded.sell_price, excluded.quantity,
            excluded.conversion_rate, excluded.spread_bps, excluded.fee_bps, excluded.funding_bps,
            excluded.transfer_cost, excluded.net_bps, excluded.net_profit, excluded.peak_net_bps,
            excluded.opened_at
        )
    RETURNING xmax = 0 AS is_new
)

SELECT
    count(*) FILTER (WHERE put.is_new) AS inserted,
    count(*) FILTER (WHERE NOT put.is_new) AS updated,
    (SELECT count(*) FROM gone) AS deleted
FROM put
