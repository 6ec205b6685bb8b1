-- Opportunities are whole orders: what is too small for one is left out and counted.
-- Locks: arbitrage_beats, for a moment.
ALTER TABLE arbitrage_beats ADD COLUMN too_small_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE arbitrage_beats
ADD CONSTRAINT chk_too_small_count CHECK (too_small_count >= 0);
COMMENT ON COLUMN arbitrage_beats.too_small_count IS
'Of those pairs, left out because what both books (and accounts) hold is no order: less than the
smallest step of the quantity, or than the smallest value, of either symbol.';
COMMENT ON COLUMN arbitrage_opportunities.quantity IS
'What both books hold, base units, rounded down to what can be ordered of both symbols.';
COMMENT ON COLUMN symbols.lot_size IS
'Smallest step of the quantity, base units: of contracts, what one of them holds.';

CREATE OR REPLACE VIEW arbitrage_beats_named AS
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
    b.exchange_id,
    b.too_small_count
FROM arbitrage_beats AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id;
