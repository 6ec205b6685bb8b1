-- What is out of reach may have been stored once: retention says so of what it dropped, which is
-- then neither missing nor present. Only comments change.
COMMENT ON COLUMN coverage.absent IS
'Half-open times the exchange was asked for and had nothing; of trades, where candles say there were.';
COMMENT ON COLUMN coverage.unreachable IS
'Half-open times older than the exchange serves, or than the rows are kept (ARB_KEEP_DAYS).';
