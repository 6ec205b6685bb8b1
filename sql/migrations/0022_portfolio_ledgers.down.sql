-- Nothing is lost: it is computed again from fills.
DROP TABLE portfolio_ledgers;
