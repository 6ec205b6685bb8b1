SELECT require_empty('arbitrage_opportunities', 'order_flow_metrics');
DROP TABLE order_flow_metrics;
DROP TABLE arbitrage_opportunities;
