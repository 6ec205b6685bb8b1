SELECT require_empty('balance_snapshots', 'account_trades');
DROP TABLE account_trades;
DROP TABLE balance_snapshots;
