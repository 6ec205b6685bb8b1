-- Of trades with oneself only one side can stay, that of the buyer.
-- Locks: account_trades, while an index is made.
DO $$
BEGIN
    LOCK TABLE account_trades IN ACCESS EXCLUSIVE MODE;
    IF current_setting('arb.allow_data_loss', true) IS DISTINCT FROM 'on' AND EXISTS (
        SELECT FROM account_trades
        GROUP BY symbol_id, trade_id
        HAVING count(*) > 1
    ) THEN
        RAISE EXCEPTION 'table account_trades holds both sides of trades with oneself and rolling back would drop one'
        USING ERRCODE = 'object_not_in_prerequisite_state',
        HINT = 'Back the table up, then roll back with --allow-data-loss.';
    END IF;
END;
$$;

DELETE FROM account_trades AS t
USING account_trades AS other
WHERE
    t.symbol_id = other.symbol_id
    AND t.trade_id = other.trade_id
    AND t.side = 'sell'
    AND other.side = 'buy';

COMMENT ON COLUMN account_trades.trade_id IS 'The exchange''s id of the fill.';
ALTER TABLE account_trades
DROP CONSTRAINT uq_account_trades_trade,
ADD CONSTRAINT uq_account_trades_trade UNIQUE (symbol_id, trade_id);
