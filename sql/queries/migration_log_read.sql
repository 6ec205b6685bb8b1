SELECT
    version,
    name,
    direction,
    checksum,
    executed_at,
    executed_by,
    executed_from,
    duration
FROM migration_log
ORDER BY id
