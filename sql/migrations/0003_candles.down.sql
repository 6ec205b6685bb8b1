SELECT require_empty('candles');
DROP TABLE candles;
