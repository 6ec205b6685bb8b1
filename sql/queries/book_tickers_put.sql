-- Store a sample; a row of the same symbol and time that stands there already is left as it is.
-- Numbers come as text and are judged by the casts and the checks. Returns how many rows are new.
-- $1 symbols, $2 milliseconds of receipt, $3 to $6 bid and ask with quantities, $7 sequence
-- numbers, $8 milliseconds of the exchange.
WITH put AS (
    INSERT INTO book_ticker_snapshots (
        symbol_id, timestamp, bid_price, bid_qty, ask_price, ask_qty, sequence_number,
        exchange_timestamp
    )
    SELECT
        r.symbol_id,
        TIMESTAMPTZ 'epoch' + r.timestamp * INTERVAL '1 millisecond',
        r.bid_price::NUMERIC,
        r.bid_qty::NUMERIC,
        r.ask_price::NUMERIC,
        r.ask_qty::NUMERIC,
        r.sequence_number,
        TIMESTAMPTZ 'epoch' + r.exchange_timestamp * INTERVAL '1 millisecond'
    FROM unnest(
        $1::INTEGER [], $2::BIGINT [], $3::TEXT [], $4::TEXT [], $5::TEXT [], $6::TEXT [],
        $7::BIGINT [], $8::BIGINT []
    ) AS r (
        symbol_id, timestamp, bid_price, bid_qty, ask_price, ask_qty, sequence_number,
        exchange_timestamp
    )
    ON CONFLICT (symbol_id, timestamp) DO NOTHING
    RETURNING 1
)

SELECT count(*) FROM put
