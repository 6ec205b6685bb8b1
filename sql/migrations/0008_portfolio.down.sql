SELECT require_empty('portfolio_items');
DROP TABLE portfolio_items;
