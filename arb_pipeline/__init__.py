"""arb_pipeline: the data platform of a centralized-exchange arbitrage desk."""
