-- Say what a beat was computed from; said again, the later word stands. $1 the beat, $2 rows as
-- JSON, one per exchange to buy at.
INSERT INTO arbitrage_beats (
    timestamp, exchange_id, book_count, stale_count, crossed_count, no_fee_count, alone_count,
    pair_count, no_conversion_count, no_funding_count, apart_count, no_balance_count,
    opportunity_count, best_net_bps, too_small_count
)
SELECT
    $1,
    r.exchange_id,
    r.book_count,
    r.stale_count,
    r.crossed_count,
    r.no_fee_count,
    r.alone_count,
    r.pair_count,
    r.no_conversion_count,
    r.no_funding_count,
    r.apart_count,
    r.no_balance_count,
    r.opportunity_count,
    r.best_net_bps,
    r.too_small_count
FROM jsonb_to_recordset($2::JSONB) AS r (
    exchange_id INTEGER, book_count INTEGER, stale_count INTEGER, crossed_count INTEGER,
    no_fee_count INTEGER, alone_count INTEGER, pair_count INTEGER, no_conversion_count INTEGER,
    no_funding_count INTEGER, apart_count INTEGER, no_balance_count INTEGER,
    opportunity_count INTEGER, best_net_bps NUMERIC, too_small_count INTEGER
)
ON CONFLICT (exchange_id, timestamp) DO UPDATE SET
    book_count = excluded.book_count,
    stale_count = excluded.stale_count,
    crossed_count = excluded.crossed_count,
    no_fee_count = excluded.no_fee_count,
    alone_count = excluded.alone_count,
    pair_count = excluded.pair_count,
    no_conversion_count = excluded.no_conversion_count,
    no_funding_count = excluded.no_funding_count,
    apart_count = excluded.apart_count,
    no_balance_count = excluded.no_balance_count,
    opportunity_count = excluded.opportunity_count,
    best_net_bps = excluded.best_net_bps,
    too_small_count = excluded.too_small_count,
    computed_at = now()
