SELECT require_empty('rate_budgets');
-- Blocks stay, now for every address: the longest of each company.
DELETE FROM company_blocks AS b USING company_blocks AS other
WHERE
    b.company = other.company
    AND (b.blocked_until, b.egress) < (other.blocked_until, other.egress);
ALTER TABLE company_blocks DROP CONSTRAINT pk_company_blocks;
ALTER TABLE company_blocks ADD CONSTRAINT pk_company_blocks PRIMARY KEY (company);
ALTER TABLE company_blocks DROP COLUMN egress;
DROP TABLE rate_budgets;
