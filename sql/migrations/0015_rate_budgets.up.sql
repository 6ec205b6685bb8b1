-- One rate budget for all processes, and blocks that hold for the address they were spoken to.
-- Locks: company_blocks exclusively, for a moment; it has a row per company.
CREATE TABLE rate_budgets (
    egress TEXT NOT NULL,
    company TEXT NOT NULL,
    pool TEXT NOT NULL,
    first_window BIGINT NOT NULL DEFAULT 0,
    used BIGINT NOT NULL DEFAULT 0,
    used_reserved BIGINT NOT NULL DEFAULT 0,
    next_used BIGINT NOT NULL DEFAULT 0,
    next_used_reserved BIGINT NOT NULL DEFAULT 0,
    proven BIGINT NOT NULL DEFAULT 0,
    paced_until TIMESTAMPTZ NOT NULL DEFAULT '1970-01-01 00:00:00+00',
    ceiling BIGINT,
    ceiling_until TIMESTAMPTZ,
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_rate_budgets PRIMARY KEY (egress, company, pool),
    CONSTRAINT chk_egress CHECK (char_length(egress) BETWEEN 1 AND 64),
    CONSTRAINT chk_company CHECK (company ~ '^[A-Z][A-Z0-9]{0,63}$'),
    CONSTRAINT chk_pool CHECK (char_length(pool) BETWEEN 1 AND 64),
    CONSTRAINT chk_used CHECK (
        used_reserved >= 0 AND used >= used_reserved
        AND next_used_reserved >= 0 AND next_used >= next_used_reserved
        AND proven >= 0
    ),
    CONSTRAINT chk_ceiling CHECK (
        ceiling > 0 AND ceiling_until < 'infinity' AND (ceiling IS NULL) = (ceiling_until IS NULL)
    )
) WITH (fillfactor = 20); -- rewritten many times a second: the new version finds room beside it

COMMENT ON TABLE rate_budgets IS
'What all processes together have taken of each exchange''s rate counter in the window that runs.
A row per counter, rewritten with every lease; made when it is first asked for. Source: collector.';
COMMENT ON COLUMN rate_budgets.egress IS
'The address requests leave from, as ARB_EGRESS names it: limits hold per address.';
COMMENT ON COLUMN rate_budgets.company IS 'Who counts; as exchanges.company.';
COMMENT ON COLUMN rate_budgets.pool IS 'Which of the company''s counters.';
COMMENT ON COLUMN rate_budgets.first_window IS
'The window the numbers are of: whole window lengths since 1970. Source: database clock.';
COMMENT ON COLUMN rate_budgets.used IS
'Weight that may be counted in that window: leased, or counted by the exchange where that is more.';
COMMENT ON COLUMN rate_budgets.used_reserved IS 'What of it was leased by those with a reserve.';
COMMENT ON COLUMN rate_budgets.next_used IS
'Weight leased so near the end that the exchange may count it in the window after it.';
COMMENT ON COLUMN rate_budgets.next_used_reserved IS
'What of that was leased by those with a reserve.';
COMMENT ON COLUMN rate_budgets.proven IS
'Most weight a window took without a refusal: up to this, it is spent as one burst.';
COMMENT ON COLUMN rate_budgets.paced_until IS
'Beyond it, nothing more is leased before this moment. Source: database clock.';
COMMENT ON COLUMN rate_budgets.ceiling IS
'Weight a window takes, where the exchange was seen to refuse less than it declares; else null.';
COMMENT ON COLUMN rate_budgets.ceiling_until IS 'When the declared limit is tried again.';
COMMENT ON COLUMN rate_budgets.updated_at IS 'Latest lease. Source: database clock.';

ALTER TABLE company_blocks ADD COLUMN egress TEXT NOT NULL DEFAULT 'default';
ALTER TABLE company_blocks ADD CONSTRAINT chk_egress CHECK (char_length(egress) BETWEEN 1 AND 64);
ALTER TABLE company_blocks DROP CONSTRAINT pk_company_blocks;
ALTER TABLE company_blocks ADD CONSTRAINT pk_company_blocks PRIMARY KEY (egress, company);
COMMENT ON COLUMN company_blocks.egress IS
'The address that was told to wait, as ARB_EGRESS names it.';

CALL assign_roles('rate_budgets');
