-- What the collecting itself did, who asked us to wait, and what the accounts hold now.
-- Locks: only on what is created here.
CREATE TABLE collections (
    timestamp TIMESTAMPTZ NOT NULL,
    exchange_id INTEGER NOT NULL,
    asset TEXT NOT NULL,
    sampled_at TIMESTAMPTZ,
    duration_ms BIGINT,
    row_count BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    lookups BIGINT NOT NULL,
    lookup_misses BIGINT NOT NULL,
    problem TEXT,
    is_transient BOOLEAN NOT NULL DEFAULT false,
    run_id TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_collections PRIMARY KEY (exchange_id, asset, timestamp),
    CONSTRAINT fk_collections_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    ),
    CONSTRAINT chk_asset CHECK (asset ~ '^[a-z][a-z0-9_]{0,63}$'),
    CONSTRAINT chk_counts CHECK (
        duration_ms >= 0 AND row_count >= 0 AND rejected >= 0
        AND lookup_misses >= 0 AND lookup_misses <= lookups
    ),
    CONSTRAINT chk_problem CHECK (char_length(problem) BETWEEN 1 AND 2000),
    CONSTRAINT chk_transient_problem CHECK (problem IS NOT NULL OR NOT is_transient),
    CONSTRAINT chk_run_id CHECK (char_length(run_id) <= 128)
);
SELECT create_hypertable(
    'collections',
    by_range('timestamp', INTERVAL '1 day'),
    create_default_indexes => false
);
CREATE INDEX idx_collections_time ON collections (timestamp DESC);

COMMENT ON TABLE collections IS
'One row per collecting of one exchange for one asset: statistics, freshness and alerts come from
here. A collecting repeated for the same moment overwrites what it said before. Source: collector.';
COMMENT ON COLUMN collections.timestamp IS
'The moment it was scheduled for, or when it began where no schedule asked for it.';
COMMENT ON COLUMN collections.exchange_id IS 'Who was asked.';
COMMENT ON COLUMN collections.asset IS 'What was collected: book_tickers, candles, symbols, ….';
COMMENT ON COLUMN collections.sampled_at IS
'When the first request was sent; null where none was. Source: collector clock.';
COMMENT ON COLUMN collections.duration_ms IS
'From the first request to the last stored row, milliseconds; null where none was sent.';
COMMENT ON COLUMN collections.row_count IS 'Rows stored.';
COMMENT ON COLUMN collections.rejected IS 'Rows refused; see rejected_records.';
COMMENT ON COLUMN collections.lookups IS 'Symbols looked up in the id cache.';
COMMENT ON COLUMN collections.lookup_misses IS 'Those it did not hold.';
COMMENT ON COLUMN collections.problem IS 'Why it failed, one sentence; null is success.';
COMMENT ON COLUMN collections.is_transient IS
'Whether the problem is an outage of the exchange, which passes without anybody''s help.';
COMMENT ON COLUMN collections.run_id IS 'The Dagster run; empty outside of one.';
COMMENT ON COLUMN collections.created_at IS 'When it was stored. Source: database clock.';

CREATE TABLE company_blocks (
    company TEXT NOT NULL,
    blocked_until TIMESTAMPTZ NOT NULL,
    reason TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_company_blocks PRIMARY KEY (company),
    CONSTRAINT chk_company CHECK (company ~ '^[A-Z][A-Z0-9]{0,63}$'),
    CONSTRAINT chk_blocked_until CHECK (
        blocked_until >= '2020-01-01 00:00:00+00' AND blocked_until < 'infinity'
    ),
    CONSTRAINT chk_reason CHECK (char_length(reason) BETWEEN 1 AND 500)
);

COMMENT ON TABLE company_blocks IS
'Companies that told us to wait: no process asks them before the time is over. Source: collector.';
COMMENT ON COLUMN company_blocks.company IS 'Who told us; as exchanges.company.';
COMMENT ON COLUMN company_blocks.blocked_until IS 'When they may be asked again.';
COMMENT ON COLUMN company_blocks.reason IS 'What they answered, one sentence.';
COMMENT ON COLUMN company_blocks.updated_at IS 'Latest change. Source: database clock.';

-- The newest row per account and asset. The same answer could be had from balance_snapshots, but
-- planning a query over its chunks alone takes longer than reading all of this; and what was held
-- last is asked with every sample that is stored, to find what is gone.
CREATE TABLE latest_balances (
    exchange_id INTEGER NOT NULL,
    asset_name TEXT NOT NULL,
    timestamp TIMESTAMPTZ NOT NULL,
    available_balance NUMERIC NOT NULL,
    locked_balance NUMERIC NOT NULL,
    total_balance NUMERIC GENERATED ALWAYS AS (available_balance + locked_balance) STORED,
    frozen_balance NUMERIC,
    borrowing_balance NUMERIC,
    interest_balance NUMERIC,
    exchange_timestamp TIMESTAMPTZ,
    CONSTRAINT pk_latest_balances PRIMARY KEY (exchange_id, asset_name),
    CONSTRAINT fk_latest_balances_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    CONSTRAINT chk_positive_balances CHECK (
        available_balance >= 0 AND available_balance < 'Infinity'
        AND locked_balance >= 0 AND locked_balance < 'Infinity'
        AND frozen_balance >= 0 AND frozen_balance < 'Infinity'
        AND borrowing_balance >= 0 AND borrowing_balance < 'Infinity'
        AND interest_balance >= 0 AND interest_balance < 'Infinity'
    ),
    CONSTRAINT chk_valid_asset_name CHECK (is_valid_name(asset_name)),
    CONSTRAINT chk_valid_timestamp CHECK (
        timestamp >= '2020-01-01 00:00:00+00' AND timestamp < 'infinity'
    )
);
INSERT INTO latest_balances (
    exchange_id, asset_name, timestamp, available_balance, locked_balance, frozen_balance,
    borrowing_balance, interest_balance, exchange_timestamp
)
SELECT DISTINCT ON (exchange_id, asset_name)
    exchange_id,
    asset_name,
    timestamp,
    available_balance,
    locked_balance,
    frozen_balance,
    borrowing_balance,
    interest_balance,
    exchange_timestamp
FROM balance_snapshots
ORDER BY exchange_id ASC, asset_name ASC, timestamp DESC;

COMMENT ON TABLE latest_balances IS
'The newest row of balance_snapshots per account and asset, zero where it is gone; written by the
statement that stores the sample. Outlives the sample it came from. Source: computed.';
COMMENT ON COLUMN latest_balances.exchange_id IS 'Whose account.';
COMMENT ON COLUMN latest_balances.asset_name IS 'The asset as the exchange names it.';
COMMENT ON COLUMN latest_balances.timestamp IS
'When the answer was received. Source: collector clock.';
COMMENT ON COLUMN latest_balances.available_balance IS 'Free to trade, units of the asset.';
COMMENT ON COLUMN latest_balances.locked_balance IS
'Bound by open orders or margin, units of the asset.';
COMMENT ON COLUMN latest_balances.total_balance IS
'available_balance + locked_balance, units of the asset; zero is gone. Source: computed.';
COMMENT ON COLUMN latest_balances.frozen_balance IS
'Frozen by the exchange, units of the asset; null where it does not say.';
COMMENT ON COLUMN latest_balances.borrowing_balance IS
'Owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN latest_balances.interest_balance IS
'Interest owed, units of the asset; null where the exchange does not say.';
COMMENT ON COLUMN latest_balances.exchange_timestamp IS
'Time the exchange gave it; null where it sends none. Source: exchange clock.';

CREATE VIEW collections_named AS
SELECT
    e.enum_value AS exchange,
    c.asset,
    c.timestamp,
    c.sampled_at,
    c.sampled_at - c.timestamp AS lateness,
    c.duration_ms,
    c.row_count,
    c.rejected,
    c.lookups,
    c.lookup_misses,
    c.problem,
    c.is_transient,
    c.run_id,
    c.created_at,
    c.exchange_id
FROM collections AS c
INNER JOIN exchanges AS e ON c.exchange_id = e.id;
COMMENT ON VIEW collections_named IS
'collections with the exchange by name and how late each began.';

CREATE VIEW latest_balances_named AS
SELECT
    e.enum_value AS exchange,
    b.asset_name,
    b.timestamp,
    b.available_balance,
    b.locked_balance,
    b.total_balance,
    b.frozen_balance,
    b.borrowing_balance,
    b.interest_balance,
    b.exchange_timestamp,
    b.exchange_id
FROM latest_balances AS b
INNER JOIN exchanges AS e ON b.exchange_id = e.id
WHERE b.total_balance > 0;
COMMENT ON VIEW latest_balances_named IS
'What the accounts hold now, with the exchange by name; nothing that is gone.';

CALL assign_roles(
    'collections', 'company_blocks', 'latest_balances', 'collections_named', 'latest_balances_named'
);
