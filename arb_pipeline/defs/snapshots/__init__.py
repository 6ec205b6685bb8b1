"""Snapshots: what is sampled every minute because it cannot be fetched afterwards."""
