-- Make the row of a rate counter nobody has asked for yet. $1 egress, $2 company, $3 pool.
INSERT INTO rate_budgets (egress, company, pool) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
