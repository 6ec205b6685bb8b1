-- Until when each company asked an address of ours to wait; whether that is over is for the
-- reader's clock to say.
SELECT
    company,
    egress,
    blocked_until
FROM company_blocks
ORDER BY company, egress
