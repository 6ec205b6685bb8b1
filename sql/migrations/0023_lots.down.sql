-- Drops a count, which computing the days of kept books brings back.
-- Locks: arbitrage_beats, for a moment.
SELECT require_empty('arbitrage_beats');
DROP VIEW arbitrage_beats_named;
ALTER TABLE arbitrage_beats
DROP CONSTRAINT chk_too_small_count,
DROP COLUMN too_small_count;
COMMENT ON COLUMN arbitrage_opportunities.quantity IS 'What both books hold, base units.';
COMMENT ON COLUMN symbols.lot_size IS
'Smallest step of the quantity: base units on spot, contracts on futures.';

CREATE VIEW arbitrage_beats_named AS
SELECT
    e.enum_value AS buy_exchange,
    b.timestamp,
    b.book_count,
    b.stale_count,
    b.crossed_count,
    b.no_fee_count,
    b.alone_count,
    b.pair_count,
    b.no_conversion_count,
    b.no_funding_count,
    b.apart_count,
    b.no_balance_count,
    b.opportunity_count,
    b.best_net_bps,
    b.computed_at,
    b.exchange_id
FROM arbitrage_beats AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id;
COMMENT ON VIEW arbitrage_beats_named IS 'arbitrage_beats with the exchange by name.';

CALL assign_roles('arbitrage_beats_named');
