-- Drops two columns: what they held can be computed again only of days whose balances are kept.
-- Locks: portfolio_items, for a moment.
SELECT require_empty('portfolio_items');
DROP VIEW portfolio_items_named;
ALTER TABLE portfolio_items
DROP CONSTRAINT chk_note,
DROP COLUMN note,
DROP COLUMN balance_at;
COMMENT ON COLUMN portfolio_items.unexplained_quantity IS
'Part of quantity that fills do not explain (deposits, withdrawals), units of the asset.';
COMMENT ON COLUMN portfolio_items.average_entry_price IS
'Average cost of what is held, reference currency per unit of the asset; null without fills.';
COMMENT ON COLUMN portfolio_items.realised_profit IS
'Profit of what was sold so far, reference currency.';
