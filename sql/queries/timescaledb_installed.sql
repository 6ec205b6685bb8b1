SELECT count(*) = 1 AS installed FROM pg_extension WHERE extname = 'timescaledb'
