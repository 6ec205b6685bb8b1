-- Order books are a data set like others, and rates people enter are found without reading all.
-- Locks: coverage against everybody, for one pass over it.
ALTER TABLE coverage
DROP CONSTRAINT chk_data_set,
ADD CONSTRAINT chk_data_set CHECK (
    data_set IN (
        'candles', 'trades', 'book_tickers', 'tickers', 'funding_rates', 'balances',
        'account_trades', 'order_books'
    )
);
CREATE INDEX idx_conversion_rates_valid ON conversion_rates (valid_until)
WHERE valid_until IS NOT NULL;
