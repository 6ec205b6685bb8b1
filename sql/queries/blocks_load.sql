-- Until when each company asked us to wait; whether that is over is for the reader's clock to say.
SELECT
    company,
    blocked_until
FROM company_blocks
