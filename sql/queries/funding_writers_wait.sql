-- Until the end of the transaction: who writes funding rates waits, who reads them does not.
LOCK TABLE ONLY funding_rate_snapshots IN SHARE ROW EXCLUSIVE MODE
