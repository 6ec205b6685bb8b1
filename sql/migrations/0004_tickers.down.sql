SELECT require_empty('book_ticker_snapshots', 'ticker_snapshots');
DROP TABLE ticker_snapshots;
DROP TABLE book_ticker_snapshots;
