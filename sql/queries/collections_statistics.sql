-- How often and how punctually it was collected, per asset and exchange. $1 since when.
-- Lateness: from the moment it was scheduled for to the first request, seconds.
SELECT
    e.enum_value AS exchange,
    c.asset,
    count(*) AS run,
    count(c.problem) AS failed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY late.seconds) AS lateness_median,
    percentile_cont(0.99) WITHIN GROUP (ORDER BY late.seconds) AS lateness_p99,
    max(late.seconds) AS lateness_max
FROM collections AS c
INNER JOIN exchanges AS e ON c.exchange_id = e.id
CROSS JOIN
    LATERAL (SELECT extract(EPOCH FROM c.sampled_at - c.timestamp)::FLOAT8 AS seconds) AS late
WHERE c.timestamp >= $1
GROUP BY e.enum_value, c.asset
ORDER BY c.asset, e.enum_value
