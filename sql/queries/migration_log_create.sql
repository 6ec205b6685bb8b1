-- What was applied, when and by whom. Rows are only ever added: a version is applied where its
-- newest row says up.
CREATE TABLE IF NOT EXISTS migration_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    direction TEXT NOT NULL,
    checksum TEXT NOT NULL,
    executed_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    executed_by TEXT NOT NULL DEFAULT session_user,
    executed_from TEXT NOT NULL,
    duration INTERVAL NOT NULL,
    CONSTRAINT pk_migration_log PRIMARY KEY (id),
    CONSTRAINT chk_version CHECK (version > 0),
    CONSTRAINT chk_direction CHECK (direction IN ('up', 'down'))
);
COMMENT ON TABLE migration_log IS
'Every migration that was applied or rolled back. Source: arb-pipeline db migrate, rollback.';
COMMENT ON COLUMN migration_log.id IS 'Order of execution.';
COMMENT ON COLUMN migration_log.version IS 'Number of the migration.';
COMMENT ON COLUMN migration_log.name IS 'Name of the migration''s files.';
COMMENT ON COLUMN migration_log.direction IS 'up: applied; down: rolled back.';
COMMENT ON COLUMN migration_log.checksum IS 'SHA-256 of the up file, hexadecimal.';
COMMENT ON COLUMN migration_log.executed_at IS 'When it began. Source: database clock.';
COMMENT ON COLUMN migration_log.executed_by IS 'Role that was connected.';
COMMENT ON COLUMN migration_log.executed_from IS 'User and host of the process.';
COMMENT ON COLUMN migration_log.duration IS 'How long it took.';
