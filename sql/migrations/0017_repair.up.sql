-- How far back the history of each tracked symbol is wanted, what was tried to complete it, and
-- when an absence was confirmed.
-- Locks: symbols and coverage against everybody, for one pass over the days that have absences.

CREATE FUNCTION note_tracking() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'UPDATE' AND old.is_tracked THEN
        RETURN new;
    END IF;
    IF new.tracked_at IS NULL OR (tg_op = 'UPDATE' AND new.tracked_at = old.tracked_at) THEN
        new.tracked_at = now();
    END IF;
    RETURN new;
END;
$$;
COMMENT ON FUNCTION note_tracking() IS
'Sets symbols.tracked_at where is_tracked becomes true and the statement does not say when.';
CREATE TRIGGER trg_symbols_tracking
BEFORE INSERT OR UPDATE OF is_tracked ON symbols
FOR EACH ROW WHEN (new.is_tracked) EXECUTE FUNCTION note_tracking();

ALTER TABLE coverage
ADD COLUMN absent_confirmed_at TIMESTAMPTZ,
ADD COLUMN absent_rechecked TSTZMULTIRANGE NOT NULL DEFAULT '{}',
ADD COLUMN absent_rechecked_at TIMESTAMPTZ;
UPDATE coverage SET absent_confirmed_at = updated_at WHERE NOT isempty(absent);
ALTER TABLE coverage
ADD CONSTRAINT chk_absent_confirmed CHECK (isempty(absent) OR absent_confirmed_at IS NOT NULL),
ADD CONSTRAINT chk_rechecked CHECK (isempty(absent_rechecked) = (absent_rechecked_at IS NULL));
-- Only what is still to be asked again is in it, however many absences there are.
CREATE INDEX idx_coverage_recheck ON coverage (absent_confirmed_at)
WHERE NOT absent <@ absent_rechecked;
CREATE INDEX idx_coverage_rechecked ON coverage (absent_rechecked_at)
WHERE absent_rechecked_at IS NOT NULL;

COMMENT ON COLUMN coverage.absent_confirmed_at IS
'When absent last grew; null where it never did. Source: database clock.';
COMMENT ON COLUMN coverage.absent_rechecked IS
'What of the day was absent and has been asked for again: by itself this happens once.';
COMMENT ON COLUMN coverage.absent_rechecked_at IS
'When absent_rechecked last grew; null where it never did. Source: database clock.';

CREATE FUNCTION note_absence() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF tg_op = 'INSERT' OR NOT new.absent <@ old.absent THEN
        new.absent_confirmed_at = now();
    END IF;
    RETURN new;
END;
$$;
COMMENT ON FUNCTION note_absence() IS 'Sets coverage.absent_confirmed_at where absent grows.';
CREATE TRIGGER trg_coverage_absence
BEFORE INSERT OR UPDATE OF absent ON coverage
FOR EACH ROW WHEN (NOT isempty(new.absent)) EXECUTE FUNCTION note_absence();

CREATE TABLE registrations (
    symbol_id INTEGER NOT NULL,
    data_set TEXT NOT NULL,
    timeframe TEXT NOT NULL DEFAULT '',
    registered_at TIMESTAMPTZ NOT NULL,
    history_from DATE NOT NULL,
    completed_at TIMESTAMPTZ,
    CONSTRAINT pk_registrations PRIMARY KEY (symbol_id, data_set, timeframe),
    CONSTRAINT fk_registrations_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_data_set CHECK (data_set ~ '^[a-z][a-z_]{0,63}$'),
    CONSTRAINT chk_timeframe CHECK (
        timeframe IN ('', '1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w')
    ),
    CONSTRAINT chk_history_from CHECK (history_from >= '2009-01-01')
);
COMMENT ON TABLE registrations IS
'How far back the history of a tracked symbol is to be complete, per data set. Days before that
are completed, too, once any of them was asked for. Source: collector; history_from may be changed.';
COMMENT ON COLUMN registrations.symbol_id IS 'Whose history.';
COMMENT ON COLUMN registrations.data_set IS 'The kind of fact: candles, trades, ….';
COMMENT ON COLUMN registrations.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN registrations.registered_at IS
'symbols.tracked_at when it was registered; tracked again later, it is registered again.';
COMMENT ON COLUMN registrations.history_from IS 'First UTC day wanted.';
COMMENT ON COLUMN registrations.completed_at IS
'When everything from there on was first known; null while the backfill is under way.';

CREATE TABLE repair_attempts (
    symbol_id INTEGER NOT NULL,
    data_set TEXT NOT NULL,
    timeframe TEXT NOT NULL DEFAULT '',
    day DATE NOT NULL,
    attempts INTEGER NOT NULL,
    last_attempt_at TIMESTAMPTZ NOT NULL,
    next_attempt_at TIMESTAMPTZ NOT NULL,
    last_problem TEXT,
    CONSTRAINT pk_repair_attempts PRIMARY KEY (symbol_id, data_set, timeframe, day),
    CONSTRAINT fk_repair_attempts_symbol FOREIGN KEY (symbol_id) REFERENCES symbols (id),
    CONSTRAINT chk_data_set CHECK (data_set ~ '^[a-z][a-z_]{0,63}$'),
    CONSTRAINT chk_timeframe CHECK (
        timeframe IN ('', '1m', '5m', '15m', '30m', '1h', '4h', '1d', '1w')
    ),
    CONSTRAINT chk_attempts CHECK (attempts > 0),
    CONSTRAINT chk_attempt_times CHECK (next_attempt_at >= last_attempt_at),
    CONSTRAINT chk_last_problem CHECK (char_length(last_problem) BETWEEN 1 AND 2000)
);
COMMENT ON TABLE repair_attempts IS
'Days that miss something although they were asked for, and when they are asked for again; a row
ends when nothing of its day is missing any more. Source: collector.';
COMMENT ON COLUMN repair_attempts.symbol_id IS 'Whose history.';
COMMENT ON COLUMN repair_attempts.data_set IS 'The kind of fact: candles, trades, ….';
COMMENT ON COLUMN repair_attempts.timeframe IS 'Length of the candle; empty for other data sets.';
COMMENT ON COLUMN repair_attempts.day IS 'UTC day, the partition that is run.';
COMMENT ON COLUMN repair_attempts.attempts IS 'Runs requested for it in a row.';
COMMENT ON COLUMN repair_attempts.last_attempt_at IS 'When the last was. Source: database clock.';
COMMENT ON COLUMN repair_attempts.next_attempt_at IS
'No run is requested before; the pause doubles with every attempt. Source: database clock.';
COMMENT ON COLUMN repair_attempts.last_problem IS
'What became of the last attempt, as far as its run said; null before that is known.';

CREATE FUNCTION seconds_of(ranges TSTZMULTIRANGE) RETURNS NUMERIC
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT coalesce(sum(extract(EPOCH FROM upper(r) - lower(r))), 0) FROM unnest(ranges) AS r
$$;
COMMENT ON FUNCTION seconds_of(TSTZMULTIRANGE) IS 'How many seconds finite ranges hold.';

CREATE VIEW coverage_daily_named AS
WITH wanted AS (
    SELECT
        r.symbol_id,
        r.data_set,
        r.timeframe,
        r.history_from + n.ago AS day
    FROM registrations AS r
    INNER JOIN symbols AS s ON r.symbol_id = s.id AND s.is_tracked
    CROSS JOIN LATERAL generate_series(
        0, (now() AT TIME ZONE 'UTC')::DATE - r.history_from
    ) AS n (ago)
    UNION
    SELECT
        symbol_id,
        data_set,
        timeframe,
        day
    FROM coverage
),

days AS (
    SELECT
        w.*,
        s.exchange_id,
        s.exchange_symbol,
        s.symbol_base,
        s.symbol_quote,
        coalesce(c.present, '{}') AS present,
        coalesce(c.absent, '{}') AS absent,
        coalesce(c.unreachable, '{}') AS unreachable,
        c.absent_confirmed_at,
        c.absent_rechecked_at,
        c.updated_at,
        greatest(w.day::TIMESTAMP AT TIME ZONE 'UTC', s.listed_at) AS start_at,
        least((w.day + 1)::TIMESTAMP AT TIME ZONE 'UTC', s.delisted_at, now()) AS end_at
    FROM wanted AS w
    INNER JOIN symbols AS s ON w.symbol_id = s.id
    LEFT JOIN coverage AS c
        ON
            w.symbol_id = c.symbol_id
            AND w.data_set = c.data_set
            AND w.timeframe = c.timeframe
            AND w.day = c.day
)

SELECT
    e.enum_value AS exchange,
    d.symbol_base || '/' || d.symbol_quote AS symbol,
    d.exchange_symbol,
    d.data_set,
    d.timeframe,
    d.day,
    seconds_of(d.present) AS present_seconds,
    seconds_of(d.absent) AS absent_seconds,
    seconds_of(d.unreachable) AS unreachable_seconds,
    CASE
        WHEN d.start_at >= d.end_at THEN 0
        ELSE seconds_of(
            tstzmultirange(tstzrange(d.start_at, d.end_at)) - d.present - d.absent - d.unreachable
        )
    END AS missing_seconds,
    (
        SELECT coalesce(max(extract(EPOCH FROM upper(r) - lower(r))), 0) FROM unnest(d.absent) AS r
    ) AS longest_absent_seconds,
    d.absent_confirmed_at,
    d.absent_rechecked_at,
    d.updated_at,
    d.symbol_id
FROM days AS d
INNER JOIN exchanges AS e ON d.exchange_id = e.id;
COMMENT ON VIEW coverage_daily_named IS
'Per symbol, data set and UTC day, how many seconds are present, confirmed absent, unreachable and
missing so far; also of wanted days nothing is known of yet.';

CREATE VIEW registrations_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    r.data_set,
    r.timeframe,
    r.registered_at,
    r.history_from,
    r.completed_at,
    s.is_tracked,
    r.symbol_id
FROM registrations AS r
INNER JOIN symbols AS s ON r.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW registrations_named IS 'registrations with exchange and symbol by name.';

CREATE VIEW repair_attempts_named AS
SELECT
    e.enum_value AS exchange,
    s.symbol_base || '/' || s.symbol_quote AS symbol,
    s.exchange_symbol,
    a.data_set,
    a.timeframe,
    a.day,
    a.attempts,
    a.last_attempt_at,
    a.next_attempt_at,
    a.last_problem,
    a.symbol_id
FROM repair_attempts AS a
INNER JOIN symbols AS s ON a.symbol_id = s.id
INNER JOIN exchanges AS e ON s.exchange_id = e.id;
COMMENT ON VIEW repair_attempts_named IS 'repair_attempts with exchange and symbol by name.';

CALL assign_roles(
    'registrations', 'repair_attempts', 'coverage_daily_named', 'registrations_named',
    'repair_attempts_named'
);
