-- The foreign keys come back: every stored candle and trade is looked at, which takes its time.
-- Locks: candles, trade_snapshots and symbols exclusively, until it is done.
DROP TRIGGER keep_symbols_truncate ON symbols;
DROP TRIGGER keep_symbols_renumber ON symbols;
DROP TRIGGER keep_symbols_delete ON symbols;
DROP TRIGGER fk_trade_snapshots_symbol_update ON trade_snapshots;
DROP TRIGGER fk_trade_snapshots_symbol_insert ON trade_snapshots;
DROP TRIGGER fk_candles_symbol_update ON candles;
DROP TRIGGER fk_candles_symbol_insert ON candles;
ALTER TABLE trade_snapshots
ADD CONSTRAINT fk_trade_snapshots_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id);
ALTER TABLE candles
ADD CONSTRAINT fk_candles_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id);
DROP FUNCTION keep_symbols();
DROP FUNCTION require_symbols();
