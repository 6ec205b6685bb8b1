SELECT require_empty('trade_snapshots', 'funding_rate_snapshots');
DROP TABLE funding_rate_snapshots;
DROP TABLE trade_snapshots;
