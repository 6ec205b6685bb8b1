-- Store levels of order books; one that stands there already is left as it is. Numbers come as text
-- and are judged by the casts and the checks. Returns how many are new.
-- $1 times of receipt, $2 symbols, $3 sides, $4 levels, $5 prices, $6 quantities, $7 times of the
-- exchange.
WITH put AS (
    INSERT INTO order_book_levels (
        timestamp, symbol_id, side, level, price, quantity, exchange_timestamp
    )
    SELECT
        r.timestamp,
        r.symbol_id,
        r.side,
        r.level,
        r.price::NUMERIC,
        r.quantity::NUMERIC,
        r.exchange_timestamp
    FROM unnest(
        $1::TIMESTAMPTZ [], $2::INTEGER [], $3::TEXT [], $4::SMALLINT [], $5::TEXT [], $6::TEXT [],
        $7::TIMESTAMPTZ []
    ) AS r (timestamp, symbol_id, side, level, price, quantity, exchange_timestamp)
    ON CONFLICT (symbol_id, timestamp, side, level) DO NOTHING
    RETURNING 1
)

SELECT count(*) FROM put
