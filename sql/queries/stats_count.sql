-- Rows of a table. a_table as in stats_times.sql.
SELECT count(*) FROM a_table
