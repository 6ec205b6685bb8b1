-- Store a valuation of one account; one of the same moment is corrected where it differs.
-- $1 exchange by id, $2 when, $3 reference currency, $4 to $16 the columns, an item a place;
-- numbers come as text, times as milliseconds. Returns how many rows were written.
WITH put AS (
    INSERT INTO portfolio_items AS p (
        exchange_id, timestamp, reference_currency, asset_name, quantity, unexplained_quantity,
        current_price, price_route, priced_at, average_entry_price, value, unrealised_profit,
        unrealised_profit_percent, realised_profit, balance_at, note
    )
    SELECT
        $1,
        $2,
        $3,
        r.asset_name,
        r.quantity::NUMERIC,
        r.unexplained_quantity::NUMERIC,
        r.current_price::NUMERIC,
        r.price_route,
        TIMESTAMPTZ 'epoch' + r.priced_at * INTERVAL '1 millisecond',
        r.average_entry_price::NUMERIC,
        r.value::NUMERIC,
        r.unrealised_profit::NUMERIC,
        r.unrealised_profit_percent::NUMERIC,
        r.realised_profit::NUMERIC,
        TIMESTAMPTZ 'epoch' + r.balance_at * INTERVAL '1 millisecond',
        left(r.note, 2000)
    FROM unnest(
        $4::TEXT [], $5::TEXT [], $6::TEXT [], $7::TEXT [], $8::TEXT [], $9::BIGINT [],
        $10::TEXT [], $11::TEXT [], $12::TEXT [], $13::TEXT [], $14::TEXT [], $15::BIGINT [],
        $16::TEXT []
    ) AS r (
        asset_name, quantity, unexplained_quantity, current_price, price_route, priced_at,
        average_entry_price, value, unrealised_profit, unrealised_profit_percent, realised_profit,
        balance_at, note
    )
    ON CONFLICT (exchange_id, asset_name, reference_currency, timestamp) DO UPDATE SET
        quantity = excluded.quantity,
        unexplained_quantity = excluded.unexplained_quantity,
        current_price = excluded.current_price,
        price_route = excluded.price_route,
        priced_at = excluded.priced_at,
        average_entry_price = excluded.average_entry_price,
        value = excluded.value,
        unrealised_profit = excluded.unrealised_profit,
        unrealised_profit_percent = excluded.unrealised_profit_percent,
        realised_profit = excluded.realised_profit,
        balance_at = excluded.balance_at,
        note = excluded.note
    WHERE (
        p.quantity, p.unexplained_quantity, p.current_price, p.price_route, p.priced_at,
        p.average_entry_price, p.value, p.unrealised_profit, p.unrealised_profit_percent,
        p.realised_profit, p.balance_at, p.note
    )
        IS DISTINCT FROM (
            excluded.quantity, excluded.unexplained_quantity, excluded.current_price,
            excluded.price_route, excluded.priced_at, excluded.average_entry_price, excluded.value,
            excluded.unrealised_profit, excluded.unrealised_profit_percent,
            excluded.realised_profit, excluded.balance_at, excluded.note
        )
    RETURNING 1
)

SELECT count(*) FROM put
