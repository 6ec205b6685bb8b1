DROP INDEX idx_conversion_rates_valid;
-- Nothing ever covers samples: rows of them could only be there by mistake.
DELETE FROM coverage WHERE data_set = 'order_books';
ALTER TABLE coverage
DROP CONSTRAINT chk_data_set,
ADD CONSTRAINT chk_data_set CHECK (
    data_set IN (
        'candles', 'trades', 'book_tickers', 'tickers', 'funding_rates', 'balances',
        'account_trades'
    )
);
