-- Who trades with himself has two fills of one trade, a buy and a sell: the id alone is no key.
-- Locks: account_trades, while an index is made.
ALTER TABLE account_trades
DROP CONSTRAINT uq_account_trades_trade,
ADD CONSTRAINT uq_account_trades_trade UNIQUE (symbol_id, trade_id, side);
COMMENT ON COLUMN account_trades.trade_id IS
'The exchange''s id of the trade; who trades with himself has two fills of it, one a side.';
