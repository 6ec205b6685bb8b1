CALL disable_compression();
DROP PROCEDURE disable_compression();
DROP PROCEDURE enable_compression();
