-- Store a sample; a row of the same symbol, time and kind that stands there already is left as it
-- is. Numbers come as text and are judged by the casts and the checks. Returns how many are new.
-- $1 symbols, $2 milliseconds of receipt, $3 rates, $4 and $5 milliseconds of this payment and the
-- next, $6 whether paid, $7 hours between payments, $8 mark price, $9 index price,
-- $10 milliseconds of the exchange.
WITH put AS (
    INSERT INTO funding_rate_snapshots (
        symbol_id, timestamp, funding_rate, funding_time, next_funding_time, is_settled,
        funding_interval_hours, mark_price, index_price, exchange_timestamp
    )
    SELECT
        r.symbol_id,
        TIMESTAMPTZ 'epoch' + r.timestamp * INTERVAL '1 millisecond',
        r.funding_rate::NUMERIC,
        r.funding_time,
        r.next_funding_time,
        r.is_settled,
        r.funding_interval_hours::NUMERIC,
        r.mark_price::NUMERIC,
        r.index_price::NUMERIC,
        TIMESTAMPTZ 'epoch' + r.exchange_timestamp * INTERVAL '1 millisecond'
    FROM unnest(
        $1::INTEGER [], $2::BIGINT [], $3::TEXT [], $4::BIGINT [], $5::BIGINT [], $6::BOOLEAN [],
        $7::TEXT [], $8::TEXT [], $9::TEXT [], $10::BIGINT []
    ) AS r (
        symbol_id, timestamp, funding_rate, funding_time, next_funding_time, is_settled,
        funding_interval_hours, mark_price, index_price, exchange_timestamp
    )
    ON CONFLICT (symbol_id, timestamp, is_settled) DO NOTHING
    RETURNING 1
)

SELECT count(*) FROM put
