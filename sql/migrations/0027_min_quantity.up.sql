-- The smallest quantity an exchange takes an order for; the next synchronisation fills it in.
-- Locks: symbols, for a moment.
ALTER TABLE symbols ADD COLUMN min_quantity NUMERIC;
ALTER TABLE symbols
ADD CONSTRAINT chk_min_quantity CHECK (min_quantity >= 0 AND min_quantity < 'Infinity');
COMMENT ON COLUMN symbols.min_quantity IS
'Smallest quantity of an order, base units; null where the exchange does not tell it.';
COMMENT ON COLUMN arbitrage_beats.too_small_count IS
'Of those pairs, left out because what both books (and accounts) hold is no order: less than the
smallest step of the quantity, than the smallest quantity or than the smallest value, of either
symbol.';
