-- The moments something was to be sampled at, whatever came of it. $1 assets, $2 since when.
SELECT DISTINCT timestamp
FROM collections
WHERE asset = any($1::text []) AND timestamp >= $2
ORDER BY timestamp
