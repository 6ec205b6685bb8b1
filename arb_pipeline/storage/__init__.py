"""The database side: server, schema, one write path, coverage, queries.

Imports neither Dagster nor ``exchanges``; what it persists is defined in ``arb_pipeline.model``.
"""
