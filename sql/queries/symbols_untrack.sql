-- $1 ids. What was collected stays.
UPDATE symbols SET is_tracked = false
WHERE id = ANY($1::INTEGER []) AND is_tracked
RETURNING id
