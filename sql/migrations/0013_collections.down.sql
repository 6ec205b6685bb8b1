SELECT require_empty('collections', 'company_blocks', 'latest_balances');
DROP VIEW latest_balances_named;
DROP VIEW collections_named;
DROP TABLE latest_balances;
DROP TABLE company_blocks;
DROP TABLE collections;
