-- Store a sample; a row of the same symbol and time that stands there already is left as it is.
-- Numbers come as text and are judged by the casts and the checks. Returns how many rows are new.
-- $1 symbols, $2 milliseconds of receipt, $3 last price, $4 and $5 high and low of 24 hours,
-- $6 and $7 volume in base and quote units, $8 mark price, $9 index price,
-- $10 milliseconds of the exchange.
WITH put AS (
    INSERT INTO ticker_snapshots (
        symbol_id, timestamp, last_price, high_24h, low_24h, base_volume_24h, quote_volume_24h,
        mark_price, index_price, exchange_timestamp
    )
    SELECT
        r.symbol_id,
        TIMESTAMPTZ 'epoch' + r.timestamp * INTERVAL '1 millisecond',
        r.last_price::NUMERIC,
        r.high_24h::NUMERIC,
        r.low_24h::NUMERIC,
        r.base_volume_24h::NUMERIC,
        r.quote_volume_24h::NUMERIC,
        r.mark_price::NUMERIC,
        r.index_price::NUMERIC,
        TIMESTAMPTZ 'epoch' + r.exchange_timestamp * INTERVAL '1 millisecond'
    FROM unnest(
        $1::INTEGER [], $2::BIGINT [], $3::TEXT [], $4::TEXT [], $5::TEXT [], $6::TEXT [],
        $7::TEXT [], $8::TEXT [], $9::TEXT [], $10::BIGINT []
    ) AS r (
        symbol_id, timestamp, last_price, high_24h, low_24h, base_volume_24h, quote_volume_24h,
        mark_price, index_price, exchange_timestamp
    )
    ON CONFLICT (symbol_id, timestamp) DO NOTHING
    RETURNING 1
)

SELECT count(*) FROM put
