-- Track symbols and say since when each is, and whether it was not before. $1 ids. Symbols that are
-- tracked already keep the time they were registered at.
WITH changed AS (
    UPDATE symbols SET is_tracked = true, tracked_at = now()
    WHERE id = any($1::INTEGER []) AND NOT is_tracked
    RETURNING id, tracked_at
)

SELECT
    s.id,
    -- Null in our snapshot where another session tracks it at this moment.
    coalesce(c.tracked_at, s.tracked_at, now()) AS tracked_at,
    c.id IS NOT NULL AS is_new
FROM symbols AS s
LEFT JOIN changed AS c ON s.id = c.id
WHERE s.id = any($1::INTEGER [])
ORDER BY s.id
