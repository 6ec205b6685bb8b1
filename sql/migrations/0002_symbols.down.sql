SELECT require_empty('symbols');
DROP TABLE symbols;
