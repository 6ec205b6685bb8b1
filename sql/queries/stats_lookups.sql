-- How often symbols were looked up in the id cache, and how often it did not hold them.
-- $1 since when.
SELECT
    coalesce(sum(lookups), 0)::BIGINT AS lookups,
    coalesce(sum(lookup_misses), 0)::BIGINT AS misses
FROM collections
WHERE timestamp >= $1
