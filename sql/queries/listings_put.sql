-- Everything comes as the text the exchange sent; the casts and the checks judge it.
INSERT INTO listings_staging (
    id, exchange_id, exchange_symbol, symbol_base, symbol_quote, status, is_active,
    tick_size, lot_size, contract_size, min_quantity, min_notional, maker_fee, taker_fee,
    funding_interval_hours, listed_at
)
SELECT
    0,
    $1,
    l.exchange_symbol,
    l.symbol_base,
    l.symbol_quote,
    l.status,
    l.is_active,
    l.tick_size::NUMERIC,
    l.lot_size::NUMERIC,
    l.contract_size::NUMERIC,
    l.min_quantity::NUMERIC,
    l.min_notional::NUMERIC,
    l.maker_fee::NUMERIC,
    l.taker_fee::NUMERIC,
    l.funding_interval_hours::NUMERIC,
    TIMESTAMPTZ 'epoch' + l.listed_at::BIGINT * INTERVAL '1 millisecond'
FROM unnest(
    $2::TEXT [], $3::TEXT [], $4::TEXT [], $5::TEXT [], $6::BOOLEAN [], $7::TEXT [], $8::TEXT [],
    $9::TEXT [], $10::TEXT [], $11::TEXT [], $12::TEXT [], $13::TEXT [], $14::TEXT [], $15::TEXT []
) AS l (
    exchange_symbol, symbol_base, symbol_quote, status, is_active, tick_size, lot_size,
    contract_size, min_quantity, min_notional, maker_fee, taker_fee, funding_interval_hours,
    listed_at
)
