-- Of Dagster's own database: when each daemon last said that it lives.
SELECT
    daemon_type AS name,
    timestamp AT TIME ZONE 'UTC' AS seen_at
FROM daemon_heartbeats
ORDER BY daemon_type
