SELECT require_empty('registrations', 'repair_attempts');
DROP VIEW repair_attempts_named;
DROP VIEW registrations_named;
DROP VIEW coverage_daily_named;
DROP FUNCTION seconds_of(TSTZMULTIRANGE);
DROP TABLE repair_attempts;
DROP TABLE registrations;
DROP TRIGGER trg_coverage_absence ON coverage;
DROP FUNCTION note_absence();
DROP INDEX idx_coverage_rechecked;
DROP INDEX idx_coverage_recheck;
ALTER TABLE coverage
DROP CONSTRAINT chk_rechecked,
DROP CONSTRAINT chk_absent_confirmed,
DROP COLUMN absent_rechecked_at,
DROP COLUMN absent_rechecked,
DROP COLUMN absent_confirmed_at;
DROP TRIGGER trg_symbols_tracking ON symbols;
DROP FUNCTION note_tracking();
