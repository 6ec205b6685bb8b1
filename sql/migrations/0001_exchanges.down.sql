-- The rows of exchanges come from the up migration, so dropping them loses nothing.
-- The extension stays: other objects of the database may use it.
DROP TABLE exchanges;
DROP FUNCTION is_valid_name(TEXT);
DROP FUNCTION require_empty(TEXT []);
