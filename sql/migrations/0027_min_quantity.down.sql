-- Drops what the next synchronisation of a later version asks the exchanges for again.
-- Locks: symbols, for a moment.
ALTER TABLE symbols
DROP CONSTRAINT chk_min_quantity,
DROP COLUMN min_quantity;
COMMENT ON COLUMN arbitrage_beats.too_small_count IS
'Of those pairs, left out because what both books (and accounts) hold is no order: less than the
smallest step of the quantity, or than the smallest value, of either symbol.';
