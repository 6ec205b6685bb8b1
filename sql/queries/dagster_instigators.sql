-- Of Dagster's own database: schedules and sensors, whether they run, and how their last tick went.
SELECT
    i.instigator_body::JSON #>> '{origin,job_name}' AS name,
    lower(i.instigator_type) AS kind,
    i.status <> 'STOPPED' AS is_running,
    t.timestamp AT TIME ZONE 'UTC' AS last_tick_at,
    t.status = 'FAILURE' AS has_failed
FROM instigators AS i
LEFT JOIN LATERAL (
    SELECT
        j.timestamp,
        j.status
    FROM job_ticks AS j
    WHERE j.selector_id = i.selector_id
    ORDER BY j.timestamp DESC
    LIMIT 1
) AS t ON true
ORDER BY kind, name
