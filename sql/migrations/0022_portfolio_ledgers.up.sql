-- How far the fills of an account have been booked, so that a valuation reads only newer ones.
-- Locks: only on what is created here, and exchanges while the foreign key is made.
CREATE TABLE portfolio_ledgers (
    exchange_id INTEGER NOT NULL,
    reference_currency TEXT NOT NULL,
    booked_until TIMESTAMPTZ NOT NULL,
    inputs TEXT NOT NULL,
    positions JSONB NOT NULL,
    computed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    CONSTRAINT pk_portfolio_ledgers PRIMARY KEY (exchange_id, reference_currency),
    CONSTRAINT fk_portfolio_ledgers_exchange FOREIGN KEY (exchange_id) REFERENCES exchanges (id),
    CONSTRAINT chk_reference_currency CHECK (is_valid_name(reference_currency)),
    CONSTRAINT chk_inputs CHECK (char_length(inputs) BETWEEN 1 AND 128),
    CONSTRAINT chk_positions CHECK (jsonb_typeof(positions) = 'object')
);
COMMENT ON TABLE portfolio_ledgers IS
'Positions of each account up to a moment, from which valuing goes on; may be emptied at any time:
the next valuation then books all fills again. Source: computed from fills and candles.';
COMMENT ON COLUMN portfolio_ledgers.exchange_id IS 'Whose account.';
COMMENT ON COLUMN portfolio_ledgers.reference_currency IS 'What costs and profits are given in.';
COMMENT ON COLUMN portfolio_ledgers.booked_until IS 'Fills before this moment are in it.';
COMMENT ON COLUMN portfolio_ledgers.inputs IS
'Fingerprint of all it was computed from; where it has changed, all fills are booked again.';
COMMENT ON COLUMN portfolio_ledgers.positions IS
'By asset the fields of a position, numbers as text: a saved state, not for queries.';
COMMENT ON COLUMN portfolio_ledgers.computed_at IS 'When it was stored. Source: database clock.';

CALL assign_roles('portfolio_ledgers');
