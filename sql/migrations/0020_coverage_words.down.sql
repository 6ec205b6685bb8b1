COMMENT ON COLUMN coverage.unreachable IS 'Half-open times older than the exchange serves.';
COMMENT ON COLUMN coverage.absent IS 'Half-open times the exchange was asked for and had nothing.';
