SELECT
    id,
    enum_value,
    is_active
FROM exchanges
ORDER BY id
