-- The symbols of an exchange that are collected and can be traded: those whose order flow is
-- computed. $1 exchange by id.
SELECT
    id,
    contract_size,
    (extract(EPOCH FROM tracked_at) * 1000)::BIGINT AS tracked_at
FROM symbols
WHERE exchange_id = $1 AND is_tracked AND is_active
ORDER BY id
