-- $1 ids. Symbols that are tracked already keep the time they were registered at.
UPDATE symbols SET is_tracked = true, tracked_at = now()
WHERE id = ANY($1::INTEGER []) AND NOT is_tracked
RETURNING id
